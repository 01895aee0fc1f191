//! Questions about policies: could this one be kept, and who may do what under those that are.

use std::path::PathBuf;

use serde_json::json;

use super::name;
use crate::client::Call;
use crate::commands::input::{shown, text};
use crate::context::Context;
use crate::failure::Failure;
use crate::render::{Cell, clean, counted};
use crate::wire::{Decision, PolicyProblem, Validation};

/// Arguments of `policy check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve policy check night-shift.cedar
  reeve policy show night-shift --cedar | reeve policy check -
  reeve policy check night-shift.cedar -o json | jq '.problems[].line'")]
pub struct Check {
    /// File of policies in Cedar; - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Arguments of `policy test`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve policy test --admin help@example.com --action reset_password --resource user:ada --org acme
  reeve policy test --admin help@example.com --action delete_organization --resource organization:acme
  reeve policy test --admin sync@example.com --action list_users --resource organization:acme --address 192.0.2.7 -o json

The exit code is 0 whether it is allowed or not: the question was answered.")]
pub struct Test {
    /// Administrator, by username or id
    #[arg(long, value_name = "ADMIN", value_parser = name)]
    admin: String,
    /// What the administrator would do, as policy actions lists it
    #[arg(long, value_name = "ACTION", value_parser = name)]
    action: String,
    /// What it would be done to: a type and an id, as in user:ada
    #[arg(long, value_name = "TYPE:ID", value_parser = resource)]
    resource: Resource,
    /// Organization that it is in, by alias or id
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// Address that the request would come from
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
}

/// A thing by its type and id.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Resource {
    kind: String,
    id: String,
}

fn resource(text: &str) -> Result<Resource, String> {
    match text.split_once(':') {
        Some((kind, id)) if !kind.is_empty() && !id.is_empty() => {
            Ok(Resource { kind: kind.to_owned(), id: id.to_owned() })
        }
        _ => Err("must be TYPE:ID, as in user:ada".to_owned()),
    }
}

pub(super) async fn check(ctx: &mut Context, args: &Check) -> Result<(), Failure> {
    let file = shown(&args.file);
    let body = json!({ "cedar": text(ctx, &args.file)? });
    let call = Call::post(&["policies", "validate"]).json(&body)?;
    let answer = ctx.send(&call).await.map_err(|failure| failure.in_file(&file))?;
    let found: Validation = answer.read()?;
    if ctx.screen.is_json() {
        ctx.screen.json(&answer.text)?;
    } else {
        found.problems.iter().try_for_each(|problem| tell(ctx, &file, problem))?;
    }
    if found.valid {
        return ctx.screen.done(&format!("{file} is a policy that could be kept"));
    }
    let number = counted(found.problems.len() as u64, "problem", "problems");
    Err(Failure::not_done(format!("{file} is refused: {number}"), "correct the file and check it again"))
}

/// One problem as compilers write them, so that editors find the place.
fn tell(ctx: &mut Context, file: &str, problem: &PolicyProblem) -> Result<(), Failure> {
    let PolicyProblem { line, column, message, help } = problem;
    ctx.screen.line(&clean(&format!("{file}:{line}:{column}: {message}")))?;
    match help {
        Some(help) => ctx.screen.line(&clean(&format!("  help: {help}"))),
        None => Ok(()),
    }
}

pub(super) async fn test(ctx: &mut Context, args: &Test) -> Result<(), Failure> {
    let mut body = json!({
        "administrator": args.admin,
        "action": args.action,
        "resource": { "type": args.resource.kind, "id": args.resource.id },
    });
    if let Some(org) = &args.org {
        body["resource"]["organization"] = json!(org);
    }
    if let Some(address) = &args.address {
        body["source_address"] = json!(address);
    }
    let answer = ctx.send(&Call::post(&["policies", "test"]).json(&body)?).await?;
    if ctx.screen.is_json() {
        return ctx.screen.json(&answer.text);
    }
    let told: Decision = answer.read()?;
    let mut fields = vec![("decision", Cell::state(&told.decision)), ("because", Cell::from(&told.because))];
    let policy = |decided: &crate::wire::Deciding| Cell::from(format!("{} ({})", decided.name, decided.effect));
    fields.extend(told.policies.iter().map(|decided| ("policy", policy(decided))));
    ctx.screen.record(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_a_type_and_an_id() {
        let named = |kind: &str, id: &str| Ok(Resource { kind: kind.to_owned(), id: id.to_owned() });
        assert_eq!(resource("user:ada"), named("user", "ada"));
        assert_eq!(resource("job:arn:aws:x"), named("job", "arn:aws:x"));
        for wrong in ["", "user", ":ada", "user:"] {
            assert!(resource(wrong).is_err(), "{wrong}");
        }
    }
}
