//! Checking a user's password, for every protocol by which users sign in.
//!
//! The state is read each time, so that a disabled user is out at once; a password that was right a while ago
//! costs a keyed hash instead of Argon2. Wrong names cost what wrong passwords cost. Access control rules come before
//! the password: from where nobody may sign in, nobody tries passwords, and nobody locks a user by wrong ones. A good
//! personal access token takes the place of a password, and is all that does where an identity provider is the only way.

use std::sync::Arc;
use std::time::Duration;

use reeve_base::ids::{OrganizationId, UserId};
use reeve_base::limits::PASSWORD_BYTES_MAX;
use reeve_base::names::EmailAddress;
use reeve_base::secret::ExposeSecret;
use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::personal_access_tokens::TokenRow;
use reeve_store::tables::users::{self, UserRow};
use reeve_store::tables::{addresses, directories as directory_rows, domains, organizations as organization_rows};

use super::{EntityState, UserRef, find_in, refuse_system_user};
use crate::access_control::{self, Arrival};
use crate::audit::{self, Change, Subject};
use crate::credentials::Holder;
use crate::ctx::{Ctx, stored};
use crate::deployment::Deployment;
use crate::directories;
use crate::entities::HELD;
use crate::error::Error;
use crate::identity_providers::{self, AuthenticationMode, IdentityProvider};
use crate::operations::{CHECK_SIGN_IN, NOTE_BREACHED_PASSWORD};
use crate::organizations::{self, Needs, OrganizationRef};
use crate::passwords::breached::{self, is_breached};
use crate::passwords::{PasswordPolicy, Verdict};
use crate::personal_access_tokens::{self, Shown};

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
    /// No access control rule lets the user in over this protocol from this address, or one keeps them out.
    RefusedByRule,
    /// The organization has its users sign in by its identity provider, and passwords open nothing.
    PasswordSignInOff,
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
            Self::RefusedByRule => "refused_by_rule",
            Self::PasswordSignInOff => "password_sign_in_off",
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

/// A user who wants to sign in, as one transaction found them.
struct Candidate {
    organization_id: String,
    row: UserRow,
    policy: PasswordPolicy,
    /// How they come, where it matters.
    arrival: Option<Arrival>,
    /// Why they are kept out however right their password or token is.
    barred: Option<SignInOutcome>,
    /// Why their password is not asked for, however right it is.
    password_off: Option<SignInOutcome>,
    /// The token that they showed, if it is good.
    token: Option<TokenRow>,
}

/// How somebody wants to sign in.
#[derive(Debug, Clone)]
struct Attempt {
    arrival: Option<Arrival>,
    /// What they showed, if it looks like a token.
    shown: Option<Shown>,
    now: Timestamp,
}

impl Attempt {
    fn new(deployment: &Deployment, password: &Secret, arrival: Option<Arrival>) -> Self {
        Self { arrival, shown: personal_access_tokens::shown(password), now: deployment.clock.now() }
    }
}

impl Candidate {
    fn new(tx: &mut Tx<'_>, organization_id: String, row: UserRow, attempt: &Attempt) -> Result<Self, Error> {
        let (policy, arrival) = (policy(tx, &row.directory_id)?, attempt.arrival);
        let barred = barred(tx, &organization_id, &row.user_id, arrival)?;
        let provider = identity_providers::of(tx, &organization_id)?;
        let token = match (&provider, &attempt.shown) {
            (Some(provider), Some(shown)) => {
                personal_access_tokens::accept(tx, &row, provider.tokens, shown, (arrival, attempt.now))?
            }
            _ => None,
        };
        Ok(Self { organization_id, row, policy, arrival, barred, password_off: password_off(provider.as_ref()), token })
    }

    /// Over what a right password is remembered.
    fn method(&self) -> &'static str {
        self.arrival.map_or("check", |arrival| arrival.protocol.word())
    }
}

