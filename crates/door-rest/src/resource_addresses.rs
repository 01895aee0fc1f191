//! Addresses of resources: aliases, and which address is the default.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::names::EmailAddress;
use reeve_domain::resources;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, no_content, ok};
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::list::List;
use crate::organizations::reference;
use crate::resource::{ResourcePath, shown};
use crate::user_addresses::{Alias, NewAlias};
use crate::user_states::PrimaryAddress;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_resource_aliases, add_resource_alias))
        .routes(routes!(remove_resource_alias))
        .routes(routes!(set_resource_default_address))
}

/// An alias of a resource.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ResourceAliasPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id, name or address of the resource.
    #[param(example = "blue")]
    resource: String,
    /// The address.
    #[param(example = "blue-room@acme.mail.test")]
    address: String,
}

/// List the aliases of a resource
///
/// The primary address is not among them. There are 100 at most, so the list is always whole.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/resources/{resource}/aliases", tag = "Addresses",
    params(ResourcePath),
    responses((status = 200, description = "The aliases.", body = List<Alias>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_resource_aliases(Caller(ctx): Caller, InPath(path): InPath<ResourcePath>) -> Answer {
    let (organization, resource) = path.references()?;
    let aliases = resources::list_resource_aliases(&ctx, organization, resource).await?;
    ok(&List::whole(aliases.into_iter().map(Alias::from).collect()))
}

/// Add an alias to a resource
///
/// Gives an enabled resource a further address. One that the resource has already stays, and the call succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/resources/{resource}/aliases", tag = "Addresses",
    params(ResourcePath, IfMatch), request_body = NewAlias,
    responses((status = 201, description = "The resource has the alias.", body = Alias)),
    extensions(("x-problem-codes" = json!([
        "organization_state", "wrong_state", "address_taken", "reserved", "limit_reached", "domain_not_found",
        "domain_unverified"
    ]))),
)]
pub(crate) async fn add_resource_alias(
    Caller(ctx): Caller,
    InPath(path): InPath<ResourcePath>,
    InBody(body): InBody<NewAlias>,
) -> Answer {
    let (organization, resource) = path.references()?;
    let alias = resources::add_resource_alias(&ctx, organization, resource, body.parse()?).await?;
    json(StatusCode::CREATED, &Alias::from(alias))
}

/// Remove an alias from a resource
///
/// The address is free at once. Removing one that the resource has not succeeds; the primary address is not removed.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/resources/{resource}/aliases/{address}", tag = "Addresses",
    params(ResourceAliasPath, IfMatch),
    responses((status = 204, description = "The resource has no such alias.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn remove_resource_alias(Caller(ctx): Caller, InPath(path): InPath<ResourceAliasPath>) -> Answer {
    let address = EmailAddress::parse("address", &path.address)?;
    let resource = path.resource.parse()?;
    resources::remove_resource_alias(&ctx, reference(&path.organization)?, resource, address).await?;
    no_content()
}

/// Set the default address of a resource
///
/// The address that the resource had becomes an alias. A new address is added; an alias of the resource swaps places.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/resources/{resource}/default-address", tag = "Addresses",
    params(ResourcePath, IfMatch), request_body = PrimaryAddress,
    responses((status = 200, description = "The resource as it is now.", body = crate::resource::Resource, headers(
        ("ETag" = String, description = "The version of the resource."),
    ))),
    extensions(("x-problem-codes" = json!([
        "organization_state", "wrong_state", "address_taken", "reserved", "limit_reached", "domain_not_found",
        "domain_unverified"
    ]))),
)]
pub(crate) async fn set_resource_default_address(
    Caller(ctx): Caller,
    InPath(path): InPath<ResourcePath>,
    InBody(body): InBody<PrimaryAddress>,
) -> Answer {
    let (organization, resource) = path.references()?;
    shown(resources::set_resource_default_address(&ctx, organization, resource, body.parse()?).await?)
}
