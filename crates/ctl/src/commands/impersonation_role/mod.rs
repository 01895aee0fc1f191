//! `reeve impersonation-role`: by which programs act as users, as which of them, and how far.

mod target;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::input::{shown as shown_path, text};
use super::names::{InOrganization, name};
use super::present::{Fields, changed, shown};
use super::rule::decision;
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::ImpersonationRole;
use target::{Rule, rule, written};

/// What can be done with impersonation roles.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the roles
    List(List),
    /// Show one role with its rules
    #[command(after_help = "Examples:
  reeve impersonation-role show 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 --org acme
  reeve impersonation-role show 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 --org acme -o json | jq .rules")]
    Show(Named),
    /// Create a role
    Create(Create),
    /// Replace a role; what is not named is gone
    Edit(Edit),
    /// Delete a role; access control rules that name it speak of nobody then
    #[command(after_help = "Examples:
  reeve impersonation-role delete 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 --org acme
  reeve impersonation-role delete 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 --org acme --quiet")]
    Delete(Named),
    /// Ask whether a role may act as a user
    Test(Test),
}

/// The role that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Role, by id
    #[arg(value_name = "ROLE", value_parser = name)]
    role: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `impersonation-role list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve impersonation-role list --org acme
  reeve impersonation-role list --org acme --all -o json | jq -r '.[].impersonation_role_id'")]
pub struct List {
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `impersonation-role create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve impersonation-role create Archive --kind read_only --rule everybody:allow --org acme
  reeve impersonation-role create Assistant --kind full_access --rule board:allow=ada,bob@acme.example --org acme
  reeve impersonation-role create Backup --kind read_only --rules-file rules.json --org acme

A rule is ID:EFFECT, then =USERS for some users only; the effects are allow, deny, allow-but and deny-but, and those with
-but speak of everybody but the users that follow. One that denies is stronger than all that allow.")]
pub struct Create {
    /// Name of the role
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    content: Content,
}

/// Arguments of `impersonation-role edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve impersonation-role edit 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 --name Archive --kind read_only \
--rule everybody:allow --rule board:deny=ada --org acme
  reeve impersonation-role edit 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 --name Archive --kind read_only --org acme")]
