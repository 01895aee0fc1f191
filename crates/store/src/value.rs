//! What goes into a statement and what comes out of it, in the types that both engines share.
//!
//! Texts, bytes and 64-bit integers only: a flag is 0 or 1, a time is UTC milliseconds, JSON is text. Values
//! borrow; binding one never copies it on our side. `Debug` never shows the contents: drivers log parameters.

use std::error::Error;
use std::fmt;

use bytes::BytesMut;
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::StoreError;

/// One parameter of a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Int(_) => f.write_str("integer"),
            Value::Text(text) => write!(f, "text of {} bytes", text.len()),
            Value::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Value::Int(i64::from(flag))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Value::Bytes(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Value::Bytes(bytes)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(maybe: Option<T>) -> Self {
        maybe.map_or(Value::Null, Into::into)
    }
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(maybe: &'a Option<String>) -> Self {
        Value::from(maybe.as_deref())
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            // PostgreSQL refuses a NUL in a text, so SQLite does too.
            Value::Text(text) if text.as_bytes().contains(&0) => return Err(nul_in_text()),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn nul_in_text() -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure("a text parameter contains a NUL character".into())
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(number), &Type::INT8) => number.to_sql(ty, out),
            (Value::Text(text), &Type::TEXT | &Type::VARCHAR) => text.to_sql(ty, out),
            (Value::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(ty, out),
            (value, ty) => Err(format!(
                "a parameter is {value:?} where the statement needs {ty}; columns are TEXT, BIGINT or BYTEA"
            )
            .into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// One row of an answer; columns are counted from 0.
pub(crate) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl<'r> Row<'r> {
    /// The text of a column, borrowed from the row: for parsing.
    pub(crate) fn str(&self, column: usize) -> Result<&'r str, StoreError> {
        self.opt_str(column)?.ok_or_else(|| unexpected(column, "a text", "NULL"))
    }

    /// The text of a column that may be NULL, borrowed from the row.
    pub(crate) fn opt_str(&self, column: usize) -> Result<Option<&'r str>, StoreError> {
        match self {
            Row::Sqlite(row) => match sqlite_value(row, column)? {
                ValueRef::Null => Ok(None),
                ValueRef::Text(text) => std::str::from_utf8(text).map(Some).map_err(StoreError::failed),
                other => Err(unexpected(column, "a text", other.data_type())),
            },
            Row::Postgres(row) => row.try_get(column).map_err(StoreError::failed),
        }
    }

    /// The text of a column.
    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.str(column).map(str::to_owned)
    }

    /// The text of a column that may be NULL.
    pub(crate) fn opt_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(self.opt_str(column)?.map(str::to_owned))
    }

    /// The integer of a column.
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| unexpected(column, "an integer", "NULL"))
    }

    /// The integer of a column that may be NULL. A literal or a comparison counts too: PostgreSQL gives them
    /// types of their own, SQLite does not.
    pub(crate) fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        let row = match self {
            Row::Sqlite(row) => {
                return match sqlite_value(row, column)? {
                    ValueRef::Null => Ok(None),
                    ValueRef::Integer(number) => Ok(Some(number)),
                    other => Err(unexpected(column, "an integer", other.data_type())),
                };
            }
            Row::Postgres(row) => row,
        };
        match row.columns().get(column).map(tokio_postgres::Column::type_) {
            Some(&Type::INT4) => Ok(row.try_get::<_, Option<i32>>(column).map_err(StoreError::failed)?.map(i64::from)),
            Some(&Type::BOOL) => Ok(row.try_get::<_, Option<bool>>(column).map_err(StoreError::failed)?.map(i64::from)),
            _ => row.try_get(column).map_err(StoreError::failed),
        }
    }

    /// The yes or no of a column.
    pub(crate) fn flag(&self, column: usize) -> Result<bool, StoreError> {
        self.int(column).map(|number| number != 0)
    }

    /// The bytes of a column.
    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        match self {
            Row::Sqlite(row) => match sqlite_value(row, column)? {
                ValueRef::Blob(bytes) => Ok(bytes.to_vec()),
                other => Err(unexpected(column, "bytes", other.data_type())),
            },
            Row::Postgres(row) => row.try_get(column).map_err(StoreError::failed),
        }
    }
}

fn sqlite_value<'r>(row: &'r rusqlite::Row<'r>, column: usize) -> Result<ValueRef<'r>, StoreError> {
    row.get_ref(column).map_err(StoreError::failed)
}

fn unexpected(column: usize, wanted: &str, found: impl fmt::Display) -> StoreError {
    StoreError::failed(format!("column {column} should hold {wanted} and holds {found}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_contents() {
        let shown = format!("{:?} {:?}", Value::from("hunter2"), Value::from(&b"hunter2"[..]));
        assert_eq!(shown, "text of 7 bytes 7 bytes");
    }

    #[test]
    fn options_become_null() {
        assert_eq!(Value::from(None::<&str>), Value::Null);
        assert_eq!(Value::from(Some(true)), Value::Int(1));
    }
}
