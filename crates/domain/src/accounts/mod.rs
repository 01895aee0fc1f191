//! Accounts: the customers of a deployment, each with its first administrator, and what holds for all in one.

mod create_account;
mod edit_account;
mod list_accounts;
mod show_account;

use reeve_base::Timestamp;
use reeve_base::ids::AccountId;
use reeve_store::Tx;
use reeve_store::tables::accounts::{self, AccountRow};

use crate::ctx::{Ctx, stored};
use crate::error::Error;

pub use create_account::{CreatedAccount, NewAccount, create_account, set_up};
pub use edit_account::{AccountEdit, edit_account};
pub use list_accounts::list_accounts;
pub use show_account::show_account;

/// A customer of the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id: 12 digits.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Whether every administrator must have a second factor.
    pub second_factor_required: bool,
    /// Whether general administrators manage their own API password and access keys.
    pub owners_manage_api_secrets: bool,
    /// Days after which events are forgotten; 0 keeps them for ever.
    pub event_retention_days: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Goes up with every change.
    pub version: i64,
}

impl Account {
    fn from_row(row: AccountRow) -> Result<Self, Error> {
        Ok(Self {
            id: stored(row.account_id.parse())?,
            name: row.name,
            second_factor_required: row.second_factor_required,
            owners_manage_api_secrets: row.owners_manage_api_secrets,
            event_retention_days: stored(u32::try_from(row.event_retention_days))?,
            created_at: Timestamp::from_millis(row.created_at),
            version: row.version,
        })
    }
}

/// The account that is asked about, whose existence its id vouches for.
fn own_row(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<AccountRow, Error> {
    let id = ctx.need_account()?.as_str();
    accounts::by_id(tx, id)?.ok_or_else(|| Error::not_found("account", id))
}
