//! Reads the members of an input by name, checking each against its shape.
//!
//! A member of another JSON type is a `SerializationException`; one that breaks its shape is a violation, told in the
//! words of AWS, and sensitive values are not repeated. `null` is the same as absent. Members that an operation does not
//! know are not looked at, as on the side of AWS.

use std::net::Ipv4Addr;

use serde_json::{Map, Value};

use crate::faults::{Fault, Kind};
use crate::shapes::{self, List, Number, Text};

/// Characters of a value that a violation repeats.
const ECHO_CHARS_MAX: usize = 64;

/// The members of an object.
#[derive(Debug, Clone)]
pub(crate) struct Members<'b> {
    members: &'b Map<String, Value>,
    /// Where the object stands, with a dot at the end; nothing for the input itself.
    path: String,
}

/// What a word of the wire stands for.
pub(crate) type Words<T> = [(&'static str, T)];

impl<'b> Members<'b> {
    /// The members of a whole input.
    pub(crate) fn of(members: &'b Map<String, Value>) -> Self {
        Self { members, path: String::new() }
    }

    /// Where a member stands, as violations name it.
    fn place(&self, name: &str) -> String {
        let mut letters = name.chars();
        let first = letters.next().map(|first| first.to_ascii_lowercase());
        format!("{}{}{}", self.path, first.unwrap_or_default(), letters.as_str())
    }

    fn get(&self, name: &str) -> Option<&'b Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// Whether a member is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn need<T>(&self, name: &str, found: Option<T>) -> Result<T, Fault> {
        found.ok_or_else(|| violation(&format!("null at '{}'", self.place(name)), "Member must not be null"))
    }

    fn wrong_type(&self, name: &str, wanted: &str) -> Fault {
        Fault::new(Kind::Serialization, format!("'{}' must be {wanted}", self.place(name)))
    }

    /// A text that may be absent.
    pub(crate) fn optional_text(&self, name: &str, shape: &Text) -> Result<Option<&'b str>, Fault> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| self.wrong_type(name, "a string"))?;
        check_text(text, shape, &self.place(name))?;
        Ok(Some(text))
    }

    /// A text that must be there.
    pub(crate) fn text(&self, name: &str, shape: &Text) -> Result<&'b str, Fault> {
        let found = self.optional_text(name, shape)?;
        self.need(name, found)
    }

    /// One of some words, or nothing.
    pub(crate) fn optional_word<T: Copy>(&self, name: &str, words: &Words<T>) -> Result<Option<T>, Fault> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| self.wrong_type(name, "a string"))?;
        word(text, words, &self.place(name)).map(Some)
    }

    /// One of some words.
    pub(crate) fn word<T: Copy>(&self, name: &str, words: &Words<T>) -> Result<T, Fault> {
        let found = self.optional_word(name, words)?;
        self.need(name, found)
    }

    /// A flag that may be absent.
    pub(crate) fn optional_flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.wrong_type(name, "true or false"))
    }

    /// A flag that must be there.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Fault> {
        let found = self.optional_flag(name)?;
        self.need(name, found)
    }

    /// A whole number that may be absent.
    pub(crate) fn optional_number(&self, name: &str, shape: &Number) -> Result<Option<i64>, Fault> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_i64().ok_or_else(|| self.wrong_type(name, "a whole number"))?;
        let rule = match number {
            n if n < shape.min => format!("Member must have value greater than or equal to {}", shape.min),
            n if n > shape.max => format!("Member must have value less than or equal to {}", shape.max),
            n => return Ok(Some(n)),
        };
        Err(violation(&format!("'{number}' at '{}'", self.place(name)), &rule))
    }

    /// A whole number that must be there.
    pub(crate) fn number(&self, name: &str, shape: &Number) -> Result<i64, Fault> {
        let found = self.optional_number(name, shape)?;
        self.need(name, found)
    }

    /// An object that may be absent.
    pub(crate) fn optional_structure(&self, name: &str) -> Result<Option<Members<'b>>, Fault> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let members = value.as_object().ok_or_else(|| self.wrong_type(name, "an object"))?;
        Ok(Some(Members { members, path: format!("{}.", self.place(name)) }))
    }

    /// An object that must be there.
    pub(crate) fn structure(&self, name: &str) -> Result<Members<'b>, Fault> {
        let found = self.optional_structure(name)?;
        self.need(name, found)
    }

    /// A list that may be absent, with the place of each of its values.
    fn list(&self, name: &str, shape: &List) -> Result<Option<impl Iterator<Item = (String, &'b Value)>>, Fault> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let values = value.as_array().ok_or_else(|| self.wrong_type(name, "a list"))?;
        let place = self.place(name);
        let rule = match values.len() {
            n if n < shape.min => format!("Member must have length greater than or equal to {}", shape.min),
            n if n > shape.max => format!("Member must have length less than or equal to {}", shape.max),
            _ => {
                let values = values.iter().zip(1..);
                return Ok(Some(values.map(move |(value, number)| (format!("{place}.{number}.member"), value))));
            }
        };
        Err(violation(&format!("at '{place}'"), &rule))
    }

    /// A list of texts that may be absent.
    pub(crate) fn optional_texts(&self, name: &str, list: &List, shape: &Text) -> Result<Option<Vec<&'b str>>, Fault> {
        let Some(values) = self.list(name, list)? else { return Ok(None) };
        let read = |(place, value): (String, &'b Value)| {
            let text = value.as_str().ok_or_else(|| wrong_type_at(&place, "a string"))?;
            check_text(text, shape, &place).map(|()| text)
        };
        values.map(read).collect::<Result<_, _>>().map(Some)
    }

    /// A list of texts; none when it is absent.
    pub(crate) fn texts(&self, name: &str, list: &List, shape: &Text) -> Result<Vec<&'b str>, Fault> {
        self.optional_texts(name, list, shape).map(Option::unwrap_or_default)
    }

    /// A list of texts that must be there.
    pub(crate) fn texts_needed(&self, name: &str, list: &List, shape: &Text) -> Result<Vec<&'b str>, Fault> {
        let found = self.optional_texts(name, list, shape)?;
        self.need(name, found)
    }

    /// A list of words that must be there.
    pub(crate) fn words<T: Copy>(&self, name: &str, list: &List, words: &Words<T>) -> Result<Vec<T>, Fault> {
        let found = self.list(name, list)?;
        let read = |(place, value): (String, &'b Value)| {
            let text = value.as_str().ok_or_else(|| wrong_type_at(&place, "a string"))?;
            word(text, words, &place)
        };
        self.need(name, found)?.map(read).collect()
    }

    /// A list of objects that may be absent.
    pub(crate) fn optional_structures(&self, name: &str, list: &List) -> Result<Option<Vec<Members<'b>>>, Fault> {
        let Some(values) = self.list(name, list)? else { return Ok(None) };
        let read = |(place, value): (String, &'b Value)| {
            let members = value.as_object().ok_or_else(|| wrong_type_at(&place, "an object"))?;
            Ok(Members { members, path: format!("{place}.") })
        };
        values.map(read).collect::<Result<_, _>>().map(Some)
    }

    /// A list of objects that must be there.
    pub(crate) fn structures(&self, name: &str, list: &List) -> Result<Vec<Members<'b>>, Fault> {
        let found = self.optional_structures(name, list)?;
        self.need(name, found)
    }

    /// An IPv4 address.
    pub(crate) fn ipv4(&self, name: &str) -> Result<Ipv4Addr, Fault> {
        let text = self.text(name, &shapes::IP_ADDRESS)?;
        text.parse().map_err(|_| Fault::internal("what matches the pattern of an address is one"))
    }
}

