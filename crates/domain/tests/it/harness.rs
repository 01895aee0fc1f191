//! The world in which a test acts: a deployment on an empty store, a clock that stands still, and everybody who may
//! ask for something. Also the small words that tests are written in. Makes nothing that an operation could make.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use reeve_base::clock::Clock;
use reeve_base::ids::{AccountId, RequestId};
use reeve_base::names::{DomainName, EmailAddress, OrganizationAlias, ProfileText, Title, UserName};
use reeve_base::secret::ExposeSecret;
use reeve_base::{Secret, Timestamp};
use reeve_domain::accounts::{self, NewAccount};
use reeve_domain::administrators::{self, AdministratorStatus, NewAdministrator, SignIn, SignedIn};
use reeve_domain::audit::{self, Event, EventFilter};
use reeve_domain::ctx::{AdministratorRole, ClientToken, Request};
use reeve_domain::jobs::{self, Ran};
use reeve_domain::organizations::{self, NewOrganization, Organization, OrganizationRef};
use reeve_domain::page::PageRequest;
use reeve_domain::passwords::Hasher;
use reeve_domain::sealing::MasterKey;
use reeve_domain::users::{NewPassword, NewUser, ProfileEdit, UserRef, UserRole};
use reeve_domain::{Ctx, Deployment, Error, Outside, PasskeySettings, Settings, auth, housekeeping};
use reeve_store::tables::jobs as job_rows;
use reeve_testkit::{FakeClock, SeededRandom, TestStore, engines};

use crate::dns::FakeDns;
use crate::org::Org;
use crate::outside::{FakeKeepers, FakeOutbound};
use crate::zones::FakeZones;

/// A password that every default policy takes, and that nobody in these tests has but who is given it.
pub(crate) const PASSWORD: &str = "Copper-willow-41-thrush";

/// Another one.
pub(crate) const OTHER_PASSWORD: &str = "Marble-anchor-73-heron";

/// What follows the alias in a test domain.
pub(crate) const SUFFIX: &str = "mail.test";

/// The region that the deployment serves.
pub(crate) const REGION: &str = "us-east-1";

/// The host of the console, to which passkeys are bound, and its pages.
pub(crate) const RP_ID: &str = "reeve.example.com";
pub(crate) const ORIGIN: &str = "https://reeve.example.com";

pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

/// Steps of jobs after which a test gives up waiting for the last one.
const STEPS_MAX: usize = 2_000;

/// A deployment with two accounts, and contexts of everybody who may ask.
pub(crate) struct World {
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) clock: FakeClock,
    /// Other systems, as far as they are asked.
    pub(crate) outbound: FakeOutbound,
    /// The domain name system.
    pub(crate) dns: FakeDns,
    /// The systems that keep keys.
    pub(crate) keepers: FakeKeepers,
    /// A system that hosts zones.
    pub(crate) zones: FakeZones,
    /// Account admin of the account that most tests are about.
    pub(crate) admin: Ctx,
    /// A general administrator of the same account, without a policy.
    pub(crate) general: Ctx,
    /// Account admin of another account.
    pub(crate) other: Ctx,
    /// The local operator, for the first account.
    pub(crate) operator: Ctx,
    pub(crate) anonymous: Ctx,
    // Last, so that its database goes when nothing uses it any more.
    pub(crate) store: TestStore,
}

/// Runs a test on every engine, each time in a new world, and checks that no work was left over.
pub(crate) async fn on_each_engine(test: impl AsyncFn(&World)) {
    for store in engines() {
        let world = World::new(store).await;
        test(&world).await;
        world.finish().await;
    }
}

impl World {
    async fn new(store: TestStore) -> Self {
        let clock = FakeClock::new();
        let outbound = FakeOutbound::default();
        let dns = FakeDns::default();
        let keepers = FakeKeepers::default();
        let zones = FakeZones::default();
        let deployment = deploy(&store, (&clock, &outbound, &dns, (&keepers, &zones)), REGION);
        let nobody = auth::operator(&deployment, 0, None, request(&clock)).await.unwrap();
        let account = set_up(&nobody, "First", "root@first.example").await;
        let second = accounts::create_account(&nobody, account_of("Second", "root@second.example")).await.unwrap();
        let operator = auth::operator(&deployment, 1000, Some(account), request(&clock)).await.unwrap();
        administrators::add_administrator(&operator, general()).await.unwrap();
        let sign_in = async |username: &str| sign_in(&deployment, &clock, username).await;
        Self {
            admin: sign_in("root@first.example").await,
            general: sign_in("general@first.example").await,
            other: sign_in(&second.administrator.username).await,
            operator,
            anonymous: auth::anonymous(&deployment, request(&clock)),
            deployment,
            clock,
            outbound,
            dns,
            keepers,
            zones,
            store,
        }
    }

