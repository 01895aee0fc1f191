//! Secrets that the server made, which are shown this once and nowhere kept.

use crate::client::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::render::clean;
use crate::wire::Generated;

/// Says that there is a new password, and prints it alone on standard output when the server made it.
pub(super) fn new_password(ctx: &mut Context, answer: &Answer, what: &str, owner: &str) -> Result<(), Failure> {
    if ctx.screen.is_json() {
        return ctx.screen.json(&answer.text);
    }
    match answer.read::<Generated>()?.password {
        Some(password) => {
            ctx.screen.note(&format!("the new {what} of {owner}, shown only this once:"));
            ctx.screen.line(&clean(&password))
        }
        None => ctx.screen.done(&format!("{owner} has a new {what}")),
    }
}

/// What else to say when a password came with something that was made or changed.
pub(super) enum Advice<'a> {
    /// It was shown.
    Shown(&'a str),
    /// The server was asked to make it, and it is not in the answer.
    Lost {
        /// The command that makes another.
        again: &'a str,
    },
}

/// Says what to do about a password that is shown only once; the quiet get it alone.
pub(super) fn advise(ctx: &mut Context, advice: &Advice<'_>) -> Result<(), Failure> {
    match advice {
        Advice::Shown(password) if ctx.global.quiet && !ctx.screen.is_json() => {
            return ctx.screen.line(&clean(password));
        }
        Advice::Shown(_) => ctx.screen.hint("write the new password down: it is shown only this once"),
        // The answer to the first try got lost, and with it the only copy of the password.
        Advice::Lost { again } => ctx.screen.warn(&format!("the password did not come through: {again}")),
    }
    Ok(())
}
