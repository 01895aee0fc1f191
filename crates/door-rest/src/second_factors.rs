//! One's own second factors: a generator of one-time codes, passkeys, and codes for the day when both are lost.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::Secret;
use reeve_base::ids::PasskeyId;
use reeve_base::names::Title;
use reeve_base::secret::ExposeSecret;
use reeve_domain::second_factors::{self, PasskeyEnrolment, TotpEnrolment};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, no_content, ok};
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::user::moment;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_second_factors))
        .routes(routes!(begin_totp, remove_totp))
        .routes(routes!(confirm_totp))
        .routes(routes!(begin_passkey))
        .routes(routes!(confirm_passkey))
        .routes(routes!(remove_passkey))
        .routes(routes!(make_recovery_codes))
}

/// The caller's second factors.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecondFactors {
    /// The generator of one-time codes; null when there is none.
    #[schema(required = true)]
    totp: Option<Totp>,
    /// The passkeys.
    passkeys: Vec<Passkey>,
    /// How many recovery codes are not used up.
    #[schema(example = 10)]
    recovery_codes_left: u64,
    /// Whether the account demands a second factor.
    required: bool,
}

/// A generator of one-time codes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Totp {
    /// When its first code was confirmed.
    #[schema(format = DateTime)]
    confirmed_at: String,
}

/// A passkey.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Passkey {
    /// Id; opens nothing.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a83")]
    passkey_id: String,
    /// What its owner calls it.
    #[schema(example = "blue key")]
    name: String,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last used; null when it never was.
    #[schema(required = true, format = DateTime)]
    last_used_at: Option<String>,
}

impl From<second_factors::Passkey> for Passkey {
    fn from(passkey: second_factors::Passkey) -> Self {
        Self {
            passkey_id: passkey.id.to_string(),
            name: passkey.name,
            created_at: passkey.created_at.to_rfc3339(),
            last_used_at: moment(passkey.last_used_at),
        }
    }
}

/// List one's second factors
///
/// What the caller can prove besides a password, and whether the account demands it.
#[utoipa::path(
    get, path = "/api/v1/sessions/current/second-factors", tag = "Second factors",
    responses((status = 200, description = "The second factors.", body = SecondFactors)),
)]
pub(crate) async fn list_second_factors(Caller(ctx): Caller) -> Answer {
    let factors = second_factors::list_second_factors(&ctx).await?;
    ok(&SecondFactors {
        totp: factors.totp_since.map(|since| Totp { confirmed_at: since.to_rfc3339() }),
        passkeys: factors.passkeys.into_iter().map(Passkey::from).collect(),
        recovery_codes_left: factors.recovery_codes_left,
        required: factors.required,
    })
}

/// A generator of one-time codes that is to be.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpSecret {
    /// What goes back with the first code; good for a few minutes.
    #[schema(example = "r1Wm8n0sXoV7bqKZ3tYpLd5uJfGhCe2iAaB4yTkQ6x9")]
    challenge: String,
    /// What the codes are made from, in Base32; shown this once.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    secret: String,
    /// The same for an app to read; shown this once.
    #[schema(
        example = "otpauth://totp/Reeve:grace%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Reeve"
    )]
    otpauth_url: String,
    /// When the challenge is over.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<TotpEnrolment> for TotpSecret {
    fn from(enrolment: TotpEnrolment) -> Self {
        Self {
            challenge: enrolment.challenge.expose_secret().to_owned(),
            secret: enrolment.secret.expose_secret().to_owned(),
            otpauth_url: enrolment.url.expose_secret().to_owned(),
            expires_at: enrolment.expires_at.to_rfc3339(),
        }
    }
}

/// Begin to add a generator of one-time codes
///
/// Gives the secret for an app, shown this once. Nothing changes until a first code confirms it; then it takes the place
/// of the one that was there.
#[utoipa::path(
    post, path = "/api/v1/sessions/current/second-factors/totp", tag = "Second factors",
    responses((status = 200, description = "The secret, shown once.", body = TotpSecret)),
)]
pub(crate) async fn begin_totp(Caller(ctx): Caller) -> Answer {
    ok(&TotpSecret::from(second_factors::begin_totp(&ctx).await?))
}

