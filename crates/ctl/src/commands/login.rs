//! `reeve login` and `reeve logout`: a session that lasts over many commands, kept in a profile.

use reqwest::Url;

use super::session::without_token;
use crate::access::{self, Access, Place};
use crate::client::{Call, Client};
use crate::context::Context;
use crate::failure::Failure;
use crate::profiles::{DEFAULT, Profile};
use crate::sign_in::{self, From};
use crate::wire::Session;

/// Arguments of `login`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve login --server https://mail.example.com --username root@example.com
  reeve login --server https://mail.example.com --profile work && reeve --profile work org list
  reeve login --profile work --password-file secret.txt --code-file code.txt

The profile is kept in $REEVE_PROFILES, or profiles.toml in $XDG_CONFIG_HOME/reeve or ~/.config/reeve, for your eyes
only. Its token goes to its server and to no other.")]
pub struct Login {
    /// E-mail address of the administrator; asked for when the profile does not know it
    #[arg(long, value_name = "EMAIL")]
    username: Option<String>,
    #[command(flatten)]
    from: From,
}

/// Arguments of `logout`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve logout
  reeve logout --profile work")]
pub struct Logout {}

pub(super) async fn login(ctx: &mut Context, args: &Login) -> Result<(), Failure> {
    let name = access::named(&ctx.global).unwrap_or(DEFAULT).to_owned();
    let before = ctx.tools.profiles.find(&name)?;
    let server = server(ctx, before.as_ref())?;
    let username = match (&args.username, before.filter(|before| before.server == server.as_str())) {
        (Some(username), _) => username.clone(),
        (None, Some(before)) if !before.username.is_empty() => before.username,
        (None, _) => ctx.ask("E-mail address: ", "give --username EMAIL")?,
    };
    let client = ctx.open(Access { place: Place::Server(server.clone()), credential: None })?;
    let answer = sign_in::sign_in(ctx, &client, &username, &args.from).await?;
    let session: Session = answer.read()?;
    ctx.tools.profiles.keep(&name, &sign_in::profile(server.to_string(), &username, &session)?)?;
    if ctx.screen.is_json() {
        return without_token(ctx, &answer);
    }
    ctx.screen.done(&format!("{}; profile {name} keeps the session", welcome(&session)))?;
    if session.administrator.as_ref().is_some_and(|me| me.password_breached_at.is_some()) {
        ctx.screen
            .hint(&format!("your password is known from breaches: reeve session change-password --profile {name}"));
    }
    if session.enrolment_required {
        ctx.screen.hint(&format!("your account demands a second factor: reeve second-factor totp --profile {name}"));
    } else {
        ctx.screen.hint(&format!("use it with --profile {name}, or export REEVE_PROFILE={name}"));
    }
    Ok(())
}

pub(super) async fn logout(ctx: &mut Context) -> Result<(), Failure> {
    let (name, profile) = meant(ctx)?;
    let Some(token) = profile.token else {
        return ctx.screen.done(&format!("profile {name} was signed out before"));
    };
    let place = Place::Server(access::url(&profile.server)?);
    let credential = access::Credential::Profile { profile: name.clone(), username: profile.username, token };
    let client = ctx.open(Access { place, credential: Some(credential) })?;
    sign_out(ctx, &client, &name).await
}

/// Ends the session of a profile and takes its token out of the file, also when the server cannot be told.
pub(super) async fn sign_out(ctx: &mut Context, client: &Client, name: &str) -> Result<(), Failure> {
    let outcome = client.send(&Call::delete(&["sessions", "current"])).await;
    if let Some(profile) = ctx.tools.profiles.find(name)? {
        ctx.tools.profiles.keep(name, &Profile { token: None, expires_at: None, ..profile })?;
    }
    match outcome {
        Ok(_) => ctx.screen.done(&format!("signed out, profile {name} holds no token any more")),
        Err(over) if over.is("unauthenticated") => {
            ctx.screen.done(&format!("the session was over, profile {name} holds no token any more"))
        }
        Err(failure) => Err(failure.with_hint(
            "the token is removed from the profile; the session that the server could not be told of ends when it is idle",
        )),
    }
}

/// Who signed in, and where to.
pub(super) fn welcome(session: &Session) -> String {
    let name = session.administrator.as_ref().map_or("", |administrator| administrator.username.as_str());
    let account = session.account_name.as_deref().unwrap_or_default();
    format!("signed in as {name} to {account} ({})", session.account_id.as_deref().unwrap_or_default())
}

/// The server to sign in to: the one that is named, or the profile's.
fn server(ctx: &Context, profile: Option<&Profile>) -> Result<Url, Failure> {
    match access::address(&ctx.global).or(profile.map(|profile| profile.server.as_str())) {
        Some(address) => access::url(address),
        None => Err(Failure::usage(
            "no server is named, and the local socket needs no sign-in",
            "give --server URL, such as https://mail.example.com",
        )),
    }
}

/// The profile that is to be signed out: the one that is named, that of the server, or the default one.
fn meant(ctx: &Context) -> Result<(String, Profile), Failure> {
    let profiles = &ctx.tools.profiles;
    let found = match (access::named(&ctx.global), access::address(&ctx.global)) {
        (None, Some(address)) => access::of_server(profiles, &access::url(address)?)?,
        (name, _) => {
            let name = name.unwrap_or(DEFAULT);
            profiles.find(name)?.map(|profile| (name.to_owned(), profile))
        }
    };
    found.ok_or_else(|| Failure::usage("there is no such profile", "name one with --profile, or sign in: reeve login"))
}
