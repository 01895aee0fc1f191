//! Listing and showing rooms and equipment.

use super::{InOrganization, Named};
use crate::client::Call;
use crate::commands::present::{Fields, shown};
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::{Booking, Resource};

/// Arguments of `resource list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve resource list --org acme
  reeve resource list --org acme --kind room --state enabled --search bl
  reeve resource list --org acme --all -o json | jq -r '.[].email'")]
pub struct List {
    #[command(flatten)]
    place: InOrganization,
    /// Only those in this state: enabled or disabled
    #[arg(long)]
    state: Option<String>,
    /// Only those of this kind: room or equipment
    #[arg(long)]
    kind: Option<String>,
    /// Only those whose name or address starts so
    #[arg(long, value_name = "PREFIX")]
    search: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

pub(super) async fn list_resources(ctx: &mut Context, args: List) -> Result<(), Failure> {
    let call = Call::get(&["organizations", &args.place.org, "resources"])
        .query_maybe("state", args.state)
        .query_maybe("kind", args.kind)
        .query_maybe("search", args.search);
    list(ctx, call, &args.listing, &resources()).await
}

pub(super) async fn show(ctx: &mut Context, args: &Named) -> Result<(), Failure> {
    let answer = ctx.send(&Call::get(&args.path())).await?;
    shown(ctx, &answer, fields)
}

/// Everything there is to say about a resource.
pub(super) fn fields(resource: &Resource) -> Fields {
    vec![
        ("name", Cell::from(&resource.name)),
        ("kind", Cell::from(&resource.kind)),
        ("id", Cell::from(&resource.resource_id)),
        ("description", Cell::from(&resource.description)),
        ("address", Cell::maybe(resource.email.as_ref())),
        ("state", Cell::state(&resource.state)),
        ("bookings", Cell::from(bookings(&resource.booking))),
        ("in address list", Cell::yes(!resource.hidden_from_global_address_list)),
        ("enabled at", Cell::moment(resource.enabled_at.as_ref())),
        ("disabled at", Cell::moment(resource.disabled_at.as_ref())),
        ("created", Cell::moment(resource.created_at.as_ref())),
        ("updated", Cell::moment(resource.updated_at.as_ref())),
        ("organization", Cell::from(&resource.organization_id)),
        ("directory", Cell::from(&resource.directory_id)),
        ("version", Cell::from(resource.version.to_string())),
    ]
}

/// How bookings are answered, in words.
fn bookings(booking: &Booking) -> String {
    let by = if booking.auto_accept { "accepted by itself" } else { "answered by delegates" };
    let declined: Vec<&str> =
        [(booking.auto_decline_recurring, "recurring"), (booking.auto_decline_conflicting, "conflicting")]
            .into_iter()
            .filter_map(|(declines, what)| declines.then_some(what))
            .collect();
    if declined.is_empty() { by.to_owned() } else { format!("{by}, {} ones declined", declined.join(" and ")) }
}

fn resources() -> View<Resource> {
    View {
        heads: &["name", "kind", "description", "address", "state"],
        row: |resource| {
            vec![
                Cell::from(&resource.name),
                Cell::from(&resource.kind),
                Cell::from(&resource.description),
                Cell::maybe(resource.email.as_ref()),
                Cell::state(&resource.state),
            ]
        },
        names: ("resource", "resources"),
        when_empty: "create one: reeve resource create NAME --org ORG --kind room --email ADDRESS",
    }
}
