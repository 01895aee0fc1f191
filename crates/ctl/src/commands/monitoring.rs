//! `reeve monitoring`: where events about mail are reported to.

use serde::Serialize;

use super::names::InOrganization;
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::render::Cell;
use crate::wire::EmailMonitoring;

/// What can be done with the setting.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show where events are reported to
    #[command(after_help = "Examples:
  reeve monitoring show --org acme
  reeve monitoring show --org acme -o json | jq -r .log_group_arn")]
    Show(Show),
    /// Say where events are reported to
    Set(Set),
    /// Report events nowhere
    #[command(after_help = "Examples:
  reeve monitoring remove --org acme
  reeve monitoring remove --org acme --quiet")]
    Remove(Show),
}

/// Where.
#[derive(Debug, clap::Args)]
pub struct Show {
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `monitoring set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve monitoring set 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:*' --org acme
  reeve monitoring set 'arn:aws:logs:us-east-1:123456789012:log-group:/mail/events:*' --role arn:aws:iam::123456789012:role/events --org acme

The names are Amazon's and are kept as they are given; nothing is sent to Amazon.")]
pub struct Set {
    /// Amazon resource name of a group of logs, with :* at its end
    #[arg(value_name = "LOG_GROUP_ARN")]
    log_group: String,
    /// Amazon resource name of the role in whose name events are written
    #[arg(long, value_name = "ARN")]
    role: Option<String>,
    #[command(flatten)]
    place: InOrganization,
}

/// The setting as it is sent.
#[derive(Debug, Serialize)]
struct New {
    log_group_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Show(Show { place }) => {
            let answer = ctx.send(&Call::get(&["organizations", &place.org, "email-monitoring"])).await?;
            shown(ctx, &answer, fields)
        }
        Command::Set(Set { log_group, role, place }) => {
            let new = New { log_group_arn: log_group, role_arn: role };
            let call = Call::put(&["organizations", &place.org, "email-monitoring"]).json(&new)?;
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("the email monitoring of {} is kept", place.org), &answer, fields)
        }
        Command::Remove(Show { place }) => {
            ctx.send(&Call::delete(&["organizations", &place.org, "email-monitoring"])).await?;
            ctx.screen.done(&format!("{} has no email monitoring", place.org))
        }
    }
}

fn fields(monitoring: &EmailMonitoring) -> Fields {
    vec![("log group", Cell::from(&monitoring.log_group_arn)), ("role", Cell::maybe(monitoring.role_arn.as_ref()))]
}
