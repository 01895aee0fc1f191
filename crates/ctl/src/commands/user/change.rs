//! Creating, editing, disabling and deleting one user.

use serde_json::{Map, Value};

use super::look::fields;
use super::profile::Profile;
use super::{InOrganization, Named, name};
use crate::client::{Answer, Call};
use crate::commands::once::{self, Advice};
use crate::commands::present::changed;
use crate::context::Context;
use crate::failure::Failure;
use crate::render::{Cell, Tone};
use crate::secrets::{Chosen, NewPassword};
use crate::wire::NewUser;

/// Arguments of `user create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user create ada --org acme --display-name 'Ada Lovelace' --email ada@acme.example --generate-password
  reeve user create grace --org acme --display-name 'Grace Hopper' --job-title 'Rear admiral'
  pass show acme/ada | reeve user create ada --org acme --display-name Ada --password-file -

Without a password option the user has none yet and cannot sign in.")]
pub struct Create {
    /// Name of the user; stays for good
    #[arg(value_name = "NAME", value_parser = name)]
    user: String,
    #[command(flatten)]
    place: InOrganization,
    /// Name as others see it
    #[arg(long, value_name = "TEXT")]
    display_name: String,
    /// Address; enables the user at once
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    #[command(flatten)]
    password: NewPassword,
    /// Ask for a password at the terminal
    #[arg(long, conflicts_with_all = ["password_file", "generate_password"])]
    ask_password: bool,
    #[command(flatten)]
    profile: Profile,
}

/// Arguments of `user edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user edit ada --org acme --job-title 'Countess of Lovelace'
  reeve user edit ada --org acme --telephone ''
  reeve user edit ada --org acme --display-name 'Ada King' --if-version 4")]
pub struct Edit {
    #[command(flatten)]
    named: Named,
    /// Name as others see it
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    #[command(flatten)]
    profile: Profile,
    /// Change the user only if it still has this version, as show says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

/// Arguments of `user delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve user delete ada --org acme
  reeve user delete ada --org acme --yes")]
pub struct Delete {
    #[command(flatten)]
    named: Named,
    /// Do not ask for the name to be typed back
    #[arg(long, short = 'y')]
    yes: bool,
}

pub(super) async fn create(ctx: &mut Context, args: &Create) -> Result<(), Failure> {
    let password = if args.ask_password { Some(args.password.require(ctx)?) } else { args.password.choose(ctx)? };
    let mut body = members(&args.profile)?;
    body.insert("username".to_owned(), Value::from(args.user.as_str()));
    body.insert("display_name".to_owned(), Value::from(args.display_name.as_str()));
    if let Some(email) = &args.email {
        body.insert("email".to_owned(), Value::from(email.as_str()));
    }
    if let Some(password) = &password {
        password.put_into(&mut body);
    }
    let call = Call::post(&["organizations", &args.place.org, "users"]).json(&body)?.keyed(ctx.new_key());
    let answer = ctx.send(&call).await?;
    let made: NewUser = answer.read()?;
    let sentence = match &made.user.email {
        Some(email) => format!("created user {} and enabled it as {email}", made.user.username),
        None => format!("created user {}", made.user.username),
    };
    changed(ctx, &sentence, &answer, with_password)?;
    advise(ctx, args, password.as_ref(), &made)
}

/// The user and, the only time that it is shown, the password that the server made.
fn with_password(made: &NewUser) -> Vec<(&'static str, Cell)> {
    let mut fields = fields(&made.user);
    if let Some(password) = &made.password {
        fields.push(("new password", Cell::toned(password, Tone::Strong)));
    }
    fields
}

fn advise(ctx: &mut Context, args: &Create, password: Option<&Chosen>, made: &NewUser) -> Result<(), Failure> {
    let (user, org) = (&made.user.username, &args.place.org);
    let reset = format!("reeve user reset-password {user} --org {org}");
    match (password, &made.password) {
        (Some(Chosen::Generated), Some(password)) => once::advise(ctx, &Advice::Shown(password)),
        (Some(Chosen::Generated), None) => {
            once::advise(ctx, &Advice::Lost { again: &format!("{reset} --generate-password") })
        }
        (Some(Chosen::Given(_)), _) => Ok(()),
        (None, _) => {
            ctx.screen.hint(&format!("let {user} sign in: {reset}"));
            Ok(())
        }
    }
}

pub(super) async fn edit(ctx: &mut Context, args: &Edit) -> Result<(), Failure> {
    let mut body = members(&args.profile)?;
    if let Some(display_name) = &args.display_name {
        body.insert("display_name".to_owned(), Value::from(display_name.as_str()));
    }
    if body.is_empty() {
        return Err(Failure::usage(
            "there is nothing to change",
            "name what should be otherwise, such as --job-title TEXT; --help lists the fields",
        ));
    }
    let call = Call::patch(&args.named.path()).json(&body)?.if_version(args.if_version);
    let answer = ctx.send(&call).await?;
    changed_user(ctx, &format!("changed user {}", args.named.user), &answer)
}

pub(super) async fn disable(ctx: &mut Context, args: &Named) -> Result<(), Failure> {
    let answer = ctx.send(&Call::post(&args.below("disable"))).await?;
    changed_user(ctx, &format!("disabled user {}", args.user), &answer)
}

pub(super) async fn delete(ctx: &mut Context, args: &Delete) -> Result<(), Failure> {
    if !args.yes {
        ctx.confirm(&format!("delete user {} for good", args.named.user), &args.named.user)?;
    }
    ctx.send(&Call::delete(&args.named.path())).await?;
    ctx.screen.done(&format!("deleted user {}", args.named.user))
}

/// Says what happened to a user and shows it.
pub(super) fn changed_user(ctx: &mut Context, sentence: &str, answer: &Answer) -> Result<(), Failure> {
    changed(ctx, sentence, answer, fields)
}

fn members(profile: &Profile) -> Result<Map<String, Value>, Failure> {
    match serde_json::to_value(profile) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Failure::usage("could not write the request", "correct the values")),
    }
}
