//! Administrators and their sessions: as much as a first administrator needs.

mod show_session;
mod sign_in;
mod sign_out;

use reeve_base::Timestamp;
use reeve_base::ids::{AccountId, AdministratorId, SessionId};
use reeve_store::tables::administrators::AdministratorRow;

use crate::ctx::{AdministratorRole, stored};
use crate::error::Error;

pub use show_session::{SessionView, show_session};
pub use sign_in::{SignedIn, sign_in};
pub use sign_out::sign_out;

/// Somebody who signs in to the console and the APIs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administrator {
    /// Their id.
    pub id: AdministratorId,
    /// Their account.
    pub account_id: AccountId,
    /// Their username, an e-mail address.
    pub username: String,
    /// Their first name.
    pub first_name: String,
    /// Their last name.
    pub last_name: String,
    /// What they may do in principle.
    pub role: AdministratorRole,
    /// Whether they may sign in.
    pub active: bool,
}

impl Administrator {
    pub(crate) fn from_row(row: AdministratorRow) -> Result<Self, Error> {
        Ok(Self {
            id: stored(row.administrator_id.parse())?,
            account_id: stored(row.account_id.parse())?,
            username: row.username,
            first_name: row.first_name,
            last_name: row.last_name,
            role: AdministratorRole::of(&row.role),
            active: row.status == "active",
        })
    }
}

/// A sign-in that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names it in lists; opens nothing.
    pub id: SessionId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends unless it is used.
    pub idle_expires_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
}
