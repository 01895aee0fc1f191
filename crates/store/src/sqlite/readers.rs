//! The connections for reading. A closure runs on the caller's thread: a look-up takes less time than waking another.
//!
//! Each closure sees one snapshot. A connection is never held across an await, so whoever waits for one waits
//! for running code only.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::Session;
use crate::{StoreError, Tx, call};

const BEGIN: &str = "BEGIN DEFERRED";
const END: &str = "ROLLBACK";

/// A fixed number of connections.
pub(super) struct Readers {
    places: Semaphore,
    idle: Mutex<Vec<Session>>,
}

impl Readers {
    pub(super) fn new(sessions: Vec<Session>) -> Self {
        Self { places: Semaphore::new(sessions.len()), idle: Mutex::new(sessions) }
    }

    pub(super) async fn read<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E>,
        E: From<StoreError>,
    {
        let _place = self.places.acquire().await.map_err(|_| StoreError::Busy)?;
        // There is one for each place, unless the store was closed a moment ago.
        let mut session = self.pop().ok_or(StoreError::Busy)?;
        let result = in_snapshot(&mut session, &closure);
        self.push(session);
        result
    }

    /// Lets nobody in any more and closes the connections; one in use closes when its closure ends.
    pub(super) fn close(&self) {
        self.places.close();
        self.lock().clear();
    }

    fn pop(&self) -> Option<Session> {
        self.lock().pop()
    }

    fn push(&self, session: Session) {
        let mut idle = self.lock();
        if !self.places.is_closed() {
            idle.push(session);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn in_snapshot<T, E, F>(session: &mut Session, closure: &F) -> Result<T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E>,
    E: From<StoreError>,
{
    session.command(BEGIN)?;
    let result = call::run(closure, &mut Tx::sqlite(session));
    // SQLite may have ended it already. There is nothing to undo; this is the cheaper of the two ways out.
    if session.in_transaction() {
        session.command(END)?;
    }
    result
}
