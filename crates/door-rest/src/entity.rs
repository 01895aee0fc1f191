//! What users, groups and resources have in common on the wire.

use reeve_domain::entities;
use serde::Serialize;
use utoipa::ToSchema;

use crate::words::{EntityKind, EntityState};

/// A user, group or resource.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entity {
    /// Id: of a user, a group or a resource.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    entity_id: String,
    /// Which of the three it is.
    kind: EntityKind,
    /// Name in the directory.
    #[schema(example = "ada")]
    name: String,
    /// Primary address, while it is enabled.
    #[schema(required = true, example = "ada@acme.mail.test")]
    email: Option<String>,
    /// Whether it is registered for mail.
    state: EntityState,
}

impl From<entities::Entity> for Entity {
    fn from(entity: entities::Entity) -> Self {
        Self {
            entity_id: entity.id,
            kind: entity.kind.into(),
            name: entity.name,
            email: entity.email,
            state: entity.state.into(),
        }
    }
}
