//! The handle that the rest of the system holds: opens an engine and gives it closures.
//!
//! A closure may run more than once and must touch nothing but its transaction. Dropping the future of `read`
//! or `write` never leaves half a change: the closure then either happens as a whole or not at all.

use std::fmt;
use std::sync::Arc;

use crate::call::{Access, Pending};
use crate::migrations::{self, Migration, SchemaState};
use crate::queue::Queue;
use crate::statistics::{Counters, Statistics};
use crate::url::Target;
use crate::{BlobUrl, Blobs, DatabaseUrl, OpenError, StoreError, Tx, postgres, sqlite};

/// PostgreSQL alone: SQLite has no clock but ours.
const SERVER_CLOCK: &str = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";

/// The SQL engine behind a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded engine: one file.
    Sqlite,
    /// PostgreSQL, or a server that speaks its protocol and dialect.
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// How to open a store.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Where the database is.
    pub url: DatabaseUrl,
    /// SQLite: connections for reading. More than the threads that run closures is waste.
    pub reader_connections: usize,
    /// PostgreSQL: connections, and so closures that run at once.
    pub server_connections: usize,
    /// Closures that may wait for a connection before callers are held back.
    pub queue_places: usize,
    /// SQLite: waiting closures that may share one commit.
    pub batch_max: usize,
    /// Where blobs are; `None` for those who need none.
    pub blobs: Option<BlobUrl>,
}

impl StoreOptions {
    /// The defaults: four readers or eight server connections, a thousand waiting closures, 256 to a commit.
    pub fn new(url: DatabaseUrl) -> Self {
        Self { url, reader_connections: 4, server_connections: 8, queue_places: 1024, batch_max: 256, blobs: None }
    }
}

/// A database that is open, migrated and ready; clones share it.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    options: StoreOptions,
    engine: Running,
    blobs: Option<Blobs>,
    schema_version: i64,
    counters: Arc<Counters>,
}

enum Running {
    Sqlite(sqlite::Engine),
    Postgres(postgres::Engine),
}

impl Store {
    /// Connects, checks the engine's version and migrates the schema. Blocks: call it before serving.
    pub fn open(options: StoreOptions) -> Result<Self, OpenError> {
        Self::open_with(options, migrations::ALL)
    }

    /// Says how the schema of a database stands, without opening it for use and without changing anything.
    pub fn inspect(options: &StoreOptions) -> Result<SchemaState, OpenError> {
        Self::inspect_with(options, migrations::ALL)
    }

    pub(crate) fn inspect_with(options: &StoreOptions, known: &[Migration]) -> Result<SchemaState, OpenError> {
        match options.url.target() {
            Target::Sqlite(path) => sqlite::Engine::inspect(path, known),
            Target::Postgres(server) => postgres::Engine::inspect(server, known),
        }
    }

    pub(crate) fn open_with(options: StoreOptions, known: &'static [Migration]) -> Result<Self, OpenError> {
        let counters = Arc::new(Counters::default());
        let blobs = options.blobs.as_ref().map(Blobs::open).transpose()?;
        let (engine, schema_version) = match options.url.target() {
            Target::Sqlite(path) => {
                let (engine, version) = sqlite::Engine::open(path, &options, known, &counters)?;
                (Running::Sqlite(engine), version)
            }
            Target::Postgres(server) => {
                let (engine, version) = postgres::Engine::open(server, &options, known, &counters)?;
                (Running::Postgres(engine), version)
            }
        };
        Ok(Self { shared: Arc::new(Shared { options, engine, blobs, schema_version, counters }) })
    }

    /// Runs a closure that only reads, in one snapshot of the database. On SQLite it runs on the caller's
    /// thread: keep it to indexed look-ups and pages.
    pub async fn read<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        E: From<StoreError> + Send + 'static,
        T: Send + 'static,
    {
        match &self.shared.engine {
            Running::Sqlite(engine) => engine.read(closure).await,
            Running::Postgres(_) => self.enqueue(Access::Read, closure).await,
        }
    }

