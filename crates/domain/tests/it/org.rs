//! An organization as a test speaks of it: its operations in the name of its account's admin, with texts for values.

use std::sync::Arc;

use reeve_base::ids::UserId;
use reeve_domain::access_control::{Arrival, Protocol};
use reeve_domain::organizations::{self, Deletion, Organization, OrganizationRef, State};
use reeve_domain::resources::{self, ResourceFilter};
use reeve_domain::users::{
    self, Alias, ImportLine, ImportOptions, ImportPlan, ImportRow, NewPassword, NewUser, SignInOutcome, User, UserEdit,
    UserFilter,
};
use reeve_domain::{Ctx, Error};
use reeve_store::tables::domains::{self, DomainRow, OwnerRow};
use reeve_store::tables::users::{self as user_rows, UserRow};
use tokio::sync::mpsc;

use crate::calls_groups::groups_dump;
use crate::calls_rules::rules_dump;
use crate::harness::{World, email, first, new_user, secret, user_ref};

/// How a client comes.
pub(crate) fn by(protocol: Protocol, address: &str) -> Arrival {
    Arrival { protocol, address: address.parse().unwrap() }
}

/// One organization of a world.
pub(crate) struct Org<'w> {
    pub(crate) world: &'w World,
    /// What it was when it was asked for.
    pub(crate) made: Organization,
    /// Who acts.
    pub(crate) ctx: Ctx,
}

/// What an import said.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) plan: ImportPlan,
    pub(crate) rows: Vec<ImportRow>,
    pub(crate) done: Option<ImportPlan>,
}

impl<'w> Org<'w> {
    /// With the operator acting, who has no session that could end while the clock of a test goes on.
    pub(crate) fn new(world: &'w World, made: Organization) -> Self {
        let operator = if made.account_id == world.account() { &world.operator } else { &world.other };
        Self::of(world, made, operator.clone())
    }

    pub(crate) fn of(world: &'w World, made: Organization, ctx: Ctx) -> Self {
        Self { world, made, ctx }
    }

    /// The same organization with somebody else acting.
    pub(crate) fn by(&self, ctx: &Ctx) -> Self {
        Self::of(self.world, self.made.clone(), ctx.clone())
    }

    pub(crate) fn id(&self) -> OrganizationRef {
        OrganizationRef::Id(self.made.id.clone())
    }

    pub(crate) fn directory_id(&self) -> String {
        self.made.directory_id.to_string()
    }

    /// An address on the test domain.
    pub(crate) fn at(&self, local: &str) -> String {
        format!("{local}@{}", self.made.test_domain)
    }

    pub(crate) async fn show(&self) -> Organization {
        organizations::show_organization(&self.ctx, self.id()).await.unwrap()
    }

    pub(crate) async fn state(&self) -> State {
        self.show().await.state
    }

    pub(crate) async fn delete(&self, delete_directory: bool, force: bool) -> Result<Organization, Error> {
        let deletion = Deletion { delete_directory, force, identity_center_application: false };
        organizations::delete_organization(&self.ctx, self.id(), deletion).await
    }

    /// Deletes it with everybody in it, to the end.
    pub(crate) async fn deleted(&self) {
        self.delete(true, true).await.unwrap();
        self.world.settle().await;
    }

    /// Gives it a domain that is verified, as the check of another issue will.
    pub(crate) async fn verified_domain(&self, name: &str) {
        let owner = OwnerRow { organization_id: self.made.id.to_string(), directory_id: self.directory_id() };
        let row = DomainRow::new(self.made.id.as_str(), name, "verified", self.world.now().millis());
        let added = self.world.store().write(move |tx| {
            Ok::<_, reeve_store::StoreError>(domains::set_owner(tx, &row.domain, &owner)? && domains::insert(tx, &row)?)
        });
        assert!(added.await.unwrap());
    }

    pub(crate) async fn create(&self, new: NewUser) -> Result<User, Error> {
        users::create_user(&self.ctx, self.id(), new).await.map(|created| created.user)
    }

    /// A user who is not enabled.
    pub(crate) async fn disabled_user(&self, name: &str) -> User {
        self.create(new_user(name)).await.unwrap()
    }