    /// Checks what holds at the end of every test.
    async fn finish(self) {
        let next = self.store.read(job_rows::next_due).await.unwrap();
        assert_eq!(next.map(Timestamp::from_millis), None, "a job was left over");
    }

    /// A process that was started anew on the same database.
    pub(crate) fn restarted(&self) -> Arc<Deployment> {
        deploy(&self.store, (&self.clock, &self.outbound, &self.dns, (&self.keepers, &self.zones)), REGION)
    }

    /// A deployment of another region on the same database.
    pub(crate) fn in_region(&self, region: &str) -> Arc<Deployment> {
        deploy(&self.store, (&self.clock, &self.outbound, &self.dns, (&self.keepers, &self.zones)), region)
    }

    /// The database, for what no operation shows or does.
    pub(crate) fn store(&self) -> &reeve_store::Store {
        &self.store
    }

    pub(crate) fn account(&self) -> AccountId {
        self.admin.account().unwrap().clone()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The operator of the first account on a deployment, with a request that `change` completes.
    pub(crate) async fn operator_on(&self, deployment: &Arc<Deployment>, change: impl FnOnce(&mut Request)) -> Ctx {
        let mut request = request(&self.clock);
        change(&mut request);
        auth::operator(deployment, 1000, Some(self.account()), request).await.unwrap()
    }

    /// A caller who thinks that the resource has this version.
    pub(crate) async fn expecting(&self, version: i64) -> Ctx {
        self.operator_on(&self.deployment, |request| request.expected_version = Some(version)).await
    }

    /// A caller whose retries carry a token.
    pub(crate) async fn with_token(&self, token: &str, fingerprint: &str) -> Ctx {
        let (token, fingerprint) = (token.to_owned(), fingerprint.to_owned());
        let token = ClientToken { token, fingerprint };
        self.operator_on(&self.deployment, |request| request.client_token = Some(token)).await
    }

    /// Runs jobs until none is due; says when the next one is.
    pub(crate) async fn run_due(&self) -> Option<Timestamp> {
        run_due(&self.deployment).await
    }

    /// Runs jobs until there are none.
    pub(crate) async fn settle(&self) {
        assert_eq!(self.run_due().await, None, "a job waits for its time");
    }

    /// Asks for an organization and stops there.
    pub(crate) async fn requested_org(&self, alias: &str) -> Org<'_> {
        let row = ask_for(&self.operator, new_organization(alias)).await.unwrap();
        Org::new(self, row)
    }

    /// Removes what is past its time, as a server does that believes its clock.
    pub(crate) async fn tidy(&self) {
        housekeeping::run(&self.deployment).await.unwrap();
        housekeeping::remove_for_good(&self.deployment).await.unwrap();
    }

    /// An organization that is ready for use.
    pub(crate) async fn active_org(&self, alias: &str) -> Org<'_> {
        let org = self.requested_org(alias).await;
        self.settle().await;
        org
    }

    /// An organization of the other account.
    pub(crate) async fn foreign_org(&self, alias: &str) -> Org<'_> {
        // Signed in anew: the clock may have gone on since the test began.
        let stranger = self.sign_in("root@second.example").await;
        let row = ask_for(&stranger, new_organization(alias)).await.unwrap();
        self.settle().await;
        Org::of(self, row, stranger)
    }

    /// Every event of the first account, newest first.
    pub(crate) async fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let mut cursor = None;
        loop {
            let page = PageRequest { limit: Some(1_000), cursor, ..PageRequest::default() };
            let page = audit::list_events(&self.operator, EventFilter::default(), page).await.unwrap();
            events.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                return events;
            }
        }
    }
}

fn deploy(
    store: &TestStore,
    (clock, outbound, dns, (keepers, zones)): (&FakeClock, &FakeOutbound, &FakeDns, (&FakeKeepers, &FakeZones)),
    region: &str,
) -> Arc<Deployment> {
    // Two deployments of one test must not make the same ids.
    let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), region);
    let settings = Settings {
        hasher: hasher(),
        hashing_parallelism: 2,
        passkeys: Some(PasskeySettings { rp_id: RP_ID.to_owned(), origins: vec![ORIGIN.to_owned()] }),
        mail_host: Some(RP_ID.to_owned()),
        ..Settings::new(region, SUFFIX, MasterKey::from_bytes([7; 32]))
    };
    let random = Arc::new(SeededRandom::new(seed));
    let outside = Outside {
        outbound: Arc::new(outbound.clone()),
        resolver: Arc::new(dns.clone()),
        key_services: Arc::new(keepers.clone()),
        zone_hosts: Arc::new(zones.clone()),
    };
    Deployment::new(store.store().clone(), Arc::new(clock.clone()), random, outside, settings)
}

