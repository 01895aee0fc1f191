//! One transaction as a closure sees it, the same on both engines.
//!
//! Once a statement fails, the transaction (or the innermost savepoint around it) can only be undone: that is
//! PostgreSQL's rule, and it is kept here for SQLite too so that the engines cannot drift apart. A closure
//! that returns `Ok` after such a failure is undone and answered with an error.

use std::ops::ControlFlow;

use crate::value::{Row, Value};
use crate::{StoreError, postgres, sqlite};

const SAVEPOINT: &str = "SAVEPOINT part";
const RELEASE: &str = "RELEASE SAVEPOINT part";
const UNDO: &str = "ROLLBACK TO SAVEPOINT part";

/// A transaction that is open for the length of one closure.
pub struct Tx<'a> {
    session: Session<'a>,
    failed: bool,
}

/// The connection that the transaction runs on.
enum Session<'a> {
    Sqlite(&'a mut sqlite::Session),
    Postgres(&'a mut postgres::Session),
}

/// Told about each row; says whether it wants another.
pub(crate) type Visit<'v> = dyn FnMut(&Row<'_>) -> ControlFlow<()> + 'v;

impl<'a> Tx<'a> {
    pub(crate) fn sqlite(session: &'a mut sqlite::Session) -> Self {
        Self { session: Session::Sqlite(session), failed: false }
    }

    pub(crate) fn postgres(session: &'a mut postgres::Session) -> Self {
        Self { session: Session::Postgres(session), failed: false }
    }

    /// Whether a statement failed that no savepoint has undone.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed
    }
}

impl Tx<'_> {
    /// Runs a part that is undone alone when it returns an error; parts may be nested.
    pub fn savepoint<T, E: From<StoreError>>(
        &mut self,
        part: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.command(SAVEPOINT)?;
        let result = part(self);
        if result.is_ok() && !self.failed {
            self.command(RELEASE)?;
            return result;
        }
        let swallowed = result.is_ok();
        self.failed = false;
        self.command(UNDO)?;
        self.command(RELEASE)?;
        if swallowed { Err(E::from(failed_earlier())) } else { result }
    }

    /// Runs a statement; says how many rows it changed.
    pub(crate) fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        self.refuse_after_failure()?;
        let result = match &mut self.session {
            Session::Sqlite(session) => session.execute(sql, params),
            Session::Postgres(session) => session.execute(sql, params),
        };
        self.note(result)
    }

    /// The first row of the answer, which must have one.
    pub(crate) fn one<R>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        self.opt(sql, params, map)?.ok_or_else(|| StoreError::failed(format!("no row where one was expected: {sql}")))
    }

    /// The first row of the answer, if it has one.
    pub(crate) fn opt<R>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<R, StoreError>,
    ) -> Result<Option<R>, StoreError> {
        let mut first = None;
        self.visit(sql, params, &mut |row| {
            first = Some(map(row));
            ControlFlow::Break(())
        })?;
        first.transpose()
    }

    /// Every row of the answer; the statement bounds how many there are.
    pub(crate) fn all<R>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<R, StoreError>,
    ) -> Result<Vec<R>, StoreError> {
        let mut rows = Vec::new();
        let mut unread = Ok(());
        self.visit(sql, params, &mut |row| match map(row) {
            Ok(value) => {
                rows.push(value);
                ControlFlow::Continue(())
            }
            Err(error) => {
                unread = Err(error);
                ControlFlow::Break(())
            }
        })?;
        unread.map(|()| rows)
    }

    /// Runs the statements of a migration, which take no parameters.
    pub(crate) fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.refuse_after_failure()?;
        let result = match &mut self.session {
            Session::Sqlite(session) => session.script(sql),
            Session::Postgres(session) => session.script(sql),
        };
        self.note(result)
    }

    /// Shows that the engine accepts a statement, without running it.
    #[cfg(test)]
    pub(crate) fn prepare(&mut self, sql: &'static str) -> Result<(), String> {
        match &mut self.session {
            Session::Sqlite(session) => session.prepare(sql),
            Session::Postgres(session) => session.prepare(sql),
        }
    }

    fn visit(&mut self, sql: &'static str, params: &[Value<'_>], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.refuse_after_failure()?;
        let result = match &mut self.session {
            Session::Sqlite(session) => session.visit(sql, params, visit),
            Session::Postgres(session) => session.visit(sql, params, visit),
        };
        self.note(result)
    }

    fn command(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.refuse_after_failure()?;
        let result = match &mut self.session {
            Session::Sqlite(session) => session.command(sql),
            Session::Postgres(session) => session.command(sql),
        };
        self.note(result)
    }

    fn refuse_after_failure(&self) -> Result<(), StoreError> {
        if self.failed { Err(failed_earlier()) } else { Ok(()) }
    }

    fn note<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        self.failed = result.is_err();
        result
    }
}

/// What a closure gets that goes on after a failed statement.
pub(crate) fn failed_earlier() -> StoreError {
    StoreError::failed(
        "an earlier statement of this transaction failed; a savepoint around it would have undone it alone",
    )
}
