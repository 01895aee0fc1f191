//! Groups of an organization: what they are, their members, and the operations on them.
//!
//! A group stands for several users and groups under one address; it has no mailbox of its own. What it shares with
//! users and resources (addresses, enabling) is in [`crate::entities`].

mod aliases;
mod create_group;
mod delete_group;
mod disable_group;
mod edit_group;
mod enable_group;
mod list_groups;
mod members;
mod nesting;
mod set_group_default_address;
mod show_group;

use reeve_base::Timestamp;
use reeve_base::ids::{DirectoryId, GroupId, OrganizationId};
use reeve_store::Tx;
use reeve_store::tables::groups::GroupRow;
use reeve_store::tables::organizations::OrganizationRow;

use crate::ctx::{Ctx, stored};
use crate::entities::{self, EntityState};
use crate::error::Error;
use crate::operations::Operation;
use crate::organizations::{Needs, OrganizationRef};

pub use crate::entities::EntityRef as GroupRef;
pub use aliases::{add_group_alias, list_group_aliases, remove_group_alias};
pub use create_group::{CreatedGroup, NewGroup, create_group};
pub use delete_group::delete_group;
pub(crate) use delete_group::remove;
pub use disable_group::disable_group;
pub use edit_group::{GroupEdit, edit_group};
pub use enable_group::enable_group;
pub use list_groups::{GroupFilter, list_groups};
pub use members::{Member, add_group_member, list_group_members, remove_group_member};
pub use set_group_default_address::set_group_default_address;
pub use show_group::show_group;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its organization.
    pub organization_id: OrganizationId,
    /// Its directory.
    pub directory_id: DirectoryId,
    /// Its name, which never changes.
    pub name: String,
    /// Whether address books leave it out.
    pub hidden: bool,
    /// Its primary address, while it is enabled.
    pub email: Option<String>,
    /// Whether it is registered for mail.
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

impl Group {
    fn new(organization: &OrganizationRow, row: GroupRow) -> Result<Self, Error> {
        Ok(Self {
            id: stored(row.group_id.parse())?,
            organization_id: stored(organization.organization_id.parse())?,
            directory_id: stored(row.directory_id.parse())?,
            state: stored(row.state.parse())?,
            enabled_at: row.enabled_at.map(Timestamp::from_millis),
            disabled_at: row.disabled_at.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            version: row.version,
            hidden: row.hidden,
            name: row.name,
            email: row.email,
        })
    }
}

/// Finds a group of an organization and decides whether the actor may do this to it.
fn find_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    sought: (&OrganizationRef, &GroupRef),
    needs: Needs,
) -> Result<(OrganizationRow, GroupRow), Error> {
    entities::find_in(tx, ctx, operation, sought, needs)
}
