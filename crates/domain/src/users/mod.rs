//! Users of an organization: what they are, how one is found, and the operations on them (seeds 000, 001).

mod aliases;
mod authenticate;
mod create_user;
mod delete_user;
mod disable_user;
mod edit_user;
mod enable_user;
mod export_users;
mod import_row;
mod import_seen;
mod import_users;
mod list_users;
mod profile;
mod reset_password;
pub(crate) mod search;
mod set_default_address;
mod show_user;
mod system_users;

use std::str::FromStr;

use reeve_base::ids::{DirectoryId, OrganizationId, UserId};
use reeve_base::{Invalid, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::mailboxes::{self, MailboxRow};
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::users::{ListedUser, UserRow};

use crate::ctx::{Ctx, stored};
use crate::entities;
use crate::error::Error;
use crate::operations::Operation;
use crate::organizations::{Needs, OrganizationRef};

pub use crate::entities::EntityRef as UserRef;
pub use crate::entities::{Alias, EntityState, Mailbox, MailboxState};
pub use aliases::{add_alias, list_aliases, remove_alias};
pub use authenticate::{AuthenticatedUser, SignInOutcome, authenticate, check_sign_in};
pub use create_user::{CreatedUser, NewPassword, NewUser, create_user};
pub use delete_user::delete_user;
pub(crate) use delete_user::remove;
pub use disable_user::disable_user;
pub use edit_user::{UserEdit, edit_user};
pub use enable_user::{EnableRequest, EnableResult, Enabled, enable_user, enable_users};
pub use export_users::export_users;
pub use import_users::{ImportLine, ImportOptions, ImportOutcome, ImportPlan, ImportRow, import_users};
pub use list_users::{UserFilter, list_users};
pub use profile::{Profile, ProfileEdit};
pub use reset_password::{reset_password, unlock_user};
pub use set_default_address::set_default_address;
pub use show_user::show_user;
pub(crate) use system_users::{add_system_users, refuse_reserved};

/// What a user is (WorkMail `UserRole`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserRole {
    /// A person with a mailbox.
    User,
    /// Somebody in the address book without a mailbox.
    RemoteUser,
    /// An account of the directory itself: present, and untouchable.
    SystemUser,
    /// A resource that a directory keeps among its users.
    Resource,
}

impl UserRole {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::RemoteUser => "remote_user",
            Self::SystemUser => "system_user",
            Self::Resource => "resource",
        }
    }

    /// Whether an administrator may give this role: `SYSTEM_USER` and `RESOURCE` are the directory's to give.
    fn assignable(self) -> Result<Self, Error> {
        match self {
            Self::User | Self::RemoteUser => Ok(self),
            Self::SystemUser | Self::Resource => {
                Err(Error::invalid("role", "must be user or remote_user; the others are given by the directory"))
            }
        }
    }
}

impl FromStr for UserRole {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "user" => Ok(Self::User),
            "remote_user" => Ok(Self::RemoteUser),
            "system_user" => Ok(Self::SystemUser),
            "resource" => Ok(Self::Resource),
            _ => Err(Invalid::new("role", "must be user, remote_user, system_user or resource")),
        }
    }
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their organization.
    pub organization_id: OrganizationId,
    /// Their directory.
    pub directory_id: DirectoryId,
    /// Their name, which never changes.
    pub name: String,
    /// What is said of them.
    pub profile: Profile,
    /// Whether address books leave them out.
    pub hidden: bool,
    /// Their primary address, while they are enabled.
    pub email: Option<String>,
    /// Whether they are registered for mail.
    pub state: EntityState,
    /// What they are.
    pub role: UserRole,
    /// Whether they have a password.
    pub has_password: bool,
    /// When it was last set.
    pub password_changed_at: Option<Timestamp>,
    /// Since when their password is known to be known from breaches; they should be given another.
    pub password_breached_at: Option<Timestamp>,
    /// Until when wrong passwords keep them out.
    pub locked_until: Option<Timestamp>,
    /// When they were last enabled.
    pub enabled_at: Option<Timestamp>,
    /// When they were last disabled.
    pub disabled_at: Option<Timestamp>,
    /// Where their mail lives.
    pub mailbox: Option<Mailbox>,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they were last changed.
    pub updated_at: Timestamp,
    /// Goes up with every change.
    pub version: i64,
}

/// A row with what belongs to it, read in one transaction.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) organization_id: String,
    pub(crate) row: UserRow,
    pub(crate) mailbox: Option<MailboxRow>,
}

impl Found {
    fn new(tx: &mut Tx<'_>, organization: &OrganizationRow, row: UserRow) -> Result<Self, Error> {
        let mailbox = mailboxes::get(tx, &row.directory_id, &row.user_id)?;
        Ok(Self { organization_id: organization.organization_id.clone(), row, mailbox })
    }

    /// As a list holds it.
    fn listed(organization: &OrganizationRow, ListedUser { user: row, mailbox }: ListedUser) -> Self {
        Self { organization_id: organization.organization_id.clone(), row, mailbox }
    }

    /// The user as callers see it at `now`.
    fn user(self, now: Timestamp) -> Result<User, Error> {
        let Self { organization_id, row, mailbox } = self;
        let locked_until = Timestamp::from_millis(row.locked_until);
        Ok(User {
            id: stored(row.user_id.parse())?,
            organization_id: stored(organization_id.parse())?,
            directory_id: stored(row.directory_id.parse())?,
            state: stored(row.state.parse())?,
            role: stored(row.role.parse())?,
            has_password: row.password_hash.is_some(),
            password_changed_at: row.password_changed_at.map(Timestamp::from_millis),
            password_breached_at: row.password_breached_at.map(Timestamp::from_millis),
            locked_until: Some(locked_until).filter(|until| *until > now),
            enabled_at: row.enabled_at.map(Timestamp::from_millis),
            disabled_at: row.disabled_at.map(Timestamp::from_millis),
            mailbox: mailbox.filter(|m| m.purge_at.is_none_or(|at| at > now.millis())).as_ref().map(Mailbox::from_row),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            version: row.version,
            hidden: row.hidden,
            profile: Profile::from_row(&row)?,
            name: row.name,
            email: row.email,
        })
    }
}

/// Finds a user of an organization and decides whether the actor may do this to them.
pub(crate) fn find_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    sought: (&OrganizationRef, &UserRef),
    needs: Needs,
) -> Result<(OrganizationRow, UserRow), Error> {
    entities::find_in(tx, ctx, operation, sought, needs)
}

/// Refuses to touch an account of the directory itself.
pub(crate) fn refuse_system_user(row: &UserRow) -> Result<(), Error> {
    if row.role == UserRole::SystemUser.word() { Err(Error::Reserved { name: row.name.clone() }) } else { Ok(()) }
}

/// Notes that a row was changed.
pub(crate) fn touch(row: &mut UserRow, now: Timestamp) {
    row.updated_at = now.millis();
    row.version += 1;
}