/// What keeps a user out whatever their password.
fn barred(
    tx: &mut Tx<'_>,
    organization_id: &str,
    user_id: &str,
    arrival: Option<Arrival>,
) -> Result<Option<SignInOutcome>, Error> {
    let Some(arrival) = arrival else { return Ok(None) };
    let allowed = access_control::allows(tx, organization_id, arrival, user_id)?;
    Ok(Some(SignInOutcome::RefusedByRule).filter(|_| !allowed))
}

/// Why passwords of the directory open nothing.
fn password_off(provider: Option<&IdentityProvider>) -> Option<SignInOutcome> {
    let only = provider.is_some_and(|provider| provider.mode == AuthenticationMode::ProviderOnly);
    only.then_some(SignInOutcome::PasswordSignInOff)
}

/// Signs a user in by address and password, or by a personal access token in the place of the password.
///
/// Errors: `SignInRefused`, whatever the reason.
pub async fn authenticate(
    deployment: &Arc<Deployment>,
    address: &EmailAddress,
    password: &Secret,
    arrival: Arrival,
) -> Result<AuthenticatedUser, Error> {
    let (domain, key) = (address.domain(), address.key());
    let attempt = Attempt::new(deployment, password, Some(arrival));
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
            Candidate::new(tx, owner.organization_id, row, &attempt).map(Some)
        })
        .await?;
    let Some(candidate) = found else {
        deployment.credentials.verify(None, password.clone()).await?;
        return Err(Error::SignInRefused);
    };
    let user = AuthenticatedUser {
        id: stored(candidate.row.user_id.parse())?,
        organization_id: stored(candidate.organization_id.parse())?,
    };
    let token = candidate.token.clone();
    if judge(deployment, candidate, password).await? != SignInOutcome::Accepted {
        return Err(Error::SignInRefused);
    }
    if let Some(token) = token {
        personal_access_tokens::note_use(deployment, token).await?;
    }
    Ok(user)
}

