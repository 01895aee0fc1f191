//! What is peculiar to the server engine: conflicts, lost connections, a schema that others may change.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use super::lossy::Lossy;
use super::things::{held, ids, insert, number, put, set_number};
use super::{Fixture, run};
use crate::{StoreError, Tx, migrations};

/// Runs a case if there is a server.
fn run_on_postgres<C: Future<Output = ()>>(case: impl FnOnce(Arc<Fixture>) -> C) {
    if let Some(fixture) = Fixture::postgres() {
        run(fixture, case);
    }
}

fn end_connections(fixture: &Fixture) {
    let schema = fixture.schema();
    fixture.administer(&format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '{schema}'"
    ));
}

#[test]
fn lost_connections_are_replaced() {
    run_on_postgres(|fixture| async move {
        let store = fixture.store();
        for i in 0..5 {
            put(&store, format!("before {i}")).await.unwrap();
            store.ping().await.unwrap();
            end_connections(&fixture);
            put(&store, format!("after {i}")).await.unwrap();
            end_connections(&fixture);
            assert_eq!(held(&store).await.len(), 2 * i + 2);
        }
    });
}

#[test]
fn closure_whose_connection_is_lost_runs_again() {
    run_on_postgres(|fixture| async move {
        let store = fixture.store();
        let lost_once = AtomicBool::new(false);
        let insert_and_lose = move |tx: &mut Tx<'_>| {
            insert(tx, "once", 1)?;
            if !lost_once.swap(true, Ordering::Relaxed) {
                tx.execute("SELECT pg_terminate_backend(pg_backend_pid())", &[])?;
            }
            insert(tx, "twice", 1)
        };
        store.write(insert_and_lose).await.unwrap();
        assert_eq!(held(&store).await, ["once", "twice"]);
        assert_eq!(store.statistics().retries, 1);
    });
}

#[test]
fn a_commit_whose_answer_is_lost_counts_once() {
    run_on_postgres(|fixture| async move {
        let server = fixture.url.split(['@', '/']).nth(3).unwrap().to_owned();
        let lossy = Lossy::start(server.clone());
        let url = fixture.url.replace(&server, &lossy.address().to_string());
        let options = crate::StoreOptions { server_connections: 1, ..crate::StoreOptions::new(url.parse().unwrap()) };
        let store = crate::Store::open_with(options, super::things::MIGRATIONS).unwrap();
        put(&store, "before").await.unwrap();
        for i in 0..5 {
            lossy.lose_next();
            // Written once: a second run would meet its own key.
            put(&store, format!("uncertain {i}")).await.unwrap();
        }
        assert_eq!(held(&store).await.len(), 6);
    });
}

#[test]
fn a_commit_that_the_server_undid_runs_again() {
    run_on_postgres(|fixture| async move {
        let store = fixture.store();
        let schema = fixture.schema();
        // Numbers are drawn for good, whatever becomes of the transaction: only the first connection is ended.
        fixture.administer(&format!(
            "CREATE SEQUENCE {schema}.leavings;
             CREATE FUNCTION {schema}.leave() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN IF nextval(''{schema}.leavings'') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid());
                  END IF; RETURN NULL; END';
             CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON {schema}.things
                 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {schema}.leave();"
        ));
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        let result = store
            .write(move |tx| {
                counted.fetch_add(1, Ordering::Relaxed);
                insert(tx, "in the end", 1)
            })
            .await;
        assert!(result.is_ok(), "{result:?}");
        assert_eq!(runs.load(Ordering::Relaxed), 2);
        assert_eq!(held(&store).await, ["in the end"]);
    });
}

#[test]
fn connections_that_are_always_lost_are_given_up() {
    run_on_postgres(|fixture| async move {
        let store = fixture.store();
        let schema = fixture.schema();
        fixture.administer(&format!(
            "CREATE FUNCTION {schema}.leave() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
             CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON {schema}.things
                 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {schema}.leave();"
        ));
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        let result = store
            .write(move |tx| {
                counted.fetch_add(1, Ordering::Relaxed);
                insert(tx, "uncertain", 1)
            })
            .await;
        assert!(matches!(result, Err(StoreError::Busy)), "{result:?}");
        assert!(runs.load(Ordering::Relaxed) > 1);
        assert!(held(&store).await.is_empty());
    });
}

