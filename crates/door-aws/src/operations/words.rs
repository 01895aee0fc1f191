//! Enumerations that several families share, each with what its words stand for, and the rule about filters.

use reeve_domain::effect::Effect;
use reeve_domain::entities::{EntityKind, EntityState};
use reeve_domain::resources::ResourceKind;
use reeve_domain::users::UserRole;

use crate::faults::Fault;
use crate::input::{Members, Words};

/// States of entities. Nothing is ever in the last one: what is deleted is gone.
pub(super) const ENTITY_STATES: [(&str, Option<EntityState>); 3] =
    [("ENABLED", Some(EntityState::Enabled)), ("DISABLED", Some(EntityState::Disabled)), ("DELETED", None)];

/// Kinds of entities.
pub(super) const ENTITY_TYPES: [(&str, EntityKind); 3] =
    [("GROUP", EntityKind::Group), ("USER", EntityKind::User), ("RESOURCE", EntityKind::Resource)];

/// Kinds of resources.
pub(super) const RESOURCE_TYPES: [(&str, ResourceKind); 2] =
    [("ROOM", ResourceKind::Room), ("EQUIPMENT", ResourceKind::Equipment)];

/// Roles of users.
pub(super) const USER_ROLES: [(&str, UserRole); 4] = [
    ("USER", UserRole::User),
    ("RESOURCE", UserRole::Resource),
    ("SYSTEM_USER", UserRole::SystemUser),
    ("REMOTE_USER", UserRole::RemoteUser),
];

/// What rules say.
pub(super) const EFFECTS: [(&str, Effect); 2] = [("ALLOW", Effect::Allow), ("DENY", Effect::Deny)];

/// The word for a value.
pub(super) fn word<T: Copy + PartialEq>(words: &Words<T>, value: T) -> &'static str {
    words.iter().find(|(_, known)| *known == value).map_or("", |(word, _)| word)
}

/// In which state the entities of a list must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StateFilter {
    Any,
    Is(EntityState),
    /// Asked for like the others, and always without an answer.
    Deleted,
}

impl StateFilter {
    pub(super) fn read(filters: &Members<'_>) -> Result<Self, Fault> {
        let state = filters.optional_word("State", &ENTITY_STATES)?;
        Ok(state.map_or(Self::Any, |state| state.map_or(Self::Deleted, Self::Is)))
    }

    pub(super) fn state(self) -> Option<EntityState> {
        match self {
            Self::Is(state) => Some(state),
            Self::Any | Self::Deleted => None,
        }
    }
}

/// Refuses an input with more than one of these filters: the API takes one a request.
pub(super) fn one_filter(input: &Members<'_>, names: &[&str]) -> Result<(), Fault> {
    let Some(filters) = input.optional_structure("Filters")? else { return Ok(()) };
    if names.iter().filter(|name| filters.has(name)).count() > 1 {
        return Err(Fault::invalid(format!("Filters may have one member; they are {}", names.join(", "))));
    }
    Ok(())
}