/// The first code of a generator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"challenge": "r1Wm8n0sXoV7bqKZ3tYpLd5uJfGhCe2iAaB4yTkQ6x9", "code": "492817"}))]
pub(crate) struct TotpConfirmation {
    /// The challenge.
    #[schema(max_length = 128, example = "r1Wm8n0sXoV7bqKZ3tYpLd5uJfGhCe2iAaB4yTkQ6x9")]
    challenge: String,
    /// The six digits that the generator shows.
    #[schema(max_length = 64, example = "492817")]
    code: String,
}

/// Recovery codes, where some were made.
#[derive(Serialize, ToSchema)]
pub(crate) struct FirstRecoveryCodes {
    /// Ten codes, each good for one sign-in without the second factor, when this is the first one; shown this once. Null
    /// when there was another already, whose codes stay good.
    #[schema(required = true, example = json!(["JBSW-Y3DP-EHPK-3PXP", "MFRG-GZDF-MZTW-Q2LK"]))]
    recovery_codes: Option<Vec<String>>,
}

fn exposed(codes: &[Secret]) -> Vec<String> {
    codes.iter().map(|code| code.expose_secret().to_owned()).collect()
}

/// Confirm a generator of one-time codes
///
/// From now on a sign-in needs a code. With the first second factor come ten recovery codes, shown this once.
#[utoipa::path(
    post, path = "/api/v1/sessions/current/second-factors/totp/confirmation", tag = "Second factors",
    request_body = TotpConfirmation,
    responses((status = 200, description = "It is a second factor now. Recovery codes are shown once.",
        body = FirstRecoveryCodes)),
)]
pub(crate) async fn confirm_totp(Caller(ctx): Caller, InBody(body): InBody<TotpConfirmation>) -> Answer {
    let (challenge, code) = (Secret::from(body.challenge), Secret::from(body.code));
    let codes = second_factors::confirm_totp(&ctx, challenge, code).await?;
    ok(&FirstRecoveryCodes { recovery_codes: codes.as_deref().map(exposed) })
}

/// Remove one's generator of one-time codes
///
/// Its codes prove nothing any more. The recovery codes go with the last second factor, which stays while the account
/// demands one.
#[utoipa::path(
    delete, path = "/api/v1/sessions/current/second-factors/totp", tag = "Second factors",
    responses((status = 204, description = "There is none any more.")),
    extensions(("x-problem-codes" = json!(["wrong_state"]))),
)]
pub(crate) async fn remove_totp(Caller(ctx): Caller) -> Answer {
    second_factors::remove_totp(&ctx).await?;
    no_content()
}

/// A passkey that is to be.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyOptions {
    /// What goes back with what the browser made; good for a few minutes.
    #[schema(example = "r1Wm8n0sXoV7bqKZ3tYpLd5uJfGhCe2iAaB4yTkQ6x9")]
    challenge: String,
    /// What the browser needs (`PublicKeyCredentialCreationOptions`).
    #[schema(value_type = Object)]
    options: Value,
    /// When the challenge is over.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<PasskeyEnrolment> for PasskeyOptions {
    fn from(enrolment: PasskeyEnrolment) -> Self {
        Self {
            challenge: enrolment.challenge.expose_secret().to_owned(),
            options: enrolment.options,
            expires_at: enrolment.expires_at.to_rfc3339(),
        }
    }
}

/// Begin to add a passkey
///
/// Nothing changes until what the browser makes of the options confirms it. Passkeys need a deployment that knows under
/// which address browsers reach it.
#[utoipa::path(
    post, path = "/api/v1/sessions/current/second-factors/passkeys", tag = "Second factors",
    responses((status = 200, description = "What the browser needs.", body = PasskeyOptions)),
    extensions(("x-problem-codes" = json!(["limit_reached"]))),
)]
pub(crate) async fn begin_passkey(Caller(ctx): Caller) -> Answer {
    ok(&PasskeyOptions::from(second_factors::begin_passkey(&ctx).await?))
}