    /// A user with an address on the test domain.
    pub(crate) async fn user(&self, name: &str) -> User {
        self.create(NewUser { email: Some(email(&self.at(name))), ..new_user(name) }).await.unwrap()
    }

    /// The same with a password.
    pub(crate) async fn user_with_password(&self, name: &str, password: &str) -> User {
        let new = NewUser {
            email: Some(email(&self.at(name))),
            password: NewPassword::Typed(secret(password)),
            ..new_user(name)
        };
        self.create(new).await.unwrap()
    }

    pub(crate) async fn find(&self, user: &str) -> Result<User, Error> {
        users::show_user(&self.ctx, self.id(), user_ref(user)).await
    }

    pub(crate) async fn edit(&self, user: &str, edit: UserEdit) -> Result<User, Error> {
        users::edit_user(&self.ctx, self.id(), user_ref(user), edit).await
    }

    pub(crate) async fn enable(&self, user: &str, address: &str) -> Result<User, Error> {
        users::enable_user(&self.ctx, self.id(), user_ref(user), email(address)).await
    }

    pub(crate) async fn disable(&self, user: &str) -> Result<User, Error> {
        users::disable_user(&self.ctx, self.id(), user_ref(user)).await
    }

    pub(crate) async fn delete_user(&self, user: &str) -> Result<(), Error> {
        users::delete_user(&self.ctx, self.id(), user_ref(user)).await
    }

    pub(crate) async fn add_alias(&self, user: &str, address: &str) -> Result<Alias, Error> {
        users::add_alias(&self.ctx, self.id(), user_ref(user), email(address)).await
    }

    pub(crate) async fn remove_alias(&self, user: &str, address: &str) -> Result<(), Error> {
        users::remove_alias(&self.ctx, self.id(), user_ref(user), email(address)).await
    }

    pub(crate) async fn aliases(&self, user: &str) -> Vec<String> {
        let aliases = users::list_aliases(&self.ctx, self.id(), user_ref(user)).await.unwrap();
        aliases.into_iter().map(|alias| alias.address).collect()
    }

    pub(crate) async fn set_default(&self, user: &str, address: &str) -> Result<User, Error> {
        users::set_default_address(&self.ctx, self.id(), user_ref(user), email(address)).await
    }

    pub(crate) async fn reset_password(&self, user: &str, password: &str) -> Result<(), Error> {
        let password = NewPassword::Typed(secret(password));
        users::reset_password(&self.ctx, self.id(), user_ref(user), password).await.map(drop)
    }

    pub(crate) async fn check_sign_in(&self, user: &str, password: &str) -> SignInOutcome {
        users::check_sign_in(&self.ctx, self.id(), user_ref(user), secret(password), None).await.unwrap()
    }

    /// Whether a mail client gets in with this address and password.
    pub(crate) async fn gets_in(&self, address: &str, password: &str) -> bool {
        self.gets_in_by(address, password, by(Protocol::Imap, "192.0.2.7")).await
    }

    /// Whether a client gets in that comes so.
    pub(crate) async fn gets_in_by(&self, address: &str, password: &str, arrival: Arrival) -> bool {
        match users::authenticate(&self.world.deployment, &email(address), &secret(password), arrival).await {
            Ok(_) => true,
            Err(Error::SignInRefused) => false,
            Err(other) => panic!("a sign-in failed: {other:?}"),
        }
    }

    /// Names of the users that a filter lets through, page by page.
    pub(crate) async fn names(&self, filter: UserFilter) -> Vec<String> {
        self.list(filter).await.into_iter().map(|user| user.name).collect()
    }

    /// All users that a filter lets through.
    pub(crate) async fn list(&self, filter: UserFilter) -> Vec<User> {
        let mut all = Vec::new();
        let mut page = first(1_000);
        loop {
            let got = users::list_users(&self.ctx, self.id(), filter.clone(), page.clone()).await.unwrap();
            all.extend(got.items);
            page.cursor = got.next_cursor;
            if page.cursor.is_none() {
                return all;
            }
        }
    }

    /// The row of a user, for what no operation shows.
    pub(crate) async fn row(&self, id: &UserId) -> UserRow {
        let (directory_id, user_id) = (self.directory_id(), id.to_string());
        let row = self.world.store().read(move |tx| user_rows::by_id(tx, &directory_id, &user_id));
        row.await.unwrap().expect("the user is there")
    }

