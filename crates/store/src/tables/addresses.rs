//! Addresses of a directory: primary, alias, or held back for somebody. Sharded by `directory_id`.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, address_key, entity_id, address, kind, was, held_until, created_at"
    };
}

row! {
    /// One address.
    AddressRow {
        directory_id: text, address_key: text, entity_id: text, address: text, kind: text, was: text,
        held_until: opt_int, created_at: int,
    }
}

statements! {
    PUT = concat!("INSERT INTO addresses (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
           ON CONFLICT (directory_id, address_key) DO UPDATE SET entity_id = excluded.entity_id, \
           address = excluded.address, kind = excluded.kind, was = excluded.was, held_until = excluded.held_until, \
           created_at = excluded.created_at");
    GET = concat!("SELECT ", columns!(), " FROM addresses WHERE directory_id = $1 AND address_key = $2");
    // The inner part is answered by its index alone. Asked in one piece, SQLite would rather go through every address
    // of the directory, whose primary key gives the order.
    OF_ENTITY = concat!("SELECT ", columns!(), " FROM addresses WHERE directory_id = $1 AND address_key IN \
                 (SELECT address_key FROM addresses WHERE directory_id = $1 AND entity_id = $2) ORDER BY address_key");
    DELETE = "DELETE FROM addresses WHERE directory_id = $1 AND address_key = $2";
    PRUNE = "DELETE FROM addresses WHERE directory_id = $1 AND held_until < $2";
    DELETE_OF_DIRECTORY = "DELETE FROM addresses WHERE directory_id = $1";
    COUNT_ON_DOMAIN = "SELECT COUNT(*) FROM addresses WHERE directory_id = $1 AND kind <> 'held' \
                       AND substr(address_key, length(address_key) - length($2) + 1) = $2";
}

/// Writes an address, over whatever stood there.
pub fn put(tx: &mut Tx<'_>, row: &AddressRow) -> Result<(), StoreError> {
    tx.execute(
        PUT,
        params![
            &row.directory_id,
            &row.address_key,
            &row.entity_id,
            &row.address,
            &row.kind,
            &row.was,
            row.held_until,
            row.created_at,
        ],
    )
    .map(drop)
}

/// The address with this folded form.
pub fn get(tx: &mut Tx<'_>, directory_id: &str, address_key: &str) -> Result<Option<AddressRow>, StoreError> {
    tx.opt(GET, params![directory_id, address_key], AddressRow::read)
}

/// Every address of an entity, held ones too.
pub fn of_entity(tx: &mut Tx<'_>, directory_id: &str, entity_id: &str) -> Result<Vec<AddressRow>, StoreError> {
    tx.all(OF_ENTITY, params![directory_id, entity_id], AddressRow::read)
}

/// Frees an address.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, address_key: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![directory_id, address_key]).map(drop)
}

/// Frees the addresses of a directory whose hold has ended.
pub fn prune(tx: &mut Tx<'_>, directory_id: &str, now: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE, params![directory_id, now])
}

/// Frees every address of a directory.
pub fn delete_of_directory(tx: &mut Tx<'_>, directory_id: &str) -> Result<u64, StoreError> {
    tx.execute(DELETE_OF_DIRECTORY, params![directory_id])
}

/// How many addresses in use end in `suffix`, which is `@` and a domain in lower case.
pub fn count_on_domain(tx: &mut Tx<'_>, directory_id: &str, suffix: &str) -> Result<i64, StoreError> {
    tx.one(COUNT_ON_DOMAIN, params![directory_id, suffix], |row| row.int(0))
}
