//! Members of one group: users and other groups.

use serde_json::json;

use super::{Named, name};
use crate::client::Call;
use crate::commands::present::changed;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::Member;

/// What can be done with members.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a user or another group; who is a member already stays so
    #[command(after_help = "Examples:
  reeve group member add engineers ada --org acme
  reeve group member add everybody engineers --org acme
  for user in ada bob; do reeve group member add engineers $user --org acme; done")]
    Add(Membership),
    /// Remove a member, who stays otherwise as they are
    #[command(after_help = "Examples:
  reeve group member remove engineers ada --org acme
  reeve group member remove everybody engineers@acme.example --org acme")]
    Remove(Membership),
    /// List the members; those of groups within it are listed there
    List(List),
}

/// A group and one of its members.
#[derive(Debug, clap::Args)]
pub struct Membership {
    #[command(flatten)]
    named: Named,
    /// User or group, by name, address or id
    #[arg(value_name = "MEMBER", value_parser = name)]
    member: String,
}

/// Arguments of `group member list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve group member list engineers --org acme
  reeve group member list engineers --org acme --all -o json | jq -r '.[].email'")]
pub struct List {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    listing: Listing,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Add(Membership { named, member }) => {
            let call = Call::post(&named.below("members")).json(&json!({ "member": member }))?;
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("{member} is a member of {}", named.group), &answer, |member: &Member| {
                vec![
                    ("name", Cell::from(&member.name)),
                    ("kind", Cell::from(&member.kind)),
                    ("id", Cell::from(&member.entity_id)),
                    ("address", Cell::maybe(member.email.as_ref())),
                    ("state", Cell::state(&member.state)),
                    ("member since", Cell::moment(member.added_at.as_ref())),
                ]
            })
        }
        Command::Remove(Membership { named, member }) => {
            let [top, org, groups, group] = named.path();
            ctx.send(&Call::delete(&[top, org, groups, group, "members", &member])).await?;
            ctx.screen.done(&format!("{member} is no member of {group}"))
        }
        Command::List(args) => list(ctx, Call::get(&args.named.below("members")), &args.listing, &members()).await,
    }
}

fn members() -> View<Member> {
    View {
        heads: &["name", "kind", "address", "state", "member since"],
        row: |member| {
            vec![
                Cell::from(&member.name),
                Cell::from(&member.kind),
                Cell::maybe(member.email.as_ref()),
                Cell::state(&member.state),
                Cell::moment(member.added_at.as_ref()),
            ]
        },
        names: ("member", "members"),
        when_empty: "add one: reeve group member add GROUP MEMBER --org ORG",
    }
}
