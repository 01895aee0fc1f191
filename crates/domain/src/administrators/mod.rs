//! Administrators: who they are, how one is found, and the operations on them (seed 004; rows A1 to A10).
//!
//! A username never changes and nobody is deleted. Nobody changes their own status, role or policies (row A6), and an
//! account never runs out of active admins (row A10); both are asked in the transaction that writes.

mod access_keys;
mod add_administrator;
mod api_access;
mod change_password;
mod complete_sign_in;
mod edit_administrator;
mod end_sessions;
mod list_administrators;
mod passwords;
mod reauthenticate;
mod reset_second_factors;
mod second_step;
mod session;
mod show_administrator;
mod show_session;
mod sign_in;
mod sign_out;
mod unlock_administrator;

use std::fmt;
use std::str::FromStr;

use reeve_base::ids::{AccountId, AdministratorId};
use reeve_base::names::EmailAddress;
use reeve_base::{Invalid, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::administrators::{self, AdministratorRow};
use reeve_store::tables::{challenges, second_factors, sessions};

use crate::access::{self, Target};
use crate::audit::{self, Change, Subject};
use crate::ctx::{Actor, AdministratorRole, Ctx, stored};
use crate::error::Error;
use crate::operations::Operation;
use crate::policies::{self, Attachment, PolicyName};

pub use access_keys::{
    AccessKey, AccessKeyEdit, CreatedAccessKey, KeyStatus, NewAccessKey, create_access_key, delete_access_key,
    edit_access_key, list_access_keys,
};
pub use add_administrator::{AddedAdministrator, NewAdministrator, add_administrator};
pub(crate) use add_administrator::{NewRow, name_taken};
pub use api_access::{ApiAccess, ApiPasswordChange, remove_api_password, set_api_access, set_api_password};
pub use change_password::change_password;
pub use complete_sign_in::complete_sign_in;
pub use edit_administrator::{
    AdministratorEdit, PasswordChange, activate_administrator, deactivate_administrator, edit_administrator,
};
pub use end_sessions::end_sessions;
pub use list_administrators::{AdministratorFilter, list_administrators};
pub use passwords::reset_administrator_password;
pub(crate) use passwords::{Judge, Prepared, prepare};
pub use reauthenticate::reauthenticate;
pub use reset_second_factors::reset_second_factors;
pub use second_step::{Challenge, Proof};
pub use session::{Session, SignedIn, end_other_sessions, end_session, list_sessions};
pub(crate) use session::{own, own_session};
pub use show_administrator::show_administrator;
pub use show_session::{SessionView, show_session};
pub use sign_in::{SignIn, sign_in};
pub use sign_out::sign_out;
pub use unlock_administrator::unlock_administrator;

pub use crate::second_factors::Method;

/// By what a caller names an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdministratorRef {
    /// The caller: `me`.
    Me,
    /// By id.
    Id(AdministratorId),
    /// By username, whatever its case.
    Username(EmailAddress),
}

impl FromStr for AdministratorRef {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "me" {
            return Ok(Self::Me);
        }
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        EmailAddress::parse("administrator", text)
            .map(Self::Username)
            .map_err(|_| Invalid::new("administrator", "must be an administrator's id, a username, or \"me\""))
    }
}

impl fmt::Display for AdministratorRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Me => f.write_str("me"),
            Self::Id(id) => id.fmt(f),
            Self::Username(username) => username.fmt(f),
        }
    }
}

/// Whether an administrator may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdministratorStatus {
    /// They may.
    Active,
    /// They may not, and nothing of theirs opens anything.
    Inactive,
}

impl AdministratorStatus {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }
}

impl FromStr for AdministratorStatus {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        [Self::Active, Self::Inactive]
            .into_iter()
            .find(|status| status.word() == text)
            .ok_or_else(|| Invalid::new("status", "must be active or inactive"))
    }
}

/// The API password of an administrator, but for the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiPassword {
    /// When it was set.
    pub set_at: Timestamp,
    /// When it was last used, to the minute or so.
    pub last_used_at: Option<Timestamp>,
    /// The policy beyond which it never reaches.
    pub limit_policy: Option<PolicyName>,
}

/// Somebody who signs in to the console and the APIs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administrator {
    /// Their id.
    pub id: AdministratorId,
    /// Their account.
    pub account_id: AccountId,
    /// Their username, an e-mail address.
    pub username: String,
    /// Their first name.
    pub first_name: String,
    /// Their last name.
    pub last_name: String,
    /// What they may do in principle.
    pub role: AdministratorRole,
    /// Whether they may sign in.
    pub status: AdministratorStatus,
    /// Since when their password is known to be known from breaches; they should change it.
    pub password_breached_at: Option<Timestamp>,
    /// Until when wrong passwords keep them out, if they do.
    pub locked_until: Option<Timestamp>,
    /// Whether they have one-time codes as a second factor.
    pub has_totp: bool,
    /// How many passkeys they have.
    pub passkeys: usize,
    /// Whether API passwords and access keys of theirs work.
    pub api_access: bool,
    /// Their API password, if there is one.
    pub api_password: Option<ApiPassword>,
    /// The policies they have.
    pub policies: Vec<Attachment>,
    /// When they were added.
    pub created_at: Timestamp,
    /// When they were last changed.
    pub updated_at: Timestamp,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// Goes up with every change.
    pub version: i64,
}

