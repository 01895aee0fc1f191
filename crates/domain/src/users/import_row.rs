//! One row of an import: what it wants, what that comes to as things are, and doing it.

use std::collections::{HashMap, HashSet};

use reeve_base::ids::UserId;
use reeve_base::limits::ALIASES_PER_ENTITY_MAX;
use reeve_base::names::{DomainName, EmailAddress, UserName};
use reeve_base::secret::ExposeSecret;
use reeve_base::text::fold;
use reeve_store::Tx;
use reeve_store::tables::addresses::{self as address_rows, AddressRow};
use reeve_store::tables::names;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::users::{self, UserRow};

use super::import_users::ImportOutcome;
use super::profile::ProfileEdit;
use super::system_users::refuse_reserved;
use super::{EntityState, NewPassword, NewUser, UserEdit, UserRole, create_user, edit_user, refuse_system_user};
use crate::access::{self, Target};
use crate::ctx::Ctx;
use crate::entities::{self, HELD};
use crate::error::Error;
use crate::operations::{
    ADD_ALIAS, CREATE_USER, DISABLE_USER, EDIT_USER, ENABLE_USER, IMPORT_USERS, Operation, SET_DEFAULT_ADDRESS,
};
use crate::passwords::{PasswordPolicy, Rule};
use crate::roster::{Format, Given, RosterRow, State};
use crate::{holds, mail_domains};

/// What a row wants, its values checked.
pub(super) struct Wanted {
    name: UserName,
    /// Whether the file says the name itself, rather than an address that it was taken from.
    name_is_given: bool,
    email: Option<EmailAddress>,
    aliases: Vec<EmailAddress>,
    profile: ProfileEdit,
    role: Option<UserRole>,
    hidden: Option<bool>,
    state: State,
    password: NewPassword,
}

/// What a row comes to.
pub(super) enum Assessment {
    /// A user is to be made.
    Create,
    /// A user is there; these fields differ.
    Update { row: Box<UserRow>, fields: Vec<&'static str> },
}

impl Wanted {
    pub(super) fn parse(
        row: RosterRow,
        format: Format,
        map_domains: &HashMap<DomainName, DomainName>,
    ) -> Result<Self, Error> {
        let address = |field: &'static str, text: &str| -> Result<EmailAddress, Error> {
            let address = EmailAddress::parse(field, text)?;
            let from = DomainName::parse(field, &address.domain())?;
            match map_domains.get(&from) {
                Some(to) => Ok(EmailAddress::parse(field, &format!("{}@{to}", address.local_part()))?),
                None => Ok(address),
            }
        };
        let email = row.email.as_deref().filter(|text| !text.is_empty()).map(|t| address("email", t)).transpose()?;
        let local = email.as_ref().map(|email| email.local_part().to_owned());
        let name = row.username.clone().filter(|text| !text.is_empty()).or(local);
        let name = name.ok_or_else(|| Error::invalid("username", "must be given, or an address to take it from"))?;
        let aliases = row.aliases.clone().unwrap_or_default();
        Ok(Self {
            name: UserName::parse("username", &name)?,
            name_is_given: format == Format::Native && row.username.is_some(),
            aliases: aliases.iter().map(|text| address("aliases", text)).collect::<Result<_, _>>()?,
            role: row.role.as_deref().filter(|text| !text.is_empty()).map(str::parse).transpose()?,
            hidden: row.hidden_from_global_address_list,
            state: row.state,
            profile: profile(&row)?,
            password: match row.password {
                Given::Keep => NewPassword::None,
                Given::Plain(secret) => NewPassword::Typed(secret),
                Given::Hashed(hash) => NewPassword::Hashed(hash.expose_secret().to_owned()),
            },
            email,
        })
    }

    pub(super) fn email(&self) -> Option<String> {
        self.email.as_ref().map(ToString::to_string)
    }

    /// The folded name.
    pub(super) fn name_key(&self) -> String {
        self.name.key()
    }

    /// Every folded address that the row names, with the field that names it.
    pub(super) fn address_keys(&self) -> Vec<(&'static str, String)> {
        let email = self.email.iter().map(|email| ("email", email.key()));
        email.chain(self.aliases.iter().map(|alias| ("aliases", alias.key()))).collect()
    }

    /// The addresses that the user is to have; one who is to be disabled gets none.
    fn addresses(&self) -> impl Iterator<Item = &EmailAddress> {
        self.email.iter().chain(&self.aliases).filter(|_| self.state != State::Disabled)
    }

    pub(super) fn has_password(&self) -> bool {
        !matches!(self.password, NewPassword::None)
    }

