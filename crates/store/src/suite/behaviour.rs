//! What every closure may rely on, whatever the engine.

use std::sync::Arc;

use super::gate::gate;
use super::things::{self, count, held, ids_after, insert, insert_payload, number, put, set_number};
use super::{Fixture, on_both_engines};
use crate::{Engine, Store, StoreError, Tx, migrations, tables};

on_both_engines! {
    awaited_write_is_read_back,
    values_come_back_as_they_went_in,
    error_undoes_the_closure,
    savepoint_undoes_its_part_alone,
    failed_statement_spoils_the_transaction,
    duplicate_key_has_a_kind_of_its_own,
    panic_undoes_its_closure_alone,
    parameters_bind_by_number,
    increments_are_never_lost,
    pages_follow_the_order_of_bytes,
    read_cannot_write,
    read_sees_one_snapshot,
    crowd_gets_through_a_narrow_queue,
    absent_rows_and_wrong_types_are_told_apart,
    nul_in_a_text_is_refused,
    defects_are_failures,
    returning_counts_and_yields_rows,
    ping_answers,
    every_statement_is_prepared,
}

async fn awaited_write_is_read_back(fixture: Arc<Fixture>) {
    let store = fixture.store();
    for i in 0..20 {
        put(&store, format!("{i:02}")).await.unwrap();
        assert_eq!(store.read(count).await.unwrap(), i + 1);
    }
}

async fn values_come_back_as_they_went_in(fixture: Arc<Fixture>) {
    let store = fixture.store();
    let payload: Vec<u8> = (0..=255).collect();
    let expected = payload.clone();
    let note = "Ærøskøbing 🏝 'quoted' \\ $1";
    store.write(move |tx| insert_payload(tx, "full", note, &payload)).await.unwrap();
    store.write(|tx| insert(tx, "empty", i64::MIN)).await.unwrap();
    let read = |id: &'static str| {
        store.read(move |tx| {
            tx.one("SELECT number, note, payload, number = 0 FROM things WHERE id = $1", &[id.into()], |row| {
                Ok((row.int(0)?, row.opt_text(1)?, row.bytes(2).ok(), row.flag(3)?))
            })
        })
    };
    let full: Result<_, StoreError> = read("full").await;
    assert_eq!(full.unwrap(), (0, Some(note.to_owned()), Some(expected), true));
    assert_eq!(read("empty").await.unwrap(), (i64::MIN, None, None, false));
}

async fn error_undoes_the_closure(fixture: Arc<Fixture>) {
    let store = fixture.store();
    let result: Result<(), StoreError> = store
        .write(|tx| {
            insert(tx, "gone", 1)?;
            Err(StoreError::failed("the closure thought better of it"))
        })
        .await;
    assert!(matches!(result, Err(StoreError::Failed(_))));
    assert!(held(&store).await.is_empty());
}

async fn savepoint_undoes_its_part_alone(fixture: Arc<Fixture>) {
    let store = fixture.store();
    let outer: Result<(), StoreError> = store
        .write(|tx| {
            insert(tx, "before", 1)?;
            let inner = tx.savepoint(|tx| {
                insert(tx, "undone", 1)?;
                tx.savepoint(|tx| insert(tx, "undone too", 1))?;
                insert(tx, "before", 2)
            });
            assert!(matches!(inner, Err(StoreError::Duplicate)));
            tx.savepoint(|tx| {
                let innermost: Result<(), StoreError> = tx.savepoint(|tx| {
                    insert(tx, "undone again", 1)?;
                    Err(StoreError::Busy)
                });
                assert!(matches!(innermost, Err(StoreError::Busy)));
                insert(tx, "kept", 1)
            })?;
            insert(tx, "after", 1)
        })
        .await;
    outer.unwrap();
    assert_eq!(held(&store).await, ["after", "before", "kept"]);
}

async fn failed_statement_spoils_the_transaction(fixture: Arc<Fixture>) {
    let store = fixture.store();
    put(&store, "first").await.unwrap();
    let swallowed = store
        .write(|tx| {
            insert(tx, "second", 1)?;
            let _ = insert(tx, "first", 2);
            Ok::<_, StoreError>(())
        })
        .await;
    assert!(matches!(swallowed, Err(StoreError::Failed(_))), "{swallowed:?}");
    let went_on = store
        .write(|tx| {
            let _ = insert(tx, "first", 2);
            insert(tx, "third", 1)
        })
        .await;
    assert!(matches!(went_on, Err(StoreError::Failed(_))), "{went_on:?}");
    let swallowed_inside = store
        .write(|tx| {
            insert(tx, "fourth", 1)?;
            let part = tx.savepoint(|tx| {
                let _ = insert(tx, "first", 2);
                Ok::<_, StoreError>(())
            });
            assert!(matches!(part, Err(StoreError::Failed(_))));
            Ok::<_, StoreError>(())
        })
        .await;
    swallowed_inside.unwrap();
    assert_eq!(held(&store).await, ["first", "fourth"]);
}

