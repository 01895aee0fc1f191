//! The bounded way from async callers to the threads that own connections.
//!
//! Callers wait asynchronously for a place, threads wait on a condition variable. After `close` nothing
//! more gets in, and threads are told to stop once everything that did get in has been taken.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::StoreError;
use crate::call::Call;

/// A bounded queue of closures, for any number of callers and threads.
pub(crate) struct Queue {
    places: Semaphore,
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

struct Waiting {
    calls: VecDeque<Box<dyn Call>>,
    idle_threads: usize,
    closed: bool,
}

impl Queue {
    pub(crate) fn new(places: usize) -> Self {
        let waiting = Waiting { calls: VecDeque::with_capacity(places), idle_threads: 0, closed: false };
        Self { places: Semaphore::new(places), waiting: Mutex::new(waiting), arrived: Condvar::new() }
    }

    /// Waits for a place and puts the call there; `Busy` once the queue is closed. A caller that gives up
    /// waiting has put nothing.
    pub(crate) async fn push(&self, call: Box<dyn Call>) -> Result<(), StoreError> {
        let place = self.places.acquire().await.map_err(|_| StoreError::Busy)?;
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(StoreError::Busy);
        }
        place.forget();
        waiting.calls.push_back(call);
        let someone_sleeps = waiting.idle_threads > 0;
        drop(waiting);
        if someone_sleeps {
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// Moves up to `most` calls into `taken`, waiting for the first; false when the queue is closed and empty.
    pub(crate) fn take(&self, most: usize, taken: &mut Vec<Box<dyn Call>>) -> bool {
        let mut waiting = self.lock();
        while waiting.calls.is_empty() {
            if waiting.closed {
                return false;
            }
            waiting.idle_threads += 1;
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
            waiting.idle_threads -= 1;
        }
        let count = waiting.calls.len().min(most);
        taken.extend(waiting.calls.drain(..count));
        drop(waiting);
        self.places.add_permits(count);
        true
    }

    /// Lets nothing more in and wakes everyone.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.places.close();
        self.arrived.notify_all();
    }

    #[cfg(test)]
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// The lock is never held while foreign code runs, so a poisoned one is still in order.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
