//! Names of things inside bodies: read as those in paths are, once nothing is in them that no name holds.

use std::str::FromStr;

use crate::refusals::Refusal;

/// Characters of an id or a name: more than any has. Longer ones would only come back in the refusal.
const NAME_CHARS_MAX: usize = 320;

/// Reads the id or the name of something.
pub(crate) fn named<T>(field: &'static str, text: &str) -> Result<T, Refusal>
where
    T: FromStr,
    Refusal: From<T::Err>,
{
    Ok(sought(field, text)?.parse()?)
}

/// Refuses what can be no id and no name of anything.
pub(crate) fn sought<'a>(field: &'static str, text: &'a str) -> Result<&'a str, Refusal> {
    // The gate refuses these in paths; no database takes them.
    if text.chars().any(char::is_control) {
        return Err(Refusal::invalid(field, "must not hold control characters"));
    }
    if text.chars().count() > NAME_CHARS_MAX {
        return Err(Refusal::invalid(field, format!("must have at most {NAME_CHARS_MAX} characters")));
    }
    Ok(text)
}

/// Reads the ids or names of several things of one kind.
pub(crate) fn named_all<T>(field: &'static str, texts: &[String]) -> Result<Vec<T>, Refusal>
where
    T: FromStr,
    Refusal: From<T::Err>,
{
    texts.iter().map(|text| named(field, text)).collect()
}

/// Reads the id or the name of something that may be left out, or that null takes away.
pub(crate) fn named_or_none<T>(field: &'static str, text: Option<Option<String>>) -> Result<Option<Option<T>>, Refusal>
where
    T: FromStr,
    Refusal: From<T::Err>,
{
    text.map(|text| text.map(|text| named(field, &text)).transpose()).transpose()
}
