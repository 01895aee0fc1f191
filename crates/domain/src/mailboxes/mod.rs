//! Mailboxes: what they may hold, and who may act for their owners.
//!
//! A permission lies on an owner and names a grantee, entities of any kind in one organization; both go with either.

mod delete_mailbox_permissions;
mod list_mailbox_permissions;
mod put_mailbox_permissions;
mod set_mailbox_quota;
mod show_mailbox;

use std::str::FromStr;

use reeve_base::{Invalid, Timestamp};
use reeve_store::tables::mailboxes::MailboxRow;

use crate::ctx::{Ctx, stored};
use crate::entities::{Entity, Mailbox, MailboxState};
use crate::error::Error;

pub use delete_mailbox_permissions::delete_mailbox_permissions;
pub use list_mailbox_permissions::list_mailbox_permissions;
pub use put_mailbox_permissions::put_mailbox_permissions;
pub use set_mailbox_quota::set_mailbox_quota;
pub use show_mailbox::show_mailbox;

/// A mailbox as its own operations show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxDetails {
    /// What it may hold, in MB.
    pub quota_mb: i64,
    /// What it holds, in octets.
    pub size_bytes: i64,
    /// Whether it is in use.
    pub state: MailboxState,
    /// When it was made.
    pub provisioned_at: Timestamp,
    /// When it will be removed, if it is retained.
    pub purge_at: Option<Timestamp>,
}

impl MailboxDetails {
    /// The mailbox of a row, unless its time has come.
    fn from_row(ctx: &Ctx, row: Option<MailboxRow>) -> Option<Self> {
        let row = row.filter(|row| row.purge_at.is_none_or(|at| at > ctx.now().millis()))?;
        let Mailbox { state, provisioned_at, purge_at, quota_mb } = Mailbox::from_row(&row);
        // Nothing delivers mail yet, so every mailbox is empty.
        Some(Self { quota_mb, size_bytes: 0, state, provisioned_at, purge_at })
    }
}

/// What somebody may do for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Read and change everything in the mailbox.
    FullAccess,
    /// Send so that the owner alone is seen.
    SendAs,
    /// Send in the name of the owner, and be seen to.
    SendOnBehalf,
}

impl Permission {
    const ALL: [Self; 3] = [Self::FullAccess, Self::SendAs, Self::SendOnBehalf];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::FullAccess => "full_access",
            Self::SendAs => "send_as",
            Self::SendOnBehalf => "send_on_behalf",
        }
    }
}

impl FromStr for Permission {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|permission| permission.word() == text);
        known.ok_or_else(|| Invalid::new("permissions", "must be full_access, send_as or send_on_behalf"))
    }
}

/// What one grantee may do for an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who may.
    pub grantee: Entity,
    /// What; each once, and at least one.
    pub permissions: Vec<Permission>,
    /// Since when they may do anything.
    pub granted_at: Timestamp,
    /// Since when they may do this.
    pub updated_at: Timestamp,
}

/// Reads stored permissions.
fn permissions(words: &str) -> Result<Vec<Permission>, Error> {
    words.split_whitespace().map(|word| stored(word.parse())).collect()
}

/// Permissions as they are stored.
fn words(permissions: &[Permission]) -> String {
    permissions.iter().map(|permission| permission.word()).collect::<Vec<_>>().join(" ")
}
