//! The embedded engine: one file in WAL mode, one thread that writes, a few connections that read.
//!
//! A commit is durable when it returns (`synchronous = FULL`). Other processes may read the file or back it up;
//! this process alone decides when to write.

mod copy;
mod readers;
mod session;
mod sql;
mod writer;

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::ErrorCode;

use self::readers::Readers;
use self::writer::Writer;
use crate::migrations::{self, Migration, SchemaState, Transactions};
use crate::queue::Queue;
use crate::statistics::Counters;
use crate::{OpenError, StoreError, StoreOptions, Tx};

pub use self::copy::{CopyError, Examined, copy_sqlite, examine_sqlite};
pub(crate) use self::session::Session;

/// Page caches in KiB: the writer touches every index, a reader walks one; together they stay far under the
/// memory that an idle server may use, and the system's file cache holds the rest.
const WRITER_CACHE_KIB: u32 = 8 * 1024;
const READER_CACHE_KIB: u32 = 2 * 1024;

/// The running engine.
pub(crate) struct Engine {
    queue: Arc<Queue>,
    readers: Readers,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Engine {
    /// Opens or creates the file and migrates it; says which schema version it holds.
    pub(crate) fn open(
        path: &Path,
        options: &StoreOptions,
        known: &[Migration],
        counters: &Arc<Counters>,
    ) -> Result<(Self, i64), OpenError> {
        create_file(path)?;
        let mut session = Session::writer(path, WRITER_CACHE_KIB).map_err(|error| refused(path, error))?;
        let version = migrations::migrate(&mut session, known)?;
        let readers = (0..options.reader_connections.max(1))
            .map(|_| Session::reader(path, READER_CACHE_KIB))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| refused(path, error))?;
        let queue = Arc::new(Queue::new(options.queue_places.max(1)));
        let writer = Writer {
            session,
            queue: Arc::clone(&queue),
            counters: Arc::clone(counters),
            batch_max: options.batch_max.max(1),
        };
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.serve())
            .map_err(|error| OpenError::because("could not start the thread that writes to the database", error))?;
        Ok((Self { queue, readers: Readers::new(readers), writer: Mutex::new(Some(thread)) }, version))
    }

    /// Looks at the schema in the file and changes nothing; a file that is not there is not made.
    pub(crate) fn inspect(path: &Path, known: &[Migration]) -> Result<SchemaState, OpenError> {
        if std::fs::metadata(path).is_ok_and(|found| found.len() == 0) || !path.exists() {
            return Ok(SchemaState::Empty);
        }
        let session = Session::reader(path, READER_CACHE_KIB).map_err(|error| refused(path, error))?;
        migrations::inspect(&mut Looking(session), known)
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    pub(crate) async fn read<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E>,
        E: From<StoreError>,
    {
        self.readers.read(closure).await
    }

    /// Finishes what waits and closes the file; the writer is last, so that SQLite tidies up behind it.
    pub(crate) fn close(&self) {
        self.queue.close();
        self.readers.close();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last handle may go away inside a closure, on the writer's own thread.
        if let Some(writer) = writer.filter(|writer| writer.thread().id() != thread::current().id())
            && writer.join().is_err()
        {
            tracing::error!("the thread that writes to the database had panicked");
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}

impl Transactions for Session {
    fn engine(&self) -> crate::Engine {
        crate::Engine::Sqlite
    }

    fn transaction<T>(&mut self, closure: &dyn Fn(&mut Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        in_transaction(self, "BEGIN IMMEDIATE", closure)
    }
}

/// A connection that cannot write, and so cannot ask for the right to.
struct Looking(Session);

impl Transactions for Looking {
    fn engine(&self) -> crate::Engine {
        crate::Engine::Sqlite
    }

    fn transaction<T>(&mut self, closure: &dyn Fn(&mut Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        in_transaction(&mut self.0, "BEGIN", closure)
    }
}

fn in_transaction<T>(
    session: &mut Session,
    begin: &'static str,
    closure: &dyn Fn(&mut Tx<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    session.command(begin)?;
    let result = closure(&mut Tx::sqlite(session)).and_then(|value| {
        session.command("COMMIT")?;
        Ok(value)
    });
    if session.in_transaction() {
        session.command("ROLLBACK")?;
    }
    result
}

/// Makes an empty file that only its owner can read, for it will hold secrets; SQLite gives the files beside it
/// the same mode.
fn create_file(path: &Path) -> Result<(), OpenError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let shown = path.display();
    options.open(path).map(drop).map_err(|error| {
        let sentence = match error.kind() {
            io::ErrorKind::NotFound => format!("could not create the database {shown}: its folder does not exist"),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                format!("may not write the database {shown}: give this user the right to write the file and its folder")
            }
            io::ErrorKind::IsADirectory => {
                format!("could not open the database {shown}: it is a folder, name a file in it")
            }
            _ => format!("could not open the database {shown}: {error}"),
        };
        OpenError::because(sentence, error)
    })
}

fn refused(path: &Path, error: rusqlite::Error) -> OpenError {
    let shown = path.display();
    let sentence = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            format!("{shown} is not a SQLite database: name another file, or move this one away")
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            format!("the database {shown} is damaged: restore a backup")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            format!("may not write the database {shown}: give this user the right to write the file and its folder")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("the database {shown} is in use by another program: stop that one first")
        }
        Some(ErrorCode::DiskFull) => {
            format!("the disk that holds the database {shown} is full: make room on it")
        }
        _ => format!("could not open the database {shown}: {error}"),
    };
    OpenError::because(sentence, error)
}
