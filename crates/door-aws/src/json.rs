//! The body of a request as JSON: an object, each member of an object once, no deeper than the API goes.
//!
//! Knows no operation: what the members mean is for [`crate::input`].

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Objects and lists within each other at most. The deepest input, an impersonation role, has four.
pub(crate) const DEPTH_MAX: usize = 16;

/// Why a body cannot be read; never repeats what stands in it, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) String);

/// Reads a body; an empty one is an object without members.
pub(crate) fn read(bytes: &[u8]) -> Result<Map<String, Value>, Unreadable> {
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: DEPTH_MAX }.deserialize(&mut reader).map_err(|why| unreadable(&why))?;
    reader.end().map_err(|why| unreadable(&why))?;
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(Unreadable("the body must be a JSON object".to_owned())),
    }
}

fn unreadable(why: &serde_json::Error) -> Unreadable {
    Unreadable(format!("the body cannot be read as JSON: {why}"))
}

/// Any value, as long as it is no deeper than this.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn inner<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1);
        depth.map(|depth| Self { depth }).ok_or_else(|| E::custom("objects and lists are nested too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            let value = object.next_value_seed(inner)?;
            // Readers disagree about which of two counts, and a signature covers both.
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is given twice"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check_refused(body: impl AsRef<[u8]>, says: &str) {
        let why = read(body.as_ref()).unwrap_err().0;
        assert!(why.contains(says), "{why}");
        assert!(!why.contains("hunter2"), "{why}");
    }

    #[test]
    fn an_object_is_read_as_it_is() {
        let body = r#" {"a": [1, -2, 0.5, true, null, "é\u00e9"], "b": {"c": {}}} "#;
        assert_eq!(
            Value::Object(read(body.as_bytes()).unwrap()),
            json!({"a": [1, -2, 0.5, true, null, "éé"], "b": {"c": {}}})
        );
        assert_eq!(read(b""), Ok(Map::new()));
        assert_eq!(read(b"{}"), Ok(Map::new()));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in ["[]", "1", "null", "\"hunter2\"", "true"] {
            check_refused(body, "must be a JSON object");
        }
        for body in
            [" ", "{", "{\"a\":1", "{\"a\":1}x", "{a:1}", "{\"a\":1,}", "hunter2", "{\"a\":\"\\ud800\"}", "{'a':1}"]
        {
            check_refused(body, "cannot be read as JSON");
        }
        check_refused(b"{\"a\":\"\xff\"}", "cannot be read as JSON");
        check_refused("{\"a\":1e999}", "out of range");
    }

    #[test]
    fn a_member_is_given_once_wherever_it_stands() {
        check_refused(r#"{"hunter2":1,"hunter2":1}"#, "given twice");
        check_refused(r#"{"a":[{"b":1,"b":null}]}"#, "given twice");
        check_refused(r#"{"a":1,"\u0061":2}"#, "given twice");
        assert!(read(br#"{"a":{"b":1},"b":1}"#).is_ok());
    }

    #[test]
    fn depth_is_bounded_before_the_stack_is() {
        let nested = |depth: usize| format!("{{\"a\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(DEPTH_MAX - 1).as_bytes()).is_ok());
        check_refused(nested(DEPTH_MAX), "too deep");
        check_refused(nested(100_000), "too deep");
        check_refused(format!("{}1", "{\"a\":".repeat(100_000)), "too deep");
    }
}
