//! Accounts: the customers of a deployment, each with its first administrator.

mod create_account;
mod list_accounts;

use reeve_base::Timestamp;
use reeve_base::ids::AccountId;
use reeve_store::tables::accounts::AccountRow;

use crate::ctx::stored;
use crate::error::Error;

pub use create_account::{CreatedAccount, NewAccount, create_account, set_up};
pub use list_accounts::list_accounts;

/// A customer of the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id: 12 digits.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Account {
    fn from_row(row: AccountRow) -> Result<Self, Error> {
        Ok(Self {
            id: stored(row.account_id.parse())?,
            name: row.name,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}