    /// Runs a closure that may change rows. `Ok` means that its changes are durable; `Err` that none were kept,
    /// but for `Busy` when the connection was lost during the commit itself.
    pub async fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        E: From<StoreError> + Send + 'static,
        T: Send + 'static,
    {
        self.enqueue(Access::Write, closure).await
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match &self.shared.engine {
            Running::Sqlite(_) => Engine::Sqlite,
            Running::Postgres(_) => Engine::Postgres,
        }
    }

    /// The blobs beside the database, where there are any.
    pub fn blobs(&self) -> Option<&Blobs> {
        self.shared.blobs.as_ref()
    }

    /// The number of the newest migration that the database holds.
    pub fn schema_version(&self) -> i64 {
        self.shared.schema_version
    }

    /// Asks the database for a trivial answer, to learn whether it gives any.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read(|tx| tx.one("SELECT 1", &[], |row| row.int(0)).map(drop)).await
    }

    /// What the clock of the database server shows, in UTC milliseconds; `None` where there is no server.
    pub async fn clock(&self) -> Result<Option<i64>, StoreError> {
        match self.engine() {
            Engine::Sqlite => Ok(None),
            Engine::Postgres => self.read(|tx| tx.one(SERVER_CLOCK, &[], |row| row.int(0))).await.map(Some),
        }
    }

    /// Octets that are free where the database file is; `None` where there is a server, or nobody can tell.
    pub fn free_bytes(&self) -> Option<u64> {
        match self.shared.options.url.target() {
            Target::Sqlite(path) => {
                let there = rustix::fs::statvfs(path).ok()?;
                Some(there.f_bavail.saturating_mul(there.f_frsize))
            }
            Target::Postgres(_) => None,
        }
    }

    /// What happened since the store was opened.
    pub fn statistics(&self) -> Statistics {
        self.shared.counters.statistics()
    }

    /// Refuses new closures, finishes those that wait and closes the database, for every clone. Blocks until done;
    /// dropping the last clone does the same.
    pub fn close(self) {
        self.shared.engine.close();
    }

    async fn enqueue<T, E, F>(&self, access: Access, closure: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        E: From<StoreError> + Send + 'static,
        T: Send + 'static,
    {
        let (call, answer) = Pending::new(access, closure);
        self.shared.engine.queue().push(Box::new(call)).await?;
        // A thread that dies takes its calls with it, and the store can serve nothing any more.
        answer.await.unwrap_or_else(|_| Err(E::from(StoreError::Busy)))
    }

    /// Whether new closures are refused already.
    #[cfg(test)]
    pub(crate) fn is_closing(&self) -> bool {
        self.shared.engine.queue().is_closed()
    }

    /// Prepares each named statement, so that one test can show that both engines accept all of them.
    #[cfg(test)]
    pub(crate) async fn prepare_all(&self, statements: Vec<(&'static str, &'static str)>) -> Result<(), String> {
        let prepare = move |tx: &mut Tx<'_>| -> Result<Vec<String>, StoreError> {
            Ok(statements
                .iter()
                .filter_map(|(name, sql)| tx.prepare(sql).err().map(|error| format!("{name}: {error}")))
                .collect())
        };
        match self.read(prepare).await {
            Ok(refused) if refused.is_empty() => Ok(()),
            Ok(refused) => Err(refused.join("\n")),
            Err(error) => Err(format!("{error:?}")),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("url", &self.shared.options.url)
            .field("schema_version", &self.schema_version())
            .finish_non_exhaustive()
    }
}

impl Running {
    fn queue(&self) -> &Queue {
        match self {
            Self::Sqlite(engine) => engine.queue(),
            Self::Postgres(engine) => engine.queue(),
        }
    }

    fn close(&self) {
        match self {
            Self::Sqlite(engine) => engine.close(),
            Self::Postgres(engine) => engine.close(),
        }
    }
}
