//! What rules of every kind look like to people: conditions in the words of the arguments, and decisions.

use crate::client::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::render::Cell;
use crate::wire::RuleDecision;

/// A condition as the server says it: the argument that sets it, what it asks for, and what it rules out.
pub(super) type Condition<'a> = (&'static str, &'a [String], &'a [String]);

/// Conditions as they would be given.
pub(super) fn conditions(all: &[Condition<'_>]) -> Vec<String> {
    let mut words = Vec::new();
    for (argument, any_of, none_of) in all {
        if !any_of.is_empty() {
            words.push(format!("{argument} {}", any_of.join(", ")));
        }
        if !none_of.is_empty() {
            words.push(format!("not-{argument} {}", none_of.join(", ")));
        }
    }
    words
}

/// Conditions in one line; `all` is of whom a rule without any speaks.
pub(super) fn in_words(conditions: &[String], all: &str) -> String {
    if conditions.is_empty() { all.to_owned() } else { conditions.join("; ") }
}

/// Shows what rules say, and which of them.
pub(super) fn decision(ctx: &mut Context, answer: &Answer) -> Result<(), Failure> {
    if ctx.screen.is_json() {
        return ctx.screen.json(&answer.text);
    }
    let told: RuleDecision = answer.read()?;
    let mut fields = vec![("effect", Cell::state(&told.effect))];
    if !told.kind.is_empty() {
        fields.push(("kind", Cell::from(&told.kind)));
    }
    fields.extend(told.rules.iter().map(|rule| ("rule", Cell::from(rule.to_string()))));
    if told.rules.is_empty() {
        fields.push(("rule", Cell::from("none speaks, and what none allows is denied")));
    }
    ctx.screen.record(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_said_as_it_is_given() {
        let texts = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (some, none) = (texts(&["IMAP", "SMTP"]), texts(&[]));
        let words = conditions(&[("protocol", &some, &none), ("user", &none, &none), ("ip-range", &none, &some)]);
        assert_eq!(words, ["protocol IMAP, SMTP", "not-ip-range IMAP, SMTP"]);
    }
}
