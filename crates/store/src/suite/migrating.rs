//! How a database follows the schema's history, and when it refuses to.

use std::sync::{Arc, Barrier};
use std::thread;

use super::things::{MIGRATIONS, held, put};
use super::{Fixture, on_both_engines};
use crate::migrations::{Migration, SchemaState};
use crate::{Store, StoreError};

on_both_engines! {
    new_migrations_are_applied_once_and_rows_stay,
    changed_migration_is_refused,
    newer_database_is_refused,
    failed_migration_leaves_no_trace,
    looking_says_how_the_schema_stands_and_changes_nothing,
    servers_that_start_at_once_take_turns,
}

const SECOND: Migration = Migration {
    version: 2,
    name: "more",
    sql: "ALTER TABLE things ADD COLUMN colour TEXT;\nCREATE INDEX things_by_colour ON things (colour);\n",
};

const BOTH: &[Migration] = &[MIGRATIONS[0], SECOND];

const BROKEN: &[Migration] =
    &[MIGRATIONS[0], Migration { sql: "CREATE TABLE more (id TEXT);\nCREATE TABEL oops (id TEXT);\n", ..SECOND }];

const CHANGED: &[Migration] = &[Migration { sql: "CREATE TABLE things (id TEXT);\n", ..MIGRATIONS[0] }];

async fn new_migrations_are_applied_once_and_rows_stay(fixture: Arc<Fixture>) {
    let store = fixture.try_open(MIGRATIONS).unwrap();
    assert_eq!(store.schema_version(), 1);
    put(&store, "old").await.unwrap();
    store.close();
    for _ in 0..2 {
        let store = fixture.try_open(BOTH).unwrap();
        assert_eq!(store.schema_version(), 2);
        assert_eq!(held(&store).await, ["old"]);
        let colour: Result<_, StoreError> =
            store.read(|tx| tx.one("SELECT colour FROM things", &[], |row| row.opt_text(0))).await;
        assert_eq!(colour.unwrap(), None);
        let recorded: Result<_, StoreError> = store
            .read(|tx| {
                let sql =
                    "SELECT name, applied_at > 1700000000000 FROM schema_migrations WHERE version > 0 ORDER BY version";
                tx.all(sql, &[], |row| Ok((row.text(0)?, row.flag(1)?)))
            })
            .await;
        assert_eq!(recorded.unwrap(), [("things".to_owned(), true), ("more".to_owned(), true)]);
        store.close();
    }
}

async fn changed_migration_is_refused(fixture: Arc<Fixture>) {
    fixture.try_open(MIGRATIONS).unwrap().close();
    let sentence = fixture.try_open(CHANGED).unwrap_err().to_string();
    assert!(sentence.contains("a different migration 1 (things)"), "{sentence}");
}

async fn newer_database_is_refused(fixture: Arc<Fixture>) {
    fixture.try_open(BOTH).unwrap().close();
    let sentence = fixture.try_open(MIGRATIONS).unwrap_err().to_string();
    assert!(sentence.contains("schema version 2 (more), which this version of reeve does not know"), "{sentence}");
}

async fn failed_migration_leaves_no_trace(fixture: Arc<Fixture>) {
    let error = fixture.try_open(BROKEN).unwrap_err();
    assert!(error.to_string().contains("could not bring the database schema up to date"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
    let store = fixture.try_open(MIGRATIONS).unwrap();
    assert_eq!(store.schema_version(), 1);
    let table: Result<_, StoreError> = store.read(|tx| tx.opt("SELECT id FROM more", &[], |row| row.text(0))).await;
    assert!(matches!(table, Err(StoreError::Failed(_))));
}

async fn servers_that_start_at_once_take_turns(fixture: Arc<Fixture>) {
    const SERVERS: usize = 4;
    let line = Barrier::new(SERVERS);
    let versions: Vec<i64> = thread::scope(|scope| {
        let open = || {
            line.wait();
            fixture.try_open(BOTH).unwrap().schema_version()
        };
        let servers: Vec<_> = (0..SERVERS).map(|_| scope.spawn(open)).collect();
        servers.into_iter().map(|server| server.join().unwrap()).collect()
    });
    assert_eq!(versions, [2; SERVERS]);
}

async fn looking_says_how_the_schema_stands_and_changes_nothing(fixture: Arc<Fixture>) {
    let look = |known| {
        let options = fixture.options();
        Store::inspect_with(&options, known).map_err(|error| error.to_string())
    };
    assert_eq!(look(MIGRATIONS), Ok(SchemaState::Empty));
    assert_eq!(look(MIGRATIONS), Ok(SchemaState::Empty));
    fixture.try_open(MIGRATIONS).unwrap().close();
    assert_eq!(look(MIGRATIONS), Ok(SchemaState::Current { is: 1 }));
    assert_eq!(look(BOTH), Ok(SchemaState::Older { is: 1, knows: 2 }));
    fixture.try_open(BOTH).unwrap().close();
    assert!(look(MIGRATIONS).is_err_and(|why| why.contains("does not know")));
}
