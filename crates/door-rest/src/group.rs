//! A group as every answer shows one, and how paths name one.

use reeve_domain::groups::{self, GroupRef};
use reeve_domain::organizations::OrganizationRef;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, ok, tagged};
use crate::organizations::reference;
use crate::refusals::Refusal;
use crate::user::moment;
use crate::words::EntityState;

/// A group of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct GroupPath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id, name or address of the group.
    #[param(example = "engineers")]
    group: String,
}

impl GroupPath {
    /// The organization and the group that the path names.
    pub(crate) fn references(&self) -> Result<(OrganizationRef, GroupRef), Refusal> {
        Ok((reference(&self.organization)?, self.group.parse()?))
    }
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Group {
    /// Id; names the group for ever.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81")]
    group_id: String,
    /// Id of the organization.
    #[schema(example = "m-0f1e2d3c4b5a69788796a5b4c3d2e1f0")]
    organization_id: String,
    /// Id of the directory in which the group lives.
    #[schema(example = "d-0123456789")]
    directory_id: String,
    /// Name in the directory; never changes.
    #[schema(example = "engineers")]
    name: String,
    /// Primary address, while the group is enabled.
    #[schema(required = true, example = "engineers@acme.mail.test")]
    email: Option<String>,
    /// Whether the group is registered for mail.
    state: EntityState,
    /// Whether address books leave the group out.
    hidden_from_global_address_list: bool,
    /// When the group was last enabled.
    #[schema(required = true, format = DateTime)]
    enabled_at: Option<String>,
    /// When the group was last disabled.
    #[schema(required = true, format = DateTime)]
    disabled_at: Option<String>,
    /// When the group was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When the group was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Goes up with every change; the ETag.
    #[schema(example = 3)]
    version: i64,
}

impl From<groups::Group> for Group {
    fn from(group: groups::Group) -> Self {
        Self {
            group_id: group.id.to_string(),
            organization_id: group.organization_id.to_string(),
            directory_id: group.directory_id.to_string(),
            name: group.name,
            email: group.email,
            state: group.state.into(),
            hidden_from_global_address_list: group.hidden,
            enabled_at: moment(group.enabled_at),
            disabled_at: moment(group.disabled_at),
            created_at: group.created_at.to_rfc3339(),
            updated_at: group.updated_at.to_rfc3339(),
            version: group.version,
        }
    }
}

/// An answer that shows one group.
pub(crate) fn shown(group: groups::Group) -> Answer {
    let group = Group::from(group);
    tagged(ok(&group)?, group.version)
}
