//! Creating, editing, enabling, disabling and deleting one resource.

use serde::Serialize;
use serde_json::json;

use super::look::fields;
use super::{InOrganization, Named, name};
use crate::client::{Answer, Call};
use crate::commands::names::Hidden;
use crate::commands::present::changed;
use crate::context::Context;
use crate::failure::Failure;
use crate::wire::Resource;

/// Arguments of `resource create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve resource create blue --org acme --kind room --email blue@acme.example --description 'third floor, 8 seats'
  reeve resource create projector --org acme --kind equipment --auto-decline-recurring")]
pub struct Create {
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    new: New,
}

/// A resource that is to be.
#[derive(Debug, Serialize, clap::Args)]
struct New {
    /// Name of the resource, 20 characters at most
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// What it is: room or equipment
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// What people should know of it, 64 characters at most
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Address; enables the resource at once
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    hidden: Hidden,
    #[command(flatten)]
    #[serde(skip_serializing_if = "Booking::is_unsaid")]
    booking: Booking,
}

/// How a resource answers those who book it; what is not named stays, or is as usual.
#[derive(Debug, Clone, Default, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Bookings")]
struct Booking {
    /// Let it answer by itself (as is usual); =false leaves it to its delegates
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_accept: Option<bool>,
    /// Let it decline what comes again and again; =false accepts it (as is usual)
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_decline_recurring: Option<bool>,
    /// Let it decline what falls on a time that is taken (as is usual); =false accepts it
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_decline_conflicting: Option<bool>,
}

impl Booking {
    fn is_unsaid(&self) -> bool {
        *self == Self::default()
    }
}

/// Arguments of `resource edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve resource edit blue --org acme --description 'third floor, 10 seats' --name blue-room
  reeve resource edit blue --org acme --auto-accept=false
  reeve resource edit projector --org acme --description '' --if-version 4")]
pub struct Edit {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    change: Change,
    /// Change the resource only if it still has this version, as show says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

/// What is to be otherwise.
#[derive(Debug, Default, PartialEq, Serialize, clap::Args)]
struct Change {
    /// Another name
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What it is: room or equipment
    #[arg(long, value_name = "KIND")]
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// What people should know of it; an empty text clears
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    hidden: Hidden,
    #[command(flatten)]
    #[serde(skip_serializing_if = "Booking::is_unsaid")]
    booking: Booking,
}

/// Arguments of `resource enable`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve resource enable blue --email blue@acme.example --org acme
  reeve resource enable projector --email projector@acme.example --org acme -o json")]
pub struct Enable {
    #[command(flatten)]
    named: Named,
    /// Address that becomes the resource's primary one
    #[arg(long, value_name = "ADDRESS")]
    email: String,
}

/// Arguments of `resource delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve resource delete blue --org acme
  reeve resource delete blue --org acme --yes")]
pub struct Delete {
    #[command(flatten)]
    named: Named,
    /// Do not ask for the name to be typed back
    #[arg(long, short = 'y')]
    yes: bool,
}

pub(super) async fn create(ctx: &mut Context, args: &Create) -> Result<(), Failure> {
    let call = Call::post(&["organizations", &args.place.org, "resources"]).json(&args.new)?.keyed(ctx.new_key());
    let answer = ctx.send(&call).await.map_err(unanswered)?;
    let made: Resource = answer.read()?;
    let sentence = match &made.email {
        Some(email) => format!("created {} {} and enabled it as {email}", made.kind, made.name),
        None => format!("created {} {}", made.kind, made.name),
    };
    changed_resource(ctx, &sentence, &answer)
}

pub(super) async fn edit(ctx: &mut Context, args: &Edit) -> Result<(), Failure> {
    if args.change == Change::default() {
        return Err(Failure::usage(
            "there is nothing to change",
            "name what should be otherwise, such as --description TEXT; --help lists what can be",
        ));
    }
    let call = Call::patch(&args.named.path()).json(&args.change)?.if_version(args.if_version);
    let answer = ctx.send(&call).await.map_err(unanswered)?;
    changed_resource(ctx, &format!("changed resource {}", args.named.resource), &answer)
}

/// Somebody must answer those who book.
fn unanswered(failure: Failure) -> Failure {
    if failure.is("conflict") {
        return failure.with_hint("add a delegate first: reeve resource delegate add NAME DELEGATE --org ORG");
    }
    failure
}

pub(super) async fn enable(ctx: &mut Context, args: &Enable) -> Result<(), Failure> {
    let call = Call::post(&args.named.below("enable")).json(&json!({ "email": args.email }))?;
    let answer = ctx.send(&call).await?;
    changed_resource(ctx, &format!("enabled resource {} as {}", args.named.resource, args.email), &answer)
}

pub(super) async fn disable(ctx: &mut Context, args: &Named) -> Result<(), Failure> {
    let answer = ctx.send(&Call::post(&args.below("disable"))).await?;
    changed_resource(ctx, &format!("disabled resource {}", args.resource), &answer)
}

pub(super) async fn delete(ctx: &mut Context, args: &Delete) -> Result<(), Failure> {
    if !args.yes {
        ctx.confirm(&format!("delete resource {} for good", args.named.resource), &args.named.resource)?;
    }
    ctx.send(&Call::delete(&args.named.path())).await?;
    ctx.screen.done(&format!("deleted resource {}", args.named.resource))
}

/// Says what happened to a resource and shows it.
pub(super) fn changed_resource(ctx: &mut Context, sentence: &str, answer: &Answer) -> Result<(), Failure> {
    changed(ctx, sentence, answer, fields)
}