    pub(super) fn has_typed_password(&self) -> bool {
        matches!(self.password, NewPassword::Typed(_))
    }

    /// What the policy says of a typed password.
    pub(super) fn check_password(&self, policy: &PasswordPolicy) -> Result<(), Rule> {
        let NewPassword::Typed(typed) = &self.password else { return Ok(()) };
        let mut about = vec![self.name.as_str()];
        about.extend(self.email.as_ref().map(EmailAddress::as_str));
        let names = [&self.profile.display_name, &self.profile.first_name, &self.profile.last_name];
        about.extend(names.into_iter().flatten().map(|text| text.as_str()));
        policy.check(typed, &about)
    }

    /// The user who is to be made. One whom the file says is disabled gets no address.
    pub(super) fn new_user(&self) -> NewUser {
        NewUser {
            name: self.name.clone(),
            profile: self.named_profile(),
            hidden: self.hidden.unwrap_or(false),
            role: self.role.unwrap_or(UserRole::User),
            email: self.email.clone().filter(|_| self.state != State::Disabled),
            password: self.password.clone(),
        }
    }

    /// The profile with a display name, which a file need not have.
    fn named_profile(&self) -> ProfileEdit {
        let mut profile = self.profile.clone();
        if profile.display_name.as_ref().is_none_or(|name| name.is_empty()) {
            let parts = [&profile.first_name, &profile.last_name];
            let said: Vec<_> = parts.into_iter().flatten().map(|t| t.as_str()).filter(|t| !t.is_empty()).collect();
            let name = if said.is_empty() { self.name.to_string() } else { said.join(" ") };
            profile.display_name = reeve_base::names::ProfileText::parse("display_name", &name).ok();
        }
        profile
    }
}

fn profile(row: &RosterRow) -> Result<ProfileEdit, Error> {
    let mut edit = ProfileEdit::default();
    let said = &row.profile;
    let fields = [
        // A blank cell does not take a display name away, since there must be one.
        ("display_name", row.display_name.as_ref().filter(|text| !text.is_empty())),
        ("first_name", said.first_name.as_ref()),
        ("last_name", said.last_name.as_ref()),
        ("initials", said.initials.as_ref()),
        ("telephone", said.telephone.as_ref()),
        ("street", said.street.as_ref()),
        ("job_title", said.job_title.as_ref()),
        ("city", said.city.as_ref()),
        ("company", said.company.as_ref()),
        ("zip_code", said.zip_code.as_ref()),
        ("department", said.department.as_ref()),
        ("country", said.country.as_ref()),
        ("office", said.office.as_ref()),
    ];
    for (field, text) in fields {
        if let Some(text) = text {
            edit.set(field, text.trim())?;
        }
    }
    Ok(edit)
}

/// Says what a row comes to, and refuses what would be refused when it is carried out.
pub(super) fn assess(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    wanted: &Wanted,
) -> Result<Assessment, Error> {
    let assessment = compare(tx, organization, wanted)?;
    decide(tx, ctx, organization, &assessment)?;
    match &assessment {
        Assessment::Create => {
            need_name(tx, ctx, organization, wanted)?;
            need_addresses(tx, ctx, organization, (wanted, None))?;
        }
        Assessment::Update { row, fields } => {
            if fields.contains(&"email") || fields.contains(&"state") || fields.contains(&"aliases") {
                need_addresses(tx, ctx, organization, (wanted, Some(row)))?;
            }
        }
    }
    Ok(assessment)
}

/// A spreadsheet allows nothing that the single operations refuse: each field is decided as the operation that sets it.
fn decide(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow, assessment: &Assessment) -> Result<(), Error> {
    let Assessment::Update { row, fields } = assessment else {
        return access::also(tx, ctx, &CREATE_USER, Target::Organization(organization));
    };
    let mut asked: Vec<&Operation> = Vec::new();
    for field in fields {
        let operation = match (*field, row.state == EntityState::Enabled.word()) {
            ("state", true) => &DISABLE_USER,
            ("state" | "email", false) => &ENABLE_USER,
            ("email", true) => &SET_DEFAULT_ADDRESS,
            ("aliases", _) => &ADD_ALIAS,
            _ => &EDIT_USER,
        };
        if !asked.contains(&operation) {
            asked.push(operation);
            access::also(tx, ctx, operation, Target::User(organization, row))?;
        }
    }
    Ok(())
}

