//! `reeve org key`: the key under which the mailboxes of an organization lie.

use serde_json::json;

use super::names::name;
use crate::client::{Answer, Call};
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{View, show};
use crate::render::Cell;
use crate::wire::{KeyGeneration, Organization};

/// What can be done with the key of an organization.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show the key, and how far a rotation has come
    #[command(after_help = "Examples:
  reeve org key show acme
  reeve org key show acme -o json | jq -r '.items[0].state'")]
    Show(Named),
    /// Choose the key; mailboxes follow by themselves, and no mail is touched
    Set(Set),
    /// Make a new generation of the key; mailboxes follow by themselves, and no mail is touched
    #[command(after_help = "Examples:
  reeve org key rotate acme
  reeve org key rotate acme && reeve org key show acme")]
    Rotate(Named),
    /// Switch the key off: nothing in the mailboxes is read or written until it is on again
    #[command(after_help = "Examples:
  reeve org key disable acme
  reeve org key disable acme --quiet")]
    Disable(Named),
    /// Switch the key on again
    #[command(after_help = "Examples:
  reeve org key enable acme
  reeve org key enable acme --quiet")]
    Enable(Named),
    /// Destroy the key: what is in the mailboxes is lost for ever
    Destroy(Destroy),
}

/// The organization that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Organization, by alias or id
    #[arg(value_name = "ORG", value_parser = name)]
    org: String,
}

/// Arguments of `org key set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve org key set acme mail-hsm
  reeve org key set acme managed")]
pub struct Set {
    #[command(flatten)]
    named: Named,
    /// managed for the key of the deployment, else an encryption key by name, id, ARN or reference
    #[arg(value_name = "KEY", value_parser = name)]
    key: String,
}

/// Arguments of `org key destroy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve org key destroy acme
  reeve org key destroy acme --yes

Nobody brings back what was in the mailboxes: not you, not whoever runs the server, not a later key.")]
pub struct Destroy {
    #[command(flatten)]
    named: Named,
    /// Do not ask for the alias to be typed back
    #[arg(long, short = 'y')]
    yes: bool,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Show(Named { org }) => {
            let answer = ctx.send(&Call::get(&["organizations", &org, "key"])).await?;
            show(ctx, &answer, &generations())
        }
        Command::Set(Set { named: Named { org }, key }) => {
            let call = Call::put(&["organizations", &org, "key"]).json(&json!({ "encryption_key": key }))?;
            let answer = ctx.send(&call).await?;
            done(ctx, &format!("{org} lies under {key}"), &answer)
        }
        Command::Rotate(Named { org }) => act(ctx, (&org, "rotate"), "has a new generation of its key").await,
        Command::Disable(Named { org }) => act(ctx, (&org, "disable"), "has its key switched off").await,
        Command::Enable(Named { org }) => act(ctx, (&org, "enable"), "has its key switched on").await,
        Command::Destroy(args) => destroy(ctx, &args).await,
    }
}

async fn act(ctx: &mut Context, (org, verb): (&str, &str), sentence: &str) -> Result<(), Failure> {
    let answer = ctx.send(&Call::post(&["organizations", org, "key", verb])).await?;
    done(ctx, &format!("{org} {sentence}"), &answer)
}

async fn destroy(ctx: &mut Context, args: &Destroy) -> Result<(), Failure> {
    let org = &args.named.org;
    let answer = ctx.send(&Call::get(&["organizations", org])).await?;
    let alias = answer.read::<Organization>()?.alias;
    if !args.yes {
        ctx.confirm(&format!("destroy the key of {alias}, and with it all that is in its mailboxes"), &alias)?;
    }
    let call = Call::post(&["organizations", org, "key", "destroy"]).json(&json!({ "alias": alias }))?;
    let answer = ctx.send(&call).await?;
    done(ctx, &format!("destroyed the key of {org}"), &answer)
}

fn done(ctx: &mut Context, sentence: &str, answer: &Answer) -> Result<(), Failure> {
    ctx.screen.done(sentence)?;
    if ctx.global.quiet && !ctx.screen.is_json() {
        return Ok(());
    }
    show(ctx, answer, &generations())
}

fn generations() -> View<KeyGeneration> {
    View {
        heads: &["generation", "state", "kind", "encryption key", "mailboxes", "checked", "failure"],
        row: |generation| {
            vec![
                Cell::from(generation.generation.to_string()),
                Cell::state(&generation.state),
                Cell::from(&generation.kind),
                Cell::maybe(generation.encryption_key_name.as_ref()),
                Cell::from(generation.mailboxes.to_string()),
                Cell::moment(generation.checked_at.as_ref()),
                Cell::maybe(generation.reason.as_ref()),
            ]
        },
        names: ("generation", "generations"),
        when_empty: "the organization gets its key with the first mail",
    }
}
