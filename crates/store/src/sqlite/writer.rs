//! The one thread that writes: waiting closures share a transaction, and so the cost of making it durable.
//!
//! Each closure runs in a savepoint of its own and is answered only after the commit. The thread never waits
//! for company: whoever arrives during a commit makes up the next batch.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::Session;
use crate::call::{Call, Verdict};
use crate::queue::Queue;
use crate::statistics::Counters;
use crate::{StoreError, Tx};

const BEGIN: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";
const SAVEPOINT: &str = "SAVEPOINT closure";
const RELEASE: &str = "RELEASE SAVEPOINT closure";
const UNDO: &str = "ROLLBACK TO SAVEPOINT closure";

/// The writing connection and the closures that it serves.
pub(super) struct Writer {
    pub(super) session: Session,
    pub(super) queue: Arc<Queue>,
    pub(super) counters: Arc<Counters>,
    pub(super) batch_max: usize,
}

impl Writer {
    /// Serves until the queue is closed and empty.
    pub(super) fn serve(mut self) {
        let mut batch = Vec::with_capacity(self.batch_max);
        while self.queue.take(self.batch_max, &mut batch) {
            // What may panic here is foreign code: the destructor of a result that nobody waits for.
            if catch_unwind(AssertUnwindSafe(|| self.serve_batch(&mut batch))).is_err() {
                tracing::error!("answering a batch panicked; callers without an answer are told to try again");
                batch.clear();
                self.end();
            }
        }
        if let Err(error) = self.session.checkpoint() {
            tracing::warn!(%error, "could not move the write-ahead log into the database file; the next start will");
        }
    }

    /// Commits a batch and answers it. When the transaction breaks, one closure may be to blame (say, it does
    /// not fit on the disk), so each then gets a transaction of its own.
    fn serve_batch(&mut self, batch: &mut Vec<Box<dyn Call>>) {
        if let Err(error) = self.session.command(BEGIN) {
            tracing::error!(error = ?error, "could not begin a transaction");
            return batch.drain(..).for_each(|call| call.refuse(StoreError::Busy));
        }
        if batch.len() > 1 {
            match self.commit_together(batch) {
                Ok(()) => {
                    // Where every closure was refused nothing was committed, and the transaction is still open.
                    self.end();
                    return batch.drain(..).for_each(Call::answer);
                }
                Err(error) => {
                    tracing::warn!(error = ?error, "a shared transaction broke; its closures run one by one")
                }
            }
            self.counters.retried(batch.len() as u64);
            self.end();
        }
        for mut call in batch.drain(..) {
            match self.commit_alone(&mut *call) {
                Ok(()) => call.answer(),
                Err(error) => call.refuse(error),
            }
            self.end();
        }
    }

    fn commit_together(&mut self, batch: &mut [Box<dyn Call>]) -> Result<(), StoreError> {
        let mut kept = 0;
        for call in batch {
            self.session.command(SAVEPOINT)?;
            let verdict = call.run(&mut Tx::sqlite(&mut self.session));
            if !self.session.in_transaction() {
                return Err(StoreError::Busy);
            }
            match verdict {
                Verdict::Keep => kept += 1,
                Verdict::Undo => self.session.command(UNDO)?,
            }
            self.session.command(RELEASE)?;
        }
        self.commit(kept)
    }

    /// Needs no savepoint: undoing the closure is undoing the transaction.
    fn commit_alone(&mut self, call: &mut dyn Call) -> Result<(), StoreError> {
        if !self.session.in_transaction() {
            self.session.command(BEGIN)?;
        }
        match call.run(&mut Tx::sqlite(&mut self.session)) {
            Verdict::Keep => self.commit(1),
            Verdict::Undo => Ok(()),
        }
    }

    fn commit(&mut self, closures: u64) -> Result<(), StoreError> {
        if closures > 0 {
            self.session.command(COMMIT)?;
            self.counters.committed(closures);
        }
        Ok(())
    }

    /// Undoes what was not committed.
    fn end(&mut self) {
        if self.session.in_transaction()
            && let Err(error) = self.session.command(ROLLBACK)
        {
            tracing::error!(error = ?error, "could not undo a transaction");
        }
    }
}
