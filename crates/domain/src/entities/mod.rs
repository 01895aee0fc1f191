//! What users, groups and resources have in common: how one is named and found, addresses, enabling and disabling.
//!
//! The rules are written once, over [`Registrable`]; each kind's own operations and those that do not care about the
//! kind call them. Ids, names and addresses are unique in a directory across the three kinds, so one reference means
//! one entity, whoever seeks it.

mod addresses;
mod aliases;
mod default_address;
mod enabling;
mod find;
mod find_entity;
mod leave;
mod list_groups_of_entity;
mod mailbox;
mod name;
mod reference;
mod row;

use std::str::FromStr;

use reeve_base::Invalid;

pub(crate) use addresses::{HELD, refuse_taken};
pub use aliases::{Alias, add_alias, list_aliases, remove_alias};
pub(crate) use aliases::{add_alias_to, aliases_of, remove_alias_from};
pub use default_address::set_default_address;
pub(crate) use default_address::{change_default_address, need_enabled};
pub use enabling::{disable, enable};
pub(crate) use enabling::{disable_row, enable_row, register, withdraw};
pub(crate) use find::{find, find_any_in, find_for_policy, find_in, find_party, seek};
pub use find_entity::find_entity;
pub(crate) use leave::{Leaving, leave};
pub use list_groups_of_entity::{NamedGroup, list_groups_of_entity};
pub use mailbox::{Mailbox, MailboxState};
pub(crate) use mailbox::{provision, purge, retain};
pub(crate) use name::take_name;
pub use reference::EntityRef;
pub(crate) use row::{EntityRow, Holder, Registrable, save_touched};

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntityKind {
    /// A person, or a program that has a mailbox.
    User,
    /// Several entities under one address.
    Group,
    /// A room or a piece of equipment.
    Resource,
}

impl EntityKind {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Resource => "resource",
        }
    }

    /// The words for what is limited.
    pub(crate) fn aliases(self) -> &'static str {
        match self {
            Self::User => "aliases of a user",
            Self::Group => "aliases of a group",
            Self::Resource => "aliases of a resource",
        }
    }
}

impl FromStr for EntityKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "user" => Ok(Self::User),
            "group" => Ok(Self::Group),
            "resource" => Ok(Self::Resource),
            _ => Err(Invalid::new("kind", "must be user, group or resource")),
        }
    }
}

/// Whether an entity is registered for mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityState {
    /// Has an address (and, but for groups and remote users, a mailbox); users may sign in.
    Enabled,
    /// Neither; never was, or no longer.
    Disabled,
}

impl EntityState {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }
}

impl FromStr for EntityState {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "enabled" => Ok(Self::Enabled),
            "disabled" => Ok(Self::Disabled),
            _ => Err(Invalid::new("state", "must be enabled or disabled")),
        }
    }
}

/// What can be said of an entity whatever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// Its primary address, while it is enabled.
    pub email: Option<String>,
    /// Whether it is registered for mail.
    pub state: EntityState,
}
