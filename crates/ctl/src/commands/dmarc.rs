//! `reeve dmarc`: what becomes of mail that fails DMARC.

use serde_json::json;

use super::names::InOrganization;
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::render::Cell;
use crate::wire::InboundDmarc;

/// What can be done with the setting.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show the setting
    #[command(after_help = "Examples:
  reeve dmarc show --org acme
  reeve dmarc show --org acme -o json | jq .enforced")]
    Show(Show),
    /// Say whether mail that fails DMARC is treated as its sender's domain asks
    #[command(after_help = "Examples:
  reeve dmarc set enforced --org acme
  reeve dmarc set ignored --org acme

The setting is kept now, and obeyed once there is mail.")]
    Set(Set),
}

/// Arguments of `dmarc show`.
#[derive(Debug, clap::Args)]
pub struct Show {
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `dmarc set`.
#[derive(Debug, clap::Args)]
pub struct Set {
    /// enforced: as the sender's domain asks; ignored: delivered like any other mail
    #[arg(value_name = "enforced|ignored", value_parser = ["enforced", "ignored"])]
    setting: String,
    #[command(flatten)]
    place: InOrganization,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Show(Show { place }) => {
            let answer = ctx.send(&Call::get(&["organizations", &place.org, "inbound-dmarc"])).await?;
            shown(ctx, &answer, fields)
        }
        Command::Set(Set { setting, place }) => {
            let body = json!({ "enforced": setting == "enforced" });
            let call = Call::put(&["organizations", &place.org, "inbound-dmarc"]).json(&body)?;
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("DMARC of mail to {} is {setting}", place.org), &answer, fields)
        }
    }
}

fn fields(dmarc: &InboundDmarc) -> Fields {
    vec![("enforced", Cell::yes(dmarc.enforced))]
}