/// The cheapest parameters there are: these tests are not about the time that hashing takes.
pub(crate) fn hasher() -> Hasher {
    Hasher::new(8, 1, 1).unwrap()
}

pub(crate) fn request(clock: &FakeClock) -> Request {
    Request {
        id: RequestId::generate(clock.now(), &reeve_base::random::OsRandom),
        source_address: Some("192.0.2.7".to_owned()),
        expected_version: None,
        client_token: None,
    }
}

async fn set_up(nobody: &Ctx, name: &str, username: &str) -> AccountId {
    accounts::set_up(nobody, account_of(name, username)).await.unwrap().account.id
}

pub(crate) fn account_of(name: &str, username: &str) -> NewAccount {
    NewAccount {
        name: Title::parse("name", name).unwrap(),
        username: email(username),
        first_name: text("Ruth"),
        last_name: text("Admin"),
        password: Some(secret(PASSWORD)),
    }
}

fn general() -> NewAdministrator {
    NewAdministrator {
        username: email("general@first.example"),
        first_name: text("Gene"),
        last_name: text("Ral"),
        password: Some(secret(PASSWORD)),
        status: AdministratorStatus::Active,
        role: AdministratorRole::General,
        policies: Vec::new(),
    }
}

/// The context of an administrator who signs in with [`PASSWORD`].
pub(crate) async fn sign_in(deployment: &Arc<Deployment>, clock: &FakeClock, username: &str) -> Ctx {
    let anonymous = auth::anonymous(deployment, request(clock));
    let signed_in = try_sign_in(&anonymous, username, PASSWORD).await.unwrap();
    auth::session(deployment, &signed_in.token, request(clock)).await.unwrap()
}

/// What a try to sign in gives to somebody without a second factor.
pub(crate) async fn try_sign_in(ctx: &Ctx, username: &str, password: &str) -> Result<SignedIn, Error> {
    match administrators::sign_in(ctx, username, secret(password), None).await? {
        SignIn::Done(signed_in) => Ok(*signed_in),
        SignIn::SecondFactor(_) => panic!("{username} has a second factor"),
    }
}

/// Runs the jobs of a deployment until none is due; says when the next one is.
pub(crate) async fn run_due(deployment: &Arc<Deployment>) -> Option<Timestamp> {
    for _ in 0..STEPS_MAX {
        if let Ran::Idle(next) = jobs::run_next(deployment).await.unwrap() {
            return next;
        }
    }
    panic!("jobs do not come to an end")
}

pub(crate) fn new_organization(alias: &str) -> NewOrganization {
    NewOrganization {
        alias: OrganizationAlias::parse("alias", alias).unwrap(),
        domains: Vec::new(),
        hosted_zones: Vec::new(),
        directory_id: None,
        encryption_key: None,
    }
}

/// Asks for an organization, for those who do not care whether it had been asked for.
pub(crate) async fn ask_for(ctx: &Ctx, new: NewOrganization) -> Result<Organization, Error> {
    organizations::create_organization(ctx, new).await.map(|created| created.organization)
}

/// A user with a display name and nothing else.
pub(crate) fn new_user(name: &str) -> NewUser {
    NewUser {
        name: UserName::parse("username", name).unwrap(),
        profile: ProfileEdit { display_name: Some(text(name)), ..ProfileEdit::default() },
        hidden: false,
        role: UserRole::User,
        email: None,
        password: NewPassword::None,
    }
}

pub(crate) fn email(address: &str) -> EmailAddress {
    EmailAddress::parse("email", address).unwrap()
}

pub(crate) fn domain(name: &str) -> DomainName {
    DomainName::parse("domain", name).unwrap()
}

pub(crate) fn text(text: &str) -> ProfileText {
    ProfileText::parse("text", text).unwrap()
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::from(text)
}

pub(crate) fn shown(secret: &Secret) -> &str {
    secret.expose_secret()
}

pub(crate) fn org_ref(text: &str) -> OrganizationRef {
    text.parse().unwrap()
}

pub(crate) fn user_ref(text: &str) -> UserRef {
    text.parse().unwrap()
}

/// A page of so many rows.
pub(crate) fn first(limit: usize) -> PageRequest {
    PageRequest { limit: Some(limit), ..PageRequest::default() }
}

/// Checks that an operation was refused with this code, and gives the refusal.
#[track_caller]
pub(crate) fn refused<T: Debug>(result: Result<T, Error>, code: &str) -> Error {
    match result {
        Ok(done) => panic!("it should have been refused as {code}, and gave {done:?}"),
        Err(error) => {
            assert_eq!(error.code(), code, "{error:?}");
            error
        }
    }
}

/// Checks that a field was refused.
#[track_caller]
pub(crate) fn invalid<T: Debug>(result: Result<T, Error>, field: &str) {
    assert_eq!(refused(result, "invalid").field(), Some(field));
}