    pub(crate) async fn import(&self, file: &str) -> Imported {
        self.import_with(file, ImportOptions::default()).await.unwrap()
    }

    pub(crate) async fn dry_run(&self, file: &str) -> Imported {
        self.import_with(file, ImportOptions { dry_run: true, ..ImportOptions::default() }).await.unwrap()
    }

    pub(crate) async fn import_with(&self, file: &str, options: ImportOptions) -> Result<Imported, Error> {
        let (lines, mut heard) = mpsc::channel(16);
        let listening = async {
            let mut imported = Imported { plan: ImportPlan::default(), rows: Vec::new(), done: None };
            while let Some(line) = heard.recv().await {
                match line {
                    ImportLine::Plan { plan, .. } => imported.plan = plan,
                    ImportLine::Row(row) => imported.rows.push(*row),
                    ImportLine::Done(done) => imported.done = Some(done),
                }
            }
            imported
        };
        let importing = users::import_users(&self.ctx, self.id(), file.as_bytes().to_vec(), options, lines);
        let (outcome, imported) = tokio::join!(importing, listening);
        outcome.map(|()| imported)
    }

    pub(crate) async fn export(&self, format: reeve_domain::roster::Format) -> String {
        let (pieces, mut written) = mpsc::channel(16);
        let reading = async {
            let mut file = Vec::new();
            while let Some(piece) = written.recv().await {
                file.extend(piece);
            }
            file
        };
        let writing = users::export_users(&self.ctx, self.id(), format, pieces);
        let (outcome, file) = tokio::join!(writing, reading);
        outcome.unwrap();
        String::from_utf8(file).unwrap()
    }
}

/// Everything that can be seen of an organization and of its account, to show that a refused call wrote nothing.
pub(crate) async fn dump(org: &Org<'_>) -> String {
    let world = org.world;
    let mut all = vec![format!("{:?}", org.show().await)];
    let ctx = &world.operator;
    let organizations =
        organizations::list_organizations(ctx, organizations::OrganizationFilter::default(), first(1_000));
    all.push(format!("{:?}", organizations.await.unwrap().items));
    all.push(format!("{:?}", reeve_domain::jobs::list_jobs(ctx, None, first(1_000)).await.unwrap().items));
    let mut events = world.events().await;
    events.sort_by(|a, b| a.id.cmp(&b.id));
    all.push(format!("{events:?}"));
    all.push(format!("{:?}", reeve_domain::directories::list_directories(ctx, first(1_000)).await.unwrap().items));
    if org.state().await == State::Active {
        let domains = reeve_domain::mail_domains::list_domains(&org.ctx, org.id(), first(1_000)).await.unwrap();
        all.push(format!("{:?}", domains.items));
        all.extend(groups_dump(org).await);
        all.extend(resources_dump(org).await);
        all.push(rules_dump(org).await);
        for user in org.list(UserFilter::default()).await {
            all.push(format!("{:?}", org.grants(user.id.as_str()).await));
            all.push(format!("{user:?} {:?} {:?}", org.aliases(user.id.as_str()).await, org.row(&user.id).await));
        }
    }
    all.join("\n")
}

/// Everything that can be seen of the resources of an organization.
async fn resources_dump(org: &Org<'_>) -> Vec<String> {
    let listed = resources::list_resources(&org.ctx, org.id(), ResourceFilter::default(), first(1_000)).await.unwrap();
    let mut all = Vec::new();
    for resource in listed.items {
        let id = resource.id.as_str();
        let aliases = resources::list_resource_aliases(&org.ctx, org.id(), user_ref(id)).await.unwrap();
        all.push(format!("{resource:?} {aliases:?} {:?} {:?}", org.delegates(id).await, org.grants(id).await));
    }
    all
}

/// Runs as many tasks at once as there are values, and gives their results in order.
pub(crate) async fn at_once<T, F>(work: impl IntoIterator<Item = F>) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let barrier: Vec<_> = work.into_iter().collect();
    let gate = Arc::new(tokio::sync::Barrier::new(barrier.len()));
    let tasks: Vec<_> = barrier
        .into_iter()
        .map(|work| {
            let gate = Arc::clone(&gate);
            tokio::spawn(async move {
                gate.wait().await;
                work.await
            })
        })
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}
