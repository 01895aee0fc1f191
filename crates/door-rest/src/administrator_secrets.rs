//! What opens an account for an administrator, in the hands of an account admin: passwords, locks, second factors,
//! sessions, and the API password.

use std::sync::Arc;

use reeve_base::Secret;
use reeve_base::secret::ExposeSecret;
use reeve_domain::administrators::{self, ApiAccess, ApiPasswordChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::administrator::{Administrator, AdministratorPath, shown};
use crate::answer::{Answer, no_content, ok};
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::names::named_or_none;
use crate::profile::nullable;
use crate::refusals::Refusal;
use crate::sessions::EndedSessions;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(reset_administrator_password))
        .routes(routes!(unlock_administrator))
        .routes(routes!(reset_second_factors))
        .routes(routes!(end_sessions))
        .routes(routes!(set_api_access))
        .routes(routes!(set_api_password, remove_api_password))
}

/// A password to set; exactly one of the two is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"generate_password": true}))]
pub(crate) struct AdministratorPasswordReset {
    /// Password.
    #[schema(max_length = 1024, format = Password, example = "Lantern-Copper-Meadow-48")]
    password: Option<String>,
    /// Asks for a password to be made up and shown once.
    generate_password: Option<bool>,
}

/// A password, when it was made up.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeUpPassword {
    /// The password, when it was made up; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "Lantern-Copper-Meadow-48")]
    password: Option<String>,
}

impl From<Option<Secret>> for MadeUpPassword {
    fn from(password: Option<Secret>) -> Self {
        Self { password: password.map(|password| password.expose_secret().to_owned()) }
    }
}

/// The password that was typed, or none when one is to be made up.
fn chosen(password: Option<String>, generate: Option<bool>) -> Result<Option<Secret>, Refusal> {
    match (password, generate == Some(true)) {
        (Some(password), false) => Ok(Some(Secret::from(password))),
        (None, true) => Ok(None),
        _ => {
            let why = "give either a password, or generate_password as true";
            Err(Refusal::invalid("password", why))
        }
    }
}

/// Reset the password of an administrator
///
/// Ends their sessions and forgives wrong passwords. A password that was made up is shown this once. One's own is
/// changed by `PUT /sessions/current/password`.
#[utoipa::path(
    post, path = "/api/v1/administrators/{administrator}/reset-password", tag = "Administrators",
    params(AdministratorPath, IfMatch), request_body = AdministratorPasswordReset,
    responses((status = 200, description = "The password is set. One that was made up is shown once.",
        body = MadeUpPassword)),
    extensions(("x-problem-codes" = json!(["self_forbidden", "password_refused", "conflict"]))),
)]
pub(crate) async fn reset_administrator_password(
    Caller(ctx): Caller,
    InPath(path): InPath<AdministratorPath>,
    InBody(body): InBody<AdministratorPasswordReset>,
) -> Answer {
    let password = chosen(body.password, body.generate_password)?;
    let made = administrators::reset_administrator_password(&ctx, path.reference()?, password).await?;
    ok(&MadeUpPassword::from(made))
}

/// Unlock an administrator
///
/// Forgives wrong passwords, so that the administrator may sign in at once.
#[utoipa::path(
    post, path = "/api/v1/administrators/{administrator}/unlock", tag = "Administrators",
    params(AdministratorPath, IfMatch),
    responses((status = 200, description = "The administrator is not locked.", body = Administrator, headers(
        ("ETag" = String, description = "The version of the administrator."),
    ))),
)]
pub(crate) async fn unlock_administrator(Caller(ctx): Caller, InPath(path): InPath<AdministratorPath>) -> Answer {
    shown(administrators::unlock_administrator(&ctx, path.reference()?).await?)
}

/// Reset the second factors of an administrator
///
/// Takes away the generator of codes, the passkeys and the recovery codes of somebody who lost theirs, and ends their
/// sessions. One's own are removed by `DELETE /sessions/current/second-factors/…`.
#[utoipa::path(
    post, path = "/api/v1/administrators/{administrator}/reset-second-factors", tag = "Administrators",
    params(AdministratorPath, IfMatch),
    responses((status = 200, description = "There are none any more.", body = Administrator, headers(
        ("ETag" = String, description = "The version of the administrator."),
    ))),
    extensions(("x-problem-codes" = json!(["self_forbidden"]))),
)]
pub(crate) async fn reset_second_factors(Caller(ctx): Caller, InPath(path): InPath<AdministratorPath>) -> Answer {
    shown(administrators::reset_second_factors(&ctx, path.reference()?).await?)
}

