//! Enabling and disabling users.

use std::sync::Arc;

use reeve_base::names::EmailAddress;
use reeve_domain::users::{self, EnableRequest, EnableResult, Enabled, UserRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, ok};
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::organizations::OrganizationPath;
use crate::problem::Reason;
use crate::refusals::Refusal;
use crate::user::{UserPath, shown};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(enable_users)).routes(routes!(enable_user)).routes(routes!(disable_user))
}

/// An address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@acme.mail.test"}))]
pub(crate) struct PrimaryAddress {
    /// The address, on a verified domain of the organization.
    #[schema(min_length = 1, max_length = 254, example = "ada@acme.mail.test")]
    email: String,
}

impl PrimaryAddress {
    /// The address, checked.
    pub(crate) fn parse(&self) -> Result<EmailAddress, Refusal> {
        Ok(EmailAddress::parse("email", &self.email)?)
    }
}

/// Enable a user
///
/// Gives a disabled user a primary address and a mailbox: the one that is still kept for the user, or a new one.
/// Asking again with the same address changes nothing and succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/users/{user}/enable", tag = "Users",
    params(UserPath, IfMatch), request_body = PrimaryAddress,
    responses((status = 200, description = "The user is enabled.", body = crate::user::User, headers(
        ("ETag" = String, description = "The version of the user."),
    ))),
    extensions(("x-problem-codes" = json!([
        "organization_state", "wrong_state", "address_taken", "reserved", "domain_not_found", "domain_unverified"
    ]))),
)]
pub(crate) async fn enable_user(
    Caller(ctx): Caller,
    InPath(path): InPath<UserPath>,
    InBody(body): InBody<PrimaryAddress>,
) -> Answer {
    let (organization, user) = path.references()?;
    shown(users::enable_user(&ctx, organization, user, body.parse()?).await?)
}

/// Disable a user
///
/// Every door shuts at once; mailbox and addresses are kept for 30 days. One who is disabled already stays so, and
/// the call succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/users/{user}/disable", tag = "Users",
    params(UserPath, IfMatch),
    responses((status = 200, description = "The user is disabled.", body = crate::user::User, headers(
        ("ETag" = String, description = "The version of the user."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state", "reserved"]))),
)]
pub(crate) async fn disable_user(Caller(ctx): Caller, InPath(path): InPath<UserPath>) -> Answer {
    let (organization, user) = path.references()?;
    shown(users::disable_user(&ctx, organization, user).await?)
}

/// Several users to enable.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"users": [{"user": "ada", "email": "ada@acme.mail.test"}]}))]
pub(crate) struct EnableUsers {
    /// The users, each with the address that it is to have.
    #[schema(min_items = 1, max_items = 100)]
    users: Vec<UserToEnable>,
}

/// A user to enable.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserToEnable {
    /// Id, username or address of the user.
    #[schema(max_length = 256, example = "ada")]
    user: String,
    /// Primary address, on a verified domain of the organization.
    #[schema(min_length = 1, max_length = 254, example = "ada@acme.mail.test")]
    email: String,
}

impl UserToEnable {
    fn parse(&self) -> Result<EnableRequest, Refusal> {
        if self.user.chars().any(char::is_control) {
            return Err(Refusal::invalid("user", "must not hold control characters"));
        }
        let user: UserRef = self.user.parse()?;
        Ok(EnableRequest { user, email: EmailAddress::parse("email", &self.email)? })
    }
}

/// What became of several users.
#[derive(Serialize, ToSchema)]
pub(crate) struct EnabledUsers {
    /// One result for each user, in the order of the request.
    results: Vec<EnabledUser>,
}

/// What became of a user.
#[derive(Serialize, ToSchema)]
pub(crate) struct EnabledUser {
    /// The user, as the request named it.
    #[schema(example = "ada")]
    user: String,
    /// What became of it.
    outcome: EnableOutcome,
    /// Id of the user, unless refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    user_id: Option<String>,
    /// Primary address of the user, unless refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "ada@acme.mail.test")]
    email: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Reason, required = false)]
    problem: Option<Reason>,
}

/// What became of a user.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EnableOutcome {
    /// The user was enabled.
    Enabled,
    /// The user had been enabled, with this address.
    Unchanged,
    /// The user could not be enabled.
    Refused,
}

impl From<EnableResult> for EnabledUser {
    fn from(result: EnableResult) -> Self {
        let user = result.user.to_string();
        let (outcome, enabled) = match result.outcome {
            Enabled::Enabled(enabled) => (EnableOutcome::Enabled, enabled),
            Enabled::Unchanged(enabled) => (EnableOutcome::Unchanged, enabled),
            Enabled::Refused(error) => {
                let outcome = EnableOutcome::Refused;
                return Self { user, outcome, user_id: None, email: None, problem: Some(error.into()) };
            }
        };
        let user_id = Some(enabled.id.to_string());
        Self { user, outcome, user_id, email: enabled.email, problem: None }
    }
}

/// Enable several users
///
/// Each for itself: one that is refused does not hold up the others, and says why.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/users/enable", tag = "Users",
    params(OrganizationPath), request_body = EnableUsers,
    responses((status = 200, description = "A result for each user.", body = EnabledUsers)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn enable_users(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<EnableUsers>,
) -> Answer {
    let requests = body.users.iter().map(UserToEnable::parse).collect::<Result<_, _>>()?;
    let results = users::enable_users(&ctx, path.reference()?, requests).await?;
    ok(&EnabledUsers { results: results.into_iter().map(EnabledUser::from).collect() })
}
