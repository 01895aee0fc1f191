//! `reeve token`: personal access tokens, with which the mail clients of users sign in.

use serde_json::json;

use super::names::{InOrganization, name};
use super::present::{Fields, changed, shown};
use super::when::{When, when};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::{Cell, Tone, clean};
use crate::wire::Token;

/// What can be done with personal access tokens.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the tokens of an organization or of one user
    List(List),
    /// Show one token; never what opens
    #[command(after_help = "Examples:
  reeve token show 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7aa0 --org acme
  reeve token show 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7aa0 --org acme -o json | jq -r .last_used_at")]
    Show(Named),
    /// Create a token for a user; what opens is shown once
    Create(Create),
    /// Delete a token; it opens nothing from the next sign-in on
    #[command(after_help = "Examples:
  reeve token delete 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7aa0 --org acme
  reeve token delete 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7aa0 --org acme --quiet")]
    Delete(Named),
}

/// Arguments of `token list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve token list --org acme
  reeve token list --user ada --org acme --all -o json")]
pub struct List {
    /// Only those of this user, by name, address or id
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    listing: Listing,
}

/// The token that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Token, by id
    #[arg(value_name = "TOKEN", value_parser = name)]
    token: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `token create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve token create ada --name telephone --org acme
  reeve token create ada --name telephone --scope IMAP,SMTP --expires 90d --org acme
  reeve token create ada --name telephone --org acme -o json | jq -r .secret

A token is good where the identity provider of the organization says that tokens are active, over the protocols that are
its scopes: ActiveSync, AutoDiscover, EWS, IMAP, SMTP, WindowsOutlook and WebMail.")]
pub struct Create {
    /// User, by name, address or id
    #[arg(value_name = "USER", value_parser = name)]
    user: String,
    /// What the token is for
    #[arg(long, value_name = "TEXT")]
    name: String,
    /// Protocol over which it is good; all of them when not given
    #[arg(long = "scope", value_name = "PROTOCOL", value_delimiter = ',', value_parser = name)]
    scopes: Vec<String>,
    /// When it stops working: a time, a day, or how long from now (90m, 24h, 90d)
    #[arg(long, value_name = "WHEN", value_parser = when)]
    expires: Option<When>,
    #[command(flatten)]
    place: InOrganization,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { user, place, listing }) => {
            let call = Call::get(&["organizations", &place.org, "personal-access-tokens"]).query_maybe("user", user);
            list(ctx, call, &listing, &tokens()).await
        }
        Command::Show(named) => {
            let answer = ctx.send(&Call::get(&named.path())).await?;
            shown(ctx, &answer, fields)
        }
        Command::Create(args) => create(ctx, args).await,
        Command::Delete(named) => {
            ctx.send(&Call::delete(&named.path())).await?;
            ctx.screen.done(&format!("there is no token {}", named.token))
        }
    }
}

impl Named {
    fn path(&self) -> [&str; 4] {
        ["organizations", &self.place.org, "personal-access-tokens", &self.token]
    }
}

async fn create(ctx: &mut Context, args: Create) -> Result<(), Failure> {
    let Create { user, name, scopes, expires, place } = args;
    let mut body = json!({ "name": name });
    if !scopes.is_empty() {
        body["scopes"] = json!(scopes);
    }
    if let Some(expires) = expires {
        body["expires_at"] = json!(expires.future(&*ctx.tools.clock));
    }
    // Not repeatable on purpose: a repetition could not show what opens.
    let call = Call::post(&["organizations", &place.org, "users", &user, "personal-access-tokens"]).json(&body)?;
    let answer = ctx.send(&call).await?;
    changed(ctx, &format!("created a personal access token of {user}"), &answer, fields)?;
    if ctx.global.quiet && !ctx.screen.is_json() {
        let made: Token = answer.read()?;
        return ctx.screen.line(&clean(&made.secret.unwrap_or_default()));
    }
    ctx.screen.hint("write the secret down: it is shown only this once; the mail client takes it as the password");
    Ok(())
}

fn fields(token: &Token) -> Fields {
    let secret = token.secret.as_ref().map(|text| ("secret", Cell::toned(text, Tone::Strong)));
    let mut fields = vec![("id", Cell::from(&token.token_id))];
    fields.extend(secret);
    fields.extend([
        ("name", Cell::from(&token.name)),
        ("user", Cell::from(&token.user_id)),
        ("scopes", Cell::from(token.scopes.join(", "))),
        ("created", Cell::moment(token.created_at.as_ref())),
        ("last used", Cell::moment(token.last_used_at.as_ref())),
        ("expires", Cell::moment(token.expires_at.as_ref())),
    ]);
    fields
}

fn tokens() -> View<Token> {
    View {
        heads: &["id", "name", "user", "scopes", "last used", "expires"],
        row: |token| {
            vec![
                Cell::from(&token.token_id),
                Cell::from(&token.name),
                Cell::from(&token.user_id),
                Cell::from(token.scopes.join(", ")),
                Cell::moment(token.last_used_at.as_ref()),
                Cell::moment(token.expires_at.as_ref()),
            ]
        },
        names: ("token", "tokens"),
        when_empty: "create one: reeve token create USER --name TEXT --org ORG",
    }
}
