//! Addresses of one user: further ones, and the one that mail is sent from.

use serde_json::json;

use super::change::changed_user;
use super::{Named, name};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::Alias;

/// What can be done with further addresses.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a further address
    #[command(after_help = "Examples:
  reeve user alias add ada countess@acme.example --org acme
  reeve user alias add ada@acme.example ada.king@acme.example --org acme -o json")]
    Add(Address),
    /// Remove a further address
    #[command(after_help = "Examples:
  reeve user alias remove ada countess@acme.example --org acme
  reeve user alias remove ada@acme.example ada.king@acme.example --org acme")]
    Remove(Address),
    /// List the further addresses
    List(List),
}

/// A user and one of its addresses.
#[derive(Debug, clap::Args)]
pub struct Address {
    #[command(flatten)]
    named: Named,
    /// Address
    #[arg(value_name = "ADDRESS", value_parser = name)]
    address: String,
}

/// Arguments of `user alias list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user alias list ada --org acme
  reeve user alias list ada --org acme -o json | jq -r '.items[].address'")]
pub struct List {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `user default-address`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user default-address ada ada.king@acme.example --org acme
  reeve user default-address ada@acme.example ada.king@acme.example --org acme -o json")]
pub struct SetDefault {
    #[command(flatten)]
    to: Address,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Add(args) => {
            let call = Call::post(&args.named.below("aliases")).json(&json!({ "address": args.address }))?;
            let answer = ctx.send(&call).await?;
            if ctx.screen.is_json() {
                return ctx.screen.json(&answer.text);
            }
            ctx.screen.done(&format!("{} now also has the address {}", args.named.user, args.address))
        }
        Command::Remove(args) => {
            let [a, b, c, d, e] = args.named.below("aliases");
            ctx.send(&Call::delete(&[a, b, c, d, e, &args.address])).await?;
            ctx.screen.done(&format!("removed the address {} of {}", args.address, args.named.user))
        }
        Command::List(args) => list(ctx, Call::get(&args.named.below("aliases")), &args.listing, &aliases()).await,
    }
}

pub(super) async fn set_default(ctx: &mut Context, args: &SetDefault) -> Result<(), Failure> {
    let Address { named, address } = &args.to;
    let call = Call::put(&named.below("default-address")).json(&json!({ "email": address }))?;
    let answer = ctx.send(&call).await?;
    changed_user(ctx, &format!("{} now sends from {address}", named.user), &answer)
}

fn aliases() -> View<Alias> {
    View {
        heads: &["address", "created"],
        row: |alias| vec![Cell::from(&alias.address), Cell::moment(alias.created_at.as_ref())],
        names: ("alias", "aliases"),
        when_empty: "add one: reeve user alias add NAME ADDRESS --org ORG",
    }
}
