//! Checking a user's password, for every protocol by which users sign in.
//!
//! The state is read each time, so that a disabled user is out at once; a password that was right a while ago
//! costs a keyed hash instead of Argon2. Wrong names cost what wrong passwords cost.

use std::sync::Arc;
use std::time::Duration;

use reeve_base::ids::{OrganizationId, UserId};
use reeve_base::limits::PASSWORD_BYTES_MAX;
use reeve_base::names::EmailAddress;
use reeve_base::secret::ExposeSecret;
use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::users::{self, UserRow};
use reeve_store::tables::{addresses, directories as directory_rows, domains};

use super::addresses::HELD;
use super::{UserRef, UserState, find_in, refuse_system_user};
use crate::audit::{self, Change, Subject};
use crate::credentials::Holder;
use crate::ctx::{Ctx, stored};
use crate::deployment::Deployment;
use crate::directories;
use crate::error::Error;
use crate::operations::CHECK_SIGN_IN;
use crate::organizations::{self, Needs, OrganizationRef};
use crate::passwords::{PasswordPolicy, Verdict};

/// Milliseconds of a day, in which the age of passwords is counted.
const DAY_MS: i64 = 24 * 3600 * 1000;

/// What a sign-in would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInOutcome {
    /// It would succeed.
    Accepted,
    /// The password is another.
    WrongPassword,
    /// Too many wrong passwords; it opens again by itself.
    Locked,
    /// The user is not enabled.
    Disabled,
    /// The user has no password.
    NoPassword,
    /// The password is right, and older than the policy allows.
    Expired,
}

impl SignInOutcome {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::WrongPassword => "wrong_password",
            Self::Locked => "locked",
            Self::Disabled => "disabled",
            Self::NoPassword => "no_password",
            Self::Expired => "expired",
        }
    }
}

/// A user who proved to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatedUser {
    /// Their id; also their mailbox's.
    pub id: UserId,
    /// Their organization.
    pub organization_id: OrganizationId,
}

/// Signs a user in by address and password, over the protocol that `method` names.
///
/// Errors: `SignInRefused`, whatever the reason.
pub async fn authenticate(
    deployment: &Arc<Deployment>,
    address: &EmailAddress,
    password: &Secret,
    method: &'static str,
) -> Result<AuthenticatedUser, Error> {
    let (domain, key) = (address.domain(), address.key());
    let found = deployment
        .store
        .read(move |tx| {
            let Some(owner) = domains::owner(tx, &domain)? else { return Ok::<_, Error>(None) };
            if !organizations::serves(tx, &owner.organization_id)? {
                return Ok(None);
            }
            let row = match addresses::get(tx, &owner.directory_id, &key)?.filter(|row| row.kind != HELD) {
                Some(address) => users::by_id(tx, &owner.directory_id, &address.entity_id)?,
                None => None,
            };
            let Some(row) = row else { return Ok(None) };
            let policy = policy(tx, &row.directory_id)?;
            Ok(Some((owner.organization_id, row, policy)))
        })
        .await?;
    let Some((organization_id, row, policy)) = found else {
        deployment.credentials.verify(None, password.clone()).await?;
        return Err(Error::SignInRefused);
    };
    let id = stored(row.user_id.parse())?;
    match judge(deployment, row, policy, (password, method)).await? {
        SignInOutcome::Accepted => Ok(AuthenticatedUser { id, organization_id: stored(organization_id.parse())? }),
        _ => Err(Error::SignInRefused),
    }
}

/// Says what a user's sign-in with this password would come to, for an administrator who helps.
///
/// A wrong password counts like any other. Errors: `Reserved` for system users.
pub async fn check_sign_in(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    password: Secret,
) -> Result<SignInOutcome, Error> {
    let (reference, sought) = (organization.clone(), user.clone());
    let (row, policy) = ctx
        .read(move |tx, ctx| {
            let (_, row) = find_in(tx, ctx, &CHECK_SIGN_IN, (&reference, &sought), Needs::Usable)?;
            refuse_system_user(&row)?;
            let policy = policy(tx, &row.directory_id)?;
            Ok((row, policy))
        })
        .await?;
    let outcome = judge(ctx.deployment(), row, policy, (&password, "check")).await?;
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &CHECK_SIGN_IN, (&organization, &user), Needs::Usable)?;
        let changes = [Change::made("outcome", outcome.word())];
        audit::record(tx, ctx, &CHECK_SIGN_IN, Subject::within(&organization, &row.user_id, &row.name), &changes)
    })
    .await?;
    Ok(outcome)
}

fn policy(tx: &mut Tx<'_>, directory_id: &str) -> Result<PasswordPolicy, Error> {
    let row = directory_rows::by_id(tx, directory_id)?;
    directories::read_policy(&row.ok_or_else(|| Error::internal("a user lives in no directory"))?.password_policy)
}

