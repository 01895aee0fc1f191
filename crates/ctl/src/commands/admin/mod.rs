//! `reeve admin`: who may use the console and the interfaces, and how they get in.

mod attachment;
mod change;
mod look;
mod secret;

use super::names::name;
use super::present::changed;
use super::session::ended;
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;

pub(super) use look::fields;
pub(super) use secret::Limit;

/// What can be done with administrators.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add an administrator; the username stays for good
    Add(change::Add),
    /// List administrators, by username
    List(look::List),
    /// Show everything about one administrator
    #[command(after_help = "Examples:
  reeve admin show help@example.com
  reeve admin show me --profile work -o json | jq -r .role")]
    Show(Named),
    /// Change names, role, status, policies or password; what is not named stays
    Edit(change::Edit),
    /// Let an administrator sign in
    #[command(after_help = "Examples:
  reeve admin activate help@example.com
  reeve admin activate help@example.com -o json")]
    Activate(Named),
    /// Shut an administrator out at once, with every session, key and API password
    #[command(after_help = "Examples:
  reeve admin deactivate help@example.com
  reeve admin deactivate help@example.com --quiet")]
    Deactivate(Named),
    /// Let an administrator in again who was locked after wrong passwords
    #[command(after_help = "Examples:
  reeve admin unlock help@example.com
  reeve admin unlock help@example.com -o json")]
    Unlock(Named),
    /// End every session of an administrator
    #[command(after_help = "Examples:
  reeve admin end-sessions help@example.com
  reeve admin end-sessions help@example.com -o json | jq .ended")]
    EndSessions(Named),
    /// Remove the code generator, passkeys and recovery codes of somebody who lost them
    #[command(after_help = "Examples:
  reeve admin reset-second-factors help@example.com
  reeve admin reset-second-factors help@example.com -o json | jq .second_factors")]
    ResetSecondFactors(Named),
    /// Give an administrator another password; their sessions end
    ResetPassword(secret::Reset),
    /// Allow or forbid an administrator to use API passwords and access keys
    ApiAccess(secret::Access),
    /// Set and remove the password that programs of an administrator use
    #[command(subcommand)]
    ApiPassword(secret::Command),
}

/// The administrator that is meant.
#[derive(Debug, Clone, clap::Args)]
pub struct Named {
    /// Administrator, by username or id; me is you
    #[arg(value_name = "ADMIN", value_parser = name)]
    admin: String,
}

impl Named {
    /// The path of the administrator.
    fn path(&self) -> [&str; 2] {
        ["administrators", &self.admin]
    }

    /// The path of something below the administrator.
    fn below<'a>(&'a self, last: &'a str) -> [&'a str; 3] {
        ["administrators", &self.admin, last]
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Add(args) => change::add(ctx, &args).await,
        Command::List(args) => look::list_administrators(ctx, &args).await,
        Command::Show(args) => look::show(ctx, &args).await,
        Command::Edit(args) => change::edit(ctx, &args).await,
        Command::Activate(args) => act(ctx, &args, "activate", "activated").await,
        Command::Deactivate(args) => act(ctx, &args, "deactivate", "deactivated").await,
        Command::Unlock(args) => act(ctx, &args, "unlock", "unlocked").await,
        Command::EndSessions(args) => {
            let answer = ctx.send(&Call::post(&args.below("end-sessions"))).await?;
            ended(ctx, &answer, &args.admin)
        }
        Command::ResetSecondFactors(args) => {
            act(ctx, &args, "reset-second-factors", "removed the second factors of").await
        }
        Command::ResetPassword(args) => secret::reset(ctx, &args).await,
        Command::ApiAccess(args) => secret::set_access(ctx, &args).await,
        Command::ApiPassword(command) => secret::run(ctx, command).await,
    }
}

/// Does what takes nothing but a verb, and shows what came of it.
async fn act(ctx: &mut Context, named: &Named, verb: &str, done: &str) -> Result<(), Failure> {
    let answer = ctx.send(&Call::post(&named.below(verb))).await?;
    changed(ctx, &format!("{done} administrator {}", named.admin), &answer, fields)
}
