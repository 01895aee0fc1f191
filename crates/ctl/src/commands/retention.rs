//! `reeve retention`: how long mail is kept in which folder.

use serde::Serialize;

use super::names::InOrganization;
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::render::Cell;
use crate::wire::RetentionPolicy;

/// What can be done with the retention policy of an organization.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show the policy
    #[command(after_help = "Examples:
  reeve retention show --org acme
  reeve retention show --org acme -o json | jq '.folders'")]
    Show(Show),
    /// Make the policy, or put it in the place of the one before
    Set(Set),
    /// Delete the policy; mail stays for ever
    #[command(after_help = "Examples:
  reeve retention delete --org acme
  reeve retention delete --org acme --quiet")]
    Delete(Show),
}

/// Where.
#[derive(Debug, clap::Args)]
pub struct Show {
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `retention set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve retention set standard --folder deleted_items=permanently_delete:30 --folder junk_email=delete:14 --org acme
  reeve retention set standard --description 'For everybody' --folder drafts=none --org acme

Folders are inbox, deleted_items, sent_items, drafts and junk_email. What is deleted can be taken back by its owner for a
while; what is permanently deleted is gone. The policy is kept now, and obeyed once there is mail.")]
pub struct Set {
    /// Name of the policy
    #[arg(value_name = "NAME")]
    name: String,
    /// What becomes of mail in a folder, and after how many days; may be given several times
    #[arg(long = "folder", value_name = "FOLDER=ACTION:DAYS", value_parser = rule)]
    folders: Vec<Rule>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    #[command(flatten)]
    place: InOrganization,
    /// Replace the policy only if it still has this version, as show -o json says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

/// What becomes of mail in one folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Rule {
    folder: String,
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
}

/// A policy as it is sent.
#[derive(Debug, Serialize)]
struct New {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    folders: Vec<Rule>,
}

fn rule(text: &str) -> Result<Rule, String> {
    let wrong = || "must be like junk_email=delete:14, or drafts=none".to_owned();
    let (folder, action) = text.split_once('=').ok_or_else(wrong)?;
    let (action, days) = match action.split_once(':') {
        Some((action, days)) => (action, Some(days.parse().map_err(|_| wrong())?)),
        None => (action, None),
    };
    if folder.is_empty() || action.is_empty() {
        return Err(wrong());
    }
    Ok(Rule { folder: folder.to_owned(), action: action.to_owned(), days })
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Show(Show { place }) => {
            let answer = ctx.send(&Call::get(&["organizations", &place.org, "retention-policy"])).await?;
            shown(ctx, &answer, fields)
        }
        Command::Set(Set { name, folders, description, place, if_version }) => {
            let done = format!("retention policy {name} is kept");
            let new = New { name, description, folders };
            let call = Call::put(&["organizations", &place.org, "retention-policy"]).json(&new)?;
            let answer = ctx.send(&call.if_version(if_version)).await?;
            changed(ctx, &done, &answer, fields)
        }
        Command::Delete(Show { place }) => {
            ctx.send(&Call::delete(&["organizations", &place.org, "retention-policy"])).await?;
            ctx.screen.done(&format!("{} has no retention policy", place.org))
        }
    }
}

fn fields(policy: &RetentionPolicy) -> Fields {
    let mut fields = vec![
        ("name", Cell::from(&policy.name)),
        ("id", Cell::from(&policy.retention_policy_id)),
        ("description", Cell::maybe(policy.description.as_ref())),
    ];
    fields.extend(policy.folders.iter().map(|rule| {
        let days = if rule.days > 0 { format!(":{}", rule.days) } else { String::new() };
        ("folder", Cell::from(format!("{}={}{days}", rule.folder, rule.action)))
    }));
    fields.extend([
        ("created", Cell::moment(policy.created_at.as_ref())),
        ("updated", Cell::moment(policy.updated_at.as_ref())),
        ("version", Cell::from(policy.version.to_string())),
    ]);
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_names_folder_action_and_days() {
        let read = |text: &str| rule(text).map(|rule| (rule.folder, rule.action, rule.days));
        assert_eq!(read("inbox=delete:30"), Ok(("inbox".to_owned(), "delete".to_owned(), Some(30))));
        assert_eq!(read("drafts=none"), Ok(("drafts".to_owned(), "none".to_owned(), None)));
        for wrong in
            ["", "inbox", "inbox=", "=delete:1", "inbox=delete:", "inbox=delete:x", "inbox=:3", "inbox=delete:-1"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