/// An administrator as callers see them.
pub(crate) fn view(tx: &mut Tx<'_>, ctx: &Ctx, row: AdministratorRow) -> Result<Administrator, Error> {
    let locked_until = administrators::failures(tx, &row.username_key)?
        .map(|failures| Timestamp::from_millis(failures.locked_until))
        .filter(|until| *until > ctx.now());
    let (mut has_totp, mut passkeys) = (false, 0);
    if row.second_factors > 0 {
        has_totp = second_factors::one_time_codes(tx, &row.administrator_id)?.is_some();
        passkeys = second_factors::passkeys(tx, &row.administrator_id)?.len();
    }
    Ok(Administrator {
        id: stored(row.administrator_id.parse())?,
        account_id: stored(row.account_id.parse())?,
        password_breached_at: row.password_breached_at.map(Timestamp::from_millis),
        role: AdministratorRole::of(&row.role),
        status: stored(row.status.parse())?,
        locked_until,
        has_totp,
        passkeys,
        api_access: row.api_access,
        api_password: api_password(tx, &row)?,
        policies: policies::attachments(tx, &row.administrator_id)?,
        username: row.username,
        first_name: row.first_name,
        last_name: row.last_name,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
        last_sign_in_at: row.last_sign_in_at.map(Timestamp::from_millis),
        version: row.version,
    })
}

fn api_password(tx: &mut Tx<'_>, row: &AdministratorRow) -> Result<Option<ApiPassword>, Error> {
    let Some(set_at) = row.api_password_changed_at.filter(|_| row.api_password_hash.is_some()) else {
        return Ok(None);
    };
    // A use from before belongs to the password that was there before.
    let last_used_at = row.api_password_used_at.filter(|used| *used >= set_at).map(Timestamp::from_millis);
    let limit_policy = policies::name_of(tx, &row.account_id, &row.api_password_limit)?;
    Ok(Some(ApiPassword { set_at: Timestamp::from_millis(set_at), last_used_at, limit_policy }))
}

/// Finds an administrator of the actor's account and decides. Those of other accounts are not there.
pub(crate) fn find(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    who: &AdministratorRef,
) -> Result<AdministratorRow, Error> {
    let account = ctx.need_account()?;
    let found = match who {
        AdministratorRef::Me => match ctx.actor() {
            Actor::Administrator { id, .. } => administrators::by_id(tx, id.as_str())?,
            _ => {
                let why = "\"me\" is an administrator who signed in; name one by id or username";
                return Err(Error::invalid("administrator", why));
            }
        },
        AdministratorRef::Id(id) => administrators::by_id(tx, id.as_str())?,
        AdministratorRef::Username(username) => administrators::by_key(tx, &username.key())?,
    };
    match found.filter(|row| row.account_id == account.as_str()) {
        Some(row) => {
            access::decide(tx, ctx, operation, Target::Administrator(&row))?;
            Ok(row)
        }
        None => {
            access::decide(tx, ctx, operation, Target::Account(account.as_str()))?;
            Err(Error::not_found("administrator", who))
        }
    }
}

/// Whether the actor is this administrator, whatever credential speaks for them.
fn is_self(ctx: &Ctx, row: &AdministratorRow) -> bool {
    matches!(ctx.actor(), Actor::Administrator { id, .. } if id.as_str() == row.administrator_id)
}

/// Refuses what nobody does to themselves (row A6).
pub(crate) fn refuse_self(ctx: &Ctx, row: &AdministratorRow) -> Result<(), Error> {
    if is_self(ctx, row) { Err(Error::SelfForbidden) } else { Ok(()) }
}

/// Whether the account counts on this administrator for its active admins.
fn is_active_admin(row: &AdministratorRow) -> bool {
    row.role == AdministratorRole::Admin.word() && row.status == AdministratorStatus::Active.word()
}

/// Refuses to leave an account without an active admin (row A10); call it before an active admin ceases to be one.
fn need_another_admin(tx: &mut Tx<'_>, row: &AdministratorRow) -> Result<(), Error> {
    match administrators::other_active_admins(tx, &row.account_id, &row.administrator_id)? {
        0 => Err(Error::LastAdmin),
        _ => Ok(()),
    }
}

/// Ends every session of an administrator, and what is half done of signing in; says how many sessions.
fn end_all_sessions(tx: &mut Tx<'_>, row: &AdministratorRow) -> Result<u64, Error> {
    challenges::delete_all(tx, &row.administrator_id)?;
    Ok(sessions::delete_others(tx, &row.administrator_id, "")?)
}

/// What an event says of sessions that ended.
fn sessions_gone(ended: u64) -> Option<Change> {
    Some(ended).filter(|ended| *ended > 0).map(|ended| Change::gone("sessions", ended.to_string()))
}

/// Writes a changed row and its event; without a change, nothing.
pub(crate) fn save(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    row: &mut AdministratorRow,
    changes: &[Change],
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    row.version += 1;
    row.updated_at = ctx.now().millis();
    administrators::update(tx, row)?;
    audit::record(tx, ctx, operation, subject(row), changes)
}

/// What an event about an administrator is about.
pub(crate) fn subject(row: &AdministratorRow) -> Subject<'_> {
    Subject {
        account_id: &row.account_id,
        organization: None,
        id: &row.administrator_id,
        name: &row.username,
        made: None,
    }
}
