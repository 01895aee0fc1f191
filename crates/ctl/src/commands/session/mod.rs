//! `reeve session`: one's own sessions and password, and who one is.
//!
//! A token is kept only in a profile that `reeve login` made; otherwise whoever asks for one gets it printed.

mod look;
mod password;

use reeve_base::secret::ExposeSecret;
use serde_json::Value;

use super::login;
use super::names::name;
use super::present::shown;
use crate::access::Credential;
use crate::client::{Answer, Call};
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, list};
use crate::render::{clean, counted};
use crate::sign_in::{self, From};
use crate::wire::{Ended, Session};

/// What can be done with sessions.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Sign in as an administrator, to check a password or to get a token
    Login(Login),
    /// Show who you are to the server
    #[command(after_help = "Examples:
  reeve session show
  reeve session show --server https://mail.example.com -o json")]
    Show,
    /// List your sessions
    List(List),
    /// End one of your sessions
    End(End),
    /// End every session of yours but the one in use
    #[command(after_help = "Examples:
  reeve session end-others --profile work
  reeve session end-others --server https://mail.example.com -o json | jq .ended")]
    EndOthers,
    /// End the session in use
    #[command(after_help = "Examples:
  reeve session logout --server https://mail.example.com
  REEVE_SERVER=https://mail.example.com reeve session logout")]
    Logout,
    /// Give your password anew, as dangerous changes demand every few minutes
    Reauthenticate(Reauthenticate),
    /// Change your password; your other sessions end
    ChangePassword(password::Change),
}

/// Arguments of `session login`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve session login --server https://mail.example.com --username root@example.com
  export REEVE_TOKEN=$(reeve session login --server https://mail.example.com --username root@example.com --print-token)
  reeve session login --username root@example.com --password-file secret.txt -o json

reeve login keeps the session in a profile instead.")]
pub struct Login {
    /// E-mail address of the administrator
    #[arg(long, value_name = "EMAIL")]
    username: String,
    #[command(flatten)]
    from: From,
    /// Print the token and leave the session open; without it, the session ends at once
    #[arg(long)]
    print_token: bool,
}

/// Arguments of `session list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve session list --profile work
  reeve session list --server https://mail.example.com --all -o json")]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `session end`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve session end 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81 --profile work
  reeve session end 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81 --server https://mail.example.com")]
pub struct End {
    /// Id of the session, as list shows it
    #[arg(value_name = "ID", value_parser = name)]
    session: String,
}

/// Arguments of `session reauthenticate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve session reauthenticate --profile work
  export REEVE_TOKEN=$(reeve session reauthenticate --server https://mail.example.com)
  reeve session reauthenticate --profile work --password-file secret.txt --code-file code.txt

The session gets another token. A profile keeps it; without a profile it is printed.")]
pub struct Reauthenticate {
    #[command(flatten)]
    from: From,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Login(args) => check_in(ctx, &args).await,
        Command::Show => {
            let answer = ctx.send(&Call::get(&["sessions", "current"])).await?;
            shown(ctx, &answer, look::fields)
        }
        Command::List(args) => list(ctx, Call::get(&["sessions"]), &args.listing, &look::SESSIONS).await,
        Command::End(args) => {
            ctx.send(&Call::delete(&["sessions", &args.session])).await?;
            ctx.screen.done(&format!("ended session {}", args.session))
        }
        Command::EndOthers => {
            let answer = ctx.send(&Call::delete(&["sessions"])).await?;
            ended(ctx, &answer, "yours")
        }
        Command::Logout => logout(ctx).await,
        Command::Reauthenticate(args) => {
            let answer = sign_in::again(ctx, &args.from).await?;
            renewed(ctx, &answer, "signed in again")
        }
        Command::ChangePassword(args) => password::change(ctx, &args).await,
    }
}

async fn check_in(ctx: &mut Context, args: &Login) -> Result<(), Failure> {
    // A token of an earlier session, perhaps over by now, must not stand in the way of a new one.
    let client = ctx.stranger()?;
    let answer = sign_in::sign_in(ctx, &client, &args.username, &args.from).await?;
    let session: Session = answer.read()?;
    let token = sign_in::token(&session)?;
    if args.print_token {
        ctx.screen.note(&login::welcome(&session));
        return print_token(ctx, &answer);
    }
    // Nobody will hold the token, so nobody could end the session later.
    if let Err(failure) = client.send(&Call::delete(&["sessions", "current"]).with_token(token)).await {
        ctx.screen.warn(&format!("the session could not be closed and ends when it is idle: {}", failure.sentence()));
    }
    if ctx.screen.is_json() {
        return without_token(ctx, &answer);
    }
    ctx.screen.done(&login::welcome(&session))?;
    ctx.screen
        .hint("the session is closed again; reeve login keeps one, --print-token prints its token for REEVE_TOKEN");
    Ok(())
}

async fn logout(ctx: &mut Context) -> Result<(), Failure> {
    let client = ctx.client()?;
    if let Some(Credential::Profile { profile, .. }) = client.credential() {
        return login::sign_out(ctx, &client, profile).await;
    }
    client.send(&Call::delete(&["sessions", "current"])).await?;
    ctx.screen.done("signed out")
}

/// Says that the session has another token, and prints it when no profile keeps it: the old one is dead.
fn renewed(ctx: &mut Context, answer: &Answer, sentence: &str) -> Result<(), Failure> {
    let client = ctx.client()?;
    if let Some(Credential::Profile { profile, .. }) = client.credential() {
        if ctx.screen.is_json() {
            return without_token(ctx, answer);
        }
        return ctx.screen.done(&format!("{sentence}; profile {profile} keeps the session"));
    }
    ctx.screen.note(&format!("{sentence}; the token in REEVE_TOKEN is dead, this is the new one:"));
    print_token(ctx, answer)
}

fn print_token(ctx: &mut Context, answer: &Answer) -> Result<(), Failure> {
    if ctx.screen.is_json() {
        return ctx.screen.json(&answer.text);
    }
    let token = sign_in::token(&answer.read()?)?;
    ctx.screen.line(&clean(token.expose_secret()))
}

/// Shows programs the session as the server gave it, but for what opens it.
pub(super) fn without_token(ctx: &mut Context, answer: &Answer) -> Result<(), Failure> {
    let mut object: Value = answer.read()?;
    if let Some(members) = object.as_object_mut() {
        members.remove("token");
    }
    ctx.screen.json(&object.to_string())
}

/// Says how many sessions were ended.
pub(super) fn ended(ctx: &mut Context, answer: &Answer, whose: &str) -> Result<(), Failure> {
    if ctx.screen.is_json() {
        return ctx.screen.json(&answer.text);
    }
    let number = answer.read::<Ended>()?.ended;
    ctx.screen.done(&format!("ended {} of {whose}", counted(number, "session", "sessions")))
}
