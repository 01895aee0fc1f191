//! `reeve device-rule`: which mobile devices may synchronize, by what they report of themselves.

use serde::Serialize;

use super::names::{InOrganization, name};
use super::present::{Fields, changed};
use super::rule::{conditions, decision, in_words};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{View, show};
use crate::render::Cell;
use crate::wire::DeviceRule;

/// What can be done with rules about mobile devices.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the rules; one that denies is stronger than all that allow, and what none allows is kept out
    List(List),
    /// Create a rule
    Create(Create),
    /// Replace a rule; what is not named is gone
    Edit(Edit),
    /// Delete a rule; without the last one, no device gets in any more
    Delete(Delete),
    /// Ask whether the rules would let a device in
    Test(Test),
}

/// Arguments of `device-rule list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve device-rule list --org acme
  reeve device-rule list --org acme -o json | jq -r '.items[].rule_id'")]
pub struct List {
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `device-rule create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve device-rule create 'No old phones' --effect deny --os 'Android 8' --os 'Android 9' --org acme
  reeve device-rule create 'Only iPhones' --effect deny --not-type iPhone --org acme
  reeve device-rule create 'Unknown devices' --effect deny --type '$NONE' --org acme

A rule speaks where all conditions hold that are given. A value is how a property begins, case aside; $NONE stands for a
property that the device does not report.")]
pub struct Create {
    /// Name of the rule; others may have the same
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    content: Content,
}

/// Arguments of `device-rule edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve device-rule edit default --name default --effect deny --org acme
  reeve device-rule edit 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 --name 'No old phones' --effect deny --os 'Android 8' --org acme")]
pub struct Edit {
    /// Rule, by id
    #[arg(value_name = "RULE", value_parser = name)]
    rule: String,
    /// Name of the rule
    #[arg(long, value_name = "NAME")]
    name: String,
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    content: Content,
    /// Replace the rule only if it still has this version, as list -o json says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

/// What a rule says, and when; each condition may be given several times.
#[derive(Debug, Serialize, clap::Args)]
struct Content {
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

/// When a rule speaks.
#[derive(Debug, Serialize, clap::Args)]
#[command(next_help_heading = "Conditions")]
struct Conditions {
    /// How the type of devices begins that it speaks of
    #[arg(long = "type", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    device_types: Vec<String>,
    /// How the type of devices begins that it does not speak of
    #[arg(long = "not-type", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_device_types: Vec<String>,
    /// How the model of devices begins that it speaks of
    #[arg(long = "model", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    device_models: Vec<String>,
    /// How the model of devices begins that it does not speak of
    #[arg(long = "not-model", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_device_models: Vec<String>,
    /// How the operating system of devices begins that it speaks of
    #[arg(long = "os", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    device_operating_systems: Vec<String>,
    /// How the operating system of devices begins that it does not speak of
    #[arg(long = "not-os", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_device_operating_systems: Vec<String>,
    /// How the user agent of devices begins that it speaks of
    #[arg(long = "user-agent", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    device_user_agents: Vec<String>,
    /// How the user agent of devices begins that it does not speak of
    #[arg(long = "not-user-agent", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_device_user_agents: Vec<String>,
}

/// The body of a request that makes or replaces a rule.
#[derive(Serialize)]
struct Body<'a> {
    name: &'a str,
    #[serde(flatten)]
    content: &'a Content,
}

/// Arguments of `device-rule delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve device-rule delete default --org acme
  reeve device-rule delete 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 --org acme --quiet")]
pub struct Delete {
    /// Rule, by id
    #[arg(value_name = "RULE", value_parser = name)]
    rule: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `device-rule test`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve device-rule test --type iPhone --os 'iOS 18.1 22B83' --org acme
  reeve device-rule test --org acme -o json | jq -r .effect

What is not named is not reported. Overrides for single devices are not asked. The exit code is 0 whether the device is let
in or not: the question was answered.")]
pub struct Test {
    #[command(flatten)]
    device: Device,
    #[command(flatten)]
    place: InOrganization,
}

/// What a device reports of itself.
#[derive(Debug, Serialize, clap::Args)]
struct Device {
    /// Type that the device reports
    #[arg(long = "type", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    device_type: Option<String>,
    /// Model that the device reports
    #[arg(long = "model", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    device_model: Option<String>,
    /// Operating system that the device reports
    #[arg(long = "os", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    device_operating_system: Option<String>,
    /// User agent that the device reports
    #[arg(long = "user-agent", value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    device_user_agent: Option<String>,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { place }) => {
            let answer = ctx.send(&Call::get(&["organizations", &place.org, "mobile-device-rules"])).await?;
            show(ctx, &answer, &rules())
        }
        Command::Create(Create { name, place, content }) => {
            let call = Call::post(&["organizations", &place.org, "mobile-device-rules"]);
            let call = call.json(&Body { name: &name, content: &content })?.keyed(ctx.new_key());
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("created mobile device rule {name}"), &answer, fields)
        }
        Command::Edit(Edit { rule, name, place, content, if_version }) => {
            let call = Call::put(&["organizations", &place.org, "mobile-device-rules", &rule]);
            let call = call.json(&Body { name: &name, content: &content })?.if_version(if_version);
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("replaced mobile device rule {rule}"), &answer, fields)
        }
        Command::Delete(Delete { rule, place }) => {
            ctx.send(&Call::delete(&["organizations", &place.org, "mobile-device-rules", &rule])).await?;
            ctx.screen.done(&format!("there is no mobile device rule {rule}"))
        }
        Command::Test(Test { device, place }) => {
            let call = Call::post(&["organizations", &place.org, "mobile-device-tests"]).json(&device)?;
            let answer = ctx.send(&call).await?;
            decision(ctx, &answer)
        }
    }
}

fn conditions_of(rule: &DeviceRule) -> Vec<String> {
    conditions(&[
        ("type", &rule.device_types, &rule.not_device_types),
        ("model", &rule.device_models, &rule.not_device_models),
        ("os", &rule.device_operating_systems, &rule.not_device_operating_systems),
        ("user-agent", &rule.device_user_agents, &rule.not_device_user_agents),
    ])
}

fn fields(rule: &DeviceRule) -> Fields {
    let mut fields = vec![
        ("name", Cell::from(&rule.name)),
        ("id", Cell::from(&rule.rule_id)),
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

fn rules() -> View<DeviceRule> {
    View {
        heads: &["name", "id", "effect", "conditions", "description"],
        row: |rule| {
            vec![
                Cell::from(&rule.name),
                Cell::from(&rule.rule_id),
                Cell::state(&rule.effect),
                Cell::from(in_words(&conditions_of(rule), "every device")),
                Cell::maybe(rule.description.as_ref()),
            ]
        },
        names: ("rule", "rules"),
        when_empty: "no device gets in; let every one: reeve device-rule create default --effect allow --org ORG",
    }
}