/// Says what a user's sign-in with this password would come to, for an administrator who helps. Access control rules
/// are asked where it is said how the user comes.
///
/// A wrong password counts like any other. Errors: `Reserved` for system users.
pub async fn check_sign_in(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    password: Secret,
    arrival: Option<Arrival>,
) -> Result<SignInOutcome, Error> {
    let (reference, sought) = (organization.clone(), user.clone());
    let attempt = Attempt::new(ctx.deployment(), &password, arrival);
    let candidate = ctx
        .read(move |tx, ctx| {
            let (organization, row) = find_in(tx, ctx, &CHECK_SIGN_IN, (&reference, &sought), Needs::Usable)?;
            refuse_system_user(&row)?;
            Candidate::new(tx, organization.organization_id, row, &attempt)
        })
        .await?;
    let outcome = judge(ctx.deployment(), candidate, &password).await?;
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
async fn judge(deployment: &Arc<Deployment>, candidate: Candidate, password: &Secret) -> Result<SignInOutcome, Error> {
    let now = deployment.clock.now();
    let Candidate { row, policy, .. } = &candidate;
    if password.expose_secret().len() > PASSWORD_BYTES_MAX {
        return Ok(SignInOutcome::WrongPassword);
    }
    if candidate.token.is_some() {
        // Nobody guesses a token, so wrong passwords of somebody else do not keep it out.
        let kept_out = disabled(row).or(candidate.barred);
        return Ok(kept_out.unwrap_or(SignInOutcome::Accepted));
    }
    let shut = shut(row, now).or(candidate.barred).or(candidate.password_off);
    let Some(stored_hash) = row.password_hash.clone().filter(|_| shut.is_none()) else {
        deployment.credentials.verify(None, password.clone()).await?;
        return Ok(shut.unwrap_or(SignInOutcome::NoPassword));
    };
    let holder = Holder {
        directory_id: &row.directory_id,
        user_id: &row.user_id,
        method: candidate.method(),
        stored_hash: &stored_hash,
    };
    if !deployment.credentials.remembers(holder, password, now) {
        let verdict = deployment.credentials.verify(Some(stored_hash.clone()), password.clone()).await?;
        let Verdict::Right { rehash: outdated } = verdict else {
            // A mail client that goes on showing a token which is over must not lock its user out.
            if personal_access_tokens::shown(password).is_some() {
                return Ok(SignInOutcome::WrongPassword);
            }
            let locked = count_failure(deployment, row, policy).await?;
            return Ok(if locked { SignInOutcome::Locked } else { SignInOutcome::WrongPassword });
        };
        if let Some(outcome) = overtaken(deployment, &candidate).await? {
            return Ok(outcome);
        }
        note_breached(deployment, &candidate, password).await?;
        if outdated {
            rehash(deployment, row, password).await?;
        } else {
            deployment.credentials.remember(holder, password, now);
        }
    }
    if row.failures > 0 {
        forgive(deployment, row).await?;
    }
    Ok(if expired(row, policy, now) { SignInOutcome::Expired } else { SignInOutcome::Accepted })
}

/// Why nobody signs in as this user now, whatever the password.
fn shut(row: &UserRow, now: Timestamp) -> Option<SignInOutcome> {
    let locked = row.locked_until > now.millis();
    disabled(row).or(locked.then_some(SignInOutcome::Locked))
}

fn disabled(row: &UserRow) -> Option<SignInOutcome> {
    Some(SignInOutcome::Disabled).filter(|_| row.state != EntityState::Enabled.word())
}

/// What happened to the user while the password was hashed, which may take seconds when many wait: who was disabled,
/// locked, kept out by a rule or given another password in that time is out.
async fn overtaken(deployment: &Arc<Deployment>, candidate: &Candidate) -> Result<Option<SignInOutcome>, Error> {
    let Candidate { row, organization_id, arrival, .. } = candidate;
    let (directory_id, user_id) = (row.directory_id.clone(), row.user_id.clone());
    let (organization_id, arrival) = (organization_id.clone(), *arrival);
    let present = deployment.store.read(move |tx| {
        let present = users::by_id(tx, &directory_id, &user_id)?;
        let barred = barred(tx, &organization_id, &user_id, arrival)?;
        let provider = identity_providers::of(tx, &organization_id)?;
        Ok::<_, Error>((present, barred.or(password_off(provider.as_ref()))))
    });
    let (present, barred) = present.await?;
    Ok(match present {
        None => Some(SignInOutcome::Disabled),
        // Not the hash itself: a sign-in beside this one may have made a better one of the same password.
        Some(present) if present.password_changed_at != row.password_changed_at => Some(SignInOutcome::WrongPassword),
        Some(present) => shut(&present, deployment.clock.now()).or(barred),
    })
}

fn expired(row: &UserRow, policy: &PasswordPolicy, now: Timestamp) -> bool {
    let age_ms = now.millis() - row.password_changed_at.unwrap_or(row.created_at);
    policy.age_max_days > 0 && age_ms > i64::from(policy.age_max_days) * DAY_MS
}

/// Notes that a right password is known from breaches, or no more by the list of this version. The sign-in succeeds all
/// the same: whoever reads mail with it today must not be shut out by an upgrade, and an administrator sees the note.
async fn note_breached(deployment: &Arc<Deployment>, candidate: &Candidate, password: &Secret) -> Result<(), Error> {
    let (Candidate { organization_id, row, .. }, found) = (candidate, is_breached(password));
    if found == row.password_breached_at.is_some() {
        return Ok(());
    }
    let (organization_id, row) = (organization_id.clone(), row.clone());
    let noted = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let present = users::by_id(tx, &row.directory_id, &row.user_id)?;
        let same = |present: &UserRow| {
            present.password_changed_at == row.password_changed_at && present.password_breached_at.is_some() != found
        };
        let organization = organization_rows::by_id(tx, &organization_id)?;
        let (Some(mut present), Some(organization)) = (present.filter(same), organization) else { return Ok(()) };
        present.password_breached_at = found.then(|| ctx.now().millis());
        users::set_breached(tx, &present)?;
        let subject = Subject::within(&organization, &present.user_id, &present.name);
        audit::record(tx, ctx, &NOTE_BREACHED_PASSWORD, subject, &[breached::change(found)])
    };
    Ctx::system(deployment, "sign-in").write(noted).await
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
