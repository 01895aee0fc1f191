//! `reeve access-rule`: who may reach mailboxes over which protocol and from where.

use serde::Serialize;
use serde_json::json;

use super::names::{InOrganization, name};
use super::present::{Fields, changed};
use super::rule::{conditions, decision, in_words};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{View, show};
use crate::render::Cell;
use crate::wire::AccessRule;

/// What can be done with access control rules.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the rules; one that denies is stronger than all that allow, and whom none allows is kept out
    List(List),
    /// Make a rule, or put it in the place of the one that has its name
    Put(Put),
    /// Delete a rule; without the last one, nobody reaches a mailbox any more
    Delete(Delete),
    /// Ask whether the rules would let somebody in
    Test(Test),
}

/// Arguments of `access-rule list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve access-rule list --org acme
  reeve access-rule list --org acme -o json | jq -r '.items[].name'")]
pub struct List {
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `access-rule put`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve access-rule put office-only --effect deny --protocol IMAP,SMTP --not-ip-range 192.0.2.0/24 --org acme
  reeve access-rule put default --effect allow --org acme
  reeve access-rule put archive --effect allow --impersonation-role 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 --org acme

A rule speaks where all conditions hold that are given, each for one of its values; those with not- hold for none of
them. Protocols are ActiveSync, AutoDiscover, EWS, IMAP, SMTP, WindowsOutlook and WebMail.")]
pub struct Put {
    /// Name of the rule
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    new: New,
    /// Replace the rule only if it still has this version, as list -o json says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

/// A rule that is to be.
#[derive(Debug, Serialize, clap::Args)]
struct New {
    /// What it says: allow or deny
    #[arg(long, value_name = "EFFECT")]
    effect: String,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    conditions: Conditions,
}

/// When a rule speaks; each may be given several times, or with commas between.
#[derive(Debug, Serialize, clap::Args)]
#[command(next_help_heading = "Conditions")]
struct Conditions {
    /// Block of addresses that it speaks of, such as 192.0.2.0/24 or 2001:db8::/32
    #[arg(long = "ip-range", value_name = "BLOCK", value_delimiter = ',', value_parser = name)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ip_ranges: Vec<String>,
    /// Block of addresses that it does not speak of
    #[arg(long = "not-ip-range", value_name = "BLOCK", value_delimiter = ',', value_parser = name)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_ip_ranges: Vec<String>,
    /// Protocol that it speaks of
    #[arg(long = "protocol", value_name = "PROTOCOL", value_delimiter = ',', value_parser = name)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    protocols: Vec<String>,
    /// Protocol that it does not speak of
    #[arg(long = "not-protocol", value_name = "PROTOCOL", value_delimiter = ',', value_parser = name)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_protocols: Vec<String>,
    /// User that it speaks of, by name, address or id
    #[arg(long = "user", value_name = "USER", value_delimiter = ',', value_parser = name)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    users: Vec<String>,
    /// User that it does not speak of
    #[arg(long = "not-user", value_name = "USER", value_delimiter = ',', value_parser = name)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_users: Vec<String>,
    /// Impersonation role that it speaks of, by id
    #[arg(long = "impersonation-role", value_name = "ROLE", value_delimiter = ',', value_parser = name)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    impersonation_roles: Vec<String>,
    /// Impersonation role that it does not speak of
    #[arg(long = "not-impersonation-role", value_name = "ROLE", value_delimiter = ',', value_parser = name)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_impersonation_roles: Vec<String>,
}

/// Arguments of `access-rule delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve access-rule delete office-only --org acme
  reeve access-rule delete office-only --org acme --quiet")]
pub struct Delete {
    /// Name of the rule
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `access-rule test`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve access-rule test --user ada --protocol IMAP --address 203.0.113.9 --org acme
  reeve access-rule test --impersonation-role 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 --protocol EWS --address 192.0.2.7 --org acme

The exit code is 0 whether they are let in or not: the question was answered.")]
pub struct Test {
    #[command(flatten)]
    who: Who,
    /// Protocol over which they would come
    #[arg(long, value_name = "PROTOCOL", value_parser = name)]
    protocol: String,
    /// Address from which they would come
    #[arg(long, value_name = "ADDRESS", value_parser = name)]
    address: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Who would come; one of the two.
#[derive(Debug, clap::Args)]
#[group(id = "who", required = true, multiple = false)]
struct Who {
    /// User, by name, address or id
    #[arg(long, value_name = "USER", value_parser = name)]
    user: Option<String>,
    /// Impersonation role by which a program would come, by id
    #[arg(long, value_name = "ROLE", value_parser = name)]
    impersonation_role: Option<String>,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { place }) => {
            let answer = ctx.send(&Call::get(&["organizations", &place.org, "access-control-rules"])).await?;
            show(ctx, &answer, &rules())
        }
        Command::Put(Put { name, place, new, if_version }) => {
            let call = Call::put(&["organizations", &place.org, "access-control-rules", &name]);
            let answer = ctx.send(&call.json(&new)?.if_version(if_version)).await?;
            changed(ctx, &format!("access control rule {name} is in force"), &answer, fields)
        }
        Command::Delete(Delete { name, place }) => {
            ctx.send(&Call::delete(&["organizations", &place.org, "access-control-rules", &name])).await?;
            ctx.screen.done(&format!("there is no access control rule {name}"))
        }
        Command::Test(Test { who, protocol, address, place }) => {
            let mut body = json!({ "protocol": protocol, "source_address": address });
            if let Some(user) = who.user {
                body["user"] = user.into();
            }
            if let Some(role) = who.impersonation_role {
                body["impersonation_role"] = role.into();
            }
            let call = Call::post(&["organizations", &place.org, "access-control-tests"]).json(&body)?;
            let answer = ctx.send(&call).await?;
            decision(ctx, &answer)
        }
    }
}

fn conditions_of(rule: &AccessRule) -> Vec<String> {
    conditions(&[
        ("ip-range", &rule.ip_ranges, &rule.not_ip_ranges),
        ("protocol", &rule.protocols, &rule.not_protocols),
        ("user", &rule.users, &rule.not_users),
        ("impersonation-role", &rule.impersonation_roles, &rule.not_impersonation_roles),
    ])
}

fn fields(rule: &AccessRule) -> Fields {
    let mut fields = vec![
        ("name", Cell::from(&rule.name)),
        ("effect", Cell::state(&rule.effect)),
        ("description", Cell::maybe(rule.description.as_ref())),
    ];
    fields.extend(conditions_of(rule).iter().map(|condition| ("condition", Cell::from(condition))));
    fields.extend([
        ("created", Cell::moment(rule.created_at.as_ref())),
        ("updated", Cell::moment(rule.updated_at.as_ref())),
        ("version", Cell::from(rule.version.to_string())),
    ]);
    fields
}

fn rules() -> View<AccessRule> {
    View {
        heads: &["name", "effect", "conditions", "description"],
        row: |rule| {
            vec![
                Cell::from(&rule.name),
                Cell::state(&rule.effect),
                Cell::from(in_words(&conditions_of(rule), "everybody")),
                Cell::maybe(rule.description.as_ref()),
            ]
        },
        names: ("rule", "rules"),
        when_empty: "nobody reaches a mailbox; let everybody: reeve access-rule put default --effect allow --org ORG",
    }
}
