//! What is held back of who is gone, so that nobody gets what was meant for them: addresses, names of deleted people, and
//! the alias of a deleted organization with its test domain. Also for how long, and letting go of something early.
//!
//! A hold is looked at when somebody wants what it holds; housekeeping only sweeps up after it.

mod hold_settings;
mod list_holds;
mod names;
mod release_hold;

use std::fmt;
use std::str::FromStr;

use reeve_base::{Invalid, Timestamp};

pub use hold_settings::{HoldSettings, HoldSettingsEdit, set_hold_settings, show_hold_settings};
pub(crate) use hold_settings::{settings_of, settings_of_directory};
pub use list_holds::list_holds;
pub(crate) use names::{Taker, hold_name, refuse_held_name, take_held_name};
pub use release_hold::{Release, release_hold};

/// What kind of thing is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldKind {
    /// An address of somebody who is disabled or deleted.
    Address,
    /// The name of a deleted user.
    Name,
    /// The alias of a deleted organization, and with it the test domain.
    Alias,
}

impl HoldKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Address, Self::Name, Self::Alias];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Name => "name",
            Self::Alias => "alias",
        }
    }
}

impl fmt::Display for HoldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for HoldKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|kind| kind.word() == text);
        known.ok_or_else(|| Invalid::new("kind", format!("must be one of {}", Self::ALL.map(Self::word).join(", "))))
    }
}

/// Something that is held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// What kind of thing.
    pub kind: HoldKind,
    /// The address, the name or the alias.
    pub value: String,
    /// The id of whose it was: of a user, a group or a resource, or of the organization.
    pub held_for: String,
    /// Until when.
    pub until: Timestamp,
}
