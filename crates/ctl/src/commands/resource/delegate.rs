//! Delegates of one resource: who gets its bookings, and answers where it does not by itself.

use serde_json::json;

use super::{Named, name};
use crate::client::Call;
use crate::commands::present::changed;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::Delegate;

/// What can be done with delegates.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a user or a group; who is a delegate already stays so
    #[command(after_help = "Examples:
  reeve resource delegate add blue ada --org acme
  reeve resource delegate add blue front-office@acme.example --org acme -o json")]
    Add(Delegation),
    /// Remove a delegate; the last one stays while the resource does not answer by itself
    #[command(after_help = "Examples:
  reeve resource delegate remove blue ada --org acme
  reeve resource delegate remove blue front-office@acme.example --org acme")]
    Remove(Delegation),
    /// List the delegates
    List(List),
}

/// A resource and one of its delegates.
#[derive(Debug, clap::Args)]
pub struct Delegation {
    #[command(flatten)]
    named: Named,
    /// User or group, by name, address or id
    #[arg(value_name = "DELEGATE", value_parser = name)]
    delegate: String,
}

/// Arguments of `resource delegate list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve resource delegate list blue --org acme
  reeve resource delegate list blue --org acme --all -o json | jq -r '.[].email'")]
pub struct List {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    listing: Listing,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Add(Delegation { named, delegate }) => {
            let call = Call::post(&named.below("delegates")).json(&json!({ "delegate": delegate }))?;
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("{delegate} is a delegate of {}", named.resource), &answer, |delegate: &Delegate| {
                vec![
                    ("name", Cell::from(&delegate.name)),
                    ("kind", Cell::from(&delegate.kind)),
                    ("id", Cell::from(&delegate.entity_id)),
                    ("address", Cell::maybe(delegate.email.as_ref())),
                    ("state", Cell::state(&delegate.state)),
                    ("delegate since", Cell::moment(delegate.added_at.as_ref())),
                ]
            })
        }
        Command::Remove(Delegation { named, delegate }) => {
            let [top, org, resources, resource] = named.path();
            ctx.send(&Call::delete(&[top, org, resources, resource, "delegates", &delegate])).await?;
            ctx.screen.done(&format!("{delegate} is no delegate of {resource}"))
        }
        Command::List(args) => list(ctx, Call::get(&args.named.below("delegates")), &args.listing, &delegates()).await,
    }
}

fn delegates() -> View<Delegate> {
    View {
        heads: &["name", "kind", "address", "state", "delegate since"],
        row: |delegate| {
            vec![
                Cell::from(&delegate.name),
                Cell::from(&delegate.kind),
                Cell::maybe(delegate.email.as_ref()),
                Cell::state(&delegate.state),
                Cell::moment(delegate.added_at.as_ref()),
            ]
        },
        names: ("delegate", "delegates"),
        when_empty: "add one: reeve resource delegate add NAME DELEGATE --org ORG",
    }
}
