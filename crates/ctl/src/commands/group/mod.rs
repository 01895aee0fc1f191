//! `reeve group`: groups of an organization, their addresses and their members.

mod alias;
mod change;
mod look;
mod member;

use super::names::{InOrganization, name};
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with groups.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a group and, with --email, enable it in one go
    Create(change::Create),
    /// List groups, by name
    List(look::List),
    /// Show everything about one group but its members
    #[command(after_help = "Examples:
  reeve group show engineers --org acme
  reeve group show engineers@acme.example --org acme
  reeve group show 'Board of directors' --org acme -o json | jq -r .group_id")]
    Show(Named),
    /// Show a group to address books, or keep it out of them; its name stays for good
    Edit(change::Edit),
    /// Give a group an address, at which its members are reached
    Enable(change::Enable),
    /// Take a group's address away; its members stay
    #[command(after_help = "Examples:
  reeve group disable engineers --org acme
  reeve group disable engineers@acme.example --org acme -o json")]
    Disable(Named),
    /// Delete a disabled group for good; its members stay
    Delete(change::Delete),
    /// Add, list and remove further addresses of a group
    #[command(subcommand)]
    Alias(alias::Command),
    /// Make an address of a group its primary one; the old one stays as an alias
    DefaultAddress(alias::SetDefault),
    /// Add, list and remove members of a group
    #[command(subcommand)]
    Member(member::Command),
}

/// The group that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Group, by name, address or id
    #[arg(value_name = "NAME", value_parser = name)]
    group: String,
    #[command(flatten)]
    place: InOrganization,
}

impl Named {
    /// The path of the group.
    fn path(&self) -> [&str; 4] {
        ["organizations", &self.place.org, "groups", &self.group]
    }

    /// The path of something below the group.
    fn below<'a>(&'a self, last: &'a str) -> [&'a str; 5] {
        ["organizations", &self.place.org, "groups", &self.group, last]
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(args) => change::create(ctx, &args).await,
        Command::List(args) => look::list_groups(ctx, args).await,
        Command::Show(args) => look::show(ctx, &args).await,
        Command::Edit(args) => change::edit(ctx, &args).await,
        Command::Enable(args) => change::enable(ctx, &args).await,
        Command::Disable(args) => change::disable(ctx, &args).await,
        Command::Delete(args) => change::delete(ctx, &args).await,
        Command::Alias(command) => alias::run(ctx, command).await,
        Command::DefaultAddress(args) => alias::set_default(ctx, &args).await,
        Command::Member(command) => member::run(ctx, command).await,
    }
}
