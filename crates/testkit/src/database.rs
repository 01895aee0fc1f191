//! An empty database for one test: a SQLite file, or a schema of its own in the PostgreSQL cluster that
//! `REEVE_TEST_DATABASE_URL` names. Gone when its value is dropped. Opens no store and knows no table.
//! `scripts/with-postgres.sh` gives a cluster; it sets `REEVE_TEST_REQUIRE_POSTGRES=1`, and then its absence is a failure.

use std::hash::{BuildHasher, Hasher};
use std::sync::Once;

use tempfile::TempDir;
use tokio_postgres::NoTls;

const URL_VARIABLE: &str = "REEVE_TEST_DATABASE_URL";
const REQUIRE_VARIABLE: &str = "REEVE_TEST_REQUIRE_POSTGRES";

/// A database that nothing else uses.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    home: Home,
}

#[derive(Debug)]
enum Home {
    File(#[expect(dead_code, reason = "kept for its drop, which removes the folder")] TempDir),
    Schema { cluster_url: String, name: String },
}

impl TestDatabase {
    /// A fresh database on each engine that this run has, made when the iterator comes to it.
    pub fn each() -> impl Iterator<Item = Self> {
        std::iter::once(Self::sqlite()).chain(cluster_url().into_iter().map(Self::postgres))
    }

    /// A SQLite file that does not exist yet, in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = TempDir::with_prefix("reeve-test-").expect("a temporary folder can be made");
        let url = folder.path().join("reeve.db").to_str().expect("temporary paths are UTF-8").to_owned();
        Self { url, home: Home::File(folder) }
    }

    fn postgres(cluster_url: String) -> Self {
        // Random, so that two runs may share one cluster.
        let tag = std::hash::RandomState::new().build_hasher().finish();
        let name = format!("t_{tag:016x}");
        run_statement(&cluster_url, &format!("CREATE SCHEMA {name}"));
        let separator = if cluster_url.contains('?') { '&' } else { '?' };
        let url = format!("{cluster_url}{separator}options=-csearch_path%3D{name}");
        Self { url, home: Home::Schema { cluster_url, name } }
    }

    /// What to give to `REEVE_DATABASE_URL` or to the store.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The engine's name, for messages.
    pub fn engine_name(&self) -> &'static str {
        match self.home {
            Home::File(_) => "SQLite",
            Home::Schema { .. } => "PostgreSQL",
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the test failed on {}", self.engine_name());
        }
        if let Home::Schema { cluster_url, name } = &self.home {
            // A forgotten transaction must not hang the tests: the cluster is thrown away anyway.
            let statement = format!("SET lock_timeout = '5s'; DROP SCHEMA {name} CASCADE");
            let dropped = in_thread(cluster_url, &statement);
            if let Err(error) = dropped {
                eprintln!("could not drop the schema {name}: {error}");
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests' own configuration")]
fn cluster_url() -> Option<String> {
    static SAID: Once = Once::new();
    if let Ok(url) = std::env::var(URL_VARIABLE) {
        return Some(url);
    }
    let required = std::env::var(REQUIRE_VARIABLE).is_ok_and(|value| value == "1");
    assert!(!required, "{REQUIRE_VARIABLE}=1, but {URL_VARIABLE} names no cluster");
    SAID.call_once(|| eprintln!("{URL_VARIABLE} is not set: PostgreSQL is left out; run scripts/with-postgres.sh"));
    None
}

fn run_statement(cluster_url: &str, statement: &str) {
    if let Err(error) = in_thread(cluster_url, statement) {
        panic!("{statement} failed on the cluster of {URL_VARIABLE}: {error}");
    }
}

/// On a thread and a runtime of its own: tests call this inside and outside of theirs.
fn in_thread(cluster_url: &str, statement: &str) -> Result<(), tokio_postgres::Error> {
    std::thread::scope(|scope| {
        let work = scope.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(execute(cluster_url, statement))
        });
        work.join().expect("the client does not panic")
    })
}

async fn execute(cluster_url: &str, statement: &str) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(cluster_url, NoTls).await?;
    // The connection ends with the client, which the branch that answers drops.
    let work = async move { client.batch_execute(statement).await };
    let (answer, _ended) = tokio::join!(work, connection);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_is_its_own_and_goes_with_its_value() {
        let first = TestDatabase::sqlite();
        let second = TestDatabase::sqlite();
        assert_ne!(first.url(), second.url());
        std::fs::write(first.url(), "").expect("the folder exists");
        let path = first.url().to_owned();
        drop(first);
        assert!(!std::path::Path::new(&path).exists());
    }

    #[test]
    fn a_schema_is_its_own_and_goes_with_its_value() {
        let Some(cluster) = cluster_url() else { return };
        let database = TestDatabase::postgres(cluster.clone());
        in_thread(database.url(), "CREATE TABLE here (id BIGINT)").expect("the schema can be used");
        let Home::Schema { name, .. } = &database.home else { panic!("a schema was asked for") };
        let there = format!("INSERT INTO {name}.here (id) VALUES (1)");
        in_thread(&cluster, &there).expect("the table is in the schema of the test");
        drop(database);
        in_thread(&cluster, &there).expect_err("the schema is gone");
    }
}
