//! What rules of every kind have in common on the wire: descriptions, and conditions as two lists of texts.

use reeve_base::Invalid;
use reeve_base::names::{Description, DeviceText};
use reeve_domain::effect::Condition;

use crate::refusals::Refusal;

/// Reads what something is for; an empty text says as little as none.
pub(crate) fn description(text: Option<String>) -> Result<Option<Description>, Refusal> {
    let text = text.filter(|text| !text.is_empty());
    Ok(text.map(|text| Description::parse("description", &text)).transpose()?)
}

/// Reads a condition from what it asks for and what it rules out, each with the name of its field.
pub(crate) fn condition<T>(
    (any_of, wanted): (&'static str, &[String]),
    (none_of, unwanted): (&'static str, &[String]),
    parse: impl Fn(&'static str, &str) -> Result<T, Refusal>,
) -> Result<Condition<T>, Refusal> {
    Ok(Condition {
        any_of: wanted.iter().map(|text| parse(any_of, text)).collect::<Result<_, _>>()?,
        none_of: unwanted.iter().map(|text| parse(none_of, text)).collect::<Result<_, _>>()?,
    })
}

/// Reads what a device reports, or how that begins.
pub(crate) fn device_text(field: &'static str, text: &str) -> Result<DeviceText, Refusal> {
    Ok(DeviceText::parse(field, text)?)
}

/// Names the field in a refusal of something whose reader knows only one.
pub(crate) fn in_field<T>(field: &'static str, read: Result<T, Invalid>) -> Result<T, Refusal> {
    read.map_err(|why| Refusal::invalid(field, why.why))
}

/// Texts as answers show them.
pub(crate) fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}