fn wrong_type_at(place: &str, wanted: &str) -> Fault {
    Fault::new(Kind::Serialization, format!("'{place}' must be {wanted}"))
}

/// A violation of a shape, in the words of AWS.
fn violation(value: &str, rule: &str) -> Fault {
    Fault::invalid(format!("1 validation error detected: Value {value} failed to satisfy constraint: {rule}"))
}

fn check_text(text: &str, shape: &Text, place: &str) -> Result<(), Fault> {
    let chars = text.chars().count();
    let rule = match chars {
        n if n < shape.min => format!("Member must have length greater than or equal to {}", shape.min),
        n if n > shape.max => format!("Member must have length less than or equal to {}", shape.max),
        _ if !shape.matches(text) => {
            format!("Member must satisfy regular expression pattern: {}", shape.pattern)
        }
        // Where the model allows any character; no database keeps this one in a text.
        _ if text.contains('\0') => "Member must not hold the character U+0000".to_owned(),
        _ => return Ok(()),
    };
    let said = if shape.sensitive { format!("at '{place}'") } else { format!("'{}' at '{place}'", echo(text)) };
    Err(violation(&said, &rule))
}

fn word<T: Copy>(text: &str, words: &Words<T>, place: &str) -> Result<T, Fault> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*value);
    }
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let rule = format!("Member must satisfy enum value set: [{}]", known.join(", "));
    Err(violation(&format!("'{}' at '{place}'", echo(text)), &rule))
}

