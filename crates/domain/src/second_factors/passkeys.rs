//! Passkeys (WebAuthn Level 2) as second factors: adding, showing and removing one's own.
//!
//! The library checks challenge, origin, relying party, user verification and signature; what it must remember between
//! the two halves is sealed in a challenge. A credential belongs to one administrator; its counter never goes back.

use reeve_base::ids::PasskeyId;
use reeve_base::limits::{CHALLENGE_TTL, PASSKEYS_PER_ADMINISTRATOR_MAX};
use reeve_base::names::Title;
use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::administrators::AdministratorRow;
use reeve_store::tables::second_factors::{self as rows, PasskeyRow};
use serde_json::Value;
use webauthn_rs::prelude::{
    AuthenticationResult, Passkey as Credential, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};

use super::challenge::{self, Bound, Draft, Kind};
use super::{RecoveryCodes, added, over, removed};
use crate::administrators::{own_session, subject};
use crate::audit::{self, Change};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::{BEGIN_PASSKEY, CONFIRM_PASSKEY, REMOVE_PASSKEY};

/// The name that browsers show beside the address.
const RP_NAME: &str = "Reeve";

/// A passkey of an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Names it in lists; opens nothing.
    pub id: PasskeyId,
    /// What its owner called it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

impl Passkey {
    pub(super) fn from_row(row: PasskeyRow) -> Result<Self, Error> {
        Ok(Self {
            id: stored(row.passkey_id.parse())?,
            name: row.name,
            created_at: Timestamp::from_millis(row.created_at),
            last_used_at: row.used_at.map(Timestamp::from_millis),
        })
    }
}

/// A passkey that waits for the browser to make it.
#[derive(Debug, Clone)]
pub struct PasskeyEnrolment {
    /// What continues the enrolment.
    pub challenge: Secret,
    /// `PublicKeyCredentialCreationOptions` in the JSON form of WebAuthn.
    pub options: Value,
    /// When it must have been made.
    pub expires_at: Timestamp,
}

/// Asks the browser for a new passkey of one's own.
///
/// Errors: `Invalid` where the address of the console allows no passkeys; `LimitReached`.
pub async fn begin_passkey(ctx: &Ctx) -> Result<PasskeyEnrolment, Error> {
    let (row, existing) = ctx
        .read(|tx, ctx| {
            let (row, _) = own_session(tx, ctx, &BEGIN_PASSKEY)?;
            let existing = rows::passkeys(tx, &row.administrator_id)?;
            if existing.len() >= PASSKEYS_PER_ADMINISTRATOR_MAX {
                return Err(too_many());
            }
            Ok((row, existing))
        })
        .await?;
    let known = credentials(&existing)?.iter().map(|credential| credential.cred_id().clone()).collect();
    let user: Uuid = stored(row.administrator_id.parse())?;
    let (options, state) = webauthn(ctx)?
        .start_passkey_registration(user, &row.username, &row.username, Some(known))
        .map_err(|why| Error::internal(format!("a passkey cannot be asked for: {why}")))?;
    let state = serde_json::to_string(&state).map_err(no_json)?;
    let options = serde_json::to_value(&options.public_key).map_err(no_json)?;
    let draft = Draft::new(ctx);
    let opened = draft.clone();
    let expires_at = ctx
        .write(move |tx, ctx| {
            let (row, session) = own_session(tx, ctx, &BEGIN_PASSKEY)?;
            let expires_at = challenge::open(tx, ctx, bound(&row, session.as_str()), &opened, state.as_bytes())?;
            audit::record(tx, ctx, &BEGIN_PASSKEY, subject(&row), &[Change::made("passkey", "begun")])?;
            Ok(expires_at)
        })
        .await?;
    Ok(PasskeyEnrolment { challenge: draft.token, options, expires_at })
}

