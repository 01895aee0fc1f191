//! Access keys of administrators, for doors that verify signatures. Global and few.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "access_key_id, account_id, administrator_id, name, secret, status, source_networks, limit_policy, \
         expires_at, created_at, created_by, used_at, used_address, version"
    };
}

row! {
    /// One access key; the secret is sealed.
    AccessKeyRow {
        access_key_id: text, account_id: text, administrator_id: text, name: text, secret: bytes, status: text,
        source_networks: text, limit_policy: text, expires_at: opt_int, created_at: int, created_by: text,
        used_at: opt_int, used_address: text, version: int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO access_keys (", columns!(), ") VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");
    UPDATE = "UPDATE access_keys SET name = $2, status = $3, source_networks = $4, limit_policy = $5, \
              expires_at = $6, version = $7 WHERE access_key_id = $1";
    BY_ID = concat!("SELECT ", columns!(), " FROM access_keys WHERE access_key_id = $1");
    PAGE = concat!("SELECT ", columns!(), " FROM access_keys WHERE administrator_id = $1 AND access_key_id > $2 \
            ORDER BY access_key_id LIMIT $3");
    COUNT = "SELECT COUNT(*) FROM access_keys WHERE administrator_id = $1";
    USED = "UPDATE access_keys SET used_at = $2, used_address = $3 WHERE access_key_id = $1";
    DEACTIVATE_ALL = "UPDATE access_keys SET status = 'inactive', version = version + 1 \
                      WHERE administrator_id = $1 AND status = 'active'";
    LIMITED_BY = "SELECT COUNT(*) FROM access_keys WHERE account_id = $1 AND limit_policy = $2";
    DELETE = "DELETE FROM access_keys WHERE access_key_id = $1";
}

/// Adds a key.
pub fn insert(tx: &mut Tx<'_>, row: &AccessKeyRow) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            &row.access_key_id,
            &row.account_id,
            &row.administrator_id,
            &row.name,
            row.secret.as_slice(),
            &row.status,
            &row.source_networks,
            &row.limit_policy,
            row.expires_at,
            row.created_at,
            &row.created_by,
            row.used_at,
            &row.used_address,
            row.version,
        ],
    )
    .map(drop)
}

/// Writes what can change of a key.
pub fn update(tx: &mut Tx<'_>, row: &AccessKeyRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.access_key_id,
            &row.name,
            &row.status,
            &row.source_networks,
            &row.limit_policy,
            row.expires_at,
            row.version,
        ],
    )
    .map(drop)
}

/// The key with this id.
pub fn by_id(tx: &mut Tx<'_>, access_key_id: &str) -> Result<Option<AccessKeyRow>, StoreError> {
    tx.opt(BY_ID, params![access_key_id], AccessKeyRow::read)
}

/// The keys of an administrator after an id.
pub fn page(tx: &mut Tx<'_>, administrator_id: &str, after: &str, limit: i64) -> Result<Vec<AccessKeyRow>, StoreError> {
    tx.all(PAGE, params![administrator_id, after, limit], AccessKeyRow::read)
}

/// How many keys an administrator has.
pub fn count(tx: &mut Tx<'_>, administrator_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT, params![administrator_id], |row| row.int(0))
}

/// Notes when and from where a key was used.
pub fn used(tx: &mut Tx<'_>, access_key_id: &str, now: i64, address: &str) -> Result<(), StoreError> {
    tx.execute(USED, params![access_key_id, now, address]).map(drop)
}

/// Deactivates every key of an administrator; says how many were active.
pub fn deactivate_all(tx: &mut Tx<'_>, administrator_id: &str) -> Result<u64, StoreError> {
    tx.execute(DEACTIVATE_ALL, params![administrator_id])
}

/// How many keys of an account are limited by a policy.
pub fn limited_by(tx: &mut Tx<'_>, account_id: &str, policy_id: &str) -> Result<i64, StoreError> {
    tx.one(LIMITED_BY, params![account_id, policy_id], |row| row.int(0))
}

/// Removes a key.
pub fn delete(tx: &mut Tx<'_>, access_key_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![access_key_id]).map(drop)
}
