//! Copies of a SQLite database: made while others write to it, and examined without changing anything.
//!
//! A copy is one snapshot: the reading transaction is begun before the first page, so that writers, who append to the
//! write-ahead log, neither wait for it nor make it begin anew.

use std::fmt;
use std::fs::OpenOptions;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::session::BUSY_TIME_MAX;

/// Pages that are copied at once: 4 MiB, in which a signal to stop is heard.
const PAGES_AT_ONCE: i32 = 1_024;

/// Problems of one copy that are named; whoever has more needs another copy, not a longer list.
const PROBLEMS_SHOWN_MAX: usize = 20;

/// Why a copy could not be made or read: `Display` is one sentence that tells an operator what to do.
#[derive(Debug)]
pub struct CopyError(String);

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CopyError {}

/// What is in a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// What is wrong with it; empty when it is sound.
    pub problems: Vec<String>,
    /// The tables with their rows.
    pub tables: Vec<(String, u64)>,
    /// The newest migration that it holds.
    pub schema_version: i64,
}

/// Copies a database, which may be in use, to a file that is not there yet and that its owner alone can read. The copy is
/// checked for damage that the original has, but not flushed to the disk.
pub fn copy_sqlite(from: &Path, to: &Path) -> Result<(), CopyError> {
    let reading = |error| failed("read the database", from, &error);
    let writing = |error| failed("write the copy of the database", to, &error);
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(reading)?;
    source.busy_timeout(BUSY_TIME_MAX).map_err(reading)?;
    source
        .execute_batch("PRAGMA query_only = ON; BEGIN DEFERRED;")
        .and_then(|()| source.query_row("SELECT COUNT(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0)))
        .map_err(reading)?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(|why| CopyError(format!("could not make {}: {why}", to.display())))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut copy = Connection::open_with_flags(to, flags).map_err(writing)?;
    // Nobody reads it before it is whole, and who makes it flushes it.
    copy.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;").map_err(writing)?;
    let backup = Backup::new(&source, &mut copy).map_err(writing)?;
    loop {
        match backup.step(PAGES_AT_ONCE).map_err(writing)? {
            StepResult::Done => break,
            StepResult::More => {}
            // The snapshot is held and the copy is ours alone: nobody can be in the way for longer than SQLite waits.
            _ => return Err(CopyError(format!("the database {} is in use by another program", from.display()))),
        }
    }
    drop(backup);
    let damage = problems(&copy, "PRAGMA quick_check(1)").map_err(writing)?;
    match damage.first() {
        None => copy.close().map_err(|(_, error)| writing(error)),
        Some(damage) => Err(CopyError(format!(
            "the database {} is damaged ({damage}); this copy is not kept: restore an earlier backup",
            from.display()
        ))),
    }
}

/// Reads everything in a copy that nobody writes to, and changes nothing, not even beside it.
pub fn examine_sqlite(path: &Path) -> Result<Examined, CopyError> {
    let reading = |error| failed("read the copy of the database", path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(immutable(path), flags).map_err(reading)?;
    let mut found = problems(&connection, &format!("PRAGMA integrity_check({PROBLEMS_SHOWN_MAX})")).map_err(reading)?;
    if found.is_empty() {
        found = broken_references(&connection).map_err(reading)?;
    }
    let tables = tables(&connection).map_err(reading)?;
    let version = "SELECT COALESCE(MAX(version), 0) FROM schema_migrations";
    let schema_version = connection.query_row(version, [], |row| row.get(0)).map_err(reading)?;
    Ok(Examined { problems: found, tables, schema_version })
}

/// What a check says but for "ok".
fn problems(connection: &Connection, check: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(check)?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    lines.filter(|line| line.as_ref().map_or(true, |line| line != "ok")).collect()
}

fn broken_references(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let lines = statement.query_map([], |row| {
        Ok(format!(
            "a row of {} refers to one of {} that is not there",
            row.get::<_, String>(0)?,
            row.get::<_, String>(2)?
        ))
    })?;
    lines.take(PROBLEMS_SHOWN_MAX).collect()
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<(String, u64)>> {
    let mut statement = connection
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name")?;
    let names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let count = |name: String| {
        let sql = format!("SELECT COUNT(*) FROM \"{}\"", name.replace('"', "\"\""));
        let rows: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
        Ok((name, u64::try_from(rows).unwrap_or(0)))
    };
    names.into_iter().map(count).collect()
}

/// The name under which SQLite opens a file that nobody writes to, and makes none beside it.
fn immutable(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri + "?immutable=1"
}

fn failed(what: &str, path: &Path, error: &rusqlite::Error) -> CopyError {
    let shown = path.display();
    CopyError(match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => format!("could not {what} {shown}: the disk is full; make room on it"),
        Some(ErrorCode::NotADatabase) => format!("could not {what} {shown}: it is not a SQLite database"),
        Some(ErrorCode::DatabaseCorrupt) => format!("could not {what} {shown}: it is damaged"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("could not {what} {shown}: it is in use by another program")
        }
        _ => format!("could not {what} {shown}: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, StoreOptions};

    #[test]
    fn a_copy_holds_what_was_committed_and_is_examined_without_a_trace() {
        let folder = tempfile::tempdir().unwrap();
        // A name that a careless URI would cut short.
        let (from, to) = (folder.path().join("reeve.db"), folder.path().join("a copy?#%.sqlite"));
        let store = Store::open(StoreOptions::new(crate::DatabaseUrl::sqlite(&from))).unwrap();
        copy_sqlite(&from, &to).unwrap();
        let seen = examine_sqlite(&to).unwrap();
        assert_eq!(seen.problems, Vec::<String>::new());
        assert_eq!(seen.schema_version, store.schema_version());
        assert!(seen.tables.iter().any(|(name, rows)| name == "schema_migrations" && *rows > 1), "{seen:?}");
        store.close();
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files.iter().filter(|name| name.to_string_lossy().starts_with("a copy")).count(), 1, "{files:?}");
        assert!(copy_sqlite(&from, &to).unwrap_err().to_string().contains("could not make"), "nothing is written over");
    }

    #[test]
    fn a_row_without_the_row_it_refers_to_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reeve.db");
        Store::open(StoreOptions::new(crate::DatabaseUrl::sqlite(&path))).unwrap().close();
        let insert = "INSERT INTO organization_conditions (organization_id, kind, subject, reason, remedy, since)
            VALUES ('m-nobody', 'key', '', '', '', 0)";
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(&format!("PRAGMA foreign_keys = OFF; PRAGMA journal_mode = DELETE; {insert}"))
            .unwrap();
        drop(connection);
        let seen = examine_sqlite(&path).unwrap();
        assert!(seen.problems[0].contains("organization_conditions"), "{seen:?}");
    }

    #[test]
    fn damage_of_the_original_is_not_copied_in_silence() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("reeve.db"), folder.path().join("copy"));
        Store::open(StoreOptions::new(crate::DatabaseUrl::sqlite(&from))).unwrap().close();
        let mut bytes = std::fs::read(&from).unwrap();
        // The schema, which is read first, is in the pages before.
        let last = bytes.len();
        bytes[last - 4_096..].fill(0xa5);
        std::fs::write(&from, bytes).unwrap();
        let said = copy_sqlite(&from, &to).unwrap_err().to_string();
        assert!(said.contains("damaged"), "{said}");
        std::fs::write(&from, "this is no database at all").unwrap();
        let said = copy_sqlite(&from, &folder.path().join("other")).unwrap_err().to_string();
        assert!(said.contains("not a SQLite database"), "{said}");
    }
}
