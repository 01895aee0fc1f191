//! Delegates of resources: who answers those who book a room or a piece of equipment.

use std::sync::Arc;

use http::StatusCode;
use reeve_domain::resources;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, no_content, ok};
use crate::document::IfMatch;
use crate::door::Door;
use crate::entity::Entity;
use crate::extract::{Caller, InBody, InPath, InQuery};
use crate::list::{List, PageQuery};
use crate::names::named;
use crate::organizations::reference;
use crate::resource::ResourcePath;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_resource_delegates, add_resource_delegate))
        .routes(routes!(remove_resource_delegate))
}

/// A delegate of a resource.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct DelegatePath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id, name or address of the resource.
    #[param(example = "blue")]
    resource: String,
    /// Id, name or address of the user or group that is a delegate.
    #[param(example = "ada")]
    delegate: String,
}

/// A user or group that answers for a resource.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delegate {
    #[serde(flatten)]
    entity: Entity,
    /// When it became a delegate.
    #[schema(format = DateTime)]
    added_at: String,
}

impl From<resources::Delegate> for Delegate {
    fn from(delegate: resources::Delegate) -> Self {
        Self { entity: delegate.entity.into(), added_at: delegate.added_at.to_rfc3339() }
    }
}

/// List the delegates of a resource
///
/// Users and groups that get a copy of every request to book the resource, and answer where it does not by itself; by
/// name.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/resources/{resource}/delegates", tag = "Resources",
    params(ResourcePath, PageQuery),
    responses((status = 200, description = "A page of delegates.", body = List<Delegate>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_resource_delegates(
    Caller(ctx): Caller,
    InPath(path): InPath<ResourcePath>,
    InQuery(query): InQuery<PageQuery>,
) -> Answer {
    let (organization, resource) = path.references()?;
    let page = resources::list_resource_delegates(&ctx, organization, resource, query.page()).await?;
    ok(&List::of(page, Delegate::from))
}

/// A delegate that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"delegate": "ada"}))]
pub(crate) struct NewDelegate {
    /// Id, name or address of a user or group.
    #[schema(max_length = 320, example = "ada")]
    delegate: String,
}

/// Add a delegate to a resource
///
/// A user or a group. One who is a delegate already stays so, and the call succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/resources/{resource}/delegates", tag = "Resources",
    params(ResourcePath, IfMatch), request_body = NewDelegate,
    responses((status = 201, description = "The resource has the delegate.", body = Delegate)),
    extensions(("x-problem-codes" = json!(["organization_state", "limit_reached", "reserved"]))),
)]
pub(crate) async fn add_resource_delegate(
    Caller(ctx): Caller,
    InPath(path): InPath<ResourcePath>,
    InBody(body): InBody<NewDelegate>,
) -> Answer {
    let (organization, resource) = path.references()?;
    let delegate = named("delegate", &body.delegate)?;
    let delegate = resources::add_resource_delegate(&ctx, organization, resource, delegate).await?;
    json(StatusCode::CREATED, &Delegate::from(delegate))
}

/// Remove a delegate from a resource
///
/// Removing one who is no delegate succeeds. The last one stays while the resource does not answer by itself.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/resources/{resource}/delegates/{delegate}", tag = "Resources",
    params(DelegatePath, IfMatch),
    responses((status = 204, description = "The resource has no such delegate.")),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state"]))),
)]
pub(crate) async fn remove_resource_delegate(Caller(ctx): Caller, InPath(path): InPath<DelegatePath>) -> Answer {
    let (resource, delegate) = (path.resource.parse()?, path.delegate.parse()?);
    resources::remove_resource_delegate(&ctx, reference(&path.organization)?, resource, delegate).await?;
    no_content()
}
