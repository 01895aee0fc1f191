//! The schema's history: a linear list that only grows, and the rule by which a database follows it.
//!
//! Written in PostgreSQL's words and translated for SQLite. Each migration is applied in a transaction of its own
//! together with its row in `schema_migrations`; servers that start at once take turns on row 0 of that table.
//! An applied migration is never edited: its hash is kept and compared.

use aws_lc_rs::digest;

use crate::tables::users;
use crate::tx::Tx;
use crate::{Engine, OpenError, StoreError};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    /// Its place in the history, from 1 without gaps.
    pub(crate) version: i64,
    /// What it is for, as in its file name.
    pub(crate) name: &'static str,
    /// The statements, each ended by a `;` at the end of a line.
    pub(crate) sql: &'static str,
    /// Writes what SQL alone cannot make of the rows that are there.
    pub(crate) fill: Option<Fill>,
}

/// Part of a migration, in its transaction and after its statements.
pub(crate) type Fill = fn(&mut Tx<'_>) -> Result<(), StoreError>;

/// Every migration, oldest first.
pub(crate) const ALL: &[Migration] = &[
    Migration { version: 1, name: "first", sql: include_str!("../migrations/0001_first.sql"), fill: None },
    Migration {
        version: 2,
        name: "administration",
        sql: include_str!("../migrations/0002_administration.sql"),
        fill: None,
    },
    Migration {
        version: 3,
        name: "people and rules",
        sql: include_str!("../migrations/0003_people_and_rules.sql"),
        fill: Some(users::fill_search_texts),
    },
    Migration { version: 4, name: "reliance", sql: include_str!("../migrations/0004_reliance.sql"), fill: None },
    Migration { version: 5, name: "holds", sql: include_str!("../migrations/0005_holds.sql"), fill: None },
];

const TABLE_EXISTS_SQLITE: &str =
    "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'";

const TABLE_EXISTS_POSTGRES: &str =
    "SELECT COUNT(*) FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass('schema_migrations')";

const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (version)
) /*clustered*/;";

const INSERT_LOCK: &str = "INSERT INTO schema_migrations (version, name, hash, applied_at)
    VALUES (0, 'lock', '', 0) ON CONFLICT (version) DO NOTHING";

const TAKE_LOCK: &str = "UPDATE schema_migrations SET applied_at = applied_at WHERE version = 0";

const SELECT_APPLIED: &str = "SELECT version, name, hash FROM schema_migrations WHERE version > 0 ORDER BY version";

const INSERT_APPLIED_SQLITE: &str = "INSERT INTO schema_migrations (version, name, hash, applied_at)
    VALUES ($1, $2, $3, CAST(unixepoch('subsec') * 1000 AS BIGINT))";

const INSERT_APPLIED_POSTGRES: &str = "INSERT INTO schema_migrations (version, name, hash, applied_at)
    VALUES ($1, $2, $3, CAST(extract(epoch FROM now()) * 1000 AS BIGINT))";

/// A migration that the database says it holds.
struct Applied {
    version: i64,
    name: String,
    hash: String,
}

/// How far one transaction of the migration came.
enum Step {
    Finished { version: i64 },
    Applied,
    Refused { sentence: String },
}

/// A way to run a closure in a write transaction, which is committed when the closure returns `Ok`.
pub(crate) trait Transactions {
    fn engine(&self) -> Engine;
    fn transaction<T>(&mut self, closure: &dyn Fn(&mut Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError>;
}

/// Brings the database to the newest version in `known`; says which that is.
pub(crate) fn migrate(transactions: &mut impl Transactions, known: &[Migration]) -> Result<i64, OpenError> {
    let engine = transactions.engine();
    // Of servers that create the table at once all but one fail; they find it when they look again.
    create_table(transactions, engine)
        .or_else(|_| create_table(transactions, engine))
        .map_err(|error| stopped(error, "could not create the table schema_migrations"))?;
    loop {
        let step = transactions.transaction(&|tx| step(tx, engine, known));
        match step.map_err(|error| stopped(error, "could not bring the database schema up to date"))? {
            Step::Finished { version } => return Ok(version),
            Step::Applied => {}
            Step::Refused { sentence } => return Err(OpenError::new(sentence)),
        }
    }
}

/// How the schema of a database stands to what this version of Reeve knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// There is none yet.
    Empty,
    /// It lacks migrations.
    Older {
        /// The newest that it holds.
        is: i64,
        /// The newest that is known.
        knows: i64,
    },
    /// It is as known.
    Current {
        /// The newest that it holds.
        is: i64,
    },
}

/// Looks at the schema and changes nothing.
pub(crate) fn inspect(transactions: &mut impl Transactions, known: &[Migration]) -> Result<SchemaState, OpenError> {
    let engine = transactions.engine();
    let applied = transactions
        .transaction(&|tx| {
            if tx.one(table_exists(engine), &[], |row| row.flag(0))? { applied(tx) } else { Ok(Vec::new()) }
        })
        .map_err(|error| stopped(error, "could not look at the database schema"))?;
    let missing = next(&applied, known).map_err(OpenError::new)?;
    let is = applied.last().map_or(0, |last| last.version);
    Ok(match (is, missing) {
        (0, _) => SchemaState::Empty,
        (_, None) => SchemaState::Current { is },
        (_, Some(_)) => SchemaState::Older { is, knows: known.last().map_or(0, |last| last.version) },
    })
}

fn table_exists(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => TABLE_EXISTS_SQLITE,
        Engine::Postgres => TABLE_EXISTS_POSTGRES,
    }
}

