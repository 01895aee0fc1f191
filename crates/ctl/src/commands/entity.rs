//! `reeve entity`: what is asked of users, groups and resources alike.

use super::names::{InOrganization, name};
use super::present::{Fields, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::{Entity, NamedGroup};

/// What can be asked.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Say whose an address is: a user's, a group's or a resource's
    Find(Find),
    /// List the groups that a user or a group belongs to itself
    Groups(Groups),
}

/// Arguments of `entity find`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve entity find countess@acme.example --org acme
  reeve entity find blue@acme.example --org acme -o json | jq -r .kind")]
pub struct Find {
    /// Primary address or alias
    #[arg(value_name = "ADDRESS", value_parser = name)]
    address: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `entity groups`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve entity groups ada --org acme
  reeve entity groups engineers@acme.example --org acme --name-prefix ev --all -o json")]
pub struct Groups {
    /// User or group, by name, address or id
    #[arg(value_name = "NAME", value_parser = name)]
    entity: String,
    #[command(flatten)]
    place: InOrganization,
    /// Only groups whose name starts so
    #[arg(long, value_name = "PREFIX")]
    name_prefix: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Find(Find { address, place }) => {
            let answer = ctx.send(&Call::get(&["organizations", &place.org, "entities", &address])).await?;
            shown(ctx, &answer, fields)
        }
        Command::Groups(Groups { entity, place, name_prefix, listing }) => {
            let call = Call::get(&["organizations", &place.org, "entities", &entity, "groups"]);
            list(ctx, call.query_maybe("name_prefix", name_prefix), &listing, &groups()).await
        }
    }
}

fn fields(entity: &Entity) -> Fields {
    vec![
        ("name", Cell::from(&entity.name)),
        ("kind", Cell::from(&entity.kind)),
        ("id", Cell::from(&entity.entity_id)),
        ("address", Cell::maybe(entity.email.as_ref())),
        ("state", Cell::state(&entity.state)),
    ]
}

fn groups() -> View<NamedGroup> {
    View {
        heads: &["name", "id"],
        row: |group| vec![Cell::from(&group.name), Cell::from(&group.group_id)],
        names: ("group", "groups"),
        when_empty: "add it to one: reeve group member add GROUP MEMBER --org ORG",
    }
}
