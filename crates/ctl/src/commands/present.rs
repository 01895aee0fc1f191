//! Shows one thing: the server's text to programs, its fields to people.

use serde::de::DeserializeOwned;

use crate::client::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::render::Cell;

/// The names and values of one thing, in the order in which people read them.
pub(super) type Fields = Vec<(&'static str, Cell)>;

/// Shows the thing that was asked for.
pub(super) fn shown<T: DeserializeOwned>(
    ctx: &mut Context,
    answer: &Answer,
    fields: fn(&T) -> Fields,
) -> Result<(), Failure> {
    if ctx.screen.is_json() {
        return ctx.screen.json(&answer.text);
    }
    ctx.screen.record(fields(&answer.read()?))
}

/// Says what was changed and shows it; the quiet asked for the change, not for a look at it.
pub(super) fn changed<T: DeserializeOwned>(
    ctx: &mut Context,
    sentence: &str,
    answer: &Answer,
    fields: fn(&T) -> Fields,
) -> Result<(), Failure> {
    ctx.screen.done(sentence)?;
    if ctx.global.quiet && !ctx.screen.is_json() {
        return Ok(());
    }
    shown(ctx, answer, fields)
}
