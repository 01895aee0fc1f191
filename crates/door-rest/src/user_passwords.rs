//! Passwords of users: setting them, forgiving wrong ones, trying one.

use std::sync::Arc;

use reeve_base::Secret;
use reeve_base::secret::ExposeSecret;
use reeve_domain::access_control::Arrival;
use reeve_domain::users::{self, NewPassword};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access_control_rules::address;
use crate::answer::{Answer, ok};
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::refusals::Refusal;
use crate::user::{UserPath, shown};
use crate::words::{Protocol, SignInOutcome};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(reset_password)).routes(routes!(unlock_user)).routes(routes!(check_sign_in))
}

/// A password to set; exactly one of the two is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"generate_password": true}))]
pub(crate) struct PasswordReset {
    /// Password, under the policy of the directory.
    #[schema(max_length = 1024, format = Password, example = "Lantern-Copper-Meadow-48")]
    password: Option<String>,
    /// Asks for a password to be made up and shown once.
    generate_password: Option<bool>,
}

/// What a reset came to.
#[derive(Serialize, ToSchema)]
pub(crate) struct ResetPassword {
    /// The password, when it was made up; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "Lantern-Copper-Meadow-48")]
    password: Option<String>,
}

/// Reset the password of a user
///
/// The old password opens nothing any more, and a lock for wrong passwords is lifted. A refusal names the rule of
/// the policy that the password breaks.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/users/{user}/reset-password", tag = "Passwords",
    params(UserPath, IfMatch), request_body = PasswordReset,
    responses((status = 200, description = "The password is set.", body = ResetPassword)),
    extensions(("x-problem-codes" = json!(["organization_state", "reserved", "password_refused"]))),
)]
pub(crate) async fn reset_password(
    Caller(ctx): Caller,
    InPath(path): InPath<UserPath>,
    InBody(body): InBody<PasswordReset>,
) -> Answer {
    let (organization, user) = path.references()?;
    let password = match (body.password, body.generate_password == Some(true)) {
        (Some(password), false) => NewPassword::Typed(Secret::from(password)),
        (None, true) => NewPassword::Generated,
        _ => {
            let why = "give either a password, or generate_password as true";
            return Err(Refusal::invalid("password", why));
        }
    };
    let made = users::reset_password(&ctx, organization, user, password).await?;
    ok(&ResetPassword { password: made.map(|password| password.expose_secret().to_owned()) })
}

/// Unlock a user
///
/// Forgives wrong passwords, so that the user may sign in at once.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/users/{user}/unlock", tag = "Passwords",
    params(UserPath, IfMatch),
    responses((status = 200, description = "The user is not locked.", body = crate::user::User, headers(
        ("ETag" = String, description = "The version of the user."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state", "reserved"]))),
)]
pub(crate) async fn unlock_user(Caller(ctx): Caller, InPath(path): InPath<UserPath>) -> Answer {
    let (organization, user) = path.references()?;
    shown(users::unlock_user(&ctx, organization, user).await?)
}

/// A password to try.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "password": "Lantern-Copper-Meadow-48", "protocol": "IMAP", "source_address": "203.0.113.9"
}))]
pub(crate) struct PasswordTry {
    /// Password.
    #[schema(max_length = 1024, format = Password, example = "Lantern-Copper-Meadow-48")]
    password: String,
    /// Over which protocol the user would sign in; with `source_address`, or neither.
    protocol: Option<Protocol>,
    /// From which address; with `protocol`, or neither.
    #[schema(max_length = 64, example = "203.0.113.9")]
    source_address: Option<String>,
}

/// What a sign-in would come to.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckedSignIn {
    /// What it would come to.
    outcome: SignInOutcome,
}

/// Check a sign-in
///
/// Says what a sign-in of the user with this password would come to. A wrong password counts towards the lock. Access
/// control rules are asked when it is said over which protocol and from which address the user comes.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/users/{user}/check-sign-in", tag = "Passwords",
    params(UserPath), request_body = PasswordTry,
    responses((status = 200, description = "What it would come to.", body = CheckedSignIn)),
    extensions(("x-problem-codes" = json!(["organization_state", "reserved"]))),
)]
pub(crate) async fn check_sign_in(
    Caller(ctx): Caller,
    InPath(path): InPath<UserPath>,
    InBody(body): InBody<PasswordTry>,
) -> Answer {
    let (organization, user) = path.references()?;
    let password = Secret::from(body.password);
    let arrival = match (body.protocol, body.source_address) {
        (Some(protocol), Some(from)) => Some(Arrival { protocol: protocol.into(), address: address(&from)? }),
        (None, None) => None,
        (Some(_), None) => return Err(Refusal::invalid("source_address", "must be given with a protocol")),
        (None, Some(_)) => return Err(Refusal::invalid("protocol", "must be given with a source_address")),
    };
    let outcome = users::check_sign_in(&ctx, organization, user, password, arrival).await?;
    ok(&CheckedSignIn { outcome: outcome.into() })
}
