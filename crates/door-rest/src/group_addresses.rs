//! Addresses of groups: aliases, and which address is the default.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::names::EmailAddress;
use reeve_domain::groups;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, no_content, ok};
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::group::{GroupPath, shown};
use crate::list::List;
use crate::organizations::reference;
use crate::user_addresses::{Alias, NewAlias};
use crate::user_states::PrimaryAddress;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_group_aliases, add_group_alias))
        .routes(routes!(remove_group_alias))
        .routes(routes!(set_group_default_address))
}

/// An alias of a group.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct GroupAliasPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id, name or address of the group.
    #[param(example = "engineers")]
    group: String,
    /// The address.
    #[param(example = "builders@acme.mail.test")]
    address: String,
}

/// List the aliases of a group
///
/// The primary address is not among them. There are 100 at most, so the list is always whole.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/groups/{group}/aliases", tag = "Addresses",
    params(GroupPath),
    responses((status = 200, description = "The aliases.", body = List<Alias>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_group_aliases(Caller(ctx): Caller, InPath(path): InPath<GroupPath>) -> Answer {
    let (organization, group) = path.references()?;
    let aliases = groups::list_group_aliases(&ctx, organization, group).await?;
    ok(&List::whole(aliases.into_iter().map(Alias::from).collect()))
}

/// Add an alias to a group
///
/// Gives an enabled group a further address. One that the group has already stays, and the call succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/groups/{group}/aliases", tag = "Addresses",
    params(GroupPath, IfMatch), request_body = NewAlias,
    responses((status = 201, description = "The group has the alias.", body = Alias)),
    extensions(("x-problem-codes" = json!([
        "organization_state", "wrong_state", "address_taken", "reserved", "limit_reached", "domain_not_found",
        "domain_unverified"
    ]))),
)]
pub(crate) async fn add_group_alias(
    Caller(ctx): Caller,
    InPath(path): InPath<GroupPath>,
    InBody(body): InBody<NewAlias>,
) -> Answer {
    let (organization, group) = path.references()?;
    let alias = groups::add_group_alias(&ctx, organization, group, body.parse()?).await?;
    json(StatusCode::CREATED, &Alias::from(alias))
}

/// Remove an alias from a group
///
/// The address is free at once. Removing one that the group has not succeeds; the primary address is not removed.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/groups/{group}/aliases/{address}", tag = "Addresses",
    params(GroupAliasPath, IfMatch),
    responses((status = 204, description = "The group has no such alias.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn remove_group_alias(Caller(ctx): Caller, InPath(path): InPath<GroupAliasPath>) -> Answer {
    let address = EmailAddress::parse("address", &path.address)?;
    let group = path.group.parse()?;
    groups::remove_group_alias(&ctx, reference(&path.organization)?, group, address).await?;
    no_content()
}

/// Set the default address of a group
///
/// The address that the group had becomes an alias. A new address is added; an alias of the group swaps places.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/groups/{group}/default-address", tag = "Addresses",
    params(GroupPath, IfMatch), request_body = PrimaryAddress,
    responses((status = 200, description = "The group as it is now.", body = crate::group::Group, headers(
        ("ETag" = String, description = "The version of the group."),
    ))),
    extensions(("x-problem-codes" = json!([
        "organization_state", "wrong_state", "address_taken", "reserved", "limit_reached", "domain_not_found",
        "domain_unverified"
    ]))),
)]
pub(crate) async fn set_group_default_address(
    Caller(ctx): Caller,
    InPath(path): InPath<GroupPath>,
    InBody(body): InBody<PrimaryAddress>,
) -> Answer {
    let (organization, group) = path.references()?;
    shown(groups::set_group_default_address(&ctx, organization, group, body.parse()?).await?)
}
