//! Signing in as an administrator. Known and unknown names get the same answer for the same work.

use std::sync::Arc;

use reeve_base::Secret;
use reeve_base::ids::SessionId;
use reeve_base::limits::{
    ADMINISTRATOR_LOCKOUT, ADMINISTRATOR_LOCKOUT_FAILURES, PASSWORD_BYTES_MAX, SESSION_ABSOLUTE,
    SESSIONS_PER_ADMINISTRATOR_MAX,
};
use reeve_base::names::EmailAddress;
use reeve_base::secret::ExposeSecret;
use reeve_store::Tx;
use reeve_store::tables::accounts;
use reeve_store::tables::administrators::{self, AdministratorRow, FailuresRow};
use reeve_store::tables::sessions::{self, NewSession};

use super::{Administrator, Session};
use crate::audit::{self, Change, Subject};
use crate::auth;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SIGN_IN;
use crate::passwords::Verdict;

/// A session that began.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Who signed in.
    pub administrator: Administrator,
    /// The name of their account.
    pub account_name: String,
    /// What opens the session; shown this once.
    pub token: Secret,
}

/// Signs an administrator in.
///
/// Errors: `SignInRefused` for a wrong name or password, a locked name and an inactive administrator alike; after
/// [`ADMINISTRATOR_LOCKOUT_FAILURES`] wrong passwords in a row a name is locked for [`ADMINISTRATOR_LOCKOUT`].
pub async fn sign_in(ctx: &Ctx, username: &str, password: Secret) -> Result<SignedIn, Error> {
    // What is no address is nobody's username, and nothing to count failures against.
    let username = EmailAddress::parse("username", username).map_err(|_| Error::SignInRefused)?;
    if password.expose_secret().len() > PASSWORD_BYTES_MAX {
        return Err(Error::SignInRefused);
    }
    let key = username.key();
    let sought = key.clone();
    let row = ctx.read(move |tx, _| Ok(administrators::by_key(tx, &sought)?)).await?;
    let deployment = ctx.deployment();
    let stored_hash = row.as_ref().and_then(|row| row.password_hash.clone());
    let verdict = deployment.credentials.verify(stored_hash.clone(), password.clone()).await?;
    let better = match (verdict, &stored_hash) {
        (Verdict::Right { rehash: true }, Some(old)) => {
            let new = deployment.credentials.hash(Arc::clone(&deployment.random), password).await?;
            Some((old.clone(), new))
        }
        _ => None,
    };
    let right = matches!(verdict, Verdict::Right { .. });
    let token = auth::new_token(deployment);
    let token_hash = auth::token_hash(&token);
    let id = SessionId::generate(ctx.now(), ctx.random());
    let outcome = ctx
        .write(move |tx, ctx| {
            // Read again: the password may have been changed while this one was hashed.
            let present = administrators::by_key(tx, &key)?;
            let same = |row: &AdministratorRow| row.password_hash == stored_hash;
            let Some(row) = present.clone().filter(|row| right && same(row)) else {
                return refuse(tx, ctx, &key, present.as_ref()).map(|()| None);
            };
            if locked(tx, ctx, &key)? || row.status != "active" {
                return refuse(tx, ctx, &key, Some(&row)).map(|()| None);
            }
            if let Some((old, new)) = &better {
                administrators::rehash(tx, &row.administrator_id, old, new)?;
            }
            begin(tx, ctx, row, &id, &token_hash).map(Some)
        })
        .await?;
    let (session, administrator, account_name) = outcome.ok_or(Error::SignInRefused)?;
    Ok(SignedIn { session, administrator, account_name, token })
}

fn locked(tx: &mut Tx<'_>, ctx: &Ctx, key: &str) -> Result<bool, Error> {
    let now = ctx.now().millis();
    Ok(administrators::failures(tx, key)?.is_some_and(|row| row.locked_until > now))
}

/// Counts a failure against the name, known or not; at the limit the name is locked.
fn refuse(tx: &mut Tx<'_>, ctx: &Ctx, key: &str, row: Option<&AdministratorRow>) -> Result<(), Error> {
    let now = ctx.now();
    let before = administrators::failures(tx, key)?.unwrap_or(FailuresRow { failures: 0, locked_until: 0 });
    let is_locked = before.locked_until > now.millis();
    // Tries during a lock do not count, or the first mistake after it would lock again.
    let failures = if is_locked { before.failures } else { before.failures + 1 };
    let mut after = FailuresRow { failures, locked_until: before.locked_until };
    if !is_locked && after.failures >= i64::from(ADMINISTRATOR_LOCKOUT_FAILURES) {
        after = FailuresRow { failures: 0, locked_until: now.plus(ADMINISTRATOR_LOCKOUT).millis() };
    }
    administrators::put_failures(tx, key, &after, now.millis())?;
    let Some(row) = row else { return Ok(()) };
    let outcome = match (is_locked, after.locked_until > now.millis()) {
        (true, _) => "refused: locked",
        (false, true) => "refused, and locked now",
        _ => "refused",
    };
    record(tx, ctx, row, outcome)
}

fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: AdministratorRow,
    id: &SessionId,
    token_hash: &[u8],
) -> Result<(Session, Administrator, String), Error> {
    let now = ctx.now();
    let session = Session {
        id: id.clone(),
        created_at: now,
        idle_expires_at: auth::idle_end(now),
        expires_at: now.plus(SESSION_ABSOLUTE),
    };
    sessions::insert(
        tx,
        &NewSession {
            token_hash,
            session_id: id.as_str(),
            administrator_id: &row.administrator_id,
            source_address: ctx.source_address().unwrap_or_default(),
            created_at: now.millis(),
            expires_at: session.expires_at.millis(),
        },
    )?;
    let keep = i64::try_from(SESSIONS_PER_ADMINISTRATOR_MAX).unwrap_or(i64::MAX);
    sessions::delete_surplus(tx, &row.administrator_id, keep)?;
    administrators::clear_failures(tx, &row.username_key)?;
    record(tx, ctx, &row, "signed in")?;
    let account = accounts::by_id(tx, &row.account_id)?
        .ok_or_else(|| Error::internal("an administrator belongs to an account that never was"))?;
    Ok((session, Administrator::from_row(row)?, account.name))
}

/// Writes the event in the name of the administrator whom it concerns.
fn record(tx: &mut Tx<'_>, ctx: &Ctx, row: &AdministratorRow, outcome: &str) -> Result<(), Error> {
    let subject = Subject {
        account_id: &row.account_id,
        organization: None,
        id: &row.administrator_id,
        name: &row.username,
        made: None,
    };
    audit::record(tx, ctx, &SIGN_IN, subject, &[Change::made("outcome", outcome)])
}