/// Compares a row with what is there. Whether its addresses can be had is asked by those who give them.
fn compare(tx: &mut Tx<'_>, organization: &OrganizationRow, wanted: &Wanted) -> Result<Assessment, Error> {
    let row = existing(tx, organization, wanted)?;
    let enabled = row.as_ref().is_some_and(|row| row.state == EntityState::Enabled.word());
    if wanted.state == State::Enabled && wanted.email.is_none() && !enabled {
        return Err(Error::invalid("email", "must be given for somebody who is to be enabled"));
    }
    let Some(row) = row else {
        let new = wanted.new_user();
        create_user::check(&new)?;
        if let NewPassword::Hashed(hash) = &new.password {
            crate::passwords::recognize(hash).map_err(|why| Error::invalid("password_hash", why.to_string()))?;
        }
        if new.email.is_none() && wanted.addresses().next().is_some() {
            return Err(Error::invalid("aliases", "need a primary address beside them in the email column"));
        }
        return Ok(Assessment::Create);
    };
    refuse_system_user(&row)?;
    let fields = differences(tx, &row, wanted)?;
    if let (true, Some(role)) = (fields.contains(&"role"), wanted.role) {
        role.assignable()?;
    }
    Ok(Assessment::Update { row: Box::new(row), fields })
}

/// The user whom a row means: by name when the file gives it, else by address, then by the name taken from it.
fn existing(tx: &mut Tx<'_>, organization: &OrganizationRow, wanted: &Wanted) -> Result<Option<UserRow>, Error> {
    let directory_id = &organization.directory_id;
    let by_address = match &wanted.email {
        Some(email) if !wanted.name_is_given => {
            address_rows::get(tx, directory_id, &email.key())?.filter(|row| row.kind != HELD)
        }
        _ => None,
    };
    let by_address_found = by_address.is_some();
    let id = match by_address {
        Some(address) => Some(address.entity_id),
        None => match names::get(tx, directory_id, &wanted.name.key())? {
            Some(bearer) if bearer.kind != "user" => {
                return Err(Error::NameTaken {
                    field: "username",
                    why: format!("the name \"{}\" belongs to a {}", wanted.name, bearer.kind),
                });
            }
            bearer => bearer.map(|bearer| bearer.entity_id),
        },
    };
    let row = match id {
        Some(id) => users::by_id(tx, directory_id, &id)?,
        None => None,
    };
    // A name that was only taken from an address does not make two people of two domains one.
    if let Some(row) = row.as_ref().filter(|row| !wanted.name_is_given && !by_address_found && row.email.is_some()) {
        return Err(Error::NameTaken {
            field: "username",
            why: format!(
                "the name \"{}\" belongs to a user with another address; use Reeve's own header, which has a column \
                 for the username",
                row.name
            ),
        });
    }
    Ok(row)
}

