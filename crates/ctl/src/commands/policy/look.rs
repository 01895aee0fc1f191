//! Listing and showing policies, who holds them, and what they can allow.

use super::Named;
use super::permission::written;
use crate::client::Call;
use crate::commands::present::Fields;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{self, Listing, View};
use crate::render::{Cell, clean};
use crate::wire::{Holder, Policy, PolicyAction};

/// Arguments of `policy list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve policy list
  reeve policy list --search read --all
  reeve policy list -o json | jq -r '.items[] | select(.kind != \"ready_made\") | .name'")]
pub struct List {
    /// Only those whose name starts so
    #[arg(long, value_name = "PREFIX")]
    search: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `policy show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve policy show help-desk
  reeve policy show night-shift --cedar > night-shift.cedar
  reeve policy show 'Rome office' -o json | jq .permissions")]
pub struct Show {
    #[command(flatten)]
    named: Named,
    /// Print the policy in Cedar, and nothing else
    #[arg(long)]
    cedar: bool,
}

/// Arguments of `policy holders`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve policy holders help-desk
  reeve policy holders help-desk --all -o json | jq -r '.[].username'")]
pub struct Holders {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    listing: Listing,
}

pub(super) async fn list_policies(ctx: &mut Context, args: &List) -> Result<(), Failure> {
    let call = Call::get(&["policies"]).query_maybe("search", args.search.as_ref());
    listing::list(ctx, call, &args.listing, &POLICIES).await
}

pub(super) async fn show(ctx: &mut Context, args: &Show) -> Result<(), Failure> {
    let answer = ctx.send(&Call::get(&["policies", &args.named.policy])).await?;
    if ctx.screen.is_json() {
        return ctx.screen.json(&answer.text);
    }
    let policy: Policy = answer.read()?;
    if args.cedar {
        return cedar(ctx, &policy);
    }
    ctx.screen.record(fields(&policy))?;
    if policy.permissions.is_empty() && !policy.cedar.is_empty() {
        ctx.screen.line("")?;
        cedar(ctx, &policy)?;
    }
    Ok(())
}

pub(super) async fn holders(ctx: &mut Context, args: &Holders) -> Result<(), Failure> {
    let call = Call::get(&["policies", &args.named.policy, "administrators"]);
    listing::list(ctx, call, &args.listing, &HOLDERS).await
}

pub(super) async fn actions(ctx: &mut Context) -> Result<(), Failure> {
    let answer = ctx.send(&Call::get(&["policies", "actions"])).await?;
    listing::show(ctx, &answer, &ACTIONS)
}

/// The text of a policy, a line at a time, so that none of it can drive the terminal.
fn cedar(ctx: &mut Context, policy: &Policy) -> Result<(), Failure> {
    policy.cedar.lines().try_for_each(|line| ctx.screen.line(&clean(line)))
}

/// Everything there is to say about a policy but its Cedar text.
pub(super) fn fields(policy: &Policy) -> Fields {
    let mut fields = vec![
        ("name", Cell::from(&policy.name)),
        ("description", Cell::from(&policy.description)),
        ("id", Cell::from(&policy.policy_id)),
        ("kind", kind(policy)),
    ];
    fields.extend(policy.permissions.iter().map(|permission| ("allows", Cell::from(written(permission)))));
    fields.extend([
        ("attached", Cell::from(policy.attached.to_string())),
        ("created", Cell::moment(policy.created_at.as_ref())),
        ("updated", Cell::moment(policy.updated_at.as_ref())),
        ("version", Cell::from(policy.version.to_string())),
    ]);
    fields
}

fn kind(policy: &Policy) -> Cell {
    Cell::from(policy.kind.replace('_', "-"))
}

const POLICIES: View<Policy> = View {
    heads: &["name", "kind", "attached", "description"],
    row: |policy| {
        vec![
            Cell::from(&policy.name),
            kind(policy),
            Cell::from(policy.attached.to_string()),
            Cell::from(&policy.description),
        ]
    },
    names: ("policy", "policies"),
    when_empty: "create one: reeve policy create NAME --allow PERMISSION",
};

const HOLDERS: View<Holder> = View {
    heads: &["username", "id", "organizations"],
    row: |holder| {
        vec![
            Cell::from(&holder.username),
            Cell::from(&holder.administrator_id),
            Cell::maybe(Some(&holder.organizations.join(", "))),
        ]
    },
    names: ("holder", "holders"),
    when_empty: "give it to somebody: reeve policy attach POLICY ADMIN",
};

const ACTIONS: View<PolicyAction> = View {
    heads: &["type", "action", "groups", "description"],
    row: |action| {
        vec![
            Cell::from(&action.resource_type),
            Cell::from(&action.action),
            Cell::from(action.groups.join(", ")),
            Cell::from(&action.description),
        ]
    },
    names: ("action", "actions"),
    when_empty: "see that the server and the command line are of one version",
};
