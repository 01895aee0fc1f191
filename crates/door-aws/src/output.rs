//! Builds the JSON of an answer: members without a value are left out, moments are seconds.

use reeve_base::Timestamp;
use serde_json::{Map, Value};

/// An object of an answer; empty for the operations that answer nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Output(Map<String, Value>);

impl Output {
    /// An answer without members.
    pub(crate) fn empty() -> Self {
        Self::default()
    }

    /// The same with a member, if it has a value.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Written) -> Self {
        if let Some(value) = value.written() {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    /// The octets of the answer.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        // Texts, numbers and lists of them can always be written.
        serde_json::to_vec(&self.0).unwrap_or_default()
    }
}

/// What can stand in an answer.
pub(crate) trait Written {
    /// The JSON, or nothing where nothing is said.
    fn written(self) -> Option<Value>;
}

impl Written for &str {
    fn written(self) -> Option<Value> {
        Some(Value::from(self))
    }
}

impl Written for String {
    fn written(self) -> Option<Value> {
        Some(Value::from(self))
    }
}

impl Written for bool {
    fn written(self) -> Option<Value> {
        Some(Value::from(self))
    }
}

impl Written for i64 {
    fn written(self) -> Option<Value> {
        Some(Value::from(self))
    }
}

impl Written for f64 {
    fn written(self) -> Option<Value> {
        Some(Value::from(self))
    }
}

impl Written for Timestamp {
    /// Seconds since the epoch, with three places.
    fn written(self) -> Option<Value> {
        // A double keeps milliseconds exactly for the next 280,000 years.
        Some(Value::from(self.millis() as f64 / 1_000.0))
    }
}

impl Written for Output {
    fn written(self) -> Option<Value> {
        Some(Value::Object(self.0))
    }
}

impl<T: Written> Written for Option<T> {
    fn written(self) -> Option<Value> {
        self.and_then(T::written)
    }
}

impl<T: Written> Written for Vec<T> {
    fn written(self) -> Option<Value> {
        Some(Value::Array(self.into_iter().filter_map(T::written).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: Output, expected: &str) {
        assert_eq!(String::from_utf8(output.into_bytes()).unwrap(), expected);
    }

    #[test]
    fn what_is_not_said_is_left_out() {
        check(Output::empty(), "{}");
        check(Output::empty().with("A", None::<&str>).with("B", "").with("C", false), r#"{"B":"","C":false}"#);
        let inner = Output::empty().with("D", 5);
        check(Output::empty().with("L", vec![inner]).with("E", Vec::<String>::new()), r#"{"L":[{"D":5}],"E":[]}"#);
    }

    #[test]
    fn moments_are_seconds_with_milliseconds() {
        for (millis, written) in
            [(1_532_459_261_827, "1532459261.827"), (0, "0.0"), (1_795_289_563_120, "1795289563.12")]
        {
            check(Output::empty().with("At", Timestamp::from_millis(millis)), &format!("{{\"At\":{written}}}"));
        }
    }
}