/// What a browser made of the options for a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "challenge": "r1Wm8n0sXoV7bqKZ3tYpLd5uJfGhCe2iAaB4yTkQ6x9", "name": "blue key",
    "credential": {"id": "AQIDBA", "rawId": "AQIDBA", "type": "public-key", "response": {}}
}))]
pub(crate) struct PasskeyConfirmation {
    /// The challenge.
    #[schema(max_length = 128, example = "r1Wm8n0sXoV7bqKZ3tYpLd5uJfGhCe2iAaB4yTkQ6x9")]
    challenge: String,
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 256, example = "blue key")]
    name: String,
    /// What the browser made (`PublicKeyCredential` as JSON).
    #[schema(value_type = Object)]
    credential: Map<String, Value>,
}

/// A passkey that was added.
#[derive(Serialize, ToSchema)]
pub(crate) struct AddedPasskey {
    /// The passkey.
    passkey: Passkey,
    /// Ten codes, each good for one sign-in without the second factor, when this is the first one; shown this once. Null
    /// when there was another already, whose codes stay good.
    #[schema(required = true, example = json!(["JBSW-Y3DP-EHPK-3PXP", "MFRG-GZDF-MZTW-Q2LK"]))]
    recovery_codes: Option<Vec<String>>,
}

/// Confirm a passkey
///
/// From now on a sign-in needs a second factor, of which this is one. With the first come ten recovery codes, shown this
/// once.
#[utoipa::path(
    post, path = "/api/v1/sessions/current/second-factors/passkeys/confirmation", tag = "Second factors",
    request_body = PasskeyConfirmation,
    responses((status = 201, description = "It is a second factor now. Recovery codes are shown once.",
        body = AddedPasskey)),
    extensions(("x-problem-codes" = json!(["conflict", "limit_reached"]))),
)]
pub(crate) async fn confirm_passkey(Caller(ctx): Caller, InBody(body): InBody<PasskeyConfirmation>) -> Answer {
    let name = Title::parse("name", &body.name)?;
    let (challenge, credential) = (Secret::from(body.challenge), Value::Object(body.credential));
    let (passkey, codes) = second_factors::confirm_passkey(&ctx, challenge, name, credential).await?;
    json(StatusCode::CREATED, &AddedPasskey { passkey: passkey.into(), recovery_codes: codes.as_deref().map(exposed) })
}

/// A passkey of the caller.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PasskeyPath {
    /// Id of the passkey.
    #[param(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a83")]
    passkey_id: String,
}

/// Remove a passkey
///
/// It proves nothing any more. The recovery codes go with the last second factor, which stays while the account demands
/// one.
#[utoipa::path(
    delete, path = "/api/v1/sessions/current/second-factors/passkeys/{passkey_id}", tag = "Second factors",
    params(PasskeyPath),
    responses((status = 204, description = "The passkey is gone.")),
    extensions(("x-problem-codes" = json!(["wrong_state"]))),
)]
pub(crate) async fn remove_passkey(Caller(ctx): Caller, InPath(path): InPath<PasskeyPath>) -> Answer {
    let id: PasskeyId = path.passkey_id.parse()?;
    second_factors::remove_passkey(&ctx, id).await?;
    no_content()
}

/// Recovery codes.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Ten codes, each good for one sign-in without the second factor; shown this once.
    #[schema(example = json!(["JBSW-Y3DP-EHPK-3PXP", "MFRG-GZDF-MZTW-Q2LK"]))]
    recovery_codes: Vec<String>,
}

/// Make recovery codes
///
/// Ten new ones, shown this once; those from before are void.
#[utoipa::path(
    post, path = "/api/v1/sessions/current/second-factors/recovery-codes", tag = "Second factors",
    responses((status = 200, description = "The codes, shown once.", body = RecoveryCodes)),
    extensions(("x-problem-codes" = json!(["wrong_state"]))),
)]
pub(crate) async fn make_recovery_codes(Caller(ctx): Caller) -> Answer {
    ok(&RecoveryCodes { recovery_codes: exposed(&second_factors::make_recovery_codes(&ctx).await?) })
}
