//! Creating, editing and deleting policies.

use serde_json::{Map, Value};

use super::content::Content;
use super::look::fields;
use super::{Named, name};
use crate::client::Call;
use crate::commands::present::changed;
use crate::context::Context;
use crate::failure::Failure;

/// Arguments of `policy create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve policy create 'Rome office' --allow user:read,update@rome --allow organization:read#m-0123456789abcdef0123456789abcdef
  reeve policy create reader --description 'May look at everything' --allow '*:read'
  reeve policy create night-shift --cedar-file night-shift.cedar
  reeve policy show reader -o json | reeve policy create reader-2 --permissions-file -

An action is read, create, update, delete, secret, * or an operation; reeve policy actions lists them.")]
pub struct Create {
    /// Name, for people to read
    #[arg(value_name = "NAME", value_parser = name, requires = "content")]
    policy: String,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    #[command(flatten)]
    content: Content,
}

/// Arguments of `policy edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve policy edit reader --name readers --description 'May look at everything'
  reeve policy edit reader --allow '*:read' --allow user:update@acme --if-version 2
  reeve policy show night-shift --cedar > n.cedar; $EDITOR n.cedar; reeve policy edit night-shift --cedar-file n.cedar")]
pub struct Edit {
    #[command(flatten)]
    named: Named,
    /// Another name
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    #[command(flatten)]
    content: Content,
    /// Change the policy only if it still has this version, as show says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

pub(super) async fn create(ctx: &mut Context, args: &Create) -> Result<(), Failure> {
    let mut body = Map::new();
    body.insert("name".to_owned(), Value::from(args.policy.as_str()));
    if let Some(description) = &args.description {
        body.insert("description".to_owned(), Value::from(description.as_str()));
    }
    args.content.put_into(ctx, &mut body)?;
    let call = Call::post(&["policies"]).json(&body)?.keyed(ctx.new_key());
    let answer = ctx.send(&call).await.map_err(|failure| args.content.place(failure))?;
    changed(ctx, &format!("created policy {}", args.policy), &answer, fields)?;
    ctx.screen.hint(&format!("give it to somebody: reeve policy attach '{}' ADMIN", args.policy));
    Ok(())
}

pub(super) async fn edit(ctx: &mut Context, args: &Edit) -> Result<(), Failure> {
    let mut body = Map::new();
    for (member, value) in [("name", &args.name), ("description", &args.description)] {
        if let Some(value) = value {
            body.insert(member.to_owned(), Value::from(value.as_str()));
        }
    }
    args.content.put_into(ctx, &mut body)?;
    if body.is_empty() {
        return Err(Failure::usage(
            "there is nothing to change",
            "name what should be otherwise, such as --allow PERMISSION; --help lists what can be",
        ));
    }
    let call = Call::patch(&["policies", &args.named.policy]).json(&body)?.if_version(args.if_version);
    let answer = ctx.send(&call).await.map_err(|failure| own(args.content.place(failure)))?;
    changed(ctx, &format!("changed policy {}", args.named.policy), &answer, fields)
}

pub(super) async fn delete(ctx: &mut Context, args: &Named) -> Result<(), Failure> {
    let policy = &args.policy;
    let outcome = ctx.send(&Call::delete(&["policies", policy])).await;
    outcome.map_err(|failure| match failure {
        held if held.is("conflict") => held.with_hint(format!("reeve policy holders '{policy}' shows who holds it")),
        other => own(other),
    })?;
    ctx.screen.done(&format!("deleted policy {policy}"))
}

/// A ready-made policy is the system's.
fn own(failure: Failure) -> Failure {
    if failure.is("reserved") {
        return failure.with_hint("ready-made policies stay as they are; make one of your own: reeve policy create");
    }
    failure
}
