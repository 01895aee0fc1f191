//! The table that the suite writes to, and the statements that it uses.

use crate::migrations::Migration;
use crate::value::Value;
use crate::{Store, StoreError, Tx};

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "things",
    sql: "CREATE TABLE things (
    id TEXT COLLATE \"C\" NOT NULL,
    number BIGINT NOT NULL,
    note TEXT,
    payload BYTEA,
    PRIMARY KEY (id)
) /*clustered*/;
",
    fill: None,
}];

const INSERT: &str = "INSERT INTO things (id, number, note, payload) VALUES ($1, $2, $3, $4)";
const COUNT: &str = "SELECT COUNT(*) FROM things";
const NUMBER: &str = "SELECT number FROM things WHERE id = $1";
const SET_NUMBER: &str = "UPDATE things SET number = $2 WHERE id = $1";
const IDS: &str = "SELECT id FROM things ORDER BY id";
const IDS_AFTER: &str = "SELECT id FROM things WHERE id > $1 ORDER BY id LIMIT $2";

pub(crate) fn insert(tx: &mut Tx<'_>, id: &str, number: i64) -> Result<(), StoreError> {
    tx.execute(INSERT, &[id.into(), number.into(), Value::Null, Value::Null]).map(drop)
}

pub(crate) fn insert_payload(tx: &mut Tx<'_>, id: &str, note: &str, payload: &[u8]) -> Result<(), StoreError> {
    tx.execute(INSERT, &[id.into(), 0.into(), note.into(), payload.into()]).map(drop)
}

pub(crate) fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.one(COUNT, &[], |row| row.int(0))
}

pub(crate) fn number(tx: &mut Tx<'_>, id: &str) -> Result<i64, StoreError> {
    tx.one(NUMBER, &[id.into()], |row| row.int(0))
}

pub(crate) fn set_number(tx: &mut Tx<'_>, id: &str, number: i64) -> Result<u64, StoreError> {
    tx.execute(SET_NUMBER, &[id.into(), number.into()])
}

pub(crate) fn ids(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.all(IDS, &[], |row| row.text(0))
}

pub(crate) fn ids_after(tx: &mut Tx<'_>, last: &str, limit: i64) -> Result<Vec<String>, StoreError> {
    tx.all(IDS_AFTER, &[last.into(), limit.into()], |row| row.text(0))
}

/// Inserts one row in a transaction of its own.
pub(crate) async fn put(store: &Store, id: impl Into<String>) -> Result<(), StoreError> {
    let id = id.into();
    store.write(move |tx| insert(tx, &id, 0)).await
}

/// The ids that are in the table.
pub(crate) async fn held(store: &Store) -> Vec<String> {
    store.read(ids).await.unwrap()
}
