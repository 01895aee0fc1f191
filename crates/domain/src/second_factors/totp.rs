//! One-time codes by time (RFC 6238): six digits, SHA-1, thirty seconds, as every authenticator app makes them.
//!
//! The secret is sealed wherever it rests. Each time step opens once, also when two requests show its code at once.

use reeve_base::secret::ExposeSecret;
use reeve_base::{Secret, Timestamp, random};
use reeve_store::Tx;
use reeve_store::tables::administrators::AdministratorRow;
use reeve_store::tables::second_factors::{self as rows, OneTimeCodesRow};
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use super::challenge::{self, Bound, Draft, Kind};
use super::{RecoveryCodes, added, over, removed};
use crate::administrators::{own_session, save, subject};
use crate::audit::{self, Change};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::{BEGIN_TOTP, CONFIRM_TOTP, REMOVE_TOTP};
use crate::sealing::{self, ONE_TIME_CODES};

/// Octets of a secret: as many as SHA-1 gives (RFC 4226 §4 R6 recommends 160 bits).
const SECRET_BYTES: usize = 20;

/// Digits of a code (RFC 4226 §5.3).
const DIGITS: usize = 6;

/// Who asks for the code, as the app shows it.
const ISSUER: &str = "Reeve";

/// One-time codes that wait to be proven. The secret is shown this once.
#[derive(Debug, Clone)]
pub struct TotpEnrolment {
    /// What continues the enrolment.
    pub challenge: Secret,
    /// The secret in base32, for typing.
    pub secret: Secret,
    /// The same as an `otpauth` URL, for a QR code.
    pub url: Secret,
    /// When it must have been proven.
    pub expires_at: Timestamp,
}

/// Makes a secret for one's own one-time codes; it counts when a code of it is shown. One that is there stays until then.
pub async fn begin_totp(ctx: &Ctx) -> Result<TotpEnrolment, Error> {
    let draft = Draft::new(ctx);
    let secret = Zeroizing::new(random::bytes::<SECRET_BYTES>(ctx.random()));
    let plain = secret.clone();
    let opened = draft.clone();
    let (username, expires_at) = ctx
        .write(move |tx, ctx| {
            let (row, session) = own_session(tx, ctx, &BEGIN_TOTP)?;
            let bound = bound(&row, session.as_str());
            let expires_at = challenge::open(tx, ctx, bound, &opened, plain.as_slice())?;
            audit::record(tx, ctx, &BEGIN_TOTP, subject(&row), &[Change::made("totp", "begun")])?;
            Ok((row.username, expires_at))
        })
        .await?;
    let codes = generator(secret.as_slice(), &username)?;
    let url = codes.to_url().map_err(|why| Error::internal(format!("an enrolment has no URL: {why}")))?;
    Ok(TotpEnrolment {
        challenge: draft.token,
        secret: Secret::from(codes.secret().to_base32()),
        url: Secret::from(url),
        expires_at,
    })
}

/// Proves the secret by a code of it; from now on codes are asked for at sign-in, in the place of earlier ones.
///
/// Answers with recovery codes when this is the first second factor.
/// Errors: `Invalid` for another code, and for a challenge that is over or belongs elsewhere.
pub async fn confirm_totp(ctx: &Ctx, challenge: Secret, code: Secret) -> Result<Option<Vec<Secret>>, Error> {
    let codes = RecoveryCodes::generate(ctx.random());
    let made = codes.clone();
    let first = ctx
        .write(move |tx, ctx| {
            let (row, session) = own_session(tx, ctx, &CONFIRM_TOTP)?;
            let open = challenge::find(tx, ctx, &challenge)?.filter(|open| open.is(bound(&row, session.as_str())));
            let open = open.ok_or_else(over)?;
            let Some(step) = step_of(&open.state, &row, &code, ctx.now())? else {
                open.failed(tx)?;
                let why = "is not the code of this moment; look at the clock of your device, and try the next one";
                return Ok(Err(Error::invalid("code", why)));
            };
            let replaced = rows::one_time_codes(tx, &row.administrator_id)?.is_some();
            let proven = OneTimeCodesRow {
                secret: seal(ctx, &row, &open.state)?,
                confirmed_at: ctx.now().millis(),
                // The code that proved the secret opens nothing else.
                last_step: step,
            };
            rows::put_one_time_codes(tx, &row.administrator_id, &proven)?;
            if replaced {
                replace(tx, ctx, row)?;
                return Ok(Ok(false));
            }
            added(tx, ctx, &CONFIRM_TOTP, row, (Change::made("totp", "(set)"), &made)).map(Ok)
        })
        .await??;
    Ok(first.then(|| codes.shown()))
}