pub struct Edit {
    #[command(flatten)]
    named: Named,
    /// Name of the role
    #[arg(long, value_name = "NAME")]
    name: String,
    #[command(flatten)]
    content: Content,
    /// Replace the role only if it still has this version, as show says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

/// What a role is to be.
#[derive(Debug, clap::Args)]
struct Content {
    /// How far it reaches into a mailbox: full_access or read_only
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Rule, such as everybody:allow or board:deny=ada,bob; may be given several times
    #[arg(long = "rule", value_name = "ID:EFFECT[=USERS]", value_parser = rule)]
    rules: Vec<Rule>,
    /// File of rules as a JSON array; - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with = "rules")]
    rules_file: Option<PathBuf>,
}

/// Arguments of `impersonation-role test`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve impersonation-role test 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 ada --org acme
  reeve impersonation-role test 019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84 ada@acme.example --org acme -o json | jq -r .effect

The exit code is 0 whether it may or not: the question was answered.")]
pub struct Test {
    /// Role, by id
    #[arg(value_name = "ROLE", value_parser = name)]
    role: String,
    /// User, by name, address or id
    #[arg(value_name = "USER", value_parser = name)]
    user: String,
    #[command(flatten)]
    place: InOrganization,
}

impl Named {
    fn path(&self) -> [&str; 4] {
        ["organizations", &self.place.org, "impersonation-roles", &self.role]
    }
}

impl Content {
    /// The body of a request that makes or replaces a role.
    fn body(&self, ctx: &mut Context, name: &str) -> Result<Map<String, Value>, Failure> {
        let rules = match &self.rules_file {
            Some(path) => rules_in(path, &text(ctx, path)?)?,
            None => json!(self.rules),
        };
        let mut body = Map::new();
        body.insert("name".to_owned(), name.into());
        body.insert("kind".to_owned(), self.kind.as_str().into());
        if let Some(description) = &self.description {
            body.insert("description".to_owned(), description.as_str().into());
        }
        body.insert("rules".to_owned(), rules);
        Ok(body)
    }
}

/// The array of rules in a file, also when it stands within a role as `show -o json` prints it.
fn rules_in(path: &Path, text: &str) -> Result<Value, Failure> {
    let hint = "the file must hold an array of rules, as impersonation-role show -o json prints it";
    let wrong = |place: String| Failure::usage(format!("{}{place}", shown_path(path)), hint);
    let value: Value =
        serde_json::from_str(text).map_err(|why| wrong(format!(":{}:{}: {why}", why.line(), why.column())))?;
    match value {
        Value::Array(_) => Ok(value),
        Value::Object(mut role) => {
            role.remove("rules").filter(Value::is_array).ok_or_else(|| wrong(" has no rules".to_owned()))
        }
        _ => Err(wrong(" has no rules".to_owned())),
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { place, listing }) => {
            let call = Call::get(&["organizations", &place.org, "impersonation-roles"]);
            list(ctx, call, &listing, &roles()).await
        }
        Command::Show(named) => {
            let answer = ctx.send(&Call::get(&named.path())).await?;
            shown(ctx, &answer, fields)
        }
        Command::Create(Create { name, place, content }) => {
            let body = content.body(ctx, &name)?;
            let call = Call::post(&["organizations", &place.org, "impersonation-roles"]).json(&body)?;
            let answer = ctx.send(&call.keyed(ctx.new_key())).await?;
            changed(ctx, &format!("created impersonation role {name}"), &answer, fields)
        }
        Command::Edit(Edit { named, name, content, if_version }) => {
            let body = content.body(ctx, &name)?;
            let call = Call::put(&named.path()).json(&body)?.if_version(if_version);
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("replaced impersonation role {}", named.role), &answer, fields)
        }
        Command::Delete(named) => {
            ctx.send(&Call::delete(&named.path())).await?;
            ctx.screen.done(&format!("there is no impersonation role {}", named.role))
        }
        Command::Test(Test { role, user, place }) => {
            let path = ["organizations", &place.org, "impersonation-roles", &role, "tests"];
            let answer = ctx.send(&Call::post(&path).json(&json!({ "user": user }))?).await?;
            decision(ctx, &answer)
        }
    }
}

fn fields(role: &ImpersonationRole) -> Fields {
    let mut fields = vec![
        ("name", Cell::from(&role.name)),
        ("id", Cell::from(&role.impersonation_role_id)),
        ("kind", Cell::from(&role.kind)),
        ("description", Cell::maybe(role.description.as_ref())),
    ];
    fields.extend(role.rules.iter().map(|rule| ("rule", Cell::from(written(rule)))));
    fields.extend([
        ("created", Cell::moment(role.created_at.as_ref())),
        ("updated", Cell::moment(role.updated_at.as_ref())),
        ("version", Cell::from(role.version.to_string())),
    ]);
    fields
}

fn roles() -> View<ImpersonationRole> {
    View {
        heads: &["name", "id", "kind", "rules", "description"],
        row: |role| {
            vec![
                Cell::from(&role.name),
                Cell::from(&role.impersonation_role_id),
                Cell::from(&role.kind),
                Cell::from(role.rules.len().to_string()),
                Cell::maybe(role.description.as_ref()),
            ]
        },
        names: ("role", "roles"),
        when_empty: "create one: reeve impersonation-role create NAME --kind read_only --rule everybody:allow --org ORG",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_alone_or_within_a_role() {
        let read = |text| rules_in(Path::new("r.json"), text).map_err(|failure| failure.sentence());
        assert_eq!(read("[1]"), Ok(json!([1])));
        assert_eq!(read(r#"{"name":"x","rules":[1]}"#), Ok(json!([1])));
        for wrong in [r#"{"rules":null}"#, "7", "{}"] {
            assert_eq!(read(wrong), Err("r.json has no rules".to_owned()));
        }
        let broken = read("[\n  1,,\n]").unwrap_err();
        assert!(broken.starts_with("r.json:2:5: "), "{broken}");
    }
}
