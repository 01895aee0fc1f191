//! Keys of customers that an account may use. Global and few.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "account_id, key_id, name, name_key, kind, reference, settings, secret, created_at, updated_at, version"
    };
}

row! {
    /// One key; the secret is sealed.
    EncryptionKeyRow {
        account_id: text, key_id: text, name: text, name_key: text, kind: text, reference: text, settings: text,
        secret: bytes, created_at: int, updated_at: int, version: int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO encryption_keys (", columns!(), ") VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING");
    UPDATE = "UPDATE encryption_keys SET name = $3, name_key = $4, settings = $5, secret = $6, updated_at = $7, \
              version = $8 WHERE account_id = $1 AND key_id = $2";
    BY_ID = concat!("SELECT ", columns!(), " FROM encryption_keys WHERE account_id = $1 AND key_id = $2");
    BY_NAME_KEY = concat!("SELECT ", columns!(), " FROM encryption_keys WHERE account_id = $1 AND name_key = $2");
    BY_REFERENCE = concat!("SELECT ", columns!(), " FROM encryption_keys WHERE account_id = $1 AND reference = $2 \
                    ORDER BY key_id LIMIT 1");
    PAGE = concat!("SELECT ", columns!(), " FROM encryption_keys WHERE account_id = $1 AND name_key > $2 \
            ORDER BY name_key LIMIT $3");
    COUNT = "SELECT COUNT(*) FROM encryption_keys WHERE account_id = $1";
    DELETE = "DELETE FROM encryption_keys WHERE account_id = $1 AND key_id = $2";
}

/// Adds a key; false when another of the account has its `name_key`.
pub fn insert(tx: &mut Tx<'_>, row: &EncryptionKeyRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT,
        params![
            &row.account_id,
            &row.key_id,
            &row.name,
            &row.name_key,
            &row.kind,
            &row.reference,
            &row.settings,
            row.secret.as_slice(),
            row.created_at,
            row.updated_at,
            row.version,
        ],
    )?;
    Ok(added == 1)
}

/// Writes what can change of a key: what it is and where stays. Whether its `name_key` is free is for the caller.
pub fn update(tx: &mut Tx<'_>, row: &EncryptionKeyRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.account_id,
            &row.key_id,
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

/// The key of an account with this id.
pub fn by_id(tx: &mut Tx<'_>, account_id: &str, key_id: &str) -> Result<Option<EncryptionKeyRow>, StoreError> {
    tx.opt(BY_ID, params![account_id, key_id], EncryptionKeyRow::read)
}

/// The key of an account with this `name_key`.
pub fn by_name_key(tx: &mut Tx<'_>, account_id: &str, name_key: &str) -> Result<Option<EncryptionKeyRow>, StoreError> {
    tx.opt(BY_NAME_KEY, params![account_id, name_key], EncryptionKeyRow::read)
}

/// The first key of an account that stands for this.
pub fn by_reference(tx: &mut Tx<'_>, account_id: &str, of: &str) -> Result<Option<EncryptionKeyRow>, StoreError> {
    tx.opt(BY_REFERENCE, params![account_id, of], EncryptionKeyRow::read)
}

/// The keys of an account after a `name_key`.
pub fn page(tx: &mut Tx<'_>, account_id: &str, after: &str, limit: i64) -> Result<Vec<EncryptionKeyRow>, StoreError> {
    tx.all(PAGE, params![account_id, after, limit], EncryptionKeyRow::read)
}

/// How many keys an account has.
pub fn count(tx: &mut Tx<'_>, account_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT, params![account_id], |row| row.int(0))
}

/// Removes a key.
pub fn delete(tx: &mut Tx<'_>, account_id: &str, key_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![account_id, key_id]).map(drop)
}
