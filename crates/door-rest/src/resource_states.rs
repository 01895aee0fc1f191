//! Enabling and disabling resources.

use std::sync::Arc;

use reeve_domain::resources;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::Answer;
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::resource::{ResourcePath, shown};
use crate::user_states::PrimaryAddress;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(enable_resource)).routes(routes!(disable_resource))
}

/// Enable a resource
///
/// Gives a disabled resource a primary address, at which it is booked, and a mailbox for its calendar: the one that is
/// still kept for it, or a new one. Asking again with the same address changes nothing and succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/resources/{resource}/enable", tag = "Resources",
    params(ResourcePath, IfMatch), request_body = PrimaryAddress,
    responses((status = 200, description = "The resource is enabled.", body = crate::resource::Resource, headers(
        ("ETag" = String, description = "The version of the resource."),
    ))),
    extensions(("x-problem-codes" = json!([
        "organization_state", "wrong_state", "address_taken", "reserved", "domain_not_found", "domain_unverified"
    ]))),
)]
pub(crate) async fn enable_resource(
    Caller(ctx): Caller,
    InPath(path): InPath<ResourcePath>,
    InBody(body): InBody<PrimaryAddress>,
) -> Answer {
    let (organization, resource) = path.references()?;
    shown(resources::enable_resource(&ctx, organization, resource, body.parse()?).await?)
}

/// Disable a resource
///
/// Nobody books it any more; mailbox and addresses are kept for 30 days. One that is disabled already stays so, and the
/// call succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/resources/{resource}/disable", tag = "Resources",
    params(ResourcePath, IfMatch),
    responses((status = 200, description = "The resource is disabled.", body = crate::resource::Resource, headers(
        ("ETag" = String, description = "The version of the resource."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn disable_resource(Caller(ctx): Caller, InPath(path): InPath<ResourcePath>) -> Answer {
    let (organization, resource) = path.references()?;
    shown(resources::disable_resource(&ctx, organization, resource).await?)
}
