//! A closure that stops half-way until the test lets it go on, and futures that are started without being awaited.

use std::pin::Pin;
use std::sync::{Mutex, mpsc};
use std::task::Poll;

use crate::{Store, StoreError, Tx};

/// The test's side of a [`gate`].
pub(crate) struct Keeper {
    entered: mpsc::Receiver<()>,
    open: mpsc::Sender<()>,
}

impl Keeper {
    /// Waits until the closure is at the gate.
    pub(crate) fn await_arrival(&self) {
        self.entered.recv().unwrap();
    }

    /// Lets the closure through, once.
    pub(crate) fn open(&self) {
        self.open.send(()).unwrap();
    }
}

/// A place in a closure where it reports and waits; blocks its thread, as a closure does.
pub(crate) fn gate() -> (Keeper, impl Fn() + Send + 'static) {
    let (enter, entered) = mpsc::channel();
    let (open, opened) = mpsc::channel::<()>();
    let opened = Mutex::new(opened);
    let pass = move || {
        enter.send(()).unwrap();
        opened.lock().unwrap().recv().unwrap();
    };
    (Keeper { entered, open }, pass)
}

/// Polls a future once, so that its closure gets into the queue.
pub(crate) async fn start<F: Future>(future: &mut Pin<Box<F>>) {
    std::future::poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

/// Holds a thread of the engine up, lets `crowd` get into the queue, then lets the thread go on.
pub(crate) async fn behind_a_closed_gate<C: Future>(
    store: &Store,
    crowd: impl IntoIterator<Item = C>,
) -> Vec<C::Output> {
    let (keeper, pass) = gate();
    let hold_up = move |_: &mut Tx<'_>| {
        pass();
        Ok::<_, StoreError>(())
    };
    let mut held_up = Box::pin(store.write(hold_up));
    start(&mut held_up).await;
    keeper.await_arrival();
    let mut crowd: Vec<_> = crowd.into_iter().map(Box::pin).collect();
    for write in &mut crowd {
        start(write).await;
    }
    keeper.open();
    held_up.await.unwrap();
    let mut results = Vec::new();
    for write in crowd {
        results.push(write.await);
    }
    results
}