async fn duplicate_key_has_a_kind_of_its_own(fixture: Arc<Fixture>) {
    let store = fixture.store();
    put(&store, "taken").await.unwrap();
    assert!(matches!(put(&store, "taken").await, Err(StoreError::Duplicate)));
    put(&store, "free").await.unwrap();
}

async fn panic_undoes_its_closure_alone(fixture: Arc<Fixture>) {
    let store = fixture.store();
    let panicking = store.write(|tx| -> Result<(), StoreError> {
        insert(tx, "gone", 1)?;
        tx.savepoint(|_| panic!("a defect in a closure"))
    });
    let (panicked, beside) = tokio::join!(panicking, put(&store, "kept"));
    let StoreError::Failed(source) = panicked.unwrap_err() else { panic!("expected a failure") };
    assert!(source.to_string().contains("a defect in a closure"));
    beside.unwrap();
    let reading: Result<(), StoreError> = store.read(|_| panic!("a defect in a reader")).await;
    assert!(matches!(reading, Err(StoreError::Failed(_))));
    let between_rows: Result<Vec<()>, StoreError> =
        store.read(|tx| tx.all("SELECT id FROM things", &[], |_| panic!("a defect between rows"))).await;
    assert!(matches!(between_rows, Err(StoreError::Failed(_))));
    put(&store, "kept after").await.unwrap();
    assert_eq!(held(&store).await, ["kept", "kept after"]);
}

async fn parameters_bind_by_number(fixture: Arc<Fixture>) {
    let store = fixture.store();
    let both: Result<_, StoreError> = store
        .read(|tx| {
            let sql = "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), '$3', CAST($2 AS TEXT)";
            tx.one(sql, &["first".into(), "second".into()], |row| {
                Ok([row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?])
            })
        })
        .await;
    assert_eq!(both.unwrap(), ["second", "first", "$3", "second"]);
}

async fn increments_are_never_lost(fixture: Arc<Fixture>) {
    const TASKS: i64 = 50;
    let store = fixture.store();
    put(&store, "counter").await.unwrap();
    let increment = |store: Store| async move {
        let add_one = |tx: &mut Tx<'_>| {
            let next = number(tx, "counter")? + 1;
            set_number(tx, "counter", next)
        };
        store.write(add_one).await
    };
    let tasks: Vec<_> = (0..TASKS).map(|_| tokio::spawn(increment(store.clone()))).collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), 1);
    }
    assert_eq!(store.read(|tx| number(tx, "counter")).await.unwrap(), TASKS);
}

async fn pages_follow_the_order_of_bytes(fixture: Arc<Fixture>) {
    let mut ids =
        ["a", "B", "b", "Z", "_", "-", "~", "é", "e\u{301}", "ß", "ss", "z", "0", "10", "9", "a b", "a-b", "ab"];
    let store = fixture.store();
    for id in ids {
        put(&store, id).await.unwrap();
    }
    let mut paged: Vec<String> = Vec::new();
    loop {
        let last = paged.last().cloned().unwrap_or_default();
        let page = store.read(move |tx| ids_after(tx, &last, 5)).await.unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    ids.sort_unstable();
    assert_eq!(paged, ids);
}

async fn read_cannot_write(fixture: Arc<Fixture>) {
    let store = fixture.store();
    assert!(matches!(store.read(|tx| insert(tx, "sneaked in", 1)).await, Err(StoreError::Failed(_))));
    let after_reading = store.read(|tx| count(tx).and_then(|_| insert(tx, "sneaked in", 1)));
    assert!(matches!(after_reading.await, Err(StoreError::Failed(_))));
    assert!(held(&store).await.is_empty());
}

async fn read_sees_one_snapshot(fixture: Arc<Fixture>) {
    let store = fixture.store();
    let (keeper, pass) = gate();
    let reader = tokio::spawn({
        let store = store.clone();
        async move {
            let count_twice = move |tx: &mut Tx<'_>| {
                let before = count(tx)?;
                pass();
                Ok::<_, StoreError>((before, count(tx)?))
            };
            store.read(count_twice).await
        }
    });
    keeper.await_arrival();
    put(&store, "in between").await.unwrap();
    keeper.open();
    assert_eq!(reader.await.unwrap().unwrap(), (0, 0));
    assert_eq!(store.read(count).await.unwrap(), 1);
}

