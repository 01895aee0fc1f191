//! The mailbox of one user: what it holds, and what it may hold.

use serde_json::json;

use super::Named;
use crate::client::Call;
use crate::commands::present::{Fields, changed, shown};
use crate::context::Context;
use crate::failure::Failure;
use crate::render::{Cell, count};
use crate::wire::MailboxDetails;

/// What can be done with a mailbox.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show what a mailbox holds and may hold
    #[command(after_help = "Examples:
  reeve user mailbox show ada --org acme
  reeve user mailbox show ada@acme.example --org acme -o json | jq .size_bytes")]
    Show(Named),
    /// Say how many MB a mailbox may hold
    SetQuota(SetQuota),
}

/// Arguments of `user mailbox set-quota`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user mailbox set-quota ada 10240 --org acme
  reeve user mailbox set-quota ada@acme.example 51200 --org acme -o json")]
pub struct SetQuota {
    #[command(flatten)]
    named: Named,
    /// MB, up to 51200
    #[arg(value_name = "MB")]
    quota_mb: u32,
    /// Change it only if the user still has this version, as user show says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Show(named) => {
            let answer = ctx.send(&Call::get(&named.below("mailbox"))).await?;
            shown(ctx, &answer, fields)
        }
        Command::SetQuota(SetQuota { named, quota_mb, if_version }) => {
            let call = Call::patch(&named.below("mailbox")).json(&json!({ "quota_mb": quota_mb }))?;
            let answer = ctx.send(&call.if_version(if_version)).await?;
            let quota = count(u64::from(quota_mb));
            changed(ctx, &format!("the mailbox of {} may now hold {quota} MB", named.user), &answer, fields)
        }
    }
}

fn fields(mailbox: &MailboxDetails) -> Fields {
    vec![
        ("state", Cell::state(&mailbox.state)),
        ("holds", Cell::from(format!("{} octets", count(mailbox.size_bytes)))),
        ("may hold", Cell::from(format!("{} MB", count(mailbox.quota_mb)))),
        ("made", Cell::moment(mailbox.provisioned_at.as_ref())),
        ("kept until", Cell::moment(mailbox.purge_at.as_ref())),
    ]
}