/// End the sessions of an administrator
///
/// All of them, at once; who knows the password may sign in again.
#[utoipa::path(
    post, path = "/api/v1/administrators/{administrator}/end-sessions", tag = "Administrators",
    params(AdministratorPath),
    responses((status = 200, description = "How many sessions ended.", body = EndedSessions)),
)]
pub(crate) async fn end_sessions(Caller(ctx): Caller, InPath(path): InPath<AdministratorPath>) -> Answer {
    ok(&EndedSessions { ended: administrators::end_sessions(&ctx, path.reference()?).await? })
}

/// Whether an administrator may use the APIs by an API password and by access keys.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"enabled": true}))]
pub(crate) struct ApiAccessChoice {
    /// Whether they may.
    enabled: bool,
}

/// Set the API access of an administrator
///
/// Without it, the API password and the access keys of the administrator open nothing; they are kept.
#[utoipa::path(
    put, path = "/api/v1/administrators/{administrator}/api-access", tag = "API credentials",
    params(AdministratorPath, IfMatch), request_body = ApiAccessChoice,
    responses((status = 200, description = "The administrator as they are now.", body = Administrator, headers(
        ("ETag" = String, description = "The version of the administrator."),
    ))),
)]
pub(crate) async fn set_api_access(
    Caller(ctx): Caller,
    InPath(path): InPath<AdministratorPath>,
    InBody(body): InBody<ApiAccessChoice>,
) -> Answer {
    let access = if body.enabled { ApiAccess::Enabled } else { ApiAccess::Disabled };
    shown(administrators::set_api_access(&ctx, path.reference()?, access).await?)
}

/// An API password to set; exactly one of `password` and `generate_password` is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"generate_password": true, "limit_policy": "read-only"}))]
pub(crate) struct NewApiPassword {
    /// Password.
    #[schema(max_length = 1024, format = Password, example = "Lantern-Copper-Meadow-48")]
    password: Option<String>,
    /// Asks for a password to be made up and shown once.
    generate_password: Option<bool>,
    /// Id or name of a policy beyond which the API password is never to reach; null takes the limit away, and when it
    /// is left out the limit stays.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required = false, max_length = 256, example = "read-only")]
    limit_policy: Option<Option<String>>,
}

/// Set the API password of an administrator
///
/// A password for programs, apart from the one that signs in: username and API password as HTTP Basic. The one before
/// opens nothing any more. One that was made up is shown this once. Administrators set their own where the account lets
/// them.
#[utoipa::path(
    put, path = "/api/v1/administrators/{administrator}/api-password", tag = "API credentials",
    params(AdministratorPath, IfMatch), request_body = NewApiPassword,
    responses((status = 200, description = "The API password is set. One that was made up is shown once.",
        body = MadeUpPassword)),
    extensions(("x-problem-codes" = json!(["password_refused", "wrong_state", "conflict"]))),
)]
pub(crate) async fn set_api_password(
    Caller(ctx): Caller,
    InPath(path): InPath<AdministratorPath>,
    InBody(body): InBody<NewApiPassword>,
) -> Answer {
    let change = ApiPasswordChange {
        password: chosen(body.password, body.generate_password)?,
        limit: named_or_none("limit_policy", body.limit_policy)?,
    };
    let made = administrators::set_api_password(&ctx, path.reference()?, change).await?;
    ok(&MadeUpPassword::from(made))
}

/// Remove the API password of an administrator
///
/// It opens nothing any more. Where there is none, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/administrators/{administrator}/api-password", tag = "API credentials",
    params(AdministratorPath, IfMatch),
    responses((status = 204, description = "There is no API password any more.")),
)]
pub(crate) async fn remove_api_password(Caller(ctx): Caller, InPath(path): InPath<AdministratorPath>) -> Answer {
    administrators::remove_api_password(&ctx, path.reference()?).await?;
    no_content()
}
