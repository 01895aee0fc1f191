//! What single devices of single users may do, whatever the rules about mobile devices say. Sharded.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, user_id, device_key, device_id, effect, description, created_at, updated_at"
    };
}

// Of a directory, those of one user or of any, and of one device or of any.
macro_rules! narrowed {
    () => {
        "directory_id = $1 AND ($2 = '' OR user_id = $2) AND ($3 = '' OR device_key = $3)"
    };
}

row! {
    /// The override for one device of one user.
    OverrideRow {
        directory_id: text, user_id: text, device_key: text, device_id: text, effect: text, description: text,
        created_at: int, updated_at: int,
    }
}

/// Which overrides are asked for; an empty text means any.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the three things by which they are narrowed")]
pub struct Filter {
    pub directory_id: String,
    pub user_id: String,
    pub device_key: String,
}

statements! {
    PUT = concat!("INSERT INTO mobile_device_overrides (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
           ON CONFLICT (directory_id, user_id, device_key) DO UPDATE SET device_id = excluded.device_id, \
           effect = excluded.effect, description = excluded.description, updated_at = excluded.updated_at");
    GET = concat!("SELECT ", columns!(), " FROM mobile_device_overrides \
           WHERE directory_id = $1 AND user_id = $2 AND device_key = $3");
    PAGE = concat!("SELECT ", columns!(), " FROM mobile_device_overrides WHERE ", narrowed!(), " \
            AND (user_id, device_key) > ($4, $5) ORDER BY user_id, device_key LIMIT $6");
    COUNT = concat!("SELECT COUNT(*) FROM mobile_device_overrides WHERE ", narrowed!());
    DELETE = "DELETE FROM mobile_device_overrides WHERE directory_id = $1 AND user_id = $2 AND device_key = $3";
    DELETE_OF_DIRECTORY = "DELETE FROM mobile_device_overrides WHERE directory_id = $1";
    FORGET = "DELETE FROM mobile_device_overrides WHERE directory_id = $1 AND user_id = $2";
}

/// Writes an override; of one that is there already, all but when it was made.
pub fn put(tx: &mut Tx<'_>, row: &OverrideRow) -> Result<(), StoreError> {
    tx.execute(
        PUT,
        params![
            &row.directory_id,
            &row.user_id,
            &row.device_key,
            &row.device_id,
            &row.effect,
            &row.description,
            row.created_at,
            row.updated_at,
        ],
    )
    .map(drop)
}

/// The override for a device of a user.
pub fn get(
    tx: &mut Tx<'_>,
    directory_id: &str,
    user_id: &str,
    device_key: &str,
) -> Result<Option<OverrideRow>, StoreError> {
    tx.opt(GET, params![directory_id, user_id, device_key], OverrideRow::read)
}

/// The overrides after a user and a device, by user and device.
pub fn page(
    tx: &mut Tx<'_>,
    filter: &Filter,
    (user_id, device_key): (&str, &str),
    limit: i64,
) -> Result<Vec<OverrideRow>, StoreError> {
    let narrowed = (&filter.directory_id, &filter.user_id, &filter.device_key);
    tx.all(PAGE, params![narrowed.0, narrowed.1, narrowed.2, user_id, device_key, limit], OverrideRow::read)
}

/// How many overrides there are.
pub fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64, StoreError> {
    tx.one(COUNT, params![&filter.directory_id, &filter.user_id, &filter.device_key], |row| row.int(0))
}

/// Removes the override for a device of a user; false when there was none.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, user_id: &str, device_key: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![directory_id, user_id, device_key])? > 0)
}

/// Removes every override of a directory.
pub fn delete_of_directory(tx: &mut Tx<'_>, directory_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_OF_DIRECTORY, params![directory_id]).map(drop)
}

/// Removes every override for the devices of a user who goes.
pub fn forget(tx: &mut Tx<'_>, directory_id: &str, user_id: &str) -> Result<(), StoreError> {
    tx.execute(FORGET, params![directory_id, user_id]).map(drop)
}
