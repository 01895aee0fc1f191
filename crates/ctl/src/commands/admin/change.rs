//! Adding and editing administrators.

use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::attachment::{Attachment, attachment};
use super::look::with_password;
use super::{Named, name};
use crate::client::{Answer, Call};
use crate::commands::once::{self, Advice};
use crate::commands::present::changed;
use crate::context::Context;
use crate::failure::Failure;
use crate::secrets::{Chosen, NewPassword};
use crate::wire::Administrator;

/// Arguments of `admin add`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve admin add root2@example.com --first-name Grace --last-name Hopper --role admin --generate-password
  reeve admin add help@example.com --first-name Ada --last-name King --policy help-desk@acme
  reeve admin add audit@example.com --first-name Alan --last-name T --policy auditor --policy read-only@acme,initech
  pass show help | reeve admin add help@example.com --first-name A --last-name B --inactive --password-file -

Without a password option the password is asked for.")]
pub struct Add {
    /// E-mail address that the administrator signs in with
    #[arg(value_name = "USERNAME", value_parser = name)]
    username: String,
    /// First name
    #[arg(long, value_name = "TEXT")]
    first_name: String,
    /// Last name
    #[arg(long, value_name = "TEXT")]
    last_name: String,
    /// What the administrator may do: everything, or what policies allow
    #[arg(long, value_enum, default_value_t = Role::General)]
    role: Role,
    /// Policy to give, in these organizations only when some are named; may be given several times
    #[arg(long = "policy", value_name = "POLICY[@ORG,ORG]", value_parser = attachment)]
    policies: Vec<Attachment>,
    /// Do not let the administrator sign in yet
    #[arg(long)]
    inactive: bool,
    #[command(flatten)]
    password: NewPassword,
}

/// Arguments of `admin edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve admin edit help@example.com --last-name Lovelace
  reeve admin edit help@example.com --role general --policy help-desk@acme --policy auditor
  reeve admin edit help@example.com --no-policies --if-version 4
  reeve admin edit help@example.com --status inactive --generate-password

The policies that are given replace those that were there. A username never changes.")]
pub struct Edit {
    #[command(flatten)]
    named: Named,
    /// First name
    #[arg(long, value_name = "TEXT")]
    first_name: Option<String>,
    /// Last name
    #[arg(long, value_name = "TEXT")]
    last_name: Option<String>,
    /// What the administrator may do: everything, or what policies allow
    #[arg(long, value_enum)]
    role: Option<Role>,
    /// Whether the administrator may sign in
    #[arg(long, value_enum)]
    status: Option<Status>,
    /// Policy to hold from now on, in these organizations only when some are named; may be given several times
    #[arg(long = "policy", value_name = "POLICY[@ORG,ORG]", value_parser = attachment)]
    policies: Vec<Attachment>,
    /// Take every policy away
    #[arg(long, conflicts_with = "policies")]
    no_policies: bool,
    #[command(flatten)]
    password: NewPassword,
    /// Change the administrator only if it still has this version, as show says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

/// What an administrator may do in principle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    /// Everything in the account
    Admin,
    /// What policies allow
    General,
}

/// Whether an administrator may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Status {
    /// May sign in
    Active,
    /// May not
    Inactive,
}

impl Role {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::General => "general",
        }
    }
}

impl Status {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }
}

pub(super) async fn add(ctx: &mut Context, args: &Add) -> Result<(), Failure> {
    let password = args.password.require(ctx)?;
    let mut body = Map::new();
    put(&mut body, "username", Some(&args.username));
    put(&mut body, "first_name", Some(&args.first_name));
    put(&mut body, "last_name", Some(&args.last_name));
    put(&mut body, "role", Some(args.role.word()));
    put(&mut body, "status", args.inactive.then_some(Status::Inactive.word()));
    put(&mut body, "policies", Some(&args.policies).filter(|policies| !policies.is_empty()));
    password.put_into(&mut body);
    let call = Call::post(&["administrators"]).json(&body)?.keyed(ctx.new_key());
    let answer = ctx.send(&call).await?;
    let made: Administrator = answer.read()?;
    changed(ctx, &format!("added administrator {}", made.username), &answer, with_password)?;
    tell_password(ctx, &answer, Some(&password))
}

pub(super) async fn edit(ctx: &mut Context, args: &Edit) -> Result<(), Failure> {
    let password = args.password.choose(ctx)?;
    let mut body = Map::new();
    put(&mut body, "first_name", args.first_name.as_ref());
    put(&mut body, "last_name", args.last_name.as_ref());
    put(&mut body, "role", args.role.map(Role::word));
    put(&mut body, "status", args.status.map(Status::word));
    let replaces = args.no_policies || !args.policies.is_empty();
    put(&mut body, "policies", replaces.then_some(&args.policies));
    if let Some(password) = &password {
        password.put_into(&mut body);
    }
    if body.is_empty() {
        return Err(Failure::usage(
            "there is nothing to change",
            "name what should be otherwise, such as --last-name TEXT; --help lists what can be",
        ));
    }
    let call = Call::patch(&args.named.path()).json(&body)?.if_version(args.if_version);
    let answer = ctx.send(&call).await?;
    changed(ctx, &format!("changed administrator {}", args.named.admin), &answer, with_password)?;
    tell_password(ctx, &answer, password.as_ref())
}

fn put(body: &mut Map<String, Value>, member: &str, value: Option<impl Serialize>) {
    if let Some(value) = value {
        body.insert(member.to_owned(), json!(value));
    }
}

/// Says what to do about a password that the server made.
fn tell_password(ctx: &mut Context, answer: &Answer, password: Option<&Chosen>) -> Result<(), Failure> {
    if !matches!(password, Some(Chosen::Generated)) {
        return Ok(());
    }
    let Administrator { username, password, .. } = answer.read()?;
    match &password {
        Some(password) => once::advise(ctx, &Advice::Shown(password)),
        None => {
            let again = format!("reeve admin reset-password {username} --generate-password");
            once::advise(ctx, &Advice::Lost { again: &again })
        }
    }
}
