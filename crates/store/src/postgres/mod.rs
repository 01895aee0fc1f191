//! The server engine: PostgreSQL 15 or newer, or a server that speaks its protocol and dialect.
//!
//! A fixed number of threads, each with a connection of its own, take closures from one queue. Writes are
//! serializable and run again after a conflict; reads see one snapshot.

mod failure;
mod session;
mod tls;
mod version;
mod worker;

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use self::session::{ANSWER_TIME_MAX, Connector};
use self::worker::Worker;
use crate::migrations::{self, Migration, SchemaState};
use crate::queue::Queue;
use crate::statistics::Counters;
use crate::url::Server;
use crate::{OpenError, StoreOptions};

pub(crate) use self::session::Session;

/// The running engine.
pub(crate) struct Engine {
    queue: Arc<Queue>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Engine {
    /// Connects, checks the server and migrates the schema; says which version the database holds.
    pub(crate) fn open(
        server: &Server,
        options: &StoreOptions,
        known: &'static [Migration],
        counters: &Arc<Counters>,
    ) -> Result<(Self, i64), OpenError> {
        let connector = Arc::new(Connector::new(server.clone())?);
        let queue = Arc::new(Queue::new(options.queue_places.max(1)));
        let lane = Arc::new(RwLock::new(()));
        let worker = |number| Worker {
            number,
            connector: Arc::clone(&connector),
            session: None,
            queue: Arc::clone(&queue),
            counters: Arc::clone(counters),
            lane: Arc::clone(&lane),
        };
        // The caller may be inside an async runtime, where nothing may block on another one.
        let (first, version) = thread::scope(|scope| {
            let open = || open_first(worker(0), &connector, known);
            scope.spawn(open).join().unwrap_or_else(|_| Err(OpenError::new("connecting to the database panicked")))
        })?;
        let engine = Self { queue: Arc::clone(&queue), threads: Mutex::new(Vec::new()) };
        engine.start(first)?;
        for number in 1..options.server_connections.max(1) {
            engine.start(worker(number))?;
        }
        Ok((engine, version))
    }

    /// Connects, checks the server, looks at the schema and changes nothing.
    pub(crate) fn inspect(server: &Server, known: &[Migration]) -> Result<SchemaState, OpenError> {
        let connector = Arc::new(Connector::new(server.clone())?);
        let worker = Worker {
            number: 0,
            connector: Arc::clone(&connector),
            session: None,
            queue: Arc::new(Queue::new(1)),
            counters: Arc::default(),
            lane: Arc::default(),
        };
        thread::scope(|scope| {
            let look = || {
                let mut worker = connect_first(worker, &connector)?;
                migrations::inspect(&mut worker, known)
            };
            scope.spawn(look).join().unwrap_or_else(|_| Err(OpenError::new("connecting to the database panicked")))
        })
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Finishes what waits and closes the connections.
    pub(crate) fn close(&self) {
        self.queue.close();
        let threads = std::mem::take(&mut *self.lock());
        // The last handle may go away inside a closure, on one of these threads.
        for thread in threads.into_iter().filter(|thread| thread.thread().id() != thread::current().id()) {
            if thread.join().is_err() {
                tracing::error!("a thread that talks to the database had panicked");
            }
        }
    }

    fn start(&self, worker: Worker) -> Result<(), OpenError> {
        let thread = thread::Builder::new()
            .name(format!("store-{}", worker.number))
            .spawn(move || worker.serve())
            .map_err(|error| OpenError::because("could not start a thread that talks to the database", error))?;
        self.lock().push(thread);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}

fn connect_first(mut worker: Worker, connector: &Connector) -> Result<Worker, OpenError> {
    let mut session = connector.connect(ANSWER_TIME_MAX).map_err(|failure| connector.refused(failure))?;
    session.check_version(connector)?;
    worker.session = Some(session);
    Ok(worker)
}

fn open_first(worker: Worker, connector: &Connector, known: &'static [Migration]) -> Result<(Worker, i64), OpenError> {
    let mut worker = connect_first(worker, connector)?;
    let version = worker.migrate(known)?;
    Ok((worker, version))
}
