//! The documents of an organization: fields written as JSON, read back, and compared for the audit trail.
//!
//! A field that says nothing is left out, so that one content has one text.

use std::fmt::Display;

use reeve_base::Timestamp;
use reeve_store::Tx;
use reeve_store::tables::organization_documents::{self as rows, DocumentRow, Kind};
use serde_json::{Map, Value};

use crate::audit::Change;
use crate::ctx::stored;
use crate::effect::Condition;
use crate::error::Error;

/// What a document says, by field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Body(Map<String, Value>);

impl Body {
    /// A body of these fields; null, empty texts and empty lists are left out.
    pub(crate) fn new(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let says_something = |value: &Value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => true,
        };
        Self(
            fields
                .into_iter()
                .filter(|(_, value)| says_something(value))
                .map(|(field, value)| (field.to_owned(), value))
                .collect(),
        )
    }

    /// Reads what [`Self::write`] wrote.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        stored(serde_json::from_str(text)).map(Self)
    }

    /// Takes a body out of a list in another.
    pub(crate) fn of(value: &Value) -> Result<Self, Error> {
        stored(value.as_object().cloned().ok_or("an item of a document is no object")).map(Self)
    }

    /// The text to keep.
    pub(crate) fn write(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// The body as a value, to stand in a list of another.
    pub(crate) fn value(self) -> Value {
        Value::Object(self.0)
    }

    /// A field, if it is there.
    pub(crate) fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// A text that must be there.
    pub(crate) fn text(&self, field: &str) -> Result<&str, Error> {
        stored(self.get(field).and_then(Value::as_str).ok_or_else(|| format!("a document lacks its {field}")))
    }

    /// A text that may be left out.
    pub(crate) fn optional_text(&self, field: &str) -> Option<String> {
        self.get(field).and_then(Value::as_str).map(str::to_owned)
    }

    /// The items of a list; none when the field is left out.
    pub(crate) fn items(&self, field: &str) -> &[Value] {
        self.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// A list of texts, each read by `parse`.
    pub(crate) fn list<T, E: Display>(
        &self,
        field: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, Error> {
        self.items(field).iter().map(|item| stored(parse(item.as_str().unwrap_or_default()))).collect()
    }

    /// A condition, from the fields of what it asks for and what it rules out.
    pub(crate) fn condition<T, E: Display>(
        &self,
        [any_of, none_of]: [&str; 2],
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Condition<T>, Error> {
        Ok(Condition { any_of: self.list(any_of, &parse)?, none_of: self.list(none_of, &parse)? })
    }

    /// What changed from another body to this one, field by field.
    pub(crate) fn changes_from(&self, before: &Self) -> Vec<Change> {
        let gone = before.0.iter().filter(|(field, _)| !self.0.contains_key(*field));
        let gone = gone.map(|(field, value)| Change::gone(field, in_words(value)));
        let there = self.0.iter().filter_map(|(field, value)| match before.0.get(field) {
            None => Some(Change::made(field, in_words(value))),
            Some(other) if other != value => Some(Change::moved(field, in_words(other), in_words(value))),
            Some(_) => None,
        });
        there.chain(gone).collect()
    }
}

/// A document that is to be, with its id and its `name_key`.
pub(crate) fn first(
    (organization_id, kind): Kind<'_>,
    (document_id, name_key): (&str, &str),
    body: &Body,
    now: Timestamp,
) -> DocumentRow {
    DocumentRow {
        organization_id: organization_id.to_owned(),
        kind: kind.to_owned(),
        document_id: document_id.to_owned(),
        name_key: name_key.to_owned(),
        body: body.write(),
        created_at: now.millis(),
        updated_at: now.millis(),
        version: 1,
    }
}

/// The next version of a document.
pub(crate) fn next(row: DocumentRow, body: &Body, now: Timestamp) -> DocumentRow {
    DocumentRow { body: body.write(), updated_at: now.millis(), version: row.version + 1, ..row }
}

/// Refuses one more document of a kind than there may be.
pub(crate) fn need_room(tx: &mut Tx<'_>, kind: Kind<'_>, (what, limit): (&'static str, usize)) -> Result<(), Error> {
    let full = usize::try_from(rows::count(tx, kind)?).is_ok_and(|count| count >= limit);
    if full { Err(Error::LimitReached { what, limit }) } else { Ok(()) }
}

/// A list of texts as a value.
pub(crate) fn texts<T: Display>(values: &[T]) -> Value {
    values.iter().map(|value| Value::String(value.to_string())).collect()
}

/// A value as people read it in an event.
fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_says_nothing_is_left_out() {
        let body = Body::new([
            ("effect", json!("allow")),
            ("description", json!("")),
            ("none", Value::Null),
            ("users", json!([])),
            ("enforced", json!(false)),
        ]);
        assert_eq!(body.write(), r#"{"effect":"allow","enforced":false}"#);
        assert_eq!(Body::read(&body.write()).unwrap(), body);
    }

    #[test]
    fn changes_name_what_is_new_what_is_other_and_what_is_gone() {
        let before = Body::new([("effect", json!("allow")), ("users", json!(["a", "b"])), ("days", json!(3))]);
        let after = Body::new([("effect", json!("deny")), ("days", json!(3)), ("protocols", json!(["IMAP"]))]);
        let said = after.changes_from(&before);
        assert_eq!(
            said,
            [
                Change::moved("effect", "allow", "deny"),
                Change::made("protocols", "IMAP"),
                Change::gone("users", "a, b"),
            ]
        );
        assert!(after.changes_from(&after).is_empty());
    }

    #[test]
    fn a_body_that_was_tampered_with_is_a_fault_of_ours() {
        for text in ["", "[]", "{", "null"] {
            assert!(matches!(Body::read(text), Err(Error::Internal(_))), "{text}");
        }
        assert!(matches!(Body::default().text("effect"), Err(Error::Internal(_))));
    }
}
