//! `reeve device-override`: single mobile devices of single users, whatever the rules say.

use serde::Serialize;

use super::names::{InOrganization, name};
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::DeviceOverride;

/// What can be done with overrides.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List overrides, all of them or those of one user or one device
    List(List),
    /// Show the override for one device of one user
    #[command(after_help = "Examples:
  reeve device-override show ada ApplDNPK1234F18X --org acme
  reeve device-override show ada ApplDNPK1234F18X --org acme -o json | jq -r .effect")]
    Show(Device),
    /// Let one device of one user in, or keep it out, whatever the rules say
    Put(Put),
    /// Leave a device to the rules again
    #[command(after_help = "Examples:
  reeve device-override delete ada ApplDNPK1234F18X --org acme
  reeve device-override delete ada@acme.example ApplDNPK1234F18X --org acme")]
    Delete(Device),
}

/// One device of one user.
#[derive(Debug, clap::Args)]
pub struct Device {
    /// User, by name, address or id
    #[arg(value_name = "USER", value_parser = name)]
    user: String,
    /// The id that the device gives itself; case does not matter
    #[arg(value_name = "DEVICE", value_parser = name)]
    device: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `device-override list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve device-override list --org acme
  reeve device-override list --user ada --org acme --all -o json | jq -r '.[].device_id'")]
pub struct List {
    #[command(flatten)]
    place: InOrganization,
    /// Only those of this user, by name, address or id
    #[arg(long, value_name = "USER", value_parser = name)]
    user: Option<String>,
    /// Only those for the device with this id
    #[arg(long, value_name = "DEVICE", value_parser = name)]
    device: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `device-override put`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve device-override put ada ApplDNPK1234F18X --effect deny --description 'lost in the train' --org acme
  reeve device-override put ada ApplDNPK1234F18X --effect allow --org acme")]
pub struct Put {
    #[command(flatten)]
    device: Device,
    #[command(flatten)]
    new: New,
}

/// What a device is to be allowed.
#[derive(Debug, Serialize, clap::Args)]
struct New {
    /// Whether it gets in: allow or deny
    #[arg(long, value_name = "EFFECT")]
    effect: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl Device {
    fn path(&self) -> [&str; 6] {
        ["organizations", &self.place.org, "users", &self.user, "mobile-device-overrides", &self.device]
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { place, user, device, listing }) => {
            let call = Call::get(&["organizations", &place.org, "mobile-device-overrides"]);
            let call = call.query_maybe("user", user).query_maybe("device_id", device);
            list(ctx, call, &listing, &overrides()).await
        }
        Command::Show(device) => {
            let answer = ctx.send(&Call::get(&device.path())).await?;
            shown(ctx, &answer, fields)
        }
        Command::Put(Put { device, new }) => {
            let answer = ctx.send(&Call::put(&device.path()).json(&new)?).await?;
            let sentence = format!("{} of {} has the override {}", device.device, device.user, new.effect);
            changed(ctx, &sentence, &answer, fields)
        }
        Command::Delete(device) => {
            ctx.send(&Call::delete(&device.path())).await?;
            ctx.screen.done(&format!("{} of {} has no override", device.device, device.user))
        }
    }
}

fn fields(found: &DeviceOverride) -> Fields {
    vec![
        ("user", Cell::from(&found.user_id)),
        ("device", Cell::from(&found.device_id)),
        ("effect", Cell::state(&found.effect)),
        ("description", Cell::maybe(found.description.as_ref())),
        ("created", Cell::moment(found.created_at.as_ref())),
        ("updated", Cell::moment(found.updated_at.as_ref())),
    ]
}

fn overrides() -> View<DeviceOverride> {
    View {
        heads: &["user", "device", "effect", "description", "updated"],
        row: |found| {
            vec![
                Cell::from(&found.user_id),
                Cell::from(&found.device_id),
                Cell::state(&found.effect),
                Cell::maybe(found.description.as_ref()),
                Cell::moment(found.updated_at.as_ref()),
            ]
        },
        names: ("override", "overrides"),
        when_empty: "make one: reeve device-override put USER DEVICE --effect deny --org ORG",
    }
}