/// Adds the passkey that the browser made; from now on it is asked for at sign-in.
///
/// Answers with recovery codes when this is the first second factor.
/// Errors: `Invalid` when the credential does not answer the challenge, or the challenge is over or belongs elsewhere;
/// `Conflict` when the credential belongs to somebody.
pub async fn confirm_passkey(
    ctx: &Ctx,
    challenge: Secret,
    name: Title,
    credential: Value,
) -> Result<(Passkey, Option<Vec<Secret>>), Error> {
    let token = challenge.clone();
    let state = ctx.read(move |tx, ctx| Ok(enrolment(tx, ctx, &token)?.1.state)).await?;
    let answer: RegisterPublicKeyCredential = serde_json::from_value(credential)
        .map_err(|_| Error::invalid("credential", "must be what the browser answered, as JSON"))?;
    let state: PasskeyRegistration = stored(serde_json::from_slice(&state))?;
    let made = webauthn(ctx)?.finish_passkey_registration(&answer, &state).ok();
    let id = PasskeyId::generate(ctx.now(), ctx.random());
    let codes = RecoveryCodes::generate(ctx.random());
    let with = codes.clone();
    let (row, first) = ctx
        .write(move |tx, ctx| {
            let (row, open) = enrolment(tx, ctx, &challenge)?;
            let Some(made) = &made else {
                open.failed(tx)?;
                let why = "does not answer the challenge; begin again on the page of this console";
                return Ok(Err(Error::invalid("credential", why)));
            };
            if rows::passkeys(tx, &row.administrator_id)?.len() >= PASSKEYS_PER_ADMINISTRATOR_MAX {
                return Err(too_many());
            }
            let passkey = new_row(ctx, &row, (&id, &name), made)?;
            if !rows::insert_passkey(tx, &passkey)? {
                return Err(Error::Conflict { why: "this passkey is somebody's already; use another".to_owned() });
            }
            let first = added(tx, ctx, &CONFIRM_PASSKEY, row, (Change::made("passkey", name.as_str()), &with))?;
            Ok(Ok((passkey, first)))
        })
        .await??;
    Ok((Passkey::from_row(row)?, first.then(|| codes.shown())))
}

/// Removes one of one's own passkeys.
///
/// Errors: `NotFound`; `WrongState` when it is the last second factor and the account demands one.
pub async fn remove_passkey(ctx: &Ctx, id: PasskeyId) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (row, _) = own_session(tx, ctx, &REMOVE_PASSKEY)?;
        let named = rows::passkeys(tx, &row.administrator_id)?.into_iter().find(|row| row.passkey_id == id.as_str());
        let Some(passkey) = named else { return Err(Error::not_found("passkey", &id)) };
        rows::delete_passkey(tx, &row.administrator_id, &passkey.passkey_id)?;
        removed(tx, ctx, &REMOVE_PASSKEY, row, Change::gone("passkey", passkey.name))
    })
    .await
}

/// The caller, and the enrolment of theirs that waits under this token.
fn enrolment(tx: &mut Tx<'_>, ctx: &Ctx, token: &Secret) -> Result<(AdministratorRow, challenge::Open), Error> {
    let (row, session) = own_session(tx, ctx, &CONFIRM_PASSKEY)?;
    let open = challenge::find(tx, ctx, token)?.filter(|open| open.is(bound(&row, session.as_str())));
    Ok((row, open.ok_or_else(over)?))
}

fn bound<'a>(row: &'a AdministratorRow, session_id: &'a str) -> Bound<'a> {
    Bound { kind: Kind::Passkey, administrator_id: &row.administrator_id, session_id }
}

fn new_row(
    ctx: &Ctx,
    row: &AdministratorRow,
    (id, name): (&PasskeyId, &Title),
    made: &Credential,
) -> Result<PasskeyRow, Error> {
    Ok(PasskeyRow {
        passkey_id: id.to_string(),
        administrator_id: row.administrator_id.clone(),
        credential_id: made.cred_id().to_vec(),
        name: name.to_string(),
        credential: serde_json::to_string(made).map_err(no_json)?,
        created_at: ctx.now().millis(),
        used_at: None,
    })
}

