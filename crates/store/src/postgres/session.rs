//! One connection with its prepared statements, driven by the thread that owns it.
//!
//! The driver is asynchronous; each call here waits for it on a small runtime of the connection's own. What that
//! buys is pipelining: the BEGIN of a read travels with its first statement and costs no round trip.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failure::{Failure, Trouble};
use super::{tls, version};
use crate::tx::Visit;
use crate::url::Server;
use crate::value::{Row, Value};
use crate::{OpenError, StoreError};

/// A statement that takes longer has lost its caller long ago; the connection is given up with it.
pub(super) const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

/// A server that is told goodbye gets this long to take note.
const GOODBYE_TIME_MAX: Duration = Duration::from_secs(1);

/// The driver logs every notice, and none of them tells us anything.
const SET_UP: &str = "SET client_min_messages = error";
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Also asks for the number by which the outcome of the commit can be asked for, should the connection be lost.
const BEGIN_NUMBERED_WRITE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; SELECT pg_current_xact_id()";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// Knows how to connect.
pub(super) struct Connector {
    server: Server,
    tls: MakeRustlsConnect,
    /// Whether the server numbers transactions and remembers how they ended.
    remembers: AtomicBool,
}

/// How a transaction ended whose end nobody was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Committed,
    Undone,
    /// The server is still at it.
    Open,
    Unknown,
}

/// A connection and what it has prepared.
pub(crate) struct Session {
    // Dropped before the statements, which then need not be closed one by one.
    client: Client,
    statements: HashMap<(usize, usize), Statement>,
    connection: JoinHandle<()>,
    runtime: Runtime,
    /// Goes out together with the next statement.
    begin: Option<&'static str>,
    /// Whether writes are numbered.
    numbered: bool,
    /// The number of the present write.
    number: Option<String>,
    trouble: Option<Trouble>,
    answer_time_max: Duration,
}

impl Connector {
    pub(super) fn new(server: Server) -> Result<Self, OpenError> {
        let tls = tls::connector(&server.trust)?;
        Ok(Self { server, tls, remembers: AtomicBool::new(false) })
    }

    pub(super) fn connect(&self, answer_time_max: Duration) -> Result<Session, Failure> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Failure::Io)?;
        let config = &self.server.config;
        // The driver's own limit ends with the TCP handshake; a host may also accept and then say nothing.
        let hosts = u32::try_from(config.get_hosts().len()).unwrap_or(1);
        let limit = config.get_connect_timeout().copied().unwrap_or(ANSWER_TIME_MAX) * (hosts + 1);
        let (client, connection) = wait(&runtime, limit, config.connect(self.tls.clone()))?;
        let connection = runtime.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to the database ended");
            }
        });
        wait(&runtime, limit, client.batch_execute(SET_UP))?;
        Ok(Session {
            client,
            statements: HashMap::new(),
            connection,
            runtime,
            begin: None,
            numbered: self.remembers.load(Ordering::Relaxed),
            number: None,
            trouble: None,
            answer_time_max,
        })
    }

    /// The sentence for an operator whose server could not be reached or did not let us in.
    pub(super) fn refused(&self, failure: Failure) -> OpenError {
        let server = &self.server;
        let name = server.config.get_dbname().or(server.config.get_user()).unwrap_or_default();
        let error = match failure {
            Failure::Driver(error) => error,
            Failure::Slow(_) => {
                return OpenError::new(format!(
                    "{server} accepted the connection and then said nothing: is it PostgreSQL?"
                ));
            }
            Failure::Io(error) => {
                return OpenError::because("could not start talking to the database", error);
            }
        };
        let sentence = match error.code() {
            Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
                format!("{server} refused the user or the password: check both in the database URL")
            }
            Some(&SqlState::INVALID_CATALOG_NAME) => {
                format!("{server} has no database {name:?}: create it or name another in the database URL")
            }
            Some(&SqlState::TOO_MANY_CONNECTIONS) => {
                format!("{server} has no connection left: raise its max_connections or close other programs")
            }
            Some(&SqlState::CANNOT_CONNECT_NOW) => {
                format!("{server} is starting up or shutting down: try again soon")
            }
            Some(_) => format!("{server} refused the connection: {}", deepest(&error)),
            None => format!(
                "could not connect to {server} ({}): check that it runs and that the database URL is right",
                deepest(&error)
            ),
        };
        OpenError::because(sentence, error)
    }
}

