//! Systems that host zones, of an account. Global and few.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "account_id, provider_id, name, name_key, kind, settings, secret, created_at, updated_at, version"
    };
}

row! {
    /// One system; the secret is sealed.
    DnsProviderRow {
        account_id: text, provider_id: text, name: text, name_key: text, kind: text, settings: text,
        secret: bytes, created_at: int, updated_at: int, version: int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO dns_providers (", columns!(), ") VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING");
    UPDATE = "UPDATE dns_providers SET name = $3, name_key = $4, settings = $5, secret = $6, updated_at = $7, \
              version = $8 WHERE account_id = $1 AND provider_id = $2";
    BY_ID = concat!("SELECT ", columns!(), " FROM dns_providers WHERE account_id = $1 AND provider_id = $2");
    BY_NAME_KEY = concat!("SELECT ", columns!(), " FROM dns_providers WHERE account_id = $1 AND name_key = $2");
    PAGE = concat!("SELECT ", columns!(), " FROM dns_providers WHERE account_id = $1 AND name_key > $2 \
            ORDER BY name_key LIMIT $3");
    COUNT = "SELECT COUNT(*) FROM dns_providers WHERE account_id = $1";
    DELETE = "DELETE FROM dns_providers WHERE account_id = $1 AND provider_id = $2";
}

/// Adds a system; false when another of the account has its `name_key`.
pub fn insert(tx: &mut Tx<'_>, row: &DnsProviderRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT,
        params![
            &row.account_id,
            &row.provider_id,
            &row.name,
            &row.name_key,
            &row.kind,
            &row.settings,
            row.secret.as_slice(),
            row.created_at,
            row.updated_at,
            row.version,
        ],
    )?;
    Ok(added == 1)
}

/// Writes what can change of a system: its kind stays. Whether its `name_key` is free is for the caller.
pub fn update(tx: &mut Tx<'_>, row: &DnsProviderRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.account_id,
            &row.provider_id,
            &row.name,
            &row.name_key,
            &row.settings,
            row.secret.as_slice(),
            row.updated_at,
            row.version,
        ],
    )
    .map(drop)
}

/// The system of an account with this id.
pub fn by_id(tx: &mut Tx<'_>, account_id: &str, provider_id: &str) -> Result<Option<DnsProviderRow>, StoreError> {
    tx.opt(BY_ID, params![account_id, provider_id], DnsProviderRow::read)
}

/// The system of an account with this `name_key`.
pub fn by_name_key(tx: &mut Tx<'_>, account_id: &str, name_key: &str) -> Result<Option<DnsProviderRow>, StoreError> {
    tx.opt(BY_NAME_KEY, params![account_id, name_key], DnsProviderRow::read)
}

/// The systems of an account after a `name_key`.
pub fn page(tx: &mut Tx<'_>, account_id: &str, after: &str, limit: i64) -> Result<Vec<DnsProviderRow>, StoreError> {
    tx.all(PAGE, params![account_id, after, limit], DnsProviderRow::read)
}

/// How many systems an account has.
pub fn count(tx: &mut Tx<'_>, account_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT, params![account_id], |row| row.int(0))
}

/// Removes a system.
pub fn delete(tx: &mut Tx<'_>, account_id: &str, provider_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![account_id, provider_id]).map(drop)
}
