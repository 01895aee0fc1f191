//! Names of deleted users that are kept from others for a while. Sharded by `directory_id`.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, name_key, name, entity_id, person_key, held_until, created_at"
    };
}

row! {
    /// One name that is held back.
    HeldNameRow {
        directory_id: text, name_key: text, name: text, entity_id: text, person_key: text, held_until: int,
        created_at: int,
    }
}

row! {
    /// An address or a name that is held back, as one list shows both.
    HoldRow { hold_key: text, kind: text, value: text, entity_id: text, held_until: int, }
}

macro_rules! holds {
    () => {
        "(SELECT address_key AS hold_key, 'address' AS kind, address AS value, entity_id, held_until FROM addresses \
         WHERE directory_id = $1 AND kind = 'held' AND held_until > $2 \
         UNION ALL SELECT name_key AS hold_key, 'name' AS kind, name AS value, entity_id, held_until FROM held_names \
         WHERE directory_id = $1 AND held_until > $2) AS holds"
    };
}

statements! {
    PUT = concat!("INSERT INTO held_names (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7) \
           ON CONFLICT (directory_id, name_key) DO UPDATE SET name = excluded.name, entity_id = excluded.entity_id, \
           person_key = excluded.person_key, held_until = excluded.held_until, created_at = excluded.created_at");
    GET = concat!("SELECT ", columns!(), " FROM held_names WHERE directory_id = $1 AND name_key = $2");
    DELETE = "DELETE FROM held_names WHERE directory_id = $1 AND name_key = $2";
    PRUNE = "DELETE FROM held_names WHERE directory_id = $1 AND held_until < $2";
    DELETE_OF_DIRECTORY = "DELETE FROM held_names WHERE directory_id = $1";
    HOLDS = concat!("SELECT hold_key, kind, value, entity_id, held_until FROM ", holds!(),
            " WHERE (hold_key, kind) > ($3, $4) ORDER BY hold_key, kind LIMIT $5");
    COUNT_HOLDS = concat!("SELECT COUNT(*) FROM ", holds!());
}

/// Holds a name back, over an earlier hold of the same.
pub fn put(tx: &mut Tx<'_>, row: &HeldNameRow) -> Result<(), StoreError> {
    let values = params![
        &row.directory_id,
        &row.name_key,
        &row.name,
        &row.entity_id,
        &row.person_key,
        row.held_until,
        row.created_at,
    ];
    tx.execute(PUT, values).map(drop)
}

/// The hold of a folded name.
pub fn get(tx: &mut Tx<'_>, directory_id: &str, name_key: &str) -> Result<Option<HeldNameRow>, StoreError> {
    tx.opt(GET, params![directory_id, name_key], HeldNameRow::read)
}

/// Frees a folded name.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, name_key: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![directory_id, name_key]).map(drop)
}

/// Frees the names of a directory whose hold has ended.
pub fn prune(tx: &mut Tx<'_>, directory_id: &str, now: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE, params![directory_id, now])
}

/// Frees every name of a directory.
pub fn delete_of_directory(tx: &mut Tx<'_>, directory_id: &str) -> Result<u64, StoreError> {
    tx.execute(DELETE_OF_DIRECTORY, params![directory_id])
}

/// Addresses and names of a directory that are held back at `now`, after a key and a kind.
pub fn holds(
    tx: &mut Tx<'_>,
    (directory_id, now): (&str, i64),
    [key, kind]: [&str; 2],
    limit: i64,
) -> Result<Vec<HoldRow>, StoreError> {
    tx.all(HOLDS, params![directory_id, now, key, kind, limit], HoldRow::read)
}

/// How many addresses and names of a directory are held back at `now`.
pub fn count_holds(tx: &mut Tx<'_>, (directory_id, now): (&str, i64)) -> Result<i64, StoreError> {
    tx.one(COUNT_HOLDS, params![directory_id, now], |row| row.int(0))
}
