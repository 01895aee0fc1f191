//! What is peculiar to the embedded engine: one writer, one file, shared commits.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use super::gate::{behind_a_closed_gate, start};
use super::things::{self, held, insert, insert_payload, put};
use super::{Fixture, run};
use crate::{Statistics, Store, StoreError, Tx};

/// What a program sees that opens the file by itself.
fn rows_on_disk(fixture: &Fixture) -> i64 {
    let connection = rusqlite::Connection::open(&fixture.url).unwrap();
    connection.query_row("SELECT COUNT(*) FROM things", [], |row| row.get(0)).unwrap()
}

#[test]
fn waiting_writers_share_one_commit() {
    run(Fixture::sqlite(), |fixture| async move {
        let store = fixture.store();
        let crowd = (0..64).map(|i| put(&store, format!("{i:02}")));
        for result in behind_a_closed_gate(&store, crowd).await {
            result.unwrap();
        }
        assert_eq!(store.statistics(), Statistics { commits: 2, closures: 65, retries: 0 });
        assert_eq!(rows_on_disk(&fixture), 64);
    });
}

#[test]
fn batches_have_a_limit() {
    run(Fixture::sqlite(), |fixture| async move {
        let options = crate::StoreOptions { batch_max: 10, ..fixture.options() };
        let store = Store::open_with(options, things::MIGRATIONS).unwrap();
        behind_a_closed_gate(&store, (0..64).map(|i| put(&store, i.to_string()))).await;
        assert_eq!(store.statistics(), Statistics { commits: 1 + 7, closures: 65, retries: 0 });
    });
}

