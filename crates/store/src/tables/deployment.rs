//! What a whole deployment agrees on, by name. Global, a handful of rows.

use crate::{StoreError, Tx};

statements! {
    GET = "SELECT value FROM deployment WHERE name = $1";
    INSERT = "INSERT INTO deployment (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    SET = "INSERT INTO deployment (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
}

/// The value under a name.
pub fn get(tx: &mut Tx<'_>, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    tx.opt(GET, params![name], |row| row.bytes(0))
}

/// Notes a value, unless the name has one.
pub fn insert(tx: &mut Tx<'_>, name: &str, value: &[u8]) -> Result<(), StoreError> {
    tx.execute(INSERT, params![name, value]).map(drop)
}

/// Notes a value, over the one that is there.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &[u8]) -> Result<(), StoreError> {
    tx.execute(SET, params![name, value]).map(drop)
}
