//! Administrators and the count of wrong passwords by name. Global and few.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "administrator_id, account_id, username, username_key, first_name, last_name, role, status, \
         password_hash, created_at, updated_at, version"
    };
}

row! {
    /// One administrator.
    AdministratorRow {
        administrator_id: text, account_id: text, username: text, username_key: text, first_name: text,
        last_name: text, role: text, status: text, password_hash: opt_text, created_at: int, updated_at: int,
        version: int,
    }
}

row! {
    /// Wrong passwords in a row for one name.
    FailuresRow { failures: int, locked_until: int, }
}

statements! {
    INSERT = concat!("INSERT INTO administrators (", columns!(), ") \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING");
    BY_ID = concat!("SELECT ", columns!(), " FROM administrators WHERE administrator_id = $1");
    BY_KEY = concat!("SELECT ", columns!(), " FROM administrators WHERE username_key = $1");
    SET_HASH = "UPDATE administrators SET password_hash = $2 \
                WHERE administrator_id = $1 AND password_hash = $3";
    FAILURES = "SELECT failures, locked_until FROM sign_in_failures WHERE username_key = $1";
    PUT_FAILURES = "INSERT INTO sign_in_failures (username_key, failures, locked_until, updated_at) \
                    VALUES ($1, $2, $3, $4) ON CONFLICT (username_key) DO UPDATE \
                    SET failures = excluded.failures, locked_until = excluded.locked_until, \
                        updated_at = excluded.updated_at";
    CLEAR_FAILURES = "DELETE FROM sign_in_failures WHERE username_key = $1";
    PRUNE_FAILURES = "DELETE FROM sign_in_failures WHERE updated_at < $1";
}

/// Adds an administrator; false when the username is taken.
pub fn insert(tx: &mut Tx<'_>, row: &AdministratorRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT,
        params![
            &row.administrator_id,
            &row.account_id,
            &row.username,
            &row.username_key,
            &row.first_name,
            &row.last_name,
            &row.role,
            &row.status,
            &row.password_hash,
            row.created_at,
            row.updated_at,
            row.version,
        ],
    )?;
    Ok(added == 1)
}

/// The administrator with this id.
pub fn by_id(tx: &mut Tx<'_>, administrator_id: &str) -> Result<Option<AdministratorRow>, StoreError> {
    tx.opt(BY_ID, params![administrator_id], AdministratorRow::read)
}

/// The administrator with this folded username.
pub fn by_key(tx: &mut Tx<'_>, username_key: &str) -> Result<Option<AdministratorRow>, StoreError> {
    tx.opt(BY_KEY, params![username_key], AdministratorRow::read)
}

/// Replaces a hash by a better one of the same password, unless it was changed meanwhile.
pub fn rehash(tx: &mut Tx<'_>, administrator_id: &str, old: &str, new: &str) -> Result<(), StoreError> {
    tx.execute(SET_HASH, params![administrator_id, new, old]).map(drop)
}

/// What is held against a name.
pub fn failures(tx: &mut Tx<'_>, username_key: &str) -> Result<Option<FailuresRow>, StoreError> {
    tx.opt(FAILURES, params![username_key], FailuresRow::read)
}

/// Notes wrong passwords for a name.
pub fn put_failures(tx: &mut Tx<'_>, username_key: &str, row: &FailuresRow, now: i64) -> Result<(), StoreError> {
    tx.execute(PUT_FAILURES, params![username_key, row.failures, row.locked_until, now]).map(drop)
}

/// Forgives a name.
pub fn clear_failures(tx: &mut Tx<'_>, username_key: &str) -> Result<(), StoreError> {
    tx.execute(CLEAR_FAILURES, params![username_key]).map(drop)
}

/// Forgets failures last seen before `before`.
pub fn prune_failures(tx: &mut Tx<'_>, before: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE_FAILURES, params![before])
}