#[test]
fn concurrent_writers_are_durable_before_their_answers() {
    run(Fixture::sqlite(), |fixture| async move {
        let store = fixture.store();
        let write = |i: i64, store: Store, fixture: Arc<Fixture>| async move {
            put(&store, i.to_string()).await.unwrap();
            let connection = rusqlite::Connection::open(&fixture.url).unwrap();
            let mut seen = connection.prepare("SELECT 1 FROM things WHERE id = ?1").unwrap();
            assert!(seen.exists([i.to_string()]).unwrap(), "{i} was answered before it was committed");
        };
        let tasks: Vec<_> = (0..64).map(|i| tokio::spawn(write(i, store.clone(), Arc::clone(&fixture)))).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[test]
fn lone_writer_commits_at_once() {
    run(Fixture::sqlite(), |fixture| async move {
        let store = fixture.store();
        for i in 1..=10 {
            put(&store, i.to_string()).await.unwrap();
            assert_eq!(store.statistics(), Statistics { commits: i, closures: i, retries: 0 });
        }
    });
}

#[test]
fn closures_apply_in_the_order_of_arrival() {
    run(Fixture::sqlite(), |fixture| async move {
        const APPEND: &str = "INSERT INTO things (id, number) SELECT $1, COUNT(*) FROM things";
        let store = fixture.store();
        let append = |i: i64| store.write(move |tx| tx.execute(APPEND, &[(&format!("{i:02}")).into()]));
        let results: Vec<Result<u64, StoreError>> = behind_a_closed_gate(&store, (0..50).map(append)).await;
        assert!(results.iter().all(Result::is_ok));
        let order: Result<_, StoreError> =
            store.read(|tx| tx.all("SELECT id FROM things ORDER BY number", &[], |row| row.text(0))).await;
        assert_eq!(order.unwrap(), held(&store).await);
    });
}

#[test]
fn failure_in_a_batch_is_its_own() {
    run(Fixture::sqlite(), |fixture| async move {
        let store = fixture.store();
        let crowd = ["a", "b", "a", "c"].map(|id| put(&store, id));
        let results = behind_a_closed_gate(&store, crowd).await;
        assert!(matches!(&results[..], [Ok(()), Ok(()), Err(StoreError::Duplicate), Ok(())]), "{results:?}");
        assert_eq!(store.statistics(), Statistics { commits: 2, closures: 4, retries: 0 });
        assert_eq!(held(&store).await, ["a", "b", "c"]);
    });
}

#[test]
fn batch_in_which_every_closure_is_refused_leaves_no_transaction_open() {
    run(Fixture::sqlite(), |fixture| async move {
        let store = fixture.store();
        put(&store, "a").await.unwrap();
        let results = behind_a_closed_gate(&store, (0..3).map(|_| put(&store, "a"))).await;
        assert!(results.iter().all(|result| matches!(result, Err(StoreError::Duplicate))), "{results:?}");
        put(&store, "later").await.unwrap();
        assert_eq!(held(&store).await, ["a", "later"]);
    });
}

// Without statistics SQLite prefers the primary key, whose beginning every address of a directory shares.
#[test]
fn addresses_of_a_person_are_found_by_their_index() {
    run(Fixture::sqlite(), |fixture| async move {
        drop(fixture.try_open(crate::migrations::ALL).unwrap());
        let connection = rusqlite::Connection::open(&fixture.url).unwrap();
        let (_, sql) =
            *crate::tables::addresses::STATEMENTS.iter().find(|(name, _)| name.ends_with("OF_ENTITY")).unwrap();
        let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.replace('$', "?"))).unwrap();
        let steps = explained.query_map(["d", "e"], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<_> = steps.map(Result::unwrap).collect();
        assert!(steps.iter().any(|step| step.contains("addresses_by_entity")), "{steps:?}");
        assert!(steps.iter().all(|step| !step.ends_with("PRIMARY KEY (directory_id=?)")), "{steps:?}");
    });
}

#[test]
fn closure_that_fills_the_disk_fails_alone() {
    run(Fixture::sqlite(), |fixture| async move {
        let store = fixture.store();
        let limit = |tx: &mut Tx<'_>| tx.one("PRAGMA max_page_count = 60", &[], |row| row.int(0));
        let pages: Result<i64, StoreError> = store.write(limit).await;
        assert_eq!(pages.unwrap(), 60);
        let put_kib = |(id, kib): (&'static str, usize)| {
            let payload = vec![7; kib * 1024];
            store.write(move |tx| insert_payload(tx, id, "", &payload))
        };
        let crowd = [("small", 1), ("huge", 500), ("small too", 1)].map(put_kib);
        let results = behind_a_closed_gate(&store, crowd).await;
        assert!(matches!(&results[..], [Ok(()), Err(StoreError::Busy), Ok(())]), "{results:?}");
        put(&store, "later").await.unwrap();
        assert_eq!(held(&store).await, ["later", "small", "small too"]);
    });
}

#[test]
fn transaction_that_sqlite_ends_by_itself_loses_nobody_elses_rows() {
    run(Fixture::sqlite(), |fixture| async move {
        let store = fixture.store();
        put(&store, "taken").await.unwrap();
        let break_all = |tx: &mut Tx<'_>| {
            insert(tx, "before the break", 1)?;
            tx.execute("INSERT OR ROLLBACK INTO things (id, number) VALUES ('taken', 1)", &[])
        };
        type Write<'s> = std::pin::Pin<Box<dyn Future<Output = Result<(), StoreError>> + 's>>;
        let crowd: [Write<'_>; 3] = [
            Box::pin(put(&store, "first")),
            Box::pin(async { store.write(break_all).await.map(drop) }),
            Box::pin(put(&store, "third")),
        ];
        let results = behind_a_closed_gate(&store, crowd).await;
        assert!(matches!(&results[..], [Ok(()), Err(StoreError::Duplicate), Ok(())]), "{results:?}");
        assert_eq!(store.statistics().retries, 3);
        assert_eq!(held(&store).await, ["first", "taken", "third"]);
    });
}

#[test]
fn only_the_owner_may_read_the_file() {
    run(Fixture::sqlite(), |fixture| async move {
        let store = fixture.store();
        put(&store, "secret").await.unwrap();
        for suffix in ["", "-wal", "-shm"] {
            let mode = std::fs::metadata(format!("{}{suffix}", fixture.url)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "reeve.db{suffix}");
        }
    });
}

#[test]
fn closing_leaves_one_file() {
    run(Fixture::sqlite(), |fixture| async move {
        let store = fixture.store();
        put(&store, "kept").await.unwrap();
        assert!(Path::new(&format!("{}-wal", fixture.url)).exists());
        store.close();
        assert!(!Path::new(&format!("{}-wal", fixture.url)).exists());
        assert_eq!(rows_on_disk(&fixture), 1);
    });
}

#[test]
fn file_locked_by_another_program_is_waited_for() {
    run(Fixture::sqlite(), |fixture| async move {
        let store = fixture.store();
        let other = rusqlite::Connection::open(&fixture.url).unwrap();
        other.execute_batch("BEGIN IMMEDIATE; INSERT INTO things (id, number) VALUES ('theirs', 1);").unwrap();
        let mut ours = Box::pin(put(&store, "ours"));
        start(&mut ours).await;
        other.execute_batch("COMMIT").unwrap();
        ours.await.unwrap();
        assert_eq!(held(&store).await, ["ours", "theirs"]);
    });
}
