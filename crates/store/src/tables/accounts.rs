//! Accounts: the customers of a deployment. Global and few.

use crate::{StoreError, Tx};

row! {
    /// One account.
    AccountRow { account_id: text, name: text, created_at: int, }
}

statements! {
    INSERT = "INSERT INTO accounts (account_id, name, created_at) VALUES ($1, $2, $3) \
              ON CONFLICT DO NOTHING";
    BY_ID = "SELECT account_id, name, created_at FROM accounts WHERE account_id = $1";
    ALL = "SELECT account_id, name, created_at FROM accounts ORDER BY account_id LIMIT $1";
}

/// Adds an account; false when the id is taken.
pub fn insert(tx: &mut Tx<'_>, row: &AccountRow) -> Result<bool, StoreError> {
    let added = tx.execute(INSERT, params![&row.account_id, &row.name, row.created_at])?;
    Ok(added == 1)
}

/// The account with this id.
pub fn by_id(tx: &mut Tx<'_>, account_id: &str) -> Result<Option<AccountRow>, StoreError> {
    tx.opt(BY_ID, params![account_id], AccountRow::read)
}

/// The first `limit` accounts by id.
pub fn all(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<AccountRow>, StoreError> {
    tx.all(ALL, params![limit], AccountRow::read)
}
