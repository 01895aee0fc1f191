//! `reeve user`: the people of an organization, one by one and many at a time.

mod alias;
mod change;
mod enable;
mod export;
mod import;
mod look;
mod mailbox;
mod password;
mod profile;
mod report;
mod tally;

use super::names::{InOrganization, name};
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with users.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a user and, with --email, enable it in one go
    Create(change::Create),
    /// List users, by name
    List(look::List),
    /// Show everything about one user
    #[command(after_help = "Examples:
  reeve user show ada --org acme
  reeve user show ada@acme.example --org acme
  reeve user show ada --org acme -o json | jq -r .user_id")]
    Show(Named),
    /// Change what is known about a user; what is not named stays, an empty text clears
    Edit(change::Edit),
    /// Give a user a mailbox and an address; with --from, many users at once
    Enable(enable::Enable),
    /// Shut a user out of everything; the mailbox is kept for 30 days
    #[command(after_help = "Examples:
  reeve user disable ada --org acme
  reeve user disable ada@acme.example --org acme -o json")]
    Disable(Named),
    /// Delete a disabled user for good
    Delete(change::Delete),
    /// Give a user another password
    ResetPassword(password::Reset),
    /// Let a user in again who was locked after wrong passwords
    #[command(after_help = "Examples:
  reeve user unlock ada --org acme
  reeve user unlock ada@acme.example --org acme -o json")]
    Unlock(Named),
    /// Try a user's password; exit code 0 means that it would be let in
    CheckSignIn(password::Check),
    /// Add, list and remove further addresses of a user
    #[command(subcommand)]
    Alias(alias::Command),
    /// Make an address of a user the one that mail is sent from; the old one stays as an alias
    DefaultAddress(alias::SetDefault),
    /// Show what a user's mailbox holds, and say what it may hold
    #[command(subcommand)]
    Mailbox(mailbox::Command),
    /// Create and update users from a CSV file: our own, Google Workspace's or Microsoft 365's
    Import(import::Import),
    /// Write all users as CSV
    Export(export::Export),
}

/// The user that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// User, by name, address or id
    #[arg(value_name = "NAME", value_parser = name)]
    user: String,
    #[command(flatten)]
    place: InOrganization,
}

impl Named {
    /// The path of the user.
    fn path(&self) -> [&str; 4] {
        ["organizations", &self.place.org, "users", &self.user]
    }

    /// The path of something below the user.
    fn below<'a>(&'a self, last: &'a str) -> [&'a str; 5] {
        ["organizations", &self.place.org, "users", &self.user, last]
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(args) => change::create(ctx, &args).await,
        Command::List(args) => look::list_users(ctx, args).await,
        Command::Show(args) => look::show(ctx, &args).await,
        Command::Edit(args) => change::edit(ctx, &args).await,
        Command::Enable(args) => enable::enable(ctx, &args).await,
        Command::Disable(args) => change::disable(ctx, &args).await,
        Command::Delete(args) => change::delete(ctx, &args).await,
        Command::ResetPassword(args) => password::reset(ctx, &args).await,
        Command::Unlock(args) => password::unlock(ctx, &args).await,
        Command::CheckSignIn(args) => password::check(ctx, &args).await,
        Command::Alias(command) => alias::run(ctx, command).await,
        Command::DefaultAddress(args) => alias::set_default(ctx, &args).await,
        Command::Mailbox(command) => mailbox::run(ctx, command).await,
        Command::Import(args) => import::import(ctx, &args).await,
        Command::Export(args) => export::export(ctx, &args).await,
    }
}
