//! What an error of the server or of the connection means for the closure that met it.

use std::io;
use std::time::Duration;

use tokio_postgres::error::SqlState;

use crate::StoreError;

/// Why a future on a connection did not end well.
#[derive(Debug)]
pub(super) enum Failure {
    Driver(tokio_postgres::Error),
    Slow(Duration),
    Io(io::Error),
}

/// What keeps a transaction from going on, whatever its closure makes of the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Another transaction was in the way: run again.
    Conflict,
    /// The schema changed under a prepared statement: prepare and run again.
    Stale,
    /// The connection is gone, and with it all that was not committed: connect and run again.
    Lost,
    /// The server did not answer in time; it may still be busy with the statement.
    Slow,
}

impl Failure {
    /// The error for the closure, and the trouble for its transaction. Logs what the error leaves out.
    pub(super) fn judge(self) -> (StoreError, Option<Trouble>) {
        let error = match self {
            Self::Driver(error) => error,
            Self::Slow(limit) => {
                tracing::warn!(limit_s = limit.as_secs(), "the database did not answer in time");
                return (StoreError::Busy, Some(Trouble::Slow));
            }
            Self::Io(error) => {
                tracing::warn!(%error, "no connection to the database");
                return (StoreError::Busy, Some(Trouble::Lost));
            }
        };
        let Some(code) = error.code() else {
            let is_io = std::error::Error::source(&error).is_some_and(|source| source.is::<io::Error>());
            if !error.is_closed() && !is_io {
                return (StoreError::failed(error), None);
            }
            tracing::debug!(%error, "the connection to the database was lost");
            return (StoreError::Busy, Some(Trouble::Lost));
        };
        let trouble = trouble(code, &error);
        if *code == SqlState::UNIQUE_VIOLATION {
            (StoreError::Duplicate, None)
        } else if trouble.is_some() {
            (StoreError::Busy, trouble)
        } else if passes(code) {
            tracing::warn!(%error, code = code.code(), "the database cannot do this now");
            (StoreError::Busy, None)
        } else {
            (StoreError::failed(error), None)
        }
    }
}

fn trouble(code: &SqlState, error: &tokio_postgres::Error) -> Option<Trouble> {
    let is_stale = *code == SqlState::INVALID_SQL_STATEMENT_NAME
        || *code == SqlState::FEATURE_NOT_SUPPORTED
            && error.as_db_error().is_some_and(|error| error.message().contains("cached plan"));
    // A server that turned into a standby refuses writes; another connection may reach the new primary.
    let is_lost = code.code().starts_with("08")
        || [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            SqlState::IDLE_SESSION_TIMEOUT,
        ]
        .contains(code);
    match code {
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => Some(Trouble::Conflict),
        _ if is_stale => Some(Trouble::Stale),
        _ if is_lost => Some(Trouble::Lost),
        _ => None,
    }
}

/// Whether waiting may help: a full disk, no memory or connection left, a lock or a statement that took too long.
fn passes(code: &SqlState) -> bool {
    code.code().starts_with("53") || *code == SqlState::LOCK_NOT_AVAILABLE || *code == SqlState::QUERY_CANCELED
}
