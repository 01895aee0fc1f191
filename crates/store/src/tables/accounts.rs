//! Accounts: the customers of a deployment. Global and few.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "account_id, name, second_factor_required, owners_manage_api_secrets, event_retention_days, \
         policies_version, created_at, version"
    };
}

row! {
    /// One account.
    AccountRow {
        account_id: text, name: text, second_factor_required: flag, owners_manage_api_secrets: flag,
        event_retention_days: int, policies_version: int, created_at: int, version: int,
    }
}

statements! {
    INSERT = "INSERT INTO accounts (account_id, name, created_at) VALUES ($1, $2, $3) \
              ON CONFLICT DO NOTHING";
    BY_ID = concat!("SELECT ", columns!(), " FROM accounts WHERE account_id = $1");
    ALL = concat!("SELECT ", columns!(), " FROM accounts ORDER BY account_id LIMIT $1");
    UPDATE = "UPDATE accounts SET second_factor_required = $2, owners_manage_api_secrets = $3, \
              event_retention_days = $4, version = $5 WHERE account_id = $1";
    POLICIES_CHANGED = "UPDATE accounts SET policies_version = policies_version + 1 WHERE account_id = $1";
}

/// Adds an account with the settings of a new one; false when the id is taken.
pub fn insert(tx: &mut Tx<'_>, account_id: &str, name: &str, created_at: i64) -> Result<bool, StoreError> {
    let added = tx.execute(INSERT, params![account_id, name, created_at])?;
    Ok(added == 1)
}

/// Writes the settings and the version of an account.
pub fn update(tx: &mut Tx<'_>, row: &AccountRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.account_id,
            row.second_factor_required,
            row.owners_manage_api_secrets,
            row.event_retention_days,
            row.version,
        ],
    )
    .map(drop)
}

/// Notes that a policy of the account, or who has it, changed.
pub fn policies_changed(tx: &mut Tx<'_>, account_id: &str) -> Result<(), StoreError> {
    tx.execute(POLICIES_CHANGED, params![account_id]).map(drop)
}

/// The account with this id.
pub fn by_id(tx: &mut Tx<'_>, account_id: &str) -> Result<Option<AccountRow>, StoreError> {
    tx.opt(BY_ID, params![account_id], AccountRow::read)
}

/// The first `limit` accounts by id.
pub fn all(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<AccountRow>, StoreError> {
    tx.all(ALL, params![limit], AccountRow::read)
}