/// The beginning of a value, without what would break a line.
fn echo(text: &str) -> String {
    let mut echoed: String = text.chars().take(ECHO_CHARS_MAX).filter(|c| !c.is_control()).collect();
    if text.chars().count() > ECHO_CHARS_MAX {
        echoed.push('…');
    }
    echoed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::shapes::{ENTITY_IDENTIFIER, MAX_RESULTS, ONE_TO_TEN, PASSWORD, TAG_VALUE};

    const WORDS: [(&str, u8); 2] = [("ALLOW", 1), ("DENY", 2)];

    fn object(value: &Value) -> Members<'_> {
        Members::of(value.as_object().unwrap())
    }

    fn check<T: std::fmt::Debug>(read: Result<T, Fault>, kind: Kind, says: &str) {
        let fault = read.unwrap_err();
        assert_eq!(fault.kind, kind, "{}", fault.message);
        assert!(fault.message.contains(says), "{}", fault.message);
        assert!(!fault.message.contains("hunter2"), "{}", fault.message);
    }

    #[test]
    fn members_that_fit_are_read() {
        let value = json!({
            "UserId": "ada", "Flag": true, "MaxResults": 7, "Effect": "DENY", "None": null,
            "Filters": {"State": "ALLOW"}, "Rules": [{"Effect": "ALLOW"}], "Names": ["a", "b"], "Effects": ["DENY"],
        });
        let input = object(&value);
        assert_eq!(input.text("UserId", &ENTITY_IDENTIFIER).unwrap(), "ada");
        assert_eq!(input.optional_text("None", &ENTITY_IDENTIFIER).unwrap(), None);
        assert_eq!((input.flag("Flag").unwrap(), input.optional_flag("Other").unwrap()), (true, None));
        assert_eq!(input.number("MaxResults", &MAX_RESULTS).unwrap(), 7);
        assert_eq!(input.word("Effect", &WORDS).unwrap(), 2);
        assert_eq!(input.structure("Filters").unwrap().word("State", &WORDS).unwrap(), 1);
        assert_eq!(input.structures("Rules", &ONE_TO_TEN).unwrap()[0].word("Effect", &WORDS).unwrap(), 1);
        assert_eq!(input.texts("Names", &ONE_TO_TEN, &ENTITY_IDENTIFIER).unwrap(), ["a", "b"]);
        assert_eq!(input.words("Effects", &ONE_TO_TEN, &WORDS).unwrap(), [2]);
        assert_eq!(input.optional_texts("None", &ONE_TO_TEN, &ENTITY_IDENTIFIER).unwrap(), None);
    }

    #[test]
    fn another_type_cannot_be_read() {
        let kind = Kind::Serialization;
        for wrong in [json!(1), json!(true), json!([]), json!({}), json!(1.5)] {
            let value = json!({"UserId": wrong, "Rules": [{"Effect": wrong}], "Names": [wrong]});
            check(object(&value).text("UserId", &ENTITY_IDENTIFIER), kind, "'userId' must be a string");
            check(object(&value).word("UserId", &WORDS), kind, "'userId' must be a string");
            let rules = object(&value).structures("Rules", &ONE_TO_TEN).unwrap();
            check(rules[0].word("Effect", &WORDS), kind, "'rules.1.member.effect' must be a string");
            let names = object(&value).texts("Names", &ONE_TO_TEN, &ENTITY_IDENTIFIER);
            check(names, kind, "'names.1.member' must be a string");
        }
        for wrong in [json!("true"), json!(0)] {
            check(object(&json!({"Flag": wrong})).flag("Flag"), kind, "'flag' must be true or false");
        }
        for wrong in [json!("7"), json!(7.5), json!(u64::MAX), json!([7])] {
            check(object(&json!({"N": wrong})).number("N", &MAX_RESULTS), kind, "'n' must be a whole number");
        }
        let value = json!({"Filters": "hunter2", "Rules": {"a": 1}, "Names": [null]});
        check(object(&value).structure("Filters"), kind, "'filters' must be an object");
        check(object(&value).structures("Rules", &ONE_TO_TEN), kind, "'rules' must be a list");
        check(object(&value).texts("Names", &ONE_TO_TEN, &ENTITY_IDENTIFIER), kind, "'names.1.member'");
    }

    #[test]
    fn what_breaks_its_shape_is_told_in_the_words_of_aws() {
        let kind = Kind::InvalidParameter;
        let text = |text: &str| json!({"UserId": text});
        let read = |value: &Value| object(value).text("UserId", &ENTITY_IDENTIFIER).map(drop);
        check(read(&json!({})), kind, "Value null at 'userId' failed to satisfy constraint: Member must not be null");
        check(
            read(&text("")),
            kind,
            "Value '' at 'userId' failed to satisfy constraint: Member must have length greater",
        );
        check(
            read(&text(&"é".repeat(257))),
            kind,
            "…' at 'userId' failed to satisfy constraint: Member must have length less",
        );
        check(read(&text("a b")), kind, "'a b' at 'userId' failed to satisfy constraint: Member must satisfy regular");
        check(object(&text("allow")).word("UserId", &WORDS), kind, "enum value set: [ALLOW, DENY]");
        check(object(&json!({"T": "a\0"})).text("T", &TAG_VALUE), kind, "U+0000");
        for (n, says) in [(0, "greater than or equal to 1"), (101, "less than or equal to 100")] {
            check(object(&json!({"N": n})).number("N", &MAX_RESULTS), kind, says);
        }
        let value = json!({"None": [], "Many": vec!["a"; 11]});
        check(object(&value).texts("None", &ONE_TO_TEN, &ENTITY_IDENTIFIER), kind, "greater than or equal to 1");
        check(object(&value).texts("Many", &ONE_TO_TEN, &ENTITY_IDENTIFIER), kind, "less than or equal to 10");
    }

    #[test]
    fn sensitive_values_are_not_repeated() {
        let value = json!({"Password": format!("hunter2\n{}", "x".repeat(300))});
        check(object(&value).text("Password", &PASSWORD), Kind::InvalidParameter, "Value at 'password' failed");
        let value = json!({"Password": "hunter2\n"});
        check(object(&value).text("Password", &PASSWORD), Kind::InvalidParameter, "Value at 'password' failed");
    }

    #[test]
    fn lengths_count_characters() {
        let value = json!({"T": "é".repeat(256)});
        assert!(object(&value).text("T", &TAG_VALUE).is_ok());
    }
}
