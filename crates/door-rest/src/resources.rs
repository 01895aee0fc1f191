//! Rooms and equipment of an organization: making, finding, editing and removing them.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::names::{EmailAddress, ResourceDescription, ResourceName};
use reeve_domain::resources::{
    self, BookingEdit as DomainBookingEdit, BookingOptions, NewResource as NewDomainResource,
    ResourceEdit as DomainEdit, ResourceFilter,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, located, no_content, ok, replayed, tagged};
use crate::document::{IdempotencyKey, IfMatch, IfNoneMatch};
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InBody, InPath, InQuery, Keyed};
use crate::list::{List, page};
use crate::organizations::OrganizationPath;
use crate::profile::given;
use crate::refusals::Refusal;
use crate::resource::{Resource, ResourcePath, shown};
use crate::words::{EntityState, ResourceKind};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_resources, create_resource)).routes(routes!(
        show_resource,
        edit_resource,
        delete_resource
    ))
}

/// Which resources are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ResourcesQuery {
    /// Only those in this state.
    #[param(inline)]
    state: Option<EntityState>,
    /// Only those of this kind.
    #[param(inline)]
    kind: Option<ResourceKind>,
    /// Only those whose name or primary address begins so, case and accents aside.
    #[param(max_length = 256, example = "bl")]
    search: Option<String>,
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List resources
///
/// Enabled and disabled rooms and equipment, by name.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/resources", tag = "Resources",
    params(OrganizationPath, ResourcesQuery),
    responses((status = 200, description = "A page of resources.", body = List<Resource>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_resources(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InQuery(query): InQuery<ResourcesQuery>,
) -> Answer {
    let filter = ResourceFilter {
        state: query.state.map(Into::into),
        kind: query.kind.map(Into::into),
        search: query.search,
        ..ResourceFilter::default()
    };
    let page = page(query.limit, query.cursor);
    let page = resources::list_resources(&ctx, path.reference()?, filter, page).await?;
    ok(&List::of(page, Resource::from))
}

/// A resource that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "blue", "kind": "room", "description": "third floor, eight seats", "email": "blue@acme.mail.test"
}))]
pub(crate) struct NewResource {
    /// Name: letters a-z, digits, `_`, `-` and `.`, optionally with `@` and a domain; nobody else's in the directory.
    #[schema(
        min_length = 1,
        max_length = 20,
        example = "blue",
        pattern = "^[0-9A-Za-z_.-]+(@[0-9A-Za-z.-]+\\.[0-9A-Za-z-]{2,})?$"
    )]
    name: String,
    /// What it is.
    kind: ResourceKind,
    /// What people should know of it.
    #[schema(max_length = 64, example = "third floor, eight seats")]
    description: Option<String>,
    /// How it answers those who book it. What is left out is as usual: it answers by itself, and declines what falls on
    /// a time that is taken. One that does not answer by itself needs a delegate first.
    booking: Option<NewBooking>,
    /// Primary address, on a verified domain: with it the resource is enabled at once.
    #[schema(min_length = 1, max_length = 254, example = "blue@acme.mail.test")]
    email: Option<String>,
    /// Whether address books leave the resource out.
    hidden_from_global_address_list: Option<bool>,
}

/// How a resource that is to be answers those who book it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBooking {
    /// Whether it answers by itself; true when unsaid.
    auto_accept: Option<bool>,
    /// Whether it declines what comes again and again; false when unsaid.
    auto_decline_recurring: Option<bool>,
    /// Whether it declines what falls on a time that is taken; true when unsaid.
    auto_decline_conflicting: Option<bool>,
}

impl From<NewBooking> for BookingOptions {
    fn from(booking: NewBooking) -> Self {
        let usual = Self::default();
        Self {
            auto_accept: booking.auto_accept.unwrap_or(usual.auto_accept),
            auto_decline_recurring: booking.auto_decline_recurring.unwrap_or(usual.auto_decline_recurring),
            auto_decline_conflicting: booking.auto_decline_conflicting.unwrap_or(usual.auto_decline_conflicting),
        }
    }
}

impl ClientTokenInBody for NewResource {}

impl NewResource {
    fn parse(self) -> Result<NewDomainResource, Refusal> {
        let description = self.description.as_deref();
        Ok(NewDomainResource {
            name: ResourceName::parse("name", &self.name)?,
            kind: self.kind.into(),
            description: description.map(|text| ResourceDescription::parse("description", text)).transpose()?,
            booking: self.booking.map(Into::into),
            hidden: self.hidden_from_global_address_list.unwrap_or(false),
            email: self.email.map(|email| EmailAddress::parse("email", &email)).transpose()?,
        })
    }
}

