//! `reeve org tag`: notes on organizations, for your own books.

use serde_json::{Value, json};

use super::names::name;
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{View, show};
use crate::render::{Cell, counted};
use crate::wire::Tag;

/// What can be done with the tags of an organization.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the tags, in whatever state the organization is
    #[command(after_help = "Examples:
  reeve org tag list acme
  reeve org tag list acme -o json | jq -r '.items[].key'")]
    List(List),
    /// Set tags over those that have their keys; others stay
    #[command(after_help = "Examples:
  reeve org tag add acme cost-centre=4711
  reeve org tag add acme team=mail 'owner=Ada Lovelace' reviewed=")]
    Add(Add),
    /// Remove tags; a key that the organization has not is passed over
    #[command(after_help = "Examples:
  reeve org tag remove acme cost-centre
  reeve org tag remove acme team owner --quiet")]
    Remove(Remove),
}

/// Arguments of `org tag list`.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Organization, by alias or id
    #[arg(value_name = "ORG", value_parser = name)]
    org: String,
}

/// Arguments of `org tag add`.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Organization, by alias or id
    #[arg(value_name = "ORG", value_parser = name)]
    org: String,
    /// A tag; what stands before the first = is its key
    #[arg(value_name = "KEY=VALUE", required = true, value_parser = tag)]
    tags: Vec<(String, String)>,
}

/// Arguments of `org tag remove`.
#[derive(Debug, clap::Args)]
pub struct Remove {
    /// Organization, by alias or id
    #[arg(value_name = "ORG", value_parser = name)]
    org: String,
    /// The key of a tag
    #[arg(value_name = "KEY", required = true, value_parser = name)]
    keys: Vec<String>,
}

fn tag(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(key, _)| !key.is_empty());
    parts.map(|(key, value)| (key.to_owned(), value.to_owned())).ok_or_else(|| "must be like key=value".to_owned())
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { org }) => {
            let answer = ctx.send(&Call::get(&["organizations", &org, "tags"])).await?;
            show(ctx, &answer, &tags())
        }
        Command::Add(Add { org, tags: new }) => {
            let new: Vec<Value> = new.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
            let set = counted(new.len() as u64, "tag", "tags");
            let call = Call::post(&["organizations", &org, "tags"]).json(&json!({ "tags": new }))?;
            let answer = ctx.send(&call).await?;
            ctx.screen.done(&format!("set {set} of {org}"))?;
            if ctx.global.quiet && !ctx.screen.is_json() {
                return Ok(());
            }
            show(ctx, &answer, &tags())
        }
        Command::Remove(Remove { org, keys }) => {
            for key in &keys {
                ctx.send(&Call::delete(&["organizations", &org, "tags", key])).await?;
                ctx.screen.done(&format!("{org} has no tag {key}"))?;
            }
            Ok(())
        }
    }
}

fn tags() -> View<Tag> {
    View {
        heads: &["key", "value"],
        row: |tag| vec![Cell::from(&tag.key), Cell::maybe(Some(&tag.value))],
        names: ("tag", "tags"),
        when_empty: "set one: reeve org tag add ORG KEY=VALUE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_ends_its_key_at_the_first_sign() {
        let parted = |text: &str| tag(text).map(|(key, value)| format!("{key}|{value}"));
        assert_eq!(parted("a=b"), Ok("a|b".to_owned()));
        assert_eq!(parted("a=b=c"), Ok("a|b=c".to_owned()));
        assert_eq!(parted("a="), Ok("a|".to_owned()));
        for wrong in ["", "a", "=b"] {
            assert!(parted(wrong).is_err(), "{wrong}");
        }
    }
}
