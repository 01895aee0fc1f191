//! Enabling and disabling groups.

use std::sync::Arc;

use reeve_domain::groups;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::Answer;
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::group::{GroupPath, shown};
use crate::user_states::PrimaryAddress;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(enable_group)).routes(routes!(disable_group))
}

/// Enable a group
///
/// Gives a disabled group a primary address, at which its members are reached. Asking again with the same address
/// changes nothing and succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/groups/{group}/enable", tag = "Groups",
    params(GroupPath, IfMatch), request_body = PrimaryAddress,
    responses((status = 200, description = "The group is enabled.", body = crate::group::Group, headers(
        ("ETag" = String, description = "The version of the group."),
    ))),
    extensions(("x-problem-codes" = json!([
        "organization_state", "wrong_state", "address_taken", "reserved", "domain_not_found", "domain_unverified"
    ]))),
)]
pub(crate) async fn enable_group(
    Caller(ctx): Caller,
    InPath(path): InPath<GroupPath>,
    InBody(body): InBody<PrimaryAddress>,
) -> Answer {
    let (organization, group) = path.references()?;
    shown(groups::enable_group(&ctx, organization, group, body.parse()?).await?)
}

/// Disable a group
///
/// Takes a group out of mail: its members stay, and its addresses are kept for 30 days. One that is disabled already
/// stays so, and the call succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/groups/{group}/disable", tag = "Groups",
    params(GroupPath, IfMatch),
    responses((status = 200, description = "The group is disabled.", body = crate::group::Group, headers(
        ("ETag" = String, description = "The version of the group."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn disable_group(Caller(ctx): Caller, InPath(path): InPath<GroupPath>) -> Answer {
    let (organization, group) = path.references()?;
    shown(groups::disable_group(&ctx, organization, group).await?)
}
