//! `reeve policy`: what general administrators may do, who holds it, and why something is allowed or not.

mod change;
mod check;
mod content;
mod look;
mod permission;

use serde_json::json;

use super::admin::fields as administrator_fields;
use super::names::name;
use super::present::changed;
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;

/// What can be done with policies.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a policy from permissions or from Cedar text
    Create(change::Create),
    /// List policies, the ready-made ones first
    List(look::List),
    /// Show one policy
    Show(look::Show),
    /// Change a policy; what is not named stays, permissions are replaced as a whole
    Edit(change::Edit),
    /// Delete a policy that nobody holds
    #[command(after_help = "Examples:
  reeve policy delete 'Rome office'
  reeve policy delete rome-office --quiet")]
    Delete(Named),
    /// List the administrators who hold a policy, and where
    Holders(look::Holders),
    /// Give a policy to an administrator
    Attach(Attach),
    /// Take a policy from an administrator
    #[command(after_help = "Examples:
  reeve policy detach help-desk help@example.com
  reeve policy detach 'Rome office' help@example.com -o json")]
    Detach(Holder),
    /// List what a policy can allow
    #[command(after_help = "Examples:
  reeve policy actions
  reeve policy actions -o json | jq -r '.items[] | select(.resource_type == \"user\") | .action'")]
    Actions,
    /// Try a policy in Cedar without keeping it; exit code 0 means that it could be kept
    Check(check::Check),
    /// Ask whether an administrator may do something, and which policy decides
    Test(check::Test),
}

/// The policy that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Policy, by name or id
    #[arg(value_name = "POLICY", value_parser = name)]
    policy: String,
}

/// A policy and somebody who holds it or is to hold it.
#[derive(Debug, clap::Args)]
pub struct Holder {
    #[command(flatten)]
    named: Named,
    /// Administrator, by username or id
    #[arg(value_name = "ADMIN", value_parser = name)]
    admin: String,
}

/// Arguments of `policy attach`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve policy attach help-desk help@example.com --org acme --org initech
  reeve policy attach 'Rome office' help@example.com")]
pub struct Attach {
    #[command(flatten)]
    holder: Holder,
    /// Organization where a ready-made policy is to count, by alias or id; may be given several times
    #[arg(long = "org", value_name = "ORG", value_parser = name)]
    organizations: Vec<String>,
}

impl Holder {
    fn path(&self) -> [&str; 4] {
        ["policies", &self.named.policy, "administrators", &self.admin]
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(args) => change::create(ctx, &args).await,
        Command::List(args) => look::list_policies(ctx, &args).await,
        Command::Show(args) => look::show(ctx, &args).await,
        Command::Edit(args) => change::edit(ctx, &args).await,
        Command::Delete(args) => change::delete(ctx, &args).await,
        Command::Holders(args) => look::holders(ctx, &args).await,
        Command::Attach(args) => attach(ctx, &args).await,
        Command::Detach(args) => {
            let answer = ctx.send(&Call::delete(&args.path())).await?;
            let sentence = format!("{} no longer holds {}", args.admin, args.named.policy);
            changed(ctx, &sentence, &answer, administrator_fields)
        }
        Command::Actions => look::actions(ctx).await,
        Command::Check(args) => check::check(ctx, &args).await,
        Command::Test(args) => check::test(ctx, &args).await,
    }
}

async fn attach(ctx: &mut Context, args: &Attach) -> Result<(), Failure> {
    let mut body = json!({});
    if !args.organizations.is_empty() {
        body["organizations"] = json!(args.organizations);
    }
    let answer = ctx.send(&Call::put(&args.holder.path()).json(&body)?).await?;
    let sentence = format!("{} now holds {}", args.holder.admin, args.holder.named.policy);
    changed(ctx, &sentence, &answer, administrator_fields)
}
