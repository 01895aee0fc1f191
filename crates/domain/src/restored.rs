//! What goes when a database comes back from a backup: nothing that had ended since may come to life again.

use reeve_store::Store;
use reeve_store::tables::{challenges, jobs, sessions};

use crate::error::Error;

/// What was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Sessions of administrators, who sign in again.
    pub sessions: u64,
    /// Sign-ins and enrolments that waited for a code.
    pub challenges: u64,
}

/// Ends every session and every half-done sign-in, and gives back the leases of jobs, whose servers are gone. Safe to run
/// again. Nobody may serve from the database meanwhile.
pub async fn settle(store: &Store) -> Result<Settled, Error> {
    store
        .write(|tx| {
            jobs::release(tx)?;
            Ok(Settled { sessions: sessions::delete_everybodys(tx)?, challenges: challenges::delete_everybodys(tx)? })
        })
        .await
}