#[test]
fn conflicting_closures_run_again() {
    run_on_postgres(|fixture| async move {
        let store = fixture.store();
        put(&store, "counter").await.unwrap();
        let both_have_read = Arc::new(Barrier::new(2));
        let increment = || {
            let meet_once = AtomicBool::new(true);
            let both_have_read = Arc::clone(&both_have_read);
            store.write(move |tx| {
                let next = number(tx, "counter")? + 1;
                if meet_once.swap(false, Ordering::Relaxed) {
                    both_have_read.wait();
                }
                set_number(tx, "counter", next)
            })
        };
        let (left, right) = tokio::join!(increment(), increment());
        assert_eq!((left.unwrap(), right.unwrap()), (1, 1));
        assert_eq!(store.read(|tx| number(tx, "counter")).await.unwrap(), 2);
        assert!(store.statistics().retries >= 1);
    });
}

#[test]
fn conflicts_without_end_are_given_up() {
    run_on_postgres(|fixture| async move {
        let store = fixture.store();
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        let result: Result<(), StoreError> = store
            .write(move |tx| {
                counted.fetch_add(1, Ordering::Relaxed);
                // Whatever a closure makes of the error, a conflict ends its transaction.
                let _ = tx.savepoint(|tx| tx.script("DO 'BEGIN RAISE EXCEPTION USING ERRCODE = ''40001''; END'"));
                Ok(())
            })
            .await;
        assert!(matches!(result, Err(StoreError::Busy)), "{result:?}");
        assert_eq!(runs.load(Ordering::Relaxed), 11);
        assert_eq!(store.statistics().retries, 10);
    });
}

#[test]
fn statements_outlive_a_change_of_the_schema() {
    run_on_postgres(|fixture| async move {
        const ALL: &str = "SELECT * FROM things";
        let options = crate::StoreOptions { server_connections: 1, ..fixture.options() };
        let store = crate::Store::open_with(options, super::things::MIGRATIONS).unwrap();
        put(&store, "row").await.unwrap();
        let first = |tx: &mut Tx<'_>| tx.one(ALL, &[], |row| row.text(0));
        let before: Result<_, StoreError> = store.read(first).await;
        fixture.administer("ALTER TABLE things ADD COLUMN colour TEXT");
        let after: Result<_, StoreError> = store.read(first).await;
        assert_eq!((before.unwrap(), after.unwrap()), ("row".to_owned(), "row".to_owned()));
        assert_eq!(store.statistics().retries, 1);
    });
}

#[test]
fn reads_run_beside_an_open_write() {
    run_on_postgres(|fixture| async move {
        let store = fixture.store();
        let read_inside = store.clone();
        let runtime = tokio::runtime::Handle::current();
        let nested = move |tx: &mut Tx<'_>| {
            insert(tx, "not yet visible", 1)?;
            // Only a test may do this: a closure of the product has no handle to wait with.
            let (answer, answered) = std::sync::mpsc::channel();
            let store = read_inside.clone();
            runtime.spawn(async move { answer.send(store.read(ids).await).unwrap() });
            answered.recv().unwrap()
        };
        assert!(store.write(nested).await.unwrap().is_empty());
    });
}

/// A page continues after the last key of the one before, so keys must order alike on every server.
#[test]
fn every_key_of_the_product_orders_by_bytes() {
    run_on_postgres(|fixture| async move {
        const OTHERS: &str = "SELECT c.relname || '.' || a.attname
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
            WHERE i.indisunique AND c.relnamespace = CAST(current_schema() AS regnamespace)
                AND a.attcollation NOT IN (0, CAST('\"C\"' AS regcollation))";
        let store = fixture.try_open(migrations::ALL).unwrap();
        let others: Result<_, StoreError> = store.read(|tx| tx.all(OTHERS, &[], |row| row.text(0))).await;
        assert_eq!(others.unwrap(), Vec::<String>::new());
    });
}