fn applied(tx: &mut Tx<'_>) -> Result<Vec<Applied>, StoreError> {
    tx.all(SELECT_APPLIED, &[], |row| Ok(Applied { version: row.int(0)?, name: row.text(1)?, hash: row.text(2)? }))
}

fn stopped(error: StoreError, what: &str) -> OpenError {
    match error {
        StoreError::Busy => OpenError::new(format!("{what}: the database was busy or full; free it and start again")),
        error => {
            OpenError::because(format!("{what}; the step that failed was undone, and the log holds the cause"), error)
        }
    }
}

fn create_table(transactions: &mut impl Transactions, engine: Engine) -> Result<(), StoreError> {
    transactions.transaction(&|tx| {
        if tx.one(table_exists(engine), &[], |row| row.flag(0))? {
            return Ok(());
        }
        tx.script(&translated(CREATE_TABLE, engine))?;
        tx.execute(INSERT_LOCK, &[]).map(drop)
    })
}

/// Applies the oldest migration that the database lacks, if it lacks any. Another server may be doing the same:
/// the write to row 0 makes the later of the two wait and then start over with what the first one left.
fn step(tx: &mut Tx<'_>, engine: Engine, known: &[Migration]) -> Result<Step, StoreError> {
    let applied = applied(tx)?;
    let next = match next(&applied, known) {
        Ok(Some(migration)) => migration,
        Ok(None) => {
            return Ok(Step::Finished { version: applied.last().map_or(0, |last| last.version) });
        }
        Err(sentence) => return Ok(Step::Refused { sentence }),
    };
    tx.execute(TAKE_LOCK, &[])?;
    tx.script(&translated(next.sql, engine))?;
    if let Some(fill) = next.fill {
        fill(tx)?;
    }
    let insert = match engine {
        Engine::Sqlite => INSERT_APPLIED_SQLITE,
        Engine::Postgres => INSERT_APPLIED_POSTGRES,
    };
    tx.execute(insert, &[next.version.into(), next.name.into(), (&hash(next.sql)).into()])?;
    tracing::info!(version = next.version, name = next.name, "the database schema moved on");
    Ok(Step::Applied)
}

/// The migration that follows those applied; an error is the sentence that says why the histories differ.
fn next<'k>(applied: &[Applied], known: &'k [Migration]) -> Result<Option<&'k Migration>, String> {
    let mut known = known.iter();
    for held in applied {
        let Some(migration) = known.next() else {
            return Err(format!(
                "the database has schema version {} ({}), which this version of reeve does not know: \
                 start the newer version again or restore a backup made by this one",
                applied.last().map_or(held.version, |last| last.version),
                applied.last().map_or(&held.name, |last| &last.name),
            ));
        };
        if held.version != migration.version || held.hash != hash(migration.sql) {
            return Err(format!(
                "the database holds a different migration {} ({}) than this version of reeve: \
                 it was made by another build; use that build, or restore a backup made by this one",
                held.version, held.name,
            ));
        }
    }
    Ok(known.next())
}

fn hash(sql: &str) -> String {
    let digest = digest::digest(&digest::SHA256, sql.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text in the words of the engine.
fn translated(sql: &str, engine: Engine) -> String {
    match engine {
        Engine::Postgres => sql.to_owned(),
        Engine::Sqlite => sql
            .replace(" COLLATE \"C\"", "")
            .replace("BIGINT", "INTEGER")
            .replace("BYTEA", "BLOB")
            .replace(") /*clustered*/;", ") WITHOUT ROWID;"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_has_no_gaps() {
        let versions: Vec<i64> = ALL.iter().map(|migration| migration.version).collect();
        let expected: Vec<i64> = (1..).take(ALL.len()).collect();
        assert_eq!(versions, expected);
    }

    #[test]
    fn sqlite_gets_its_own_words() {
        let sql = "CREATE TABLE t (a TEXT COLLATE \"C\" NOT NULL, b BIGINT, c BYTEA, PRIMARY KEY (a)\n) /*clustered*/;";
        assert_eq!(translated(sql, Engine::Postgres), sql);
        assert_eq!(
            translated(sql, Engine::Sqlite),
            "CREATE TABLE t (a TEXT NOT NULL, b INTEGER, c BLOB, PRIMARY KEY (a)\n) WITHOUT ROWID;"
        );
    }
}
