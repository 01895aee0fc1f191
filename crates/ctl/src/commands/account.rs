//! `reeve account`: the rules of one's own account; and the accounts of a deployment, for its local operator only.

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use super::names::name;
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::{Cell, Tone, counted};
use crate::secrets::NewPassword;
use crate::wire::Account;

/// What can be done with accounts.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show the account in use and its rules
    #[command(after_help = "Examples:
  reeve account show
  reeve account show --account 123456789012 -o json | jq .second_factor_required")]
    Show,
    /// Change the rules of the account; what is not named stays
    Edit(Edit),
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

/// Arguments of `account edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve account edit --require-second-factor on
  reeve account edit --owners-manage-api-secrets off --event-retention-days 365 --if-version 3")]
pub struct Edit {
    /// Whether every administrator must have a second factor
    #[arg(long, value_enum, value_name = "on|off")]
    require_second_factor: Option<Switch>,
    /// Whether administrators may set their own API passwords and access keys
    #[arg(long, value_enum, value_name = "on|off")]
    owners_manage_api_secrets: Option<Switch>,
    /// Days for which events are kept; 0 for ever
    #[arg(long, value_name = "DAYS")]
    event_retention_days: Option<u32>,
    /// Change them only if the account still has this version, as show says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

/// Whether a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// It holds
    On,
    /// It does not
    Off,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Show => {
            let answer = ctx.send(&Call::get(&["account"])).await?;
            shown(ctx, &answer, rules)
        }
        Command::Edit(args) => edit(ctx, &args).await,
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
    let answer = ctx.send(&call).await?;
    changed(ctx, &format!("created account {}", args.account_name), &answer, fields)?;
    let made: Account = answer.read()?;
    match made.password {
        Some(password) if ctx.global.quiet && !ctx.screen.is_json() => {
            ctx.screen.line(&crate::render::clean(&password))
        }
        _ => Ok(()),
    }
}

async fn edit(ctx: &mut Context, args: &Edit) -> Result<(), Failure> {
    let mut body = Map::new();
    for (member, switch) in [
        ("second_factor_required", args.require_second_factor),
        ("owners_manage_api_secrets", args.owners_manage_api_secrets),
    ] {
        if let Some(switch) = switch {
            body.insert(member.to_owned(), Value::from(switch == Switch::On));
        }
    }
    if let Some(days) = args.event_retention_days {
        body.insert("event_retention_days".to_owned(), Value::from(days));
    }
    if body.is_empty() {
        return Err(Failure::usage(
            "there is nothing to change",
            "name what should be otherwise, such as --require-second-factor on; --help lists what can be",
        ));
    }
    let answer = ctx.send(&Call::patch(&["account"]).json(&body)?.if_version(args.if_version)).await?;
    changed(ctx, "changed the rules of the account", &answer, rules)
}

fn rules(account: &Account) -> Fields {
    let kept = match account.event_retention_days {
        0 => "for ever".to_owned(),
        days => counted(days, "day", "days"),
    };
    vec![
        ("account", Cell::from(&account.account_id)),
        ("name", Cell::from(&account.name)),
        ("second factor demanded", Cell::yes(account.second_factor_required)),
        ("owners manage API secrets", Cell::yes(account.owners_manage_api_secrets)),
        ("events kept", Cell::from(kept)),
        ("created", Cell::moment(account.created_at.as_ref())),
        ("version", Cell::from(account.version.to_string())),
    ]
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
