//! The accounts that a directory has of itself, and the names that nobody else may bear (WorkMail §3.7 of the
//! public documentation names one; the others are what directories call their own).

use reeve_base::ids::UserId;
use reeve_base::text::fold;
use reeve_store::Tx;
use reeve_store::tables::names::{self, NameRow};
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::users::{self, UserRow};

use super::{EntityState, UserRole, search};
use crate::ctx::Ctx;
use crate::error::Error;

/// Name and display name of the accounts that every directory has.
const SYSTEM_USERS: [(&str, &str); 2] = [("administrator", "Directory administrator"), ("guest", "Guest")];

/// Names that belong to directories and to the mail system. `postmaster` and `abuse` are not among them: RFC 2142
/// wants somebody to bear them.
const RESERVED: [&str; 6] = ["administrator", "guest", "krbtgt", "system", "mailer-daemon", "amazonjournaling"];

/// What reserved names of managed directories begin with.
const RESERVED_PREFIX: &str = "awsadmin";

/// Refuses a name, or the local part of an address, that the system keeps for itself.
pub(crate) fn refuse_reserved(field: &'static str, name: &str) -> Result<(), Error> {
    let local = name.split_once('@').map_or(name, |(local, _)| local);
    let key = fold(local);
    // An address of a system user's name is nobody's danger, but that of the journal and of bounces is.
    let reserved = if field == "email" {
        matches!(key.as_str(), "amazonjournaling" | "mailer-daemon")
    } else {
        RESERVED.contains(&key.as_str()) || key.starts_with(RESERVED_PREFIX)
    };
    if reserved { Err(Error::Reserved { name: name.to_owned() }) } else { Ok(()) }
}

/// Makes the directory's own accounts, unless they are there.
pub(crate) fn add_system_users(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow) -> Result<(), Error> {
    for (name, display_name) in SYSTEM_USERS {
        let id = UserId::generate(ctx.now(), ctx.random());
        let bearer = NameRow { entity_id: id.to_string(), kind: "user".to_owned() };
        if !names::insert(tx, &organization.directory_id, name, &bearer)? {
            continue;
        }
        let row = UserRow {
            display_name: display_name.to_owned(),
            role: UserRole::SystemUser.word().to_owned(),
            ..blank(ctx, &organization.directory_id, &id, name)
        };
        users::insert(tx, &row)?;
        search::add(tx, &row)?;
    }
    Ok(())
}

/// A disabled user of whom nothing is said.
pub(super) fn blank(ctx: &Ctx, directory_id: &str, id: &UserId, name: &str) -> UserRow {
    let now = ctx.now().millis();
    UserRow {
        directory_id: directory_id.to_owned(),
        user_id: id.to_string(),
        name: name.to_owned(),
        name_key: fold(name),
        display_name: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        initials: String::new(),
        telephone: String::new(),
        street: String::new(),
        job_title: String::new(),
        city: String::new(),
        company: String::new(),
        zip_code: String::new(),
        department: String::new(),
        country: String::new(),
        office: String::new(),
        identity_provider_user_id: String::new(),
        hidden: false,
        role: UserRole::User.word().to_owned(),
        state: EntityState::Disabled.word().to_owned(),
        email: None,
        password_hash: None,
        password_changed_at: None,
        failures: 0,
        locked_until: 0,
        enabled_at: None,
        disabled_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
        password_breached_at: None,
    }
}
