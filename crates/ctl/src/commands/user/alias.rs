//! Addresses of one user: further ones, and the one that mail is sent from.

use super::change::changed_user;
use super::{Named, name};
use crate::commands::addresses;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::Listing;

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
        Command::Add(args) => addresses::add(ctx, args.named.path(), &args.address).await,
        Command::Remove(args) => addresses::remove(ctx, args.named.path(), &args.address).await,
        Command::List(args) => {
            let when_empty = "add one: reeve user alias add NAME ADDRESS --org ORG";
            addresses::list_of(ctx, args.named.path(), &args.listing, when_empty).await
        }
    }
}

pub(super) async fn set_default(ctx: &mut Context, args: &SetDefault) -> Result<(), Failure> {
    let Address { named, address } = &args.to;
    let answer = addresses::set_default(ctx, named.path(), address).await?;
    changed_user(ctx, &format!("{} now sends from {address}", named.user), &answer)
}
