//! `reeve resource`: rooms and equipment of an organization, their addresses and their delegates.

mod alias;
mod change;
mod delegate;
mod look;

use super::names::{InOrganization, name};
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with rooms and equipment.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a room or a piece of equipment and, with --email, enable it in one go
    Create(change::Create),
    /// List rooms and equipment, by name
    List(look::List),
    /// Show everything about one resource but its delegates
    #[command(after_help = "Examples:
  reeve resource show blue --org acme
  reeve resource show blue@acme.example --org acme -o json | jq .booking")]
    Show(Named),
    /// Change name, kind, description or how bookings are answered; what is not named stays
    Edit(change::Edit),
    /// Give a resource an address, at which it is booked, and a calendar
    Enable(change::Enable),
    /// Let nobody book a resource any more; its calendar is kept for 30 days
    #[command(after_help = "Examples:
  reeve resource disable blue --org acme
  reeve resource disable blue@acme.example --org acme -o json")]
    Disable(Named),
    /// Delete a disabled resource for good
    Delete(change::Delete),
    /// Add, list and remove further addresses of a resource
    #[command(subcommand)]
    Alias(alias::Command),
    /// Make an address of a resource its primary one; the old one stays as an alias
    DefaultAddress(alias::SetDefault),
    /// Add, list and remove those who answer for a resource
    #[command(subcommand)]
    Delegate(delegate::Command),
}

/// The resource that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Resource, by name, address or id
    #[arg(value_name = "NAME", value_parser = name)]
    resource: String,
    #[command(flatten)]
    place: InOrganization,
}

impl Named {
    /// The path of the resource.
    fn path(&self) -> [&str; 4] {
        ["organizations", &self.place.org, "resources", &self.resource]
    }

    /// The path of something below the resource.
    fn below<'a>(&'a self, last: &'a str) -> [&'a str; 5] {
        ["organizations", &self.place.org, "resources", &self.resource, last]
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(args) => change::create(ctx, &args).await,
        Command::List(args) => look::list_resources(ctx, args).await,
        Command::Show(args) => look::show(ctx, &args).await,
        Command::Edit(args) => change::edit(ctx, &args).await,
        Command::Enable(args) => change::enable(ctx, &args).await,
        Command::Disable(args) => change::disable(ctx, &args).await,
        Command::Delete(args) => change::delete(ctx, &args).await,
        Command::Alias(command) => alias::run(ctx, command).await,
        Command::DefaultAddress(args) => alias::set_default(ctx, &args).await,
        Command::Delegate(command) => delegate::run(ctx, command).await,
    }
}