/// Decides a sign-in, counts a failure, and rehashes what came hashed in an older way.
async fn judge(
    deployment: &Arc<Deployment>,
    row: UserRow,
    policy: PasswordPolicy,
    (password, method): (&Secret, &'static str),
) -> Result<SignInOutcome, Error> {
    let now = deployment.clock.now();
    if password.expose_secret().len() > PASSWORD_BYTES_MAX {
        return Ok(SignInOutcome::WrongPassword);
    }
    let shut = shut(&row, now);
    let Some(stored_hash) = row.password_hash.clone().filter(|_| shut.is_none()) else {
        deployment.credentials.verify(None, password.clone()).await?;
        return Ok(shut.unwrap_or(SignInOutcome::NoPassword));
    };
    let holder = Holder { directory_id: &row.directory_id, user_id: &row.user_id, method, stored_hash: &stored_hash };
    if !deployment.credentials.remembers(holder, password, now) {
        let verdict = deployment.credentials.verify(Some(stored_hash.clone()), password.clone()).await?;
        let Verdict::Right { rehash: outdated } = verdict else {
            let locked = count_failure(deployment, &row, &policy).await?;
            return Ok(if locked { SignInOutcome::Locked } else { SignInOutcome::WrongPassword });
        };
        if let Some(outcome) = overtaken(deployment, &row).await? {
            return Ok(outcome);
        }
        if outdated {
            rehash(deployment, &row, password).await?;
        } else {
            deployment.credentials.remember(holder, password, now);
        }
    }
    if row.failures > 0 {
        forgive(deployment, &row).await?;
    }
    Ok(if expired(&row, &policy, now) { SignInOutcome::Expired } else { SignInOutcome::Accepted })
}

/// Why nobody signs in as this user now, whatever the password.
fn shut(row: &UserRow, now: Timestamp) -> Option<SignInOutcome> {
    if row.state != UserState::Enabled.word() {
        Some(SignInOutcome::Disabled)
    } else if row.locked_until > now.millis() {
        Some(SignInOutcome::Locked)
    } else {
        None
    }
}

/// What happened to the user while the password was hashed, which may take seconds when many wait: who was disabled,
/// locked or given another password in that time is out.
async fn overtaken(deployment: &Arc<Deployment>, row: &UserRow) -> Result<Option<SignInOutcome>, Error> {
    let (directory_id, user_id) = (row.directory_id.clone(), row.user_id.clone());
    let now = deployment.clock.now();
    let present = deployment.store.read(move |tx| Ok::<_, Error>(users::by_id(tx, &directory_id, &user_id)?)).await?;
    Ok(match present {
        None => Some(SignInOutcome::Disabled),
        // Not the hash itself: a sign-in beside this one may have made a better one of the same password.
        Some(present) if present.password_changed_at != row.password_changed_at => Some(SignInOutcome::WrongPassword),
        Some(present) => shut(&present, now),
    })
}

fn expired(row: &UserRow, policy: &PasswordPolicy, now: Timestamp) -> bool {
    let age_ms = now.millis() - row.password_changed_at.unwrap_or(row.created_at);
    policy.age_max_days > 0 && age_ms > i64::from(policy.age_max_days) * DAY_MS
}

async fn rehash(deployment: &Arc<Deployment>, row: &UserRow, password: &Secret) -> Result<(), Error> {
    let new = deployment.credentials.hash(Arc::clone(&deployment.random), password.clone()).await?;
    let row = row.clone();
    deployment.store.write(move |tx| users::rehash(tx, &row, &new).map_err(Error::from)).await
}

/// Ends the row of wrong passwords, unless another of them has locked the user just now.
async fn forgive(deployment: &Arc<Deployment>, row: &UserRow) -> Result<(), Error> {
    let (directory_id, user_id) = (row.directory_id.clone(), row.user_id.clone());
    let now = deployment.clock.now();
    deployment
        .store
        .write(move |tx| {
            let present = users::by_id(tx, &directory_id, &user_id)?;
            match present.filter(|row| row.locked_until <= now.millis()) {
                Some(row) => Ok(users::set_failures(tx, &UserRow { failures: 0, locked_until: 0, ..row })?),
                None => Ok::<_, Error>(()),
            }
        })
        .await
}

/// Counts a wrong password; says whether it was the one too many.
async fn count_failure(deployment: &Arc<Deployment>, row: &UserRow, policy: &PasswordPolicy) -> Result<bool, Error> {
    let (directory_id, user_id) = (row.directory_id.clone(), row.user_id.clone());
    let (now, failures_max) = (deployment.clock.now(), policy.lockout_failures);
    let pause = Duration::from_secs(60 * u64::from(policy.lockout_minutes));
    deployment
        .store
        .write(move |tx| {
            let Some(mut row) = users::by_id(tx, &directory_id, &user_id)? else { return Ok::<_, Error>(false) };
            row.failures += 1;
            let locks = failures_max > 0 && row.failures >= i64::from(failures_max);
            if locks {
                row.failures = 0;
                row.locked_until = now.plus(pause).millis();
            }
            users::set_failures(tx, &row)?;
            Ok(locks)
        })
        .await
}
