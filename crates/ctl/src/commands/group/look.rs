//! Listing and showing groups.

use super::{InOrganization, Named};
use crate::client::Call;
use crate::commands::present::{Fields, shown};
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::Group;

/// Arguments of `group list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve group list --org acme
  reeve group list --org acme --state disabled --search eng
  reeve group list --org acme --all -o json | jq -r '.[].name'")]
pub struct List {
    #[command(flatten)]
    place: InOrganization,
    /// Only those in this state: enabled or disabled
    #[arg(long)]
    state: Option<String>,
    /// Only those whose name, or a word of it, or address starts so
    #[arg(long, value_name = "PREFIX")]
    search: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

pub(super) async fn list_groups(ctx: &mut Context, args: List) -> Result<(), Failure> {
    let call = Call::get(&["organizations", &args.place.org, "groups"])
        .query_maybe("state", args.state)
        .query_maybe("search", args.search);
    list(ctx, call, &args.listing, &groups()).await
}

pub(super) async fn show(ctx: &mut Context, args: &Named) -> Result<(), Failure> {
    let answer = ctx.send(&Call::get(&args.path())).await?;
    shown(ctx, &answer, fields)
}

/// Everything there is to say about a group.
pub(super) fn fields(group: &Group) -> Fields {
    vec![
        ("name", Cell::from(&group.name)),
        ("id", Cell::from(&group.group_id)),
        ("address", Cell::maybe(group.email.as_ref())),
        ("state", Cell::state(&group.state)),
        ("in address list", Cell::yes(!group.hidden_from_global_address_list)),
        ("enabled at", Cell::moment(group.enabled_at.as_ref())),
        ("disabled at", Cell::moment(group.disabled_at.as_ref())),
        ("created", Cell::moment(group.created_at.as_ref())),
        ("updated", Cell::moment(group.updated_at.as_ref())),
        ("organization", Cell::from(&group.organization_id)),
        ("directory", Cell::from(&group.directory_id)),
        ("version", Cell::from(group.version.to_string())),
    ]
}

fn groups() -> View<Group> {
    View {
        heads: &["name", "address", "state"],
        row: |group| vec![Cell::from(&group.name), Cell::maybe(group.email.as_ref()), Cell::state(&group.state)],
        names: ("group", "groups"),
        when_empty: "create one: reeve group create NAME --org ORG --email ADDRESS",
    }
}