fn too_many() -> Error {
    Error::LimitReached { what: "passkeys of one administrator", limit: PASSKEYS_PER_ADMINISTRATOR_MAX }
}

/// What the browser is asked at sign-in, and what must be remembered of it; nothing where there are no passkeys.
pub(crate) fn ask(ctx: &Ctx, existing: &[PasskeyRow]) -> Result<Option<(Value, Value)>, Error> {
    if existing.is_empty() || ctx.deployment().settings().passkeys.is_none() {
        return Ok(None);
    }
    let (options, state) = webauthn(ctx)?
        .start_passkey_authentication(&credentials(existing)?)
        .map_err(|why| Error::internal(format!("a passkey cannot be asked for: {why}")))?;
    Ok(Some((
        serde_json::to_value(&options.public_key).map_err(no_json)?,
        serde_json::to_value(&state).map_err(no_json)?,
    )))
}

/// Checks the browser's answer to what was remembered; nothing when it is wrong.
///
/// Errors: `Invalid` for what is no answer of a browser.
pub(crate) fn check(ctx: &Ctx, state: &Value, answer: &Value) -> Result<Option<AuthenticationResult>, Error> {
    let answer: PublicKeyCredential = serde_json::from_value(answer.clone())
        .map_err(|_| Error::invalid("passkey", "must be what the browser answered, as JSON"))?;
    if state.is_null() {
        return Ok(None);
    }
    let state: PasskeyAuthentication = stored(serde_json::from_value(state.clone()))?;
    Ok(webauthn(ctx)?.finish_passkey_authentication(&answer, &state).ok())
}

/// Notes that a passkey was used; false when it is not theirs any more, or its counter stands still or goes back.
pub(crate) fn use_up(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: &AdministratorRow,
    shown: &AuthenticationResult,
) -> Result<bool, Error> {
    let passkeys = rows::passkeys(tx, &row.administrator_id)?;
    let Some(passkey) = passkeys.iter().find(|passkey| passkey.credential_id == shown.cred_id().as_slice()) else {
        return Ok(false);
    };
    let mut credential: Credential = stored(serde_json::from_str(&passkey.credential))?;
    let moved = credential.update_credential(shown).unwrap_or(false);
    // WebAuthn §7.2 step 22: a counter that does not rise is the sign of a copy. Those that stay at 0 do not count.
    if shown.counter() > 0 && !moved {
        return Ok(false);
    }
    let place = (row.administrator_id.as_str(), passkey.passkey_id.as_str());
    rows::used_passkey(tx, place, &serde_json::to_string(&credential).map_err(no_json)?, ctx.now().millis())?;
    Ok(true)
}

fn credentials(rows: &[PasskeyRow]) -> Result<Vec<Credential>, Error> {
    rows.iter().map(|row| stored(serde_json::from_str(&row.credential))).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn no_json(why: serde_json::Error) -> Error {
    Error::internal(format!("what a passkey needs has no JSON form: {why}"))
}

/// The library, set up for the address of the console.
fn webauthn(ctx: &Ctx) -> Result<Webauthn, Error> {
    let Some(settings) = &ctx.deployment().settings().passkeys else {
        let why = "passkeys need a console with a host name; set http.public_url (REEVE_PUBLIC_URL) to its URL";
        return Err(Error::invalid("passkey", why));
    };
    let wrong = |why: String| Error::internal(format!("the settings of passkeys are wrong: {why}"));
    let origins = settings.origins.iter().map(|origin| Url::parse(origin));
    let origins = origins.collect::<Result<Vec<_>, _>>().map_err(|why| wrong(why.to_string()))?;
    let (first, others) = origins.split_first().ok_or_else(|| wrong("they name no origin".to_owned()))?;
    let builder = WebauthnBuilder::new(&settings.rp_id, first).map_err(|why| wrong(why.to_string()))?;
    let builder = others.iter().fold(builder, WebauthnBuilder::append_allowed_origin);
    builder.rp_name(RP_NAME).timeout(CHALLENGE_TTL).build().map_err(|why| wrong(why.to_string()))
}
