//! Addresses of users: aliases, and which address is the default.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::names::EmailAddress;
use reeve_domain::users;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, no_content, ok};
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::list::List;
use crate::organizations::reference;
use crate::refusals::Refusal;
use crate::user::{UserPath, shown};
use crate::user_states::PrimaryAddress;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_aliases, add_alias))
        .routes(routes!(remove_alias))
        .routes(routes!(set_default_address))
}

/// An alias of a user.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AliasPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id, username or address of the user.
    #[param(example = "ada")]
    user: String,
    /// The address.
    #[param(example = "countess@acme.mail.test")]
    address: String,
}

/// A further address of a user, group or resource.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Alias {
    /// The address.
    #[schema(example = "countess@acme.mail.test")]
    address: String,
    /// When it was added.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<users::Alias> for Alias {
    fn from(alias: users::Alias) -> Self {
        Self { address: alias.address, created_at: alias.created_at.to_rfc3339() }
    }
}

/// List the aliases of a user
///
/// The primary address is not among them. There are 100 at most, so the list is always whole.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/users/{user}/aliases", tag = "Addresses",
    params(UserPath),
    responses((status = 200, description = "The aliases.", body = List<Alias>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_aliases(Caller(ctx): Caller, InPath(path): InPath<UserPath>) -> Answer {
    let (organization, user) = path.references()?;
    let aliases = users::list_aliases(&ctx, organization, user).await?;
    ok(&List::whole(aliases.into_iter().map(Alias::from).collect()))
}

/// An alias that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"address": "countess@acme.mail.test"}))]
pub(crate) struct NewAlias {
    /// The address, on a verified domain of the organization.
    #[schema(min_length = 1, max_length = 254, example = "countess@acme.mail.test")]
    address: String,
}

impl NewAlias {
    /// The address, checked.
    pub(crate) fn parse(&self) -> Result<EmailAddress, Refusal> {
        Ok(EmailAddress::parse("address", &self.address)?)
    }
}

/// Add an alias
///
/// Gives an enabled user a further address. One that the user has already stays, and the call succeeds.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/users/{user}/aliases", tag = "Addresses",
    params(UserPath, IfMatch), request_body = NewAlias,
    responses((status = 201, description = "The user has the alias.", body = Alias)),
    extensions(("x-problem-codes" = json!([
        "organization_state", "wrong_state", "address_taken", "reserved", "limit_reached", "domain_not_found",
        "domain_unverified"
    ]))),
)]
pub(crate) async fn add_alias(
    Caller(ctx): Caller,
    InPath(path): InPath<UserPath>,
    InBody(body): InBody<NewAlias>,
) -> Answer {
    let (organization, user) = path.references()?;
    let alias = users::add_alias(&ctx, organization, user, body.parse()?).await?;
    json(StatusCode::CREATED, &Alias::from(alias))
}

/// Remove an alias
///
/// The address is free at once. Removing one that the user has not succeeds; the primary address is not removed.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/users/{user}/aliases/{address}", tag = "Addresses",
    params(AliasPath, IfMatch),
    responses((status = 204, description = "The user has no such alias.")),
    extensions(("x-problem-codes" = json!(["organization_state", "reserved"]))),
)]
pub(crate) async fn remove_alias(Caller(ctx): Caller, InPath(path): InPath<AliasPath>) -> Answer {
    let address = EmailAddress::parse("address", &path.address)?;
    let user = path.user.parse()?;
    users::remove_alias(&ctx, reference(&path.organization)?, user, address).await?;
    no_content()
}

/// Set the default address of a user
///
/// The address that the user had becomes an alias. A new address is added; an alias of the user swaps places.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/users/{user}/default-address", tag = "Addresses",
    params(UserPath, IfMatch), request_body = PrimaryAddress,
    responses((status = 200, description = "The user as it is now.", body = crate::user::User, headers(
        ("ETag" = String, description = "The version of the user."),
    ))),
    extensions(("x-problem-codes" = json!([
        "organization_state", "wrong_state", "address_taken", "reserved", "limit_reached", "domain_not_found",
        "domain_unverified"
    ]))),
)]
pub(crate) async fn set_default_address(
    Caller(ctx): Caller,
    InPath(path): InPath<UserPath>,
    InBody(body): InBody<PrimaryAddress>,
) -> Answer {
    let (organization, user) = path.references()?;
    shown(users::set_default_address(&ctx, organization, user, body.parse()?).await?)
}
