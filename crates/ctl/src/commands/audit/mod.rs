//! `reeve audit`: who changed what and when, and by what right.

mod export;

use serde_json::Value;

use super::when::{When, when};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::{Change, CredentialUsed, Event};

/// Characters of one value in the table; `-o json` has the whole.
const VALUE_CHARS_MAX: usize = 40;

/// Columns below which a terminal has no room for how somebody was let in.
const WIDE_COLUMNS_MIN: u16 = 120;

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve audit --since 24h
  reeve audit --org acme --operation create_user --since 2026-11-01
  reeve audit --actor root@example.com --since 7d
  reeve audit --since 2026-11-21T08:00:00Z --until 2026-11-21T09:00:00Z --all -o json")]
pub struct Audit {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    listing: Listing,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What else can be done with the audit trail.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write events as JSON lines, oldest first, to a file or to standard output
    Export(export::Export),
}

/// Which events are meant; stands before or after `export`.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Which events")]
struct Filter {
    /// Only changes within this organization, by alias or id
    #[arg(long, global = true, env = "REEVE_ORG", value_name = "ORG", hide_env_values = true)]
    org: Option<String>,
    /// Only what this administrator did, by username or id
    #[arg(long, global = true, value_name = "WHO")]
    actor: Option<String>,
    /// Only this operation, such as create_user
    #[arg(long, global = true, value_name = "NAME")]
    operation: Option<String>,
    /// Only changes to the thing with this id
    #[arg(long, global = true, value_name = "ID")]
    resource_id: Option<String>,
    /// Only from this moment on: a time, a day, or how long ago (90m, 24h, 7d)
    #[arg(long, global = true, value_name = "WHEN", value_parser = when)]
    since: Option<When>,
    /// Only before this moment
    #[arg(long, global = true, value_name = "WHEN", value_parser = when)]
    until: Option<When>,
}

impl Filter {
    fn narrow(&self, ctx: &Context, call: Call) -> Call {
        let clock = &*ctx.tools.clock;
        call.query_maybe("organization", self.org.as_ref().filter(|org| !org.is_empty()))
            .query_maybe("actor", self.actor.as_ref())
            .query_maybe("operation", self.operation.as_ref())
            .query_maybe("resource_id", self.resource_id.as_ref())
            .query_maybe("since", self.since.map(|when| when.past(clock)))
            .query_maybe("until", self.until.map(|when| when.past(clock)))
    }
}

pub(super) async fn run(ctx: &mut Context, args: &Audit) -> Result<(), Failure> {
    if let Some(Command::Export(export)) = &args.command {
        if args.listing.is_given() {
            return Err(Failure::usage("an export has every event", "leave --limit, --cursor and --all out"));
        }
        return export::run(ctx, &args.filter, export).await;
    }
    let call = args.filter.narrow(ctx, Call::get(&["events"]));
    let narrow = ctx.screen.width().is_some_and(|columns| columns < WIDE_COLUMNS_MIN);
    list(ctx, call, &args.listing, if narrow { &SHORT } else { &EVENTS }).await
}

const EVENTS: View<Event> = View {
    heads: &["at", "who", "how", "operation", "what", "changes"],
    row: |event| {
        let [at, who, rest @ ..] = cells(event);
        [vec![at, who, how(event)], rest.into()].concat()
    },
    names: ("event", "events"),
    when_empty: "look further back: reeve audit --since 30d",
};

/// The events for a narrow terminal.
const SHORT: View<Event> =
    View { heads: &["at", "who", "operation", "what", "changes"], row: |event| cells(event).into(), ..EVENTS };

fn cells(event: &Event) -> [Cell; 5] {
    let who = if event.actor.name.is_empty() { &event.actor.kind } else { &event.actor.name };
    let what = if event.resource.name.is_empty() { &event.resource.id } else { &event.resource.name };
    let changes: Vec<String> = event.changes.iter().map(change).collect();
    [
        Cell::moment(event.at.as_ref()),
        Cell::from(who),
        Cell::from(&event.operation),
        Cell::from(format!("{} {what}", event.resource.kind)),
        Cell::from(changes.join("; ")),
    ]
}

/// What let them in, and the policy that let them do it.
fn how(event: &Event) -> Cell {
    let credential = event.credential.as_ref().map(credential).filter(|text| !text.is_empty());
    let policy = event.policy.as_ref().map(|policy| format!("by {}", policy.name));
    let parts: Vec<String> = credential.into_iter().chain(policy).collect();
    if parts.is_empty() { Cell::none() } else { Cell::from(parts.join(", ")) }
}

/// A credential in words; the id of a key says which, that of a session says nothing to people.
fn credential(used: &CredentialUsed) -> String {
    match (used.kind.as_str(), &used.id) {
        ("access_key", Some(id)) => format!("key {id}"),
        (kind, _) => kind.replace('_', " "),
    }
}

fn change(change: &Change) -> String {
    match (value(&change.before), value(&change.after)) {
        (None, None) => change.field.clone(),
        (None, Some(after)) => format!("{} = {after}", change.field),
        (Some(before), None) => format!("{}: {before} removed", change.field),
        (Some(before), Some(after)) => format!("{}: {before} -> {after}", change.field),
    }
}

fn value(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) if text.is_empty() => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() <= VALUE_CHARS_MAX {
        return Some(text);
    }
    Some(text.chars().take(VALUE_CHARS_MAX - 1).chain(['…']).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_read_as_before_and_after() {
        let read = |before, after| change(&Change { field: "city".to_owned(), before, after });
        assert_eq!(read(json!(null), json!("Rome")), "city = Rome");
        assert_eq!(read(json!("Rome"), json!("")), "city: Rome removed");
        assert_eq!(read(json!("Rome"), json!("Oslo")), "city: Rome -> Oslo");
        assert_eq!(read(json!("x".repeat(99)), json!(true)), format!("city: {}… -> true", "x".repeat(39)));
    }
}
