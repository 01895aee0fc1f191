//! `reeve permission`: who may open another's mailbox, and who may write in another's name.

use serde_json::json;

use super::names::{InOrganization, name};
use super::present::changed;
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::Grant;

/// What can be done with permissions on mailboxes.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List who may act for a user, group or resource, and how far
    List(List),
    /// Say what somebody may do for another, in the place of what was said before
    Put(Put),
    /// Take away whatever somebody may do for another
    #[command(after_help = "Examples:
  reeve permission delete ada bob --org acme
  reeve permission delete info@acme.example front-office --org acme")]
    Delete(Pair),
}

/// Arguments of `permission list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve permission list ada --org acme
  reeve permission list info@acme.example --org acme --all -o json | jq -r '.[].name'")]
pub struct List {
    /// Whose mailbox or address it is: user, group or resource, by name, address or id
    #[arg(value_name = "OWNER", value_parser = name)]
    owner: String,
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    listing: Listing,
}

/// One who has a mailbox or an address, and one who may act for them.
#[derive(Debug, clap::Args)]
pub struct Pair {
    /// Whose mailbox or address it is: user, group or resource, by name, address or id
    #[arg(value_name = "OWNER", value_parser = name)]
    owner: String,
    /// Who may act for them: user, group or resource, by name, address or id
    #[arg(value_name = "GRANTEE", value_parser = name)]
    grantee: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `permission put`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve permission put ada bob --allow full_access --org acme
  reeve permission put info@acme.example front-office --allow send_as,send_on_behalf --org acme

full_access opens the whole mailbox and is neither for groups nor on one; send_as shows the owner alone as the sender,
send_on_behalf both.")]
pub struct Put {
    #[command(flatten)]
    pair: Pair,
    /// All that they may do, with commas between: full_access, send_as, send_on_behalf
    #[arg(long, value_name = "PERMISSIONS", value_delimiter = ',', required = true, value_parser = name)]
    allow: Vec<String>,
}

impl Pair {
    fn path(&self) -> [&str; 6] {
        ["organizations", &self.place.org, "entities", &self.owner, "permissions", &self.grantee]
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { owner, place, listing }) => {
            let call = Call::get(&["organizations", &place.org, "entities", &owner, "permissions"]);
            list(ctx, call, &listing, &grants()).await
        }
        Command::Put(Put { pair, allow }) => {
            let call = Call::put(&pair.path()).json(&json!({ "permissions": allow }))?;
            let answer = ctx.send(&call).await?;
            let sentence = format!("{} now has {} for {}", pair.grantee, allow.join(", "), pair.owner);
            changed(ctx, &sentence, &answer, |grant: &Grant| {
                vec![
                    ("name", Cell::from(&grant.name)),
                    ("kind", Cell::from(&grant.kind)),
                    ("id", Cell::from(&grant.entity_id)),
                    ("address", Cell::maybe(grant.email.as_ref())),
                    ("state", Cell::state(&grant.state)),
                    ("permissions", Cell::from(grant.permissions.join(", "))),
                    ("granted", Cell::moment(grant.granted_at.as_ref())),
                    ("updated", Cell::moment(grant.updated_at.as_ref())),
                ]
            })
        }
        Command::Delete(pair) => {
            ctx.send(&Call::delete(&pair.path())).await?;
            ctx.screen.done(&format!("{} has no permission for {}", pair.grantee, pair.owner))
        }
    }
}

fn grants() -> View<Grant> {
    View {
        heads: &["name", "kind", "address", "permissions", "updated"],
        row: |grant| {
            vec![
                Cell::from(&grant.name),
                Cell::from(&grant.kind),
                Cell::maybe(grant.email.as_ref()),
                Cell::from(grant.permissions.join(", ")),
                Cell::moment(grant.updated_at.as_ref()),
            ]
        },
        names: ("permission", "permissions"),
        when_empty: "give one: reeve permission put OWNER GRANTEE --allow full_access --org ORG",
    }
}
