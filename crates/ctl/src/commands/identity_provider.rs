//! `reeve identity-provider`: by whom else the users of an organization prove who they are.

use serde::Serialize;

use super::names::InOrganization;
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::render::Cell;
use crate::wire::IdentityProvider;

/// What can be done with the identity provider of an organization.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show the provider
    #[command(after_help = "Examples:
  reeve identity-provider show --org acme
  reeve identity-provider show --org acme -o json | jq -r .mode")]
    Show(Show),
    /// Set the provider, as a whole
    Set(Set),
    /// Remove the provider; passwords open again, and tokens open nothing
    #[command(after_help = "Examples:
  reeve identity-provider remove --org acme
  reeve identity-provider remove --org acme --quiet")]
    Remove(Show),
}

/// Where.
#[derive(Debug, clap::Args)]
pub struct Show {
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `identity-provider set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve identity-provider set --mode provider_and_directory --instance arn:aws:sso:::instance/ssoins-1234567890abcdef --application arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-0123456789abcdef --tokens active --org acme
  reeve identity-provider set --mode provider_only --instance arn:aws:sso:::instance/ssoins-1234567890abcdef --application arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-0123456789abcdef --tokens active --token-lifetime 365 --org acme

With provider_only, passwords of the directory open nothing, and mail clients need tokens: reeve token create.")]
pub struct Set {
    /// provider_only: passwords open nothing; provider_and_directory: they open as before
    #[arg(long, value_name = "MODE")]
    mode: String,
    /// Amazon resource name of the instance of Identity Center
    #[arg(long, value_name = "ARN")]
    instance: String,
    /// Amazon resource name of an application of your account
    #[arg(long, value_name = "ARN")]
    application: String,
    /// Whether personal access tokens open anything: active or inactive
    #[arg(long, value_name = "STATUS")]
    tokens: String,
    /// Days that a token lives at most; for ever when not given
    #[arg(long, value_name = "DAYS")]
    token_lifetime: Option<u32>,
    #[command(flatten)]
    place: InOrganization,
}

/// The provider as it is sent.
#[derive(Debug, Serialize)]
struct New {
    mode: String,
    instance_arn: String,
    application_arn: String,
    tokens: Tokens,
}

/// What holds for tokens, as it is sent.
#[derive(Debug, Serialize)]
struct Tokens {
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifetime_days: Option<u32>,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Show(Show { place }) => {
            let answer = ctx.send(&Call::get(&["organizations", &place.org, "identity-provider"])).await?;
            shown(ctx, &answer, fields)
        }
        Command::Set(args) => {
            let place = args.place;
            let new = New {
                mode: args.mode,
                instance_arn: args.instance,
                application_arn: args.application,
                tokens: Tokens { status: args.tokens, lifetime_days: args.token_lifetime },
            };
            let call = Call::put(&["organizations", &place.org, "identity-provider"]).json(&new)?;
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("{} has this identity provider", place.org), &answer, fields)
        }
        Command::Remove(Show { place }) => {
            ctx.send(&Call::delete(&["organizations", &place.org, "identity-provider"])).await?;
            ctx.screen.done(&format!("{} has no identity provider", place.org))
        }
    }
}

fn fields(provider: &IdentityProvider) -> Fields {
    let lifetime = match provider.tokens.lifetime_days {
        0 => Cell::from("for ever"),
        days => Cell::from(format!("{days} days")),
    };
    vec![
        ("mode", Cell::from(&provider.mode)),
        ("instance", Cell::from(&provider.instance_arn)),
        ("application", Cell::from(&provider.application_arn)),
        ("tokens", Cell::state(&provider.tokens.status)),
        ("token lifetime", lifetime),
    ]
}
