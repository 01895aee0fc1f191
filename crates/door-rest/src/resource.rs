//! A room or a piece of equipment as every answer shows one, and how paths name one.

use reeve_domain::organizations::OrganizationRef;
use reeve_domain::resources::{self, ResourceRef};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, ok, tagged};
use crate::organizations::reference;
use crate::refusals::Refusal;
use crate::user::moment;
use crate::words::{EntityState, ResourceKind};

/// A resource of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ResourcePath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id, name or address of the resource.
    #[param(example = "blue")]
    resource: String,
}

impl ResourcePath {
    /// The organization and the resource that the path names.
    pub(crate) fn references(&self) -> Result<(OrganizationRef, ResourceRef), Refusal> {
        Ok((reference(&self.organization)?, self.resource.parse()?))
    }
}

/// A room or a piece of equipment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Resource {
    /// Id; names the resource for ever.
    #[schema(example = "r-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    resource_id: String,
    /// Id of the organization.
    #[schema(example = "m-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    organization_id: String,
    /// Id of the directory in which the resource lives.
    #[schema(example = "d-0123456789")]
    directory_id: String,
    /// Name in the directory.
    #[schema(example = "blue")]
    name: String,
    /// What it is.
    kind: ResourceKind,
    /// What people should know of it; empty when nothing is said.
    #[schema(example = "third floor, eight seats")]
    description: String,
    /// How it answers those who book it.
    booking: Booking,
    /// Primary address, while the resource is enabled.
    #[schema(required = true, example = "blue@acme.mail.test")]
    email: Option<String>,
    /// Whether the resource is registered for mail.
    state: EntityState,
    /// Whether address books leave the resource out.
    hidden_from_global_address_list: bool,
    /// When the resource was last enabled.
    #[schema(required = true, format = DateTime)]
    enabled_at: Option<String>,
    /// When the resource was last disabled.
    #[schema(required = true, format = DateTime)]
    disabled_at: Option<String>,
    /// When the resource was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When the resource was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Goes up with every change; the ETag.
    #[schema(example = 3)]
    version: i64,
}

/// How a resource answers those who book it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Booking {
    /// Whether it answers by itself; otherwise its delegates answer.
    auto_accept: bool,
    /// Whether it declines what comes again and again.
    auto_decline_recurring: bool,
    /// Whether it declines what falls on a time that is taken.
    auto_decline_conflicting: bool,
}

impl From<resources::Resource> for Resource {
    fn from(resource: resources::Resource) -> Self {
        Self {
            resource_id: resource.id.to_string(),
            organization_id: resource.organization_id.to_string(),
            directory_id: resource.directory_id.to_string(),
            name: resource.name,
            kind: resource.kind.into(),
            description: resource.description.unwrap_or_default(),
            booking: Booking {
                auto_accept: resource.booking.auto_accept,
                auto_decline_recurring: resource.booking.auto_decline_recurring,
                auto_decline_conflicting: resource.booking.auto_decline_conflicting,
            },
            email: resource.email,
            state: resource.state.into(),
            hidden_from_global_address_list: resource.hidden,
            enabled_at: moment(resource.enabled_at),
            disabled_at: moment(resource.disabled_at),
            created_at: resource.created_at.to_rfc3339(),
            updated_at: resource.updated_at.to_rfc3339(),
            version: resource.version,
        }
    }
}

/// An answer that shows one resource.
pub(crate) fn shown(resource: resources::Resource) -> Answer {
    let resource = Resource::from(resource);
    tagged(ok(&resource)?, resource.version)
}
