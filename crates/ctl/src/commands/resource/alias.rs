//! Addresses of one resource: further ones, and the primary one.

use super::change::changed_resource;
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
  reeve resource alias add blue blue-room@acme.example --org acme
  reeve resource alias add blue@acme.example blue-room@acme.example --org acme -o json")]
    Add(Address),
    /// Remove a further address
    #[command(after_help = "Examples:
  reeve resource alias remove blue blue-room@acme.example --org acme
  reeve resource alias remove blue@acme.example blue-room@acme.example --org acme")]
    Remove(Address),
    /// List the further addresses
    List(List),
}

/// A resource and one of its addresses.
#[derive(Debug, clap::Args)]
pub struct Address {
    #[command(flatten)]
    named: Named,
    /// Address
    #[arg(value_name = "ADDRESS", value_parser = name)]
    address: String,
}

/// Arguments of `resource alias list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve resource alias list blue --org acme
  reeve resource alias list blue --org acme -o json | jq -r '.items[].address'")]
pub struct List {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `resource default-address`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve resource default-address blue blue-room@acme.example --org acme
  reeve resource default-address blue@acme.example blue-room@acme.example --org acme -o json")]
pub struct SetDefault {
    #[command(flatten)]
    to: Address,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Add(args) => addresses::add(ctx, args.named.path(), &args.address).await,
        Command::Remove(args) => addresses::remove(ctx, args.named.path(), &args.address).await,
        Command::List(args) => {
            let when_empty = "add one: reeve resource alias add NAME ADDRESS --org ORG";
            addresses::list_of(ctx, args.named.path(), &args.listing, when_empty).await
        }
    }
}

pub(super) async fn set_default(ctx: &mut Context, args: &SetDefault) -> Result<(), Failure> {
    let Address { named, address } = &args.to;
    let answer = addresses::set_default(ctx, named.path(), address).await?;
    changed_resource(ctx, &format!("{address} is now the primary address of {}", named.resource), &answer)
}
