//! One SQLite connection with its prepared statements, for a reader or for the writer.
//!
//! Statements are known by the address of their text, which is `'static`: the rewritten text is made once.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ffi};

use super::sql::numbered;
use crate::StoreError;
use crate::tx::Visit;
use crate::value::{Row, Value};

/// How long to wait for another process, such as a backup, to let go of the file.
pub(super) const BUSY_TIME_MAX: Duration = Duration::from_secs(5);

/// A long read can make the write-ahead log grow; afterwards it is cut back to this.
const LOG_BYTES_KEPT: u32 = 64 << 20;

/// More than the crate has statements, so that none is prepared twice.
const STATEMENTS_MAX: usize = 1024;

/// Tries to switch the journal; each waits for whoever holds the file meanwhile.
const JOURNAL_TRIES_MAX: u32 = 50;

/// A connection and what it has prepared.
pub(crate) struct Session {
    connection: Connection,
    texts: HashMap<(usize, usize), Box<str>>,
}

/// Switches to a write-ahead log; says which journal there is then. SQLite answers "busy" to this at once, without the
/// patience it has otherwise, when another process opens the file at the same moment: waiting for the right to write,
/// and giving it back, is that patience.
fn write_ahead(connection: &Connection) -> rusqlite::Result<String> {
    let mut tries = 0;
    loop {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
        tries += 1;
        match mode {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && tries < JOURNAL_TRIES_MAX => {
                connection.execute_batch("BEGIN IMMEDIATE; COMMIT;")?;
            }
            mode => return mode,
        }
    }
}

impl Session {
    /// A connection that may write, with a page cache of that many KiB. The file must exist.
    pub(super) fn writer(path: &Path, cache_kib: u32) -> rusqlite::Result<Self> {
        let session = Self::open(path, cache_kib)?;
        // Readers wait for the writer in any other mode. Some network file systems cannot do this one.
        let mode = write_ahead(&session.connection)?;
        if mode != "wal" {
            return Err(ffi_error(ffi::SQLITE_ERROR, "the file system has no shared memory for a write-ahead log"));
        }
        // What is removed is overwritten: the wrapped keys of who destroyed them must not stay behind in free pages.
        session.connection.execute_batch(&format!(
            "PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON;
             PRAGMA journal_size_limit = {LOG_BYTES_KEPT};"
        ))?;
        Ok(session)
    }

    /// A connection that cannot write.
    pub(super) fn reader(path: &Path, cache_kib: u32) -> rusqlite::Result<Self> {
        let session = Self::open(path, cache_kib)?;
        session.connection.execute_batch("PRAGMA query_only = ON;")?;
        Ok(session)
    }

    fn open(path: &Path, cache_kib: u32) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIME_MAX)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        // "name" must mean a column, as on PostgreSQL, and never a text.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        // A plan does not depend on the values of parameters: otherwise a statement is planned anew for each of them.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.execute_batch(&format!("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{cache_kib};"))?;
        Ok(Self { connection, texts: HashMap::new() })
    }

    /// Moves the write-ahead log into the database file and empties it.
    pub(super) fn checkpoint(&self) -> rusqlite::Result<()> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }

    /// Whether a transaction is open. SQLite ends one by itself when, for example, the disk is full.
    pub(super) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    pub(crate) fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.bound(sql, params)?;
        if statement.column_count() == 0 {
            return Ok(statement.raw_execute()? as u64);
        }
        // A statement with RETURNING is run to its end, though nobody wants its rows.
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        drop(rows);
        drop(statement);
        Ok(self.connection.changes())
    }

    pub(crate) fn visit(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        let mut statement = self.bound(sql, params)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if visit(&Row::Sqlite(row)) == ControlFlow::Break(()) {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn command(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.bound(sql, &[])?.raw_execute()?;
        Ok(())
    }

    pub(crate) fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch(sql)?)
    }

    #[cfg(test)]
    pub(crate) fn prepare(&mut self, sql: &'static str) -> Result<(), String> {
        self.prepared(sql).map(drop).map_err(|error| error.to_string())
    }

    fn bound(&mut self, sql: &'static str, params: &[Value<'_>]) -> rusqlite::Result<CachedStatement<'_>> {
        let mut statement = self.prepared(sql)?;
        if statement.parameter_count() != params.len() {
            return Err(rusqlite::Error::InvalidParameterCount(params.len(), statement.parameter_count()));
        }
        for (i, value) in params.iter().enumerate() {
            statement.raw_bind_parameter(i + 1, value)?;
        }
        Ok(statement)
    }

    fn prepared(&mut self, sql: &'static str) -> rusqlite::Result<CachedStatement<'_>> {
        let address = (sql.as_ptr().addr(), sql.len());
        let text = self.texts.entry(address).or_insert_with(|| numbered(sql).into());
        self.connection.prepare_cached(text)
    }
}

fn ffi_error(code: i32, sentence: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(sentence.to_owned()))
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let Some(cause) = error.sqlite_error() else {
            return Self::failed(error);
        };
        match (cause.code, cause.extended_code) {
            (
                ErrorCode::ConstraintViolation,
                ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID,
            ) => Self::Duplicate,
            (
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::OutOfMemory,
                _,
            ) => {
                tracing::warn!(%error, "SQLite cannot do this now");
                Self::Busy
            }
            _ => Self::failed(error),
        }
    }
}