/// Removes one's own one-time codes.
///
/// Errors: `NotFound` without any; `WrongState` when they are the last second factor and the account demands one.
pub async fn remove_totp(ctx: &Ctx) -> Result<(), Error> {
    ctx.write(|tx, ctx| {
        let (row, _) = own_session(tx, ctx, &REMOVE_TOTP)?;
        if !rows::delete_one_time_codes(tx, &row.administrator_id)? {
            return Err(Error::not_found("second factor", "totp"));
        }
        removed(tx, ctx, &REMOVE_TOTP, row, Change::gone("totp", "(set)"))
    })
    .await
}

/// Whether a text has the form of a one-time code.
pub(super) fn is_code(text: &Secret) -> bool {
    let text = text.expose_secret();
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Uses up a code; false when it is none of this moment, or its step was used.
pub(super) fn use_up(tx: &mut Tx<'_>, ctx: &Ctx, row: &AdministratorRow, code: &Secret) -> Result<bool, Error> {
    let Some(codes) = rows::one_time_codes(tx, &row.administrator_id)? else { return Ok(false) };
    let master_key = &ctx.deployment().settings().master_key;
    let secret = sealing::unseal(master_key, ONE_TIME_CODES, &row.administrator_id, &codes.secret)?;
    match step_of(&secret, row, code, ctx.now())? {
        // RFC 6238 §5.2: a code that was accepted is not accepted again.
        Some(step) => Ok(rows::use_step(tx, &row.administrator_id, step)?),
        None => Ok(false),
    }
}

/// The time step whose code this is: the present one, or its neighbours (RFC 6238 §5.2: one step for slow networks).
fn step_of(secret: &[u8], row: &AdministratorRow, code: &Secret, now: Timestamp) -> Result<Option<i64>, Error> {
    let seconds = stored(u64::try_from(now.millis() / 1000))?;
    let plain = Zeroizing::new(code.expose_secret().replace(' ', ""));
    let step = generator(secret, &row.username)?.check(&plain, seconds);
    step.map(|step| stored(i64::try_from(step))).transpose()
}

/// RFC 6238 §4 with its defaults: SHA-1, six digits, thirty seconds.
fn generator(secret: &[u8], username: &str) -> Result<Totp, Error> {
    Builder::new()
        .with_secret(secret)
        .with_issuer(Some(ISSUER))
        .with_account_name(username)
        .build()
        .map_err(|why| Error::internal(format!("one-time codes cannot be made: {why}")))
}

fn bound<'a>(row: &'a AdministratorRow, session_id: &'a str) -> Bound<'a> {
    Bound { kind: Kind::Totp, administrator_id: &row.administrator_id, session_id }
}

fn seal(ctx: &Ctx, row: &AdministratorRow, secret: &[u8]) -> Result<Vec<u8>, Error> {
    let master_key = &ctx.deployment().settings().master_key;
    sealing::seal(master_key, ONE_TIME_CODES, &row.administrator_id, secret, ctx.random())
}

/// Writes that one-time codes took the place of others, from another device: there are as many factors as before.
fn replace(tx: &mut Tx<'_>, ctx: &Ctx, mut row: AdministratorRow) -> Result<(), Error> {
    reeve_store::tables::challenges::delete_all(tx, &row.administrator_id)?;
    save(tx, ctx, &CONFIRM_TOTP, &mut row, &[Change::moved("totp", "(set)", "(set anew)")])
}
