//! Passwords of administrators, for signing in and for programs, and whether programs may be used at all.

use serde_json::{Map, Value, json};

use super::{Named, fields};
use crate::client::Call;
use crate::commands::once::new_password;
use crate::commands::present::changed;
use crate::context::Context;
use crate::failure::Failure;
use crate::secrets::NewPassword;

/// Arguments of `admin reset-password`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve admin reset-password help@example.com
  reeve admin reset-password help@example.com --generate-password
  reeve admin reset-password help@example.com --password-file secret.txt

Your own password is changed with reeve session change-password.")]
pub struct Reset {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    password: NewPassword,
}

/// Arguments of `admin api-access`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve admin api-access sync@example.com --enable
  reeve admin api-access sync@example.com --disable")]
pub struct Access {
    #[command(flatten)]
    named: Named,
    /// Let the API password and the access keys in
    #[arg(long, required_unless_present = "disable", conflicts_with = "disable")]
    enable: bool,
    /// Keep them out
    #[arg(long)]
    disable: bool,
}

/// What can be done with the API password.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Set the API password, or make one, which is shown once
    Set(Set),
    /// Remove the API password
    #[command(after_help = "Examples:
  reeve admin api-password remove sync@example.com
  reeve admin api-password remove me --profile work")]
    Remove(Named),
}

/// Arguments of `admin api-password set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve admin api-password set sync@example.com --generate-password
  reeve admin api-password set sync@example.com --generate-password --limit-policy read-only
  reeve admin api-password set me --password-file secret.txt --no-limit --profile work

Programs send it as HTTP Basic with the username; here it goes into REEVE_API_PASSWORD beside REEVE_USERNAME.")]
pub struct Set {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    password: NewPassword,
    #[command(flatten)]
    limit: Limit,
}

/// A policy that narrows what a credential may do.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::commands) struct Limit {
    /// Allow no more than this policy does, by name or id
    #[arg(long, value_name = "POLICY")]
    limit_policy: Option<String>,
    /// Allow all that the owner may do
    #[arg(long, conflicts_with = "limit_policy")]
    no_limit: bool,
}

impl Limit {
    /// Puts what was said about the limit into the body of a request.
    pub(in crate::commands) fn put_into(&self, body: &mut Map<String, Value>) {
        if self.no_limit || self.limit_policy.is_some() {
            body.insert("limit_policy".to_owned(), json!(self.limit_policy));
        }
    }
}

pub(super) async fn reset(ctx: &mut Context, args: &Reset) -> Result<(), Failure> {
    let mut body = Map::new();
    args.password.require(ctx)?.put_into(&mut body);
    let answer = ctx.send(&Call::post(&args.named.below("reset-password")).json(&body)?).await?;
    new_password(ctx, &answer, "password", &args.named.admin)
}

pub(super) async fn set_access(ctx: &mut Context, args: &Access) -> Result<(), Failure> {
    let call = Call::put(&args.named.below("api-access")).json(&json!({ "enabled": args.enable }))?;
    let answer = ctx.send(&call).await?;
    let may = if args.enable { "may now use" } else { "may no longer use" };
    changed(ctx, &format!("{} {may} API passwords and access keys", args.named.admin), &answer, fields)
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Set(args) => {
            let mut body = Map::new();
            args.password.require(ctx)?.put_into(&mut body);
            args.limit.put_into(&mut body);
            let answer = ctx.send(&Call::put(&args.named.below("api-password")).json(&body)?).await?;
            new_password(ctx, &answer, "API password", &args.named.admin)
        }
        Command::Remove(args) => {
            ctx.send(&Call::delete(&args.below("api-password"))).await?;
            ctx.screen.done(&format!("removed the API password of {}", args.admin))
        }
    }
}
