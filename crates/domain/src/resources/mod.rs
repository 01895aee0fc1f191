//! Rooms and equipment of an organization: what they are, how one is found, and the operations on them.
//!
//! Each answers those who book it: by itself, or through a delegate. One that does neither cannot come about.

mod aliases;
mod create_resource;
mod delegates;
mod delete_resource;
mod disable_resource;
mod edit_resource;
mod enable_resource;
mod list_resources;
mod set_resource_default_address;
mod show_resource;

use std::str::FromStr;

use reeve_base::ids::{DirectoryId, OrganizationId, ResourceId};
use reeve_base::{Invalid, Timestamp};
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::resources::ResourceRow;

use crate::ctx::stored;
use crate::entities::EntityState;
use crate::error::Error;

pub use crate::entities::EntityRef as ResourceRef;
pub use aliases::{add_resource_alias, list_resource_aliases, remove_resource_alias};
pub use create_resource::{CreatedResource, NewResource, create_resource};
pub(crate) use delegates::need_other_delegate;
pub use delegates::{Delegate, add_resource_delegate, list_resource_delegates, remove_resource_delegate};
pub use delete_resource::delete_resource;
pub(crate) use delete_resource::remove;
pub use disable_resource::disable_resource;
pub use edit_resource::{BookingEdit, ResourceEdit, edit_resource};
pub use enable_resource::enable_resource;
pub use list_resources::{ResourceFilter, list_resources};
pub use set_resource_default_address::set_resource_default_address;
pub use show_resource::show_resource;

/// What can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// A place where people meet.
    Room,
    /// A thing that people use.
    Equipment,
}

impl ResourceKind {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Equipment => "equipment",
        }
    }
}

impl FromStr for ResourceKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "room" => Ok(Self::Room),
            "equipment" => Ok(Self::Equipment),
            _ => Err(Invalid::new("kind", "must be room or equipment")),
        }
    }
}

/// How a resource answers those who book it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingOptions {
    /// It answers by itself; otherwise its delegates do.
    pub auto_accept: bool,
    /// It declines what recurs.
    pub auto_decline_recurring: bool,
    /// It declines what falls on a time that is taken.
    pub auto_decline_conflicting: bool,
}

impl Default for BookingOptions {
    /// What WorkMail gives to a new resource.
    fn default() -> Self {
        Self { auto_accept: true, auto_decline_recurring: false, auto_decline_conflicting: true }
    }
}

/// A room or a piece of equipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// Its organization.
    pub organization_id: OrganizationId,
    /// Its directory.
    pub directory_id: DirectoryId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ResourceKind,
    /// What is said of it.
    pub description: Option<String>,
    /// How it answers those who book it.
    pub booking: BookingOptions,
    /// Whether address books leave it out.
    pub hidden: bool,
    /// Its primary address, while it is enabled.
    pub email: Option<String>,
    /// Whether it is registered for mail, and so can be booked.
    pub state: EntityState,
    /// When it was last enabled.
    pub enabled_at: Option<Timestamp>,
    /// When it was last disabled.
    pub disabled_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Goes up with every change.
    pub version: i64,
}

impl Resource {
    fn new(organization: &OrganizationRow, row: ResourceRow) -> Result<Self, Error> {
        Ok(Self {
            id: stored(row.resource_id.parse())?,
            organization_id: stored(organization.organization_id.parse())?,
            directory_id: stored(row.directory_id.parse())?,
            kind: stored(row.kind.parse())?,
            booking: booking(&row),
            description: Some(row.description).filter(|text| !text.is_empty()),
            name: row.name,
            hidden: row.hidden,
            email: row.email,
            state: stored(row.state.parse())?,
            enabled_at: row.enabled_at.map(Timestamp::from_millis),
            disabled_at: row.disabled_at.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            version: row.version,
        })
    }
}

fn booking(row: &ResourceRow) -> BookingOptions {
    BookingOptions {
        auto_accept: row.auto_accept,
        auto_decline_recurring: row.auto_decline_recurring,
        auto_decline_conflicting: row.auto_decline_conflicting,
    }
}

/// The refusal of a resource that would leave those who book it without an answer.
fn unanswered() -> Error {
    let why = "a resource that does not accept requests by itself needs a delegate who answers them; add a delegate \
               first, or let it accept them";
    Error::Conflict { why: why.to_owned() }
}