async fn crowd_gets_through_a_narrow_queue(fixture: Arc<Fixture>) {
    let options = crate::StoreOptions { queue_places: 1, ..fixture.options() };
    let store = Store::open_with(options, things::MIGRATIONS).unwrap();
    let one = |i: usize, store: Store| async move { put(&store, i.to_string()).await };
    let tasks: Vec<_> = (0..64).map(|i| tokio::spawn(one(i, store.clone()))).collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(held(&store).await.len(), 64);
}

async fn absent_rows_and_wrong_types_are_told_apart(fixture: Arc<Fixture>) {
    const NOTE: &str = "SELECT id, note FROM things WHERE id = $1";
    let store = fixture.store();
    put(&store, "here").await.unwrap();
    let absent: Result<_, StoreError> = store.read(|tx| tx.opt(NOTE, &["nowhere".into()], |row| row.text(0))).await;
    assert_eq!(absent.unwrap(), None);
    let expect_failure = |result: Result<String, StoreError>| assert!(matches!(result, Err(StoreError::Failed(_))));
    expect_failure(store.read(|tx| tx.one(NOTE, &["nowhere".into()], |row| row.text(0))).await);
    expect_failure(store.read(|tx| tx.one(NOTE, &["here".into()], |row| row.text(1))).await);
    expect_failure(store.read(|tx| tx.one(NOTE, &["here".into()], |row| row.int(0).map(|n| n.to_string()))).await);
    expect_failure(store.read(|tx| tx.one(NOTE, &["here".into()], |row| row.text(2))).await);
    let all = store.read(|tx| tx.all(NOTE, &["here".into()], |row| row.text(1))).await;
    assert!(matches!(all, Err(StoreError::Failed(_))));
}

async fn nul_in_a_text_is_refused(fixture: Arc<Fixture>) {
    let store = fixture.store();
    assert!(matches!(put(&store, "a\0b").await, Err(StoreError::Failed(_))));
}

async fn defects_are_failures(fixture: Arc<Fixture>) {
    let store = fixture.store();
    for sql in [
        "SELEKT 1",
        "SELECT colour FROM things",
        "SELECT \"colour\" FROM things",
        "INSERT INTO things (id) VALUES ('a')",
    ] {
        let result = store.write(move |tx| tx.execute(sql, &[])).await;
        assert!(matches!(result, Err(StoreError::Failed(_))), "{sql}: {result:?}");
    }
    let missing = store.write(|tx| tx.execute("UPDATE things SET number = $1 WHERE id = $2", &[1.into()])).await;
    assert!(matches!(missing, Err(StoreError::Failed(_))), "{missing:?}");
}

async fn returning_counts_and_yields_rows(fixture: Arc<Fixture>) {
    const RENUMBER: &str = "UPDATE things SET number = number + $1 RETURNING id, number";
    let store = fixture.store();
    put(&store, "a").await.unwrap();
    put(&store, "b").await.unwrap();
    let changed: Result<u64, StoreError> = store.write(|tx| tx.execute(RENUMBER, &[5.into()])).await;
    assert_eq!(changed.unwrap(), 2);
    let rows: Result<Vec<_>, StoreError> =
        store.write(|tx| tx.all(RENUMBER, &[5.into()], |row| Ok((row.text(0)?, row.int(1)?)))).await;
    let mut rows = rows.unwrap();
    rows.sort();
    assert_eq!(rows, [("a".to_owned(), 10), ("b".to_owned(), 10)]);
}

async fn ping_answers(fixture: Arc<Fixture>) {
    let store = fixture.store();
    store.ping().await.unwrap();
    let expected = if fixture.url.starts_with("postgres") { Engine::Postgres } else { Engine::Sqlite };
    assert_eq!(store.engine(), expected);
    assert_eq!(store.schema_version(), 1);
    store.clone().close();
    assert!(matches!(store.ping().await, Err(StoreError::Busy)));
}

/// The product's own schema and statements.
async fn every_statement_is_prepared(fixture: Arc<Fixture>) {
    let store = fixture.try_open(migrations::ALL).unwrap();
    store.prepare_all(tables::statements()).await.unwrap();
    let refused = store.prepare_all(vec![("wrong", "SELECT colour FROM users")]).await.unwrap_err();
    assert!(refused.starts_with("wrong: "), "{refused}");
}