fn differences(tx: &mut Tx<'_>, row: &UserRow, wanted: &Wanted) -> Result<Vec<&'static str>, Error> {
    let mut fields = wanted.profile.differences(row);
    if wanted.hidden.is_some_and(|hidden| hidden != row.hidden) {
        fields.push("hidden_from_global_address_list");
    }
    if wanted.role.is_some_and(|role| role.word() != row.role) {
        fields.push("role");
    }
    let enabled = row.state == EntityState::Enabled.word();
    match (wanted.state, enabled) {
        (State::Disabled, true) => fields.push("state"),
        (State::Enabled, false) if wanted.email.is_some() => {
            fields.extend(["state", "email"]);
            if !wanted.aliases.is_empty() {
                fields.push("aliases");
            }
        }
        (State::Enabled | State::Unspecified, true) => {
            let has = row.email.as_deref().map(fold);
            if wanted.email.as_ref().is_some_and(|email| Some(email.key()) != has) {
                fields.push("email");
            }
            let missing = missing_aliases(tx, row, wanted)?;
            if !missing.is_empty() {
                fields.push("aliases");
            }
        }
        _ => {}
    }
    Ok(fields)
}

fn missing_aliases<'a>(tx: &mut Tx<'_>, row: &UserRow, wanted: &'a Wanted) -> Result<Vec<&'a EmailAddress>, Error> {
    let mut missing = Vec::new();
    for alias in &wanted.aliases {
        let there = address_rows::get(tx, &row.directory_id, &alias.key())?;
        if !there.is_some_and(|a| a.entity_id == row.user_id && a.kind != HELD) {
            missing.push(alias);
        }
    }
    Ok(missing)
}

/// Refuses a name that is held back for somebody else.
fn need_name(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow, wanted: &Wanted) -> Result<(), Error> {
    let display_name = wanted.new_user().profile.display_name;
    let display_name = display_name.as_ref().map_or("", |name| name.as_str());
    holds::refuse_held_name(tx, ctx, (&organization.directory_id, &wanted.name.key()), display_name)
}

/// Refuses addresses that could not be given to the user of `row`, or to a new one.
fn need_addresses(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (wanted, row): (&Wanted, Option<&UserRow>),
) -> Result<(), Error> {
    let mut keys = HashSet::new();
    for address in wanted.addresses() {
        refuse_reserved("email", address.local_part())?;
        mail_domains::need_verified(tx, organization, address)?;
        let there = address_rows::get(tx, &organization.directory_id, &address.key())?;
        entities::refuse_taken(ctx, there.as_ref(), address, row.map_or("", |row| &row.user_id))?;
        keys.insert(address.key());
    }
    if let Some(row) = row.filter(|_| wanted.state != State::Disabled) {
        // What is held for a disabled user comes back when they are enabled.
        let comes = |there: &AddressRow| row.email.is_none() || there.kind != HELD;
        let there = address_rows::of_entity(tx, &row.directory_id, &row.user_id)?;
        keys.extend(there.into_iter().filter(comes).map(|there| there.address_key));
    }
    // One of them is the primary address.
    if keys.len() > ALIASES_PER_ENTITY_MAX + 1 {
        return Err(Error::LimitReached { what: "aliases of a user", limit: ALIASES_PER_ENTITY_MAX });
    }
    Ok(())
}

/// Makes or changes the user of a row, as a whole or not at all; looking at a row opens no savepoint.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (wanted, new): (&Wanted, (&UserId, Option<&str>)),
) -> Result<ImportOutcome, Error> {
    let assessment = compare(tx, organization, wanted)?;
    decide(tx, ctx, organization, &assessment)?;
    match assessment {
        Assessment::Create => {
            if wanted.has_password() && new.1.is_none() {
                return Err(Error::Conflict {
                    why: "the user was deleted while the import ran; import the row again".to_owned(),
                });
            }
            tx.savepoint(|tx| create(tx, ctx, organization, (wanted, new)))
        }
        Assessment::Update { row, fields } if fields.is_empty() => {
            Ok(ImportOutcome::Unchanged { user_id: row.user_id })
        }
        Assessment::Update { row, fields } => {
            let user_id = row.user_id.clone();
            tx.savepoint(|tx| update(tx, ctx, organization, (*row, wanted, &fields)))?;
            let changes = fields.into_iter().map(str::to_owned).collect();
            Ok(ImportOutcome::Update { user_id, changes })
        }
    }
}

/// Makes a user with all their addresses.
fn create(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (wanted, new): (&Wanted, (&UserId, Option<&str>)),
) -> Result<ImportOutcome, Error> {
    let row = create_user::insert(tx, ctx, organization, &wanted.new_user(), (new, &IMPORT_USERS))?;
    let user_id = row.user_id.clone();
    if row.email.is_some() {
        add_aliases(tx, ctx, organization, (row, wanted))?;
    }
    Ok(ImportOutcome::Create { user_id: Some(user_id) })
}

fn update(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (row, wanted, fields): (UserRow, &Wanted, &[&'static str]),
) -> Result<(), Error> {
    let edit = UserEdit { profile: wanted.profile.clone(), hidden: wanted.hidden, role: wanted.role };
    let (mut row, _) = edit_user::apply(tx, ctx, organization, (row, &edit), &IMPORT_USERS)?;
    if fields.contains(&"state") {
        if wanted.state == State::Disabled {
            entities::disable_row(tx, ctx, organization, row, &IMPORT_USERS)?;
            return Ok(());
        }
        if let Some(email) = &wanted.email {
            (row, _) = entities::enable_row(tx, ctx, organization, (row, email), &IMPORT_USERS)?;
        }
    }
    if let (true, Some(email)) = (fields.contains(&"email"), &wanted.email) {
        row = entities::change_default_address(tx, ctx, organization, (row, email), &IMPORT_USERS)?;
    }
    if row.state == EntityState::Enabled.word() {
        add_aliases(tx, ctx, organization, (row, wanted))?;
    }
    Ok(())
}

fn add_aliases(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (mut row, wanted): (UserRow, &Wanted),
) -> Result<(), Error> {
    for alias in missing_aliases(tx, &row, wanted)? {
        let (added, _) = entities::add_alias_to(tx, ctx, organization, (row.clone(), alias), &IMPORT_USERS)?;
        row.version += i64::from(added);
    }
    Ok(())
}
