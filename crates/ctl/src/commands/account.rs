//! `reeve account`: the accounts of a deployment; for its local operator only.

use serde_json::{Map, Value, json};

use super::names::name;
use super::present::{Fields, changed};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::{Cell, Tone};
use crate::secrets::NewPassword;
use crate::wire::Account;

/// What can be done with accounts.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the accounts of this deployment
    List(List),
    /// Create an account with its first administrator
    Create(Create),
}

/// Arguments of `account list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve account list
  reeve account list --all -o json")]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `account create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve account create 'Second customer' --admin root@second.example --generate-password
  reeve account create 'Second customer' --admin root@second.example --password-file secret.txt")]
pub struct Create {
    /// Name of the account, for people to read
    #[arg(value_name = "NAME", value_parser = name)]
    account_name: String,
    /// E-mail address of the first administrator, who signs in with it
    #[arg(long, value_name = "EMAIL")]
    admin: String,
    /// First name of the administrator
    #[arg(long, value_name = "TEXT")]
    first_name: Option<String>,
    /// Last name of the administrator
    #[arg(long, value_name = "TEXT")]
    last_name: Option<String>,
    #[command(flatten)]
    password: NewPassword,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(args) => list(ctx, Call::get(&["accounts"]), &args.listing, &accounts()).await,
        Command::Create(args) => create(ctx, &args).await,
    }
}

async fn create(ctx: &mut Context, args: &Create) -> Result<(), Failure> {
    let mut administrator = Map::new();
    administrator.insert("username".to_owned(), Value::from(args.admin.as_str()));
    for (member, value) in [("first_name", &args.first_name), ("last_name", &args.last_name)] {
        if let Some(value) = value {
            administrator.insert(member.to_owned(), Value::from(value.as_str()));
        }
    }
    args.password.require(ctx)?.put_into(&mut administrator);
    let body = json!({ "name": args.account_name, "administrator": administrator });
    let call = Call::post(&["accounts"]).json(&body)?.keyed(ctx.new_key());
    let answer = ctx.client()?.send(&call).await?;
    changed(ctx, &format!("created account {}", args.account_name), &answer, fields)?;
    let made: Account = answer.read()?;
    match made.password {
        Some(password) if ctx.global.quiet && !ctx.screen.is_json() => {
            ctx.screen.line(&crate::render::clean(&password))
        }
        _ => Ok(()),
    }
}

fn fields(account: &Account) -> Fields {
    vec![
        ("account", Cell::from(&account.account_id)),
        ("name", Cell::from(&account.name)),
        ("created", Cell::moment(account.created_at.as_ref())),
        ("password", account.password.as_ref().map_or_else(Cell::none, |text| Cell::toned(text, Tone::Strong))),
    ]
}

fn accounts() -> View<Account> {
    View {
        heads: &["account", "name", "created"],
        row: |account| {
            vec![Cell::from(&account.account_id), Cell::from(&account.name), Cell::moment(account.created_at.as_ref())]
        },
        names: ("account", "accounts"),
        when_empty: "create one: reeve account create NAME --admin EMAIL --generate-password",
    }
}
