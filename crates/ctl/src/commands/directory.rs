//! `reeve directory`: where users live, and what their passwords must be like.

use serde::Serialize;
use serde_json::json;

use super::names::InOrganization;
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::Directory;

/// What can be done with directories.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the directories of the account
    List(List),
    /// Show the directory of an organization and its password rules
    Show(Show),
    /// Show or change the password rules of an organization's directory
    Policy(Policy),
}

/// Arguments of `directory list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve directory list
  reeve directory list --all -o json")]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `directory show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve directory show --org acme
  reeve directory show --org acme -o json | jq .password_policy")]
pub struct Show {
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `directory policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve directory policy --org acme
  reeve directory policy --org acme --length-min 14 --history 10
  reeve directory policy --org acme --lockout-failures 5 --lockout-minutes 30 --if-version 3")]
pub struct Policy {
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    rules: Rules,
    /// Change them only if the directory still has this version
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

/// The rules to change; what is not named stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Password rules")]
pub(super) struct Rules {
    /// Characters at least
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    length_min: Option<u32>,
    /// Characters at most
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    length_max: Option<u32>,
    /// Kinds of characters at least: upper case, lower case, digits, others
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    classes_min: Option<u32>,
    /// Earlier passwords that may not come back
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<u32>,
    /// Days until a password must be changed; 0 for never
    #[arg(long, value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    age_max_days: Option<u32>,
    /// Wrong passwords in a row that lock a user; 0 for never
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    lockout_failures: Option<u32>,
    /// Minutes that a locked user stays so
    #[arg(long, value_name = "MINUTES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    lockout_minutes: Option<u32>,
    /// Strength at least, from 0 (anything) to 4 (very hard to guess)
    #[arg(long, value_name = "0-4")]
    #[serde(skip_serializing_if = "Option::is_none")]
    strength_min: Option<u32>,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(args) => list(ctx, Call::get(&["directories"]), &args.listing, &directories()).await,
        Command::Show(args) => show(ctx, &args.place).await,
        Command::Policy(args) => policy(ctx, &args).await,
    }
}

async fn show(ctx: &mut Context, place: &InOrganization) -> Result<(), Failure> {
    let answer = ctx.send(&Call::get(&["organizations", &place.org, "directory"])).await?;
    shown(ctx, &answer, fields)
}

async fn policy(ctx: &mut Context, args: &Policy) -> Result<(), Failure> {
    if args.rules == Rules::default() {
        return show(ctx, &args.place).await;
    }
    let call = Call::patch(&["organizations", &args.place.org, "directory"])
        .json(&json!({ "password_policy": args.rules }))?
        .if_version(args.if_version);
    let answer = ctx.send(&call).await?;
    changed(ctx, &format!("changed the password rules of {}", args.place.org), &answer, fields)
}

fn fields(directory: &Directory) -> Fields {
    let mut fields = vec![
        ("directory", Cell::from(&directory.directory_id)),
        ("kind", Cell::from(&directory.kind)),
        ("organization", Cell::maybe(directory.organization_id.as_ref())),
        ("created", Cell::moment(directory.created_at.as_ref())),
        ("version", Cell::from(directory.version.to_string())),
    ];
    if let Some(policy) = &directory.password_policy {
        let number = |number: u64| Cell::from(number.to_string());
        let or_never = |number: u64, unit: &str| match number {
            0 => Cell::from("never"),
            _ => Cell::from(format!("{number} {unit}")),
        };
        fields.extend([
            ("length at least", number(policy.length_min)),
            ("length at most", number(policy.length_max)),
            ("kinds of characters", number(policy.classes_min)),
            ("earlier ones refused", number(policy.history)),
            ("must be changed after", or_never(policy.age_max_days, "days")),
            ("locked after", or_never(policy.lockout_failures, "wrong passwords")),
            ("locked for", Cell::from(format!("{} minutes", policy.lockout_minutes))),
            ("strength at least", Cell::from(format!("{} of 4", policy.strength_min))),
        ]);
    }
    fields
}

fn directories() -> View<Directory> {
    View {
        heads: &["directory", "kind", "organization", "region", "created"],
        row: |directory| {
            vec![
                Cell::from(&directory.directory_id),
                Cell::from(&directory.kind),
                Cell::maybe(directory.organization_id.as_ref()),
                Cell::maybe(directory.region.as_ref()),
                Cell::moment(directory.created_at.as_ref()),
            ]
        },
        names: ("directory", "directories"),
        when_empty: "an organization brings its own: reeve org create ALIAS --wait",
    }
}
