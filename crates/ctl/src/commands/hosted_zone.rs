//! `reeve domain hosted-zone`: having the records of a domain kept in a zone.

use serde_json::{Map, json};

use super::names::{InOrganization, name};
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::render::Cell;
use crate::wire::{HostedZone, ZonePlan};

/// What can be done with the hosted zone of a domain.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show where the records of a domain are kept, and how that goes
    #[command(after_help = "Examples:
  reeve domain hosted-zone show acme.example --org acme
  reeve domain hosted-zone show acme.example --org acme -o json | jq -r .last_error")]
    Show(Named),
    /// Say in which zone the records of a domain are kept; nothing is written yet
    #[command(after_help = "Examples:
  reeve domain hosted-zone set acme.example --provider powerdns --org acme
  reeve domain hosted-zone set acme.example --provider aws --zone Z0123456789ABC --org acme

Without --zone it is the smallest zone of the provider that holds the domain. Then look at what would be written: reeve
domain hosted-zone plan.")]
    Set(Set),
    /// Show what would be written into the zone; nothing is
    #[command(after_help = "Examples:
  reeve domain hosted-zone plan acme.example --org acme
  reeve domain hosted-zone plan acme.example --org acme -o json | jq -r .plan

A conflict is something that Reeve did not write and that stands in the way: it is left alone.")]
    Plan(Named),
    /// Write exactly the plan that was shown; from then on the zone is kept so
    #[command(after_help = "Examples:
  reeve domain hosted-zone apply acme.example --plan 0b0SvJ4nq2y1eXx9T3Zk --org acme
  reeve domain hosted-zone apply acme.example --plan \"$(reeve domain hosted-zone plan acme.example --org acme -o json | jq -r .plan)\" --org acme

When the zone changed since the plan was made, nothing is written.")]
    Apply(Apply),
    /// Give the zone up: what Reeve wrote there is removed, and nothing else
    #[command(after_help = "Examples:
  reeve domain hosted-zone remove acme.example --org acme
  reeve domain hosted-zone remove acme.example --keep-records --org acme")]
    Remove(Remove),
}

/// The domain that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Domain, such as acme.example
    #[arg(value_name = "DOMAIN", value_parser = name)]
    domain: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `domain hosted-zone set`.
#[derive(Debug, clap::Args)]
pub struct Set {
    #[command(flatten)]
    named: Named,
    /// DNS provider that hosts the zone, by name or id
    #[arg(long, value_name = "PROVIDER", value_parser = name)]
    provider: String,
    /// Zone, by its name or its id at the provider
    #[arg(long, value_name = "ZONE", value_parser = name)]
    zone: Option<String>,
}

/// Arguments of `domain hosted-zone apply`.
#[derive(Debug, clap::Args)]
pub struct Apply {
    #[command(flatten)]
    named: Named,
    /// What the plan is named by, as plan shows it
    #[arg(long, value_name = "PLAN", value_parser = name)]
    plan: String,
}

/// Arguments of `domain hosted-zone remove`.
#[derive(Debug, clap::Args)]
pub struct Remove {
    #[command(flatten)]
    named: Named,
    /// Leave the records that Reeve wrote where they are
    #[arg(long)]
    keep_records: bool,
}

impl Named {
    fn path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [&["organizations", &self.place.org, "domains", &self.domain, "hosted-zone"], rest].concat()
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Show(named) => {
            let answer = ctx.send(&Call::get(&named.path(&[]))).await?;
            shown(ctx, &answer, fields)
        }
        Command::Set(Set { named, provider, zone }) => {
            let mut body = Map::new();
            body.insert("dns_provider".to_owned(), provider.into());
            body.extend(zone.map(|zone| ("zone".to_owned(), zone.into())));
            let answer = ctx.send(&Call::put(&named.path(&[])).json(&body)?).await?;
            changed(ctx, &format!("set the hosted zone of {}", named.domain), &answer, fields)?;
            let (domain, org) = (&named.domain, &named.place.org);
            ctx.screen.hint(&format!("see what would be written: reeve domain hosted-zone plan {domain} --org {org}"));
            Ok(())
        }
        Command::Plan(named) => {
            let answer = ctx.send(&Call::get(&named.path(&["plan"]))).await?;
            shown(ctx, &answer, steps)
        }
        Command::Apply(Apply { named, plan }) => {
            let call = Call::post(&named.path(&["write"])).json(&json!({ "plan": plan }))?;
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("wrote the records of {}", named.domain), &answer, fields)
        }
        Command::Remove(Remove { named, keep_records }) => {
            let call = Call::delete(&named.path(&[]));
            let call = if keep_records { call.query("keep_records", "true") } else { call };
            ctx.send(&call).await?;
            ctx.screen.done(&format!("gave up the hosted zone of {}", named.domain))
        }
    }
}

fn fields(zone: &HostedZone) -> Fields {
    vec![
        ("provider", Cell::from(&zone.dns_provider_name)),
        ("zone", Cell::from(&zone.zone_name)),
        ("zone id", Cell::from(&zone.zone_id)),
        ("state", Cell::state(&zone.state)),
        ("records written", Cell::from(zone.written.to_string())),
        ("last error", Cell::maybe(zone.last_error.as_ref())),
        ("checked", Cell::moment(zone.checked_at.as_ref())),
        ("next check", Cell::moment(zone.next_at.as_ref())),
    ]
}

fn steps(plan: &ZonePlan) -> Fields {
    let mut fields = vec![("plan", Cell::from(&plan.plan)), ("zone", Cell::from(&plan.hosted_zone.zone_name))];
    for step in &plan.steps {
        let label = match step.action.as_str() {
            "add" => "add",
            "change" => "change",
            "remove" => "remove",
            "keep" => "keep",
            _ => "conflict",
        };
        let values = [step.before.as_ref(), step.after.as_ref()];
        let values: Vec<_> = values.into_iter().flatten().map(String::as_str).collect();
        let values =
            if label == "keep" { values.first().copied().unwrap_or_default().to_owned() } else { values.join(" -> ") };
        fields.push((label, Cell::from(format!("{} {} {values}: {}", step.name, step.r#type, step.why))));
    }
    fields
}
