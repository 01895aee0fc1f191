//! One behaviour suite, run on both engines, and what is peculiar to each.
//!
//! It lives inside the crate because only here may statements be written. Without a server the PostgreSQL half says
//! so and passes; with `REEVE_TEST_REQUIRE_POSTGRES=1` it fails instead. Each test has a file or a schema of its own.

mod behaviour;
mod closing;
mod crash;
mod gate;
mod lossy;
mod migrating;
mod on_postgres;
mod on_sqlite;
mod opening;
mod server;
mod things;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process, thread};

use tempfile::TempDir;

use crate::migrations::Migration;
use crate::postgres::Session;
use crate::{DatabaseUrl, OpenError, Store, StoreOptions};

/// Writes each case twice: once for SQLite, once for PostgreSQL.
macro_rules! on_both_engines {
    ($($case:ident,)*) => {
        mod sqlite {
            $(#[test] fn $case() { crate::suite::run(crate::suite::Fixture::sqlite(), super::$case); })*
        }
        mod postgres {
            $(#[test] fn $case() {
                if let Some(fixture) = crate::suite::Fixture::postgres() {
                    crate::suite::run(fixture, super::$case);
                }
            })*
        }
    };
}
use on_both_engines;

/// An empty database of its own, gone when the test ends.
pub(crate) struct Fixture {
    pub(crate) url: String,
    place: Place,
}

enum Place {
    Folder(TempDir),
    Schema { server: String, name: String },
}

impl Fixture {
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = folder.path().join("reeve.db").to_str().unwrap().to_owned();
        Self { url, place: Place::Folder(folder) }
    }

    /// None without a server.
    pub(crate) fn postgres() -> Option<Self> {
        static SCHEMAS: AtomicU32 = AtomicU32::new(0);
        let server = server_url()?;
        let name = format!("suite_{}_{}", process::id(), SCHEMAS.fetch_add(1, Ordering::Relaxed));
        administer(&server, &format!("CREATE SCHEMA {name}"));
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-csearch_path%3D{name}&application_name={name}");
        Some(Self { url, place: Place::Schema { server, name } })
    }

    pub(crate) fn options(&self) -> StoreOptions {
        StoreOptions { server_connections: 4, ..StoreOptions::new(self.url.parse().unwrap()) }
    }

    pub(crate) fn try_open(&self, known: &'static [Migration]) -> Result<Store, OpenError> {
        Store::open_with(self.options(), known)
    }

    /// A store with the table `things`.
    pub(crate) fn store(&self) -> Store {
        self.try_open(things::MIGRATIONS).unwrap()
    }

    /// What the schema is called on the server; also the name that its connections go by.
    pub(crate) fn schema(&self) -> &str {
        match &self.place {
            Place::Schema { name, .. } => name,
            Place::Folder(folder) => panic!("{folder:?} is no schema"),
        }
    }

    /// Runs statements on a connection that no store knows of.
    pub(crate) fn administer(&self, sql: &str) {
        administer(&self.url.replace("&application_name=", "&application_name=not_"), sql);
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        if let Place::Schema { server, name } = &self.place {
            administer(server, &format!("DROP SCHEMA {name} CASCADE"));
        }
    }
}

/// Runs a case on a runtime like the server's. The database goes when the case and its tasks are done.
pub(crate) fn run<C: Future<Output = ()>>(fixture: Fixture, case: impl FnOnce(Arc<Fixture>) -> C) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let fixture = Arc::new(fixture);
    runtime.block_on(case(Arc::clone(&fixture)));
    drop(runtime);
    assert_eq!(Arc::strong_count(&fixture), 1, "a task outlived its test");
}

fn administer(url: &str, sql: &str) {
    // A connection may not be used from inside a runtime.
    thread::scope(|scope| {
        let work = scope.spawn(|| {
            let mut session = Session::connect_to(&url.parse::<DatabaseUrl>().unwrap());
            session.script(sql).unwrap();
            session.close();
        });
        work.join().unwrap();
    });
}

/// Where the server is that tests may use.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration but the environment")]
fn server_url() -> Option<String> {
    static TOLD: std::sync::Once = std::sync::Once::new();
    let url = env::var("REEVE_TEST_DATABASE_URL").ok();
    if url.is_none() {
        let required = env::var_os("REEVE_TEST_REQUIRE_POSTGRES").is_some_and(|value| value == "1");
        assert!(!required, "REEVE_TEST_REQUIRE_POSTGRES=1, but REEVE_TEST_DATABASE_URL is not set");
        TOLD.call_once(|| {
            // Not by a macro: the test harness would keep it to itself.
            let line = "skipped: set REEVE_TEST_DATABASE_URL to a superuser's postgres:// URL to test PostgreSQL too";
            writeln!(std::io::stderr(), "{line}").unwrap();
        });
    }
    url
}
