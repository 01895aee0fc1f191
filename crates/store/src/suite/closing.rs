//! What happens to closures on the way when their callers or the store go away.

use std::sync::{Arc, mpsc};
use std::thread;

use super::gate::{gate, start};
use super::things::{held, insert, put};
use super::{Fixture, on_both_engines};
use crate::{Store, StoreError, Tx};

on_both_engines! {
    close_finishes_what_waits,
    abandoned_write_happens_as_a_whole,
    last_handle_may_go_away_inside_a_closure,
    reopened_store_holds_everything,
    panicking_destructor_stops_nobody_else,
}

async fn close_finishes_what_waits(fixture: Arc<Fixture>) {
    let options = crate::StoreOptions { server_connections: 1, ..fixture.options() };
    let store = Store::open_with(options, super::things::MIGRATIONS).unwrap();
    let (keeper, pass) = gate();
    let mut held_up = Box::pin(store.write(move |_| {
        pass();
        Ok::<_, StoreError>(())
    }));
    start(&mut held_up).await;
    keeper.await_arrival();
    let mut waiting: Vec<_> = (0..20).map(|i| Box::pin(put(&store, format!("{i:02}")))).collect();
    for write in &mut waiting {
        start(write).await;
    }
    let closing = thread::spawn({
        let store = store.clone();
        move || store.close()
    });
    while !store.is_closing() {
        thread::yield_now();
    }
    assert!(matches!(put(&store, "too late").await, Err(StoreError::Busy)));
    keeper.open();
    for write in waiting {
        write.await.unwrap();
    }
    held_up.await.unwrap();
    closing.join().unwrap();
    assert_eq!(held(&fixture.store()).await.len(), 20);
}

async fn abandoned_write_happens_as_a_whole(fixture: Arc<Fixture>) {
    let store = fixture.store();
    let (keeper, pass) = gate();
    let mut abandoned = Box::pin(store.write(move |tx| {
        insert(tx, "first half", 1)?;
        pass();
        insert(tx, "second half", 1)
    }));
    start(&mut abandoned).await;
    keeper.await_arrival();
    drop(abandoned);
    keeper.open();
    store.close();
    assert_eq!(held(&fixture.store()).await, ["first half", "second half"]);
}

async fn last_handle_may_go_away_inside_a_closure(fixture: Arc<Fixture>) {
    let store = fixture.store();
    let (keeper, pass) = gate();
    let (is_dropped, dropped) = mpsc::channel::<()>();
    let stowaway = store.clone();
    let mut write = Box::pin(async move {
        let handle = stowaway.clone();
        let with_handle = move |tx: &mut Tx<'_>| {
            let _ = (&handle, &is_dropped);
            pass();
            insert(tx, "row", 1)
        };
        stowaway.write(with_handle).await
    });
    start(&mut write).await;
    keeper.await_arrival();
    drop(write);
    drop(store);
    keeper.open();
    // The closure is dropped, with the last handle, on the engine's own thread.
    assert!(dropped.recv().is_err());
    assert_eq!(held(&fixture.store()).await, ["row"]);
}

async fn reopened_store_holds_everything(fixture: Arc<Fixture>) {
    for i in 0..3 {
        let store = fixture.store();
        put(&store, i.to_string()).await.unwrap();
        store.close();
    }
    assert_eq!(held(&fixture.store()).await, ["0", "1", "2"]);
}

async fn panicking_destructor_stops_nobody_else(fixture: Arc<Fixture>) {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("a defect in a destructor");
        }
    }
    let options = crate::StoreOptions { server_connections: 1, ..fixture.options() };
    let store = Store::open_with(options, super::things::MIGRATIONS).unwrap();
    let (keeper, pass) = gate();
    let mut abandoned = Box::pin(store.write(move |tx| {
        pass();
        insert(tx, "kept", 1).map(|()| Bomb)
    }));
    start(&mut abandoned).await;
    keeper.await_arrival();
    drop(abandoned);
    keeper.open();
    put(&store, "after").await.unwrap();
    assert_eq!(held(&store).await, ["after", "kept"]);
}