/// The driver wraps the telling cause in general words.
fn deepest(error: &tokio_postgres::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

impl Session {
    /// Refuses a server that is too old; notes what a newer one can do.
    pub(super) fn check_version(&mut self, connector: &Connector) -> Result<(), OpenError> {
        let banner = self.ask("SELECT version()").map_err(|failure| {
            OpenError::because("the database server would not tell its version", failure.judge().0)
        })?;
        let banner = banner.unwrap_or_default();
        version::check(&banner).map_err(OpenError::new)?;
        self.numbered = version::remembers_outcomes(&banner);
        connector.remembers.store(self.numbered, Ordering::Relaxed);
        Ok(())
    }

    /// The first value that the server answers.
    fn ask(&self, sql: &str) -> Result<Option<String>, Failure> {
        let answer = wait(&self.runtime, self.answer_time_max, self.client.simple_query(sql))?;
        Ok(answer.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        }))
    }

    /// How the write with this number ended.
    pub(super) fn outcome_of(&self, number: &str) -> Outcome {
        // A server that has forgotten, or is not the one that was asked, answers nothing or with an error.
        match self.ask(&format!("SELECT pg_xact_status('{number}'::xid8)")).ok().flatten().as_deref() {
            Some("committed") => Outcome::Committed,
            Some("aborted") => Outcome::Undone,
            Some("in progress") => Outcome::Open,
            _ => Outcome::Unknown,
        }
    }

    pub(super) fn set_answer_time_max(&mut self, limit: Duration) {
        self.answer_time_max = limit;
    }

    pub(super) fn begin_write(&mut self) -> Result<(), StoreError> {
        self.number = None;
        if !self.numbered {
            return self.command(BEGIN_WRITE);
        }
        self.refuse_in_trouble()?;
        let answer = self.ask(BEGIN_NUMBERED_WRITE);
        self.number = self.note(answer)?;
        Ok(())
    }

    /// Costs nothing before the first statement. A write is not begun like this: were its BEGIN refused, the
    /// statement behind it would stand alone and be committed.
    pub(super) fn begin_read(&mut self) {
        self.begin = Some(BEGIN_READ);
    }

    pub(super) fn commit(&mut self) -> Result<(), StoreError> {
        self.command(COMMIT)
    }

    pub(super) fn rollback(&mut self) -> Result<(), StoreError> {
        if self.begin.take().is_some() {
            return Ok(());
        }
        self.command(ROLLBACK)
    }

    /// The number of the last write that was begun, if the server gave it one. All of it are digits.
    pub(super) fn number(&self) -> Option<String> {
        self.number.clone().filter(|number| number.bytes().all(|octet| octet.is_ascii_digit()))
    }

    /// Whether the transaction cannot go on, whatever its closure makes of that.
    pub(super) fn in_trouble(&self) -> bool {
        self.trouble.is_some()
    }

    /// What kept the transaction from going on, once.
    pub(super) fn take_trouble(&mut self) -> Option<Trouble> {
        self.trouble.take()
    }

    /// Forgets every prepared statement, because the schema may have changed.
    pub(super) fn forget_statements(&mut self) {
        self.statements.clear();
    }

    /// Says goodbye, so that the server does not log a lost connection.
    pub(crate) fn close(self) {
        let Self { client, statements, connection, runtime, .. } = self;
        drop(client);
        drop(statements);
        let _ = runtime.block_on(async { timeout(GOODBYE_TIME_MAX, connection).await });
    }

    pub(crate) fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let statement = self.prepared(sql)?;
        let work = self.client.execute_raw(&statement, params);
        let result = wait(&self.runtime, self.answer_time_max, after(self.begin.take(), &self.client, work));
        self.note(result)
    }

    pub(crate) fn visit(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
        let statement = self.prepared(sql)?;
        let work = async {
            let mut rows = pin!(self.client.query_raw(&statement, params).await?);
            let mut wanted = true;
            // Read to the end in any case: an error may come after the first row.
            while let Some(row) = rows.try_next().await? {
                wanted = wanted && visit(&Row::Postgres(&row)) == ControlFlow::Continue(());
            }
            Ok(())
        };
        let result = wait(&self.runtime, self.answer_time_max, after(self.begin.take(), &self.client, work));
        self.note(result)
    }

    pub(crate) fn command(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.script(sql)
    }

    pub(crate) fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.refuse_in_trouble()?;
        let work = self.client.batch_execute(sql);
        let result = wait(&self.runtime, self.answer_time_max, after(self.begin.take(), &self.client, work));
        self.note(result)
    }

    #[cfg(test)]
    pub(crate) fn connect_to(url: &crate::DatabaseUrl) -> Self {
        match url.target() {
            crate::url::Target::Postgres(server) => {
                Connector::new((**server).clone()).unwrap().connect(ANSWER_TIME_MAX).unwrap()
            }
            crate::url::Target::Sqlite(path) => panic!("{path:?} is no server"),
        }
    }

    #[cfg(test)]
    pub(crate) fn prepare(&mut self, sql: &'static str) -> Result<(), String> {
        let result = wait(&self.runtime, self.answer_time_max, self.client.prepare(sql));
        result.map(drop).map_err(|failure| format!("{failure:?}"))
    }

    fn prepared(&mut self, sql: &'static str) -> Result<Statement, StoreError> {
        self.refuse_in_trouble()?;
        let address = (sql.as_ptr().addr(), sql.len());
        if let Some(statement) = self.statements.get(&address) {
            return Ok(statement.clone());
        }
        let result = wait(&self.runtime, self.answer_time_max, self.client.prepare(sql));
        let statement = self.note(result)?;
        self.statements.insert(address, statement.clone());
        Ok(statement)
    }

    fn refuse_in_trouble(&self) -> Result<(), StoreError> {
        if self.in_trouble() { Err(StoreError::Busy) } else { Ok(()) }
    }

    fn note<T>(&mut self, result: Result<T, Failure>) -> Result<T, StoreError> {
        result.map_err(|failure| {
            let (error, trouble) = failure.judge();
            self.trouble = trouble.or(self.trouble);
            error
        })
    }
}

/// Sends a BEGIN and the work behind it at once; the server takes them in that order.
async fn after<T>(
    begin: Option<&'static str>,
    client: &Client,
    work: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, tokio_postgres::Error> {
    let Some(begin) = begin else {
        return work.await;
    };
    let (begun, done) = tokio::join!(biased; client.batch_execute(begin), work);
    begun.and(done)
}

fn wait<T>(
    runtime: &Runtime,
    limit: Duration,
    work: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Failure> {
    match runtime.block_on(async { timeout(limit, work).await }) {
        Ok(result) => result.map_err(Failure::Driver),
        Err(_) => Err(Failure::Slow(limit)),
    }
}
