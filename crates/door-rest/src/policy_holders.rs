//! Who has a policy: giving it to administrators and taking it away.

use std::sync::Arc;

use reeve_domain::administrators::AdministratorRef;
use reeve_domain::policies::{self, PolicyRef};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::administrator::{Administrator, shown};
use crate::answer::{Answer, ok};
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath, InQuery};
use crate::list::{List, page};
use crate::names::named_all;
use crate::policy::PolicyPath;
use crate::refusals::Refusal;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_policy_holders)).routes(routes!(attach_policy, detach_policy))
}

/// An administrator who has a policy, and where.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyHolder {
    /// Id of the administrator.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    administrator_id: String,
    /// Username.
    #[schema(example = "grace@example.com")]
    username: String,
    /// Ids of the organizations in which alone it holds; when empty, it holds wherever it says.
    #[schema(example = json!(["m-0f1e2d3c4b5a69788796a5b4c3d2e1f0"]))]
    organizations: Vec<String>,
}

impl From<policies::Holder> for PolicyHolder {
    fn from(holder: policies::Holder) -> Self {
        Self {
            administrator_id: holder.administrator_id.to_string(),
            username: holder.username,
            organizations: holder.organizations.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Which page is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PolicyHoldersQuery {
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List who has a policy
///
/// The administrators to whom it is attached.
#[utoipa::path(
    get, path = "/api/v1/policies/{policy}/administrators", tag = "Policies",
    params(PolicyPath, PolicyHoldersQuery),
    responses((status = 200, description = "A page of administrators.", body = List<PolicyHolder>)),
)]
pub(crate) async fn list_policy_holders(
    Caller(ctx): Caller,
    InPath(path): InPath<PolicyPath>,
    InQuery(query): InQuery<PolicyHoldersQuery>,
) -> Answer {
    let page = page(query.limit, query.cursor);
    let page = policies::list_policy_holders(&ctx, path.reference()?, page).await?;
    ok(&List::of(page, PolicyHolder::from))
}

/// A policy and an administrator.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PolicyHolderPath {
    /// Id or name of the policy.
    #[param(example = "help-desk")]
    policy: String,
    /// Id or username of the administrator.
    #[param(example = "grace@example.com")]
    administrator: String,
}

impl PolicyHolderPath {
    fn references(&self) -> Result<(PolicyRef, AdministratorRef), Refusal> {
        Ok((self.policy.parse()?, self.administrator.parse()?))
    }
}

/// Where a policy is to hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organizations": ["acme"]}))]
pub(crate) struct PolicyBounds {
    /// Ids or aliases of the organizations in which alone it is to hold. Only ready-made policies take them, and
    /// `organization-owner` needs them.
    #[schema(max_items = 50, example = json!(["acme"]))]
    organizations: Option<Vec<String>>,
}

/// Attach a policy to an administrator
///
/// The administrator may do at once what it says. One who has it already has it in these organizations from now on.
/// Nobody attaches a policy to themselves.
#[utoipa::path(
    put, path = "/api/v1/policies/{policy}/administrators/{administrator}", tag = "Policies",
    params(PolicyHolderPath, IfMatch), request_body = PolicyBounds,
    responses((status = 200, description = "The administrator as they are now.", body = Administrator, headers(
        ("ETag" = String, description = "The version of the administrator."),
    ))),
    extensions(("x-problem-codes" = json!(["self_forbidden", "limit_reached"]))),
)]
pub(crate) async fn attach_policy(
    Caller(ctx): Caller,
    InPath(path): InPath<PolicyHolderPath>,
    InBody(body): InBody<PolicyBounds>,
) -> Answer {
    let (policy, administrator) = path.references()?;
    let organizations = named_all("organizations", &body.organizations.unwrap_or_default())?;
    shown(policies::attach_policy(&ctx, policy, administrator, organizations).await?)
}

/// Detach a policy from an administrator
///
/// What it granted is over at once. Nobody detaches a policy from themselves.
#[utoipa::path(
    delete, path = "/api/v1/policies/{policy}/administrators/{administrator}", tag = "Policies",
    params(PolicyHolderPath, IfMatch),
    responses((status = 200, description = "The administrator as they are now.", body = Administrator, headers(
        ("ETag" = String, description = "The version of the administrator."),
    ))),
    extensions(("x-problem-codes" = json!(["self_forbidden"]))),
)]
pub(crate) async fn detach_policy(Caller(ctx): Caller, InPath(path): InPath<PolicyHolderPath>) -> Answer {
    let (policy, administrator) = path.references()?;
    shown(policies::detach_policy(&ctx, policy, administrator).await?)
}
