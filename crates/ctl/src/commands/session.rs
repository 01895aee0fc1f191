//! `reeve session`: signing in with a password, signing out, and who one is.
//!
//! No token is kept on disk: whoever asks for one gets it printed, and puts it into `REEVE_TOKEN`.

use std::path::PathBuf;

use reeve_base::Secret;
use reeve_base::secret::ExposeSecret;
use serde_json::{Value, json};

use super::present::{Fields, shown};
use crate::client::{Call, not_understood};
use crate::context::Context;
use crate::failure::Failure;
use crate::render::{Cell, clean};
use crate::wire::Session;

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
    /// End the session of the token in REEVE_TOKEN
    #[command(after_help = "Examples:
  reeve session logout --server https://mail.example.com
  REEVE_SERVER=https://mail.example.com reeve session logout")]
    Logout,
}

/// Arguments of `session login`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve session login --server https://mail.example.com --username root@example.com
  export REEVE_TOKEN=$(reeve session login --server https://mail.example.com --username root@example.com --print-token)
  reeve session login --username root@example.com --password-file secret.txt -o json")]
pub struct Login {
    /// E-mail address of the administrator
    #[arg(long, value_name = "EMAIL")]
    username: String,
    /// File whose first line is the password; - reads standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Print the token and leave the session open; without it, the session ends at once
    #[arg(long)]
    print_token: bool,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Login(args) => login(ctx, &args).await,
        Command::Show => {
            let answer = ctx.client()?.send(&Call::get(&["sessions", "current"])).await?;
            shown(ctx, &answer, fields)
        }
        Command::Logout => {
            ctx.client()?.send(&Call::delete(&["sessions", "current"])).await?;
            ctx.screen.done("signed out")
        }
    }
}

async fn login(ctx: &mut Context, args: &Login) -> Result<(), Failure> {
    let password = crate::secrets::existing(ctx, args.password_file.as_deref())?;
    // A token of an earlier session, perhaps over by now, must not stand in the way of a new one.
    ctx.tools.token = None;
    let body = json!({
        "username": args.username,
        "password": password.expose_secret(),
        "transport": "bearer",
    });
    let client = ctx.client()?;
    let answer = client.send(&Call::post(&["sessions"]).json(&body)?).await?;
    let session: Session = answer.read()?;
    let token = session.token.clone().ok_or_else(|| not_understood("the session has no token"))?;
    if args.print_token {
        ctx.screen.note(&welcome(&session));
        return if ctx.screen.is_json() { ctx.screen.json(&answer.text) } else { ctx.screen.line(&clean(&token)) };
    }
    // Nobody will hold the token, so nobody could end the session later.
    let end = Call::delete(&["sessions", "current"]).with_token(Secret::from(token));
    if let Err(failure) = client.send(&end).await {
        ctx.screen.warn(&format!("the session could not be closed and ends when it is idle: {}", failure.sentence()));
    }
    if ctx.screen.is_json() {
        let mut object: Value = answer.read()?;
        if let Some(members) = object.as_object_mut() {
            members.remove("token");
        }
        return ctx.screen.json(&object.to_string());
    }
    ctx.screen.done(&welcome(&session))?;
    ctx.screen.hint("the session is closed again; --print-token leaves it open and prints its token for REEVE_TOKEN");
    Ok(())
}

fn welcome(session: &Session) -> String {
    let name = session.administrator.as_ref().map_or("", |administrator| administrator.username.as_str());
    let account = session.account_name.as_deref().unwrap_or_default();
    format!("signed in as {name} to {account} ({})", session.account_id.as_deref().unwrap_or_default())
}

fn fields(session: &Session) -> Fields {
    let administrator = session.administrator.as_ref();
    let times = session.session.as_ref();
    vec![
        ("actor", Cell::from(&session.actor)),
        ("administrator", Cell::maybe(administrator.map(|who| &who.username))),
        ("role", Cell::maybe(administrator.map(|who| &who.role))),
        ("account", Cell::maybe(session.account_id.as_ref())),
        ("account name", Cell::maybe(session.account_name.as_ref())),
        ("region", Cell::from(&session.region)),
        ("session", Cell::maybe(times.map(|times| &times.session_id))),
        ("ends when idle", Cell::moment(times.and_then(|times| times.idle_expires_at.as_ref()))),
        ("ends", Cell::moment(times.and_then(|times| times.expires_at.as_ref()))),
    ]
}
