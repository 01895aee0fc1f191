//! `reeve hold`: what is held back of who is gone, for how long, and letting go of it.

use serde::Serialize;
use serde_json::json;

use super::names::{InOrganization, name};
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::{Hold, HoldSettings};

/// What can be done with what is held back.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List addresses and names that are held back; of a deleted organization, its alias
    List(List),
    /// Let go of something that is held back, before its time
    Release(Release),
    /// Show or change for how long what is held back
    Settings(Settings),
}

/// Arguments of `hold list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve hold list --org acme
  reeve hold list --org acme --all -o json
  reeve hold list --org m-3f9a1c5e7b2d4860a1b2c3d4e5f60718")]
pub struct List {
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `hold release`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve hold release address ada@acme.test.example --reason 'her successor gets it' --org acme
  reeve hold release name ada --reason 'another Ada joins' --org acme
  reeve hold release alias acme --reason 'deleted by mistake' --org m-3f9a1c5e7b2d4860a1b2c3d4e5f60718

Whoever asks for it next gets it. The audit trail keeps the reason.")]
pub struct Release {
    /// What kind of thing
    #[arg(value_name = "address|name|alias", value_parser = ["address", "name", "alias"])]
    kind: String,
    /// The address, the name or the alias
    #[arg(value_name = "VALUE", value_parser = name)]
    value: String,
    /// Why it need not be held back any longer
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `hold settings`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve hold settings --org acme
  reeve hold settings --org acme --addresses-days 90 --names-days 90
  reeve hold settings --org acme --names-days 0

0 holds nothing back. What is held back already keeps its time.")]
pub struct Settings {
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    days: Days,
}

/// The times to change; what is not named stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Days")]
pub(super) struct Days {
    /// Days for addresses of who is disabled or deleted
    #[arg(long, value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses_days: Option<u32>,
    /// Days for names of deleted users
    #[arg(long, value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    names_days: Option<u32>,
    /// Days for the alias and the test domain, once the organization is deleted
    #[arg(long, value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    alias_days: Option<u32>,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { place, listing }) => {
            list(ctx, Call::get(&["organizations", &place.org, "holds"]), &listing, &holds()).await
        }
        Command::Release(Release { kind, value, reason, place }) => {
            let body = json!({ "kind": kind, "value": value, "reason": reason });
            ctx.send(&Call::post(&["organizations", &place.org, "holds", "release"]).json(&body)?).await?;
            ctx.screen.done(&format!("the {kind} {value} is held back no longer"))
        }
        Command::Settings(Settings { place, days }) => settings(ctx, &place.org, &days).await,
    }
}

async fn settings(ctx: &mut Context, org: &str, days: &Days) -> Result<(), Failure> {
    let path = ["organizations", org, "hold-settings"];
    if *days == Days::default() {
        let answer = ctx.send(&Call::get(&path)).await?;
        return shown(ctx, &answer, fields);
    }
    let answer = ctx.send(&Call::patch(&path).json(days)?).await?;
    changed(ctx, &format!("the holds of {org} are changed"), &answer, fields)
}

fn fields(settings: &HoldSettings) -> Fields {
    let days = |days: u64| match days {
        0 => Cell::from("not held back"),
        1 => Cell::from("1 day"),
        more => Cell::from(format!("{more} days")),
    };
    vec![
        ("addresses", days(settings.addresses_days)),
        ("names of deleted users", days(settings.names_days)),
        ("alias once deleted", days(settings.alias_days)),
    ]
}

fn holds() -> View<Hold> {
    View {
        heads: &["kind", "what", "held for", "until"],
        row: |hold| {
            vec![
                Cell::from(&hold.kind),
                Cell::from(&hold.value),
                Cell::from(&hold.held_for),
                Cell::moment(hold.held_until.as_ref()),
            ]
        },
        names: ("hold", "holds"),
        when_empty: "nothing is held back: reeve hold settings --org ORG shows for how long it would be",
    }
}