/// Create a resource
///
/// Makes a room or a piece of equipment, and enables it in the same act when an address is given: all or nothing.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/resources", tag = "Resources",
    params(OrganizationPath, IdempotencyKey), request_body = NewResource,
    responses((status = 201, description = "The resource was made.", body = Resource, headers(
        ("Location" = String, description = "Where the resource is found."),
        ("ETag" = String, description = "The version of the resource."),
    ))),
    extensions(("x-problem-codes" = json!([
        "organization_state", "name_taken", "address_taken", "reserved", "conflict", "domain_not_found",
        "domain_unverified"
    ]))),
)]
pub(crate) async fn create_resource(
    InPath(path): InPath<OrganizationPath>,
    Keyed(ctx, body): Keyed<NewResource>,
) -> Answer {
    let created = resources::create_resource(&ctx, path.reference()?, body.parse()?).await?;
    let resource = created.resource;
    let place = format!("/api/v1/organizations/{}/resources/{}", resource.organization_id, resource.id);
    let version = resource.version;
    let answer = located(json(StatusCode::CREATED, &Resource::from(resource))?, &place)?;
    tagged(replayed(answer, created.replayed), version)
}

/// Show a resource
///
/// The resource is named by id, by address or by name.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/resources/{resource}", tag = "Resources",
    params(ResourcePath, IfNoneMatch),
    responses((status = 200, description = "The resource.", body = Resource, headers(
        ("ETag" = String, description = "The version of the resource."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_resource(Caller(ctx): Caller, InPath(path): InPath<ResourcePath>) -> Answer {
    let (organization, resource) = path.references()?;
    shown(resources::show_resource(&ctx, organization, resource).await?)
}

/// A change of a resource. What is left out stays; an empty description clears it; null is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"description": "third floor, ten seats", "booking": {"auto_decline_recurring": true}}))]
pub(crate) struct ResourceEdit {
    /// Another name, under the rules for new ones.
    #[serde(default, deserialize_with = "given")]
    #[schema(
        value_type = String, required = false, min_length = 1, max_length = 20, example = "blue-room",
        pattern = "^[0-9A-Za-z_.-]+(@[0-9A-Za-z.-]+\\.[0-9A-Za-z-]{2,})?$"
    )]
    name: Option<String>,
    /// What it is.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = ResourceKind, required = false)]
    kind: Option<ResourceKind>,
    /// What people should know of it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 64, example = "third floor, ten seats")]
    description: Option<String>,
    /// How it answers those who book it. One that is not to answer by itself any more needs a delegate first.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = BookingEdit, required = false)]
    booking: Option<BookingEdit>,
    /// Whether address books leave the resource out.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    hidden_from_global_address_list: Option<bool>,
}

/// A change of how a resource answers those who book it. What is left out stays; null is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookingEdit {
    /// Whether it answers by itself.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    auto_accept: Option<bool>,
    /// Whether it declines what comes again and again.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    auto_decline_recurring: Option<bool>,
    /// Whether it declines what falls on a time that is taken.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    auto_decline_conflicting: Option<bool>,
}

impl From<BookingEdit> for DomainBookingEdit {
    fn from(booking: BookingEdit) -> Self {
        Self {
            auto_accept: booking.auto_accept,
            auto_decline_recurring: booking.auto_decline_recurring,
            auto_decline_conflicting: booking.auto_decline_conflicting,
        }
    }
}

impl ResourceEdit {
    fn parse(self) -> Result<DomainEdit, Refusal> {
        let (name, description) = (self.name.as_deref(), self.description.as_deref());
        Ok(DomainEdit {
            name: name.map(|text| ResourceName::parse("name", text)).transpose()?,
            kind: self.kind.map(Into::into),
            description: description.map(|text| ResourceDescription::parse("description", text)).transpose()?,
            booking: self.booking.map(Into::into).unwrap_or_default(),
            hidden: self.hidden_from_global_address_list,
        })
    }
}

/// Edit a resource
///
/// Changes what is said of a room or a piece of equipment, enabled or disabled, and how it answers those who book it.
#[utoipa::path(
    patch, path = "/api/v1/organizations/{organization}/resources/{resource}", tag = "Resources",
    params(ResourcePath, IfMatch), request_body = ResourceEdit,
    responses((status = 200, description = "The resource as it is now.", body = Resource, headers(
        ("ETag" = String, description = "The version of the resource."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state", "name_taken", "reserved", "conflict"]))),
)]
pub(crate) async fn edit_resource(
    Caller(ctx): Caller,
    InPath(path): InPath<ResourcePath>,
    InBody(body): InBody<ResourceEdit>,
) -> Answer {
    let (organization, resource) = path.references()?;
    shown(resources::edit_resource(&ctx, organization, resource, body.parse()?).await?)
}

/// Delete a resource
///
/// Only a disabled resource is deleted. The name is free at once; the addresses are held back and the mailbox is kept
/// for 30 days.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/resources/{resource}", tag = "Resources",
    params(ResourcePath, IfMatch),
    responses((status = 204, description = "The resource is gone.")),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state"]))),
)]
pub(crate) async fn delete_resource(Caller(ctx): Caller, InPath(path): InPath<ResourcePath>) -> Answer {
    let (organization, resource) = path.references()?;
    resources::delete_resource(&ctx, organization, resource).await?;
    no_content()
}
