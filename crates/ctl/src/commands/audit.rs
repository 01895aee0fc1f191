//! `reeve audit`: who changed what and when.

use std::time::Duration;

use reeve_base::{Clock, Timestamp};
use serde_json::Value;

use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::{Change, Event};

/// Characters of one value in the table; `-o json` has the whole.
const VALUE_CHARS_MAX: usize = 40;

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve audit --since 24h
  reeve audit --org acme --operation create_user --since 2026-11-01
  reeve audit --since 2026-11-21T08:00:00Z --until 2026-11-21T09:00:00Z --all -o json")]
pub struct Audit {
    /// Only changes within this organization, by alias or id
    #[arg(long, env = "REEVE_ORG", value_name = "ORG", hide_env_values = true)]
    org: Option<String>,
    /// Only this operation, such as create_user
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Only changes to the thing with this id
    #[arg(long, value_name = "ID")]
    resource_id: Option<String>,
    /// Only from this moment on: a time, a day, or how long ago (90m, 24h, 7d)
    #[arg(long, value_name = "WHEN", value_parser = when)]
    since: Option<When>,
    /// Only before this moment
    #[arg(long, value_name = "WHEN", value_parser = when)]
    until: Option<When>,
    #[command(flatten)]
    listing: Listing,
}

/// A moment as people give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    At(Timestamp),
    Ago(Duration),
}

impl When {
    fn resolve(self, clock: &dyn Clock) -> String {
        match self {
            Self::At(moment) => moment.to_rfc3339(),
            Self::Ago(before) => clock.now().minus(before).to_rfc3339(),
        }
    }
}

fn when(text: &str) -> Result<When, String> {
    if let Some(ago) = ago(text) {
        return Ok(When::Ago(ago));
    }
    let whole = if text.len() == "2026-11-21".len() { format!("{text}T00:00:00Z") } else { text.to_owned() };
    Timestamp::parse_rfc3339("since", &whole).map(When::At).map_err(|_| {
        "must be a time such as 2026-11-21T19:32:43Z, a day such as 2026-11-21, or 90m, 24h, 7d".to_owned()
    })
}

fn ago(text: &str) -> Option<Duration> {
    let unit = match text.chars().next_back()? {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u32 = text.get(..text.len() - 1)?.parse().ok()?;
    Some(Duration::from_secs(u64::from(number) * unit))
}

pub(super) async fn run(ctx: &mut Context, args: &Audit) -> Result<(), Failure> {
    let clock = &*ctx.tools.clock;
    let call = Call::get(&["events"])
        .query_maybe("organization", args.org.as_ref().filter(|org| !org.is_empty()))
        .query_maybe("operation", args.operation.as_ref())
        .query_maybe("resource_id", args.resource_id.as_ref())
        .query_maybe("since", args.since.map(|when| when.resolve(clock)))
        .query_maybe("until", args.until.map(|when| when.resolve(clock)));
    list(ctx, call, &args.listing, &events()).await
}

fn events() -> View<Event> {
    View {
        heads: &["at", "who", "operation", "what", "changes"],
        row: |event| {
            let who = if event.actor.name.is_empty() { &event.actor.kind } else { &event.actor.name };
            let what = if event.resource.name.is_empty() { &event.resource.id } else { &event.resource.name };
            let changes: Vec<String> = event.changes.iter().map(change).collect();
            vec![
                Cell::moment(event.at.as_ref()),
                Cell::from(who),
                Cell::from(&event.operation),
                Cell::from(format!("{} {what}", event.resource.kind)),
                Cell::from(changes.join("; ")),
            ]
        },
        names: ("event", "events"),
        when_empty: "look further back: reeve audit --since 30d",
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
    fn moments_are_times_days_or_how_long_ago() {
        for (text, seconds) in [("90m", 5_400), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(when(text), Ok(When::Ago(Duration::from_secs(seconds))), "{text}");
        }
        let day = Timestamp::parse_rfc3339("since", "2026-11-21T00:00:00Z").unwrap();
        assert_eq!(when("2026-11-21"), Ok(When::At(day)));
        for text in ["", "d", "-1d", "yesterday", "2026-13-01", "7w", "é"] {
            assert!(when(text).is_err(), "{text}");
        }
    }

    #[test]
    fn changes_read_as_before_and_after() {
        let read = |before, after| change(&Change { field: "city".to_owned(), before, after });
        assert_eq!(read(json!(null), json!("Rome")), "city = Rome");
        assert_eq!(read(json!("Rome"), json!("")), "city: Rome removed");
        assert_eq!(read(json!("Rome"), json!("Oslo")), "city: Rome -> Oslo");
        assert_eq!(read(json!("x".repeat(99)), json!(true)), format!("city: {}… -> true", "x".repeat(39)));
    }
}
