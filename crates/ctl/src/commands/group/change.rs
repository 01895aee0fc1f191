//! Creating, editing, enabling, disabling and deleting one group.

use serde::Serialize;
use serde_json::json;

use super::look::fields;
use super::{InOrganization, Named, name};
use crate::client::{Answer, Call};
use crate::commands::names::Hidden;
use crate::commands::present::changed;
use crate::context::Context;
use crate::failure::Failure;
use crate::wire::Group;

/// Arguments of `group create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve group create engineers --org acme --email engineers@acme.example
  reeve group create 'Board of directors' --org acme --hidden")]
pub struct Create {
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    new: New,
}

/// A group that is to be.
#[derive(Debug, Serialize, clap::Args)]
struct New {
    /// Name of the group; stays for good
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// Address; enables the group at once
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    hidden: Hidden,
}

/// Arguments of `group edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve group edit engineers --org acme --hidden
  reeve group edit engineers --org acme --hidden=false --if-version 4")]
pub struct Edit {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    hidden: Hidden,
    /// Change the group only if it still has this version, as show says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

/// Arguments of `group enable`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve group enable engineers --email engineers@acme.example --org acme
  reeve group enable 'Board of directors' --email board@acme.example --org acme -o json")]
pub struct Enable {
    #[command(flatten)]
    named: Named,
    /// Address that becomes the group's primary one
    #[arg(long, value_name = "ADDRESS")]
    email: String,
}

/// Arguments of `group delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve group delete engineers --org acme
  reeve group delete engineers --org acme --yes")]
pub struct Delete {
    #[command(flatten)]
    named: Named,
    /// Do not ask for the name to be typed back
    #[arg(long, short = 'y')]
    yes: bool,
}

pub(super) async fn create(ctx: &mut Context, args: &Create) -> Result<(), Failure> {
    let call = Call::post(&["organizations", &args.place.org, "groups"]).json(&args.new)?.keyed(ctx.new_key());
    let answer = ctx.send(&call).await?;
    let made: Group = answer.read()?;
    let sentence = match &made.email {
        Some(email) => format!("created group {} and enabled it as {email}", made.name),
        None => format!("created group {}", made.name),
    };
    changed_group(ctx, &sentence, &answer)
}

pub(super) async fn edit(ctx: &mut Context, args: &Edit) -> Result<(), Failure> {
    if args.hidden == Hidden::default() {
        return Err(Failure::usage("there is nothing to change", "give --hidden or --hidden=false"));
    }
    let call = Call::patch(&args.named.path()).json(&args.hidden)?.if_version(args.if_version);
    let answer = ctx.send(&call).await?;
    changed_group(ctx, &format!("changed group {}", args.named.group), &answer)
}

pub(super) async fn enable(ctx: &mut Context, args: &Enable) -> Result<(), Failure> {
    let call = Call::post(&args.named.below("enable")).json(&json!({ "email": args.email }))?;
    let answer = ctx.send(&call).await?;
    changed_group(ctx, &format!("enabled group {} as {}", args.named.group, args.email), &answer)
}

pub(super) async fn disable(ctx: &mut Context, args: &Named) -> Result<(), Failure> {
    let answer = ctx.send(&Call::post(&args.below("disable"))).await?;
    changed_group(ctx, &format!("disabled group {}", args.group), &answer)
}

pub(super) async fn delete(ctx: &mut Context, args: &Delete) -> Result<(), Failure> {
    if !args.yes {
        ctx.confirm(&format!("delete group {} for good", args.named.group), &args.named.group)?;
    }
    ctx.send(&Call::delete(&args.named.path())).await?;
    ctx.screen.done(&format!("deleted group {}", args.named.group))
}

/// Says what happened to a group and shows it.
pub(super) fn changed_group(ctx: &mut Context, sentence: &str, answer: &Answer) -> Result<(), Failure> {
    changed(ctx, sentence, answer, fields)
}
