//! Counts of what the engines did, for the metrics page and for the benchmark of group commit.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a store did since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Transactions that were committed with changes.
    pub commits: u64,
    /// Write closures that those transactions carried; divided by `commits` it is the group commit factor.
    pub closures: u64,
    /// Times that a closure had to run again: conflicts, lost connections, broken batches.
    pub retries: u64,
}

/// The counters behind [`Statistics`]; each stands alone, so no order between them is promised.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    commits: AtomicU64,
    closures: AtomicU64,
    retries: AtomicU64,
}

impl Counters {
    /// One commit made the changes of that many closures durable.
    pub(crate) fn committed(&self, closures: u64) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.closures.fetch_add(closures, Ordering::Relaxed);
        metrics::counter!("reeve_store_commits_total").increment(1);
        metrics::counter!("reeve_store_closures_total").increment(closures);
    }

    /// That many closures run again.
    pub(crate) fn retried(&self, closures: u64) {
        self.retries.fetch_add(closures, Ordering::Relaxed);
        metrics::counter!("reeve_store_retries_total").increment(closures);
    }

    pub(crate) fn statistics(&self) -> Statistics {
        Statistics {
            commits: self.commits.load(Ordering::Relaxed),
            closures: self.closures.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
        }
    }
}
