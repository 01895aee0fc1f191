//! How a caller names an entity.

use std::fmt;
use std::str::FromStr;

use reeve_base::Invalid;
use reeve_base::ids::{GroupId, ResourceId, UserId};

/// How a caller names an entity: by id, by address, or by name, unless they said that it is one of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityRef {
    sought: String,
    by: By,
}

/// What the text of a reference can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Anything,
    IdOrName,
    Id,
}

impl EntityRef {
    /// Names an entity by its id alone.
    pub fn by_id(id: &str) -> Self {
        Self { sought: id.to_owned(), by: By::Id }
    }

    /// Names an entity by its id or its name; an address of it is neither.
    pub fn by_id_or_name(text: &str) -> Self {
        Self { sought: text.to_owned(), by: By::IdOrName }
    }

    pub(super) fn parts(&self) -> (&str, By) {
        (&self.sought, self.by)
    }
}

impl FromStr for EntityRef {
    type Err = Invalid;

    /// Anything can be sought; what is neither id nor address nor name is simply not found.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Ok(Self { sought: text.to_owned(), by: By::Anything })
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sought)
    }
}

impl From<&UserId> for EntityRef {
    fn from(id: &UserId) -> Self {
        Self::by_id(id.as_str())
    }
}

impl From<&GroupId> for EntityRef {
    fn from(id: &GroupId) -> Self {
        Self::by_id(id.as_str())
    }
}

impl From<&ResourceId> for EntityRef {
    fn from(id: &ResourceId) -> Self {
        Self::by_id(id.as_str())
    }
}
