//! `reeve key`: access keys, with which programs ask in the name of an administrator.

use serde_json::{Map, Value, json};

use super::admin::Limit;
use super::names::name;
use super::present::{Fields, changed};
use super::when::{When, when};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::{Cell, Tone, clean};
use crate::wire::AccessKey;

/// What can be done with access keys.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create an access key; its secret is shown once
    Create(Create),
    /// List the access keys of an administrator
    List(List),
    /// Let an access key in
    #[command(after_help = "Examples:
  reeve key activate AKIDEXAMPLE123456789 --admin sync@example.com
  reeve key activate AKIDEXAMPLE123456789 --profile work")]
    Activate(Named),
    /// Keep an access key out, at once, and keep it
    #[command(after_help = "Examples:
  reeve key deactivate AKIDEXAMPLE123456789 --admin sync@example.com
  reeve key deactivate AKIDEXAMPLE123456789 --profile work")]
    Deactivate(Named),
    /// Change name, expiry, networks or limit of an access key
    Edit(Edit),
    /// Delete an access key for good
    #[command(after_help = "Examples:
  reeve key delete AKIDEXAMPLE123456789 --admin sync@example.com
  reeve key delete AKIDEXAMPLE123456789 --profile work --quiet")]
    Delete(Named),
}

/// Whose keys are meant.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Owner {
    /// Administrator, by username or id; you, when a server is named
    #[arg(long, value_name = "ADMIN", value_parser = name)]
    admin: Option<String>,
}

/// The key that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Id of the access key
    #[arg(value_name = "KEY_ID", value_parser = name)]
    key: String,
    #[command(flatten)]
    owner: Owner,
}

/// Arguments of `key create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve key create --admin sync@example.com
  reeve key create --admin sync@example.com --name terraform --expires 90d --network 192.0.2.0/24
  reeve key create --profile work --limit-policy read-only -o json | jq -r .secret_access_key
  eval \"$(reeve key create --admin sync@example.com --export)\"")]
pub struct Create {
    #[command(flatten)]
    owner: Owner,
    /// What the key is for, for people to read
    #[arg(long, value_name = "TEXT", default_value = "cli")]
    name: String,
    /// When it stops working: a time, a day, or how long from now (90m, 24h, 90d)
    #[arg(long, value_name = "WHEN", value_parser = when)]
    expires: Option<When>,
    /// Network that it works from, such as 192.0.2.0/24; may be given several times; anywhere when not given
    #[arg(long = "network", value_name = "CIDR")]
    networks: Vec<String>,
    /// Allow no more than this policy does, by name or id
    #[arg(long, value_name = "POLICY")]
    limit_policy: Option<String>,
    /// Print nothing but the lines by which a shell sets what AWS clients read
    #[arg(long, conflicts_with = "quiet")]
    export: bool,
}

/// Arguments of `key list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve key list --admin sync@example.com
  reeve key list --profile work --all -o json")]
pub struct List {
    #[command(flatten)]
    owner: Owner,
    #[command(flatten)]
    listing: Listing,
}

/// Arguments of `key edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve key edit AKIDEXAMPLE123456789 --admin sync@example.com --name terraform
  reeve key edit AKIDEXAMPLE123456789 --admin sync@example.com --no-expiry --network 192.0.2.0/24 --network 2001:db8::/32
  reeve key edit AKIDEXAMPLE123456789 --profile work --any-network --no-limit --if-version 2")]
pub struct Edit {
    #[command(flatten)]
    named: Named,
    /// What the key is for, for people to read
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// When it stops working: a time, a day, or how long from now (90m, 24h, 90d)
    #[arg(long, value_name = "WHEN", value_parser = when)]
    expires: Option<When>,
    /// Let it work for ever
    #[arg(long, conflicts_with = "expires")]
    no_expiry: bool,
    /// Network that it works from, in the place of those before; may be given several times
    #[arg(long = "network", value_name = "CIDR")]
    networks: Vec<String>,
    /// Let it work from anywhere
    #[arg(long, conflicts_with = "networks")]
    any_network: bool,
    #[command(flatten)]
    limit: Limit,
    /// Change the key only if it still has this version
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

impl Owner {
    /// The administrator in paths. Over the socket the operator asks, who is none and has no keys.
    fn admin(&self, ctx: &Context) -> Result<String, Failure> {
        match &self.admin {
            Some(admin) => Ok(admin.clone()),
            None if ctx.is_remote() => Ok("me".to_owned()),
            None => Err(Failure::usage(
                "whose key is meant is not said, and the operator of the local socket has none",
                "give --admin USERNAME; reeve admin list shows who there is",
            )),
        }
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(args) => create(ctx, &args).await,
        Command::List(args) => {
            let admin = args.owner.admin(ctx)?;
            list(ctx, Call::get(&["administrators", &admin, "access-keys"]), &args.listing, &KEYS).await
        }
        Command::Activate(args) => edit(ctx, &args, &json!({ "status": "active" }), None, "activated").await,
        Command::Deactivate(args) => edit(ctx, &args, &json!({ "status": "inactive" }), None, "deactivated").await,
        Command::Edit(args) => {
            let body = args.body(ctx)?;
            edit(ctx, &args.named, &body, args.if_version, "changed").await
        }
        Command::Delete(args) => {
            let admin = args.owner.admin(ctx)?;
            ctx.send(&Call::delete(&["administrators", &admin, "access-keys", &args.key])).await?;
            ctx.screen.done(&format!("deleted access key {}", args.key))
        }
    }
}

async fn create(ctx: &mut Context, args: &Create) -> Result<(), Failure> {
    let admin = args.owner.admin(ctx)?;
    let mut body = Map::new();
    body.insert("name".to_owned(), json!(args.name));
    if let Some(expires) = args.expires {
        body.insert("expires_at".to_owned(), json!(expires.future(&*ctx.tools.clock)));
    }
    if !args.networks.is_empty() {
        body.insert("source_networks".to_owned(), json!(args.networks));
    }
    if let Some(policy) = &args.limit_policy {
        body.insert("limit_policy".to_owned(), json!(policy));
    }
    // Not repeatable on purpose: a repetition could not show the secret.
    let call = Call::post(&["administrators", &admin, "access-keys"]).json(&body)?;
    let answer = ctx.send(&call).await?;
    let made: AccessKey = answer.read()?;
    if args.export {
        let secret = made.secret_access_key.unwrap_or_default();
        ctx.screen.line(&clean(&format!("export AWS_ACCESS_KEY_ID={}", made.access_key_id)))?;
        return ctx.screen.line(&clean(&format!("export AWS_SECRET_ACCESS_KEY='{secret}'")));
    }
    changed(ctx, &format!("created access key {} of {admin}", made.access_key_id), &answer, fields)?;
    if ctx.global.quiet && !ctx.screen.is_json() {
        let secret = made.secret_access_key.unwrap_or_default();
        return ctx.screen.line(&clean(&format!("{} {secret}", made.access_key_id)));
    }
    ctx.screen.hint("write the secret down: it is shown only this once");
    Ok(())
}

async fn edit(
    ctx: &mut Context,
    named: &Named,
    body: &Value,
    if_version: Option<u64>,
    done: &str,
) -> Result<(), Failure> {
    let admin = named.owner.admin(ctx)?;
    let path = ["administrators", &admin, "access-keys", &named.key];
    let answer = ctx.send(&Call::patch(&path).json(body)?.if_version(if_version)).await?;
    changed(ctx, &format!("{done} access key {}", named.key), &answer, fields)
}

impl Edit {
    fn body(&self, ctx: &Context) -> Result<Value, Failure> {
        let mut body = Map::new();
        if let Some(name) = &self.name {
            body.insert("name".to_owned(), json!(name));
        }
        if self.no_expiry || self.expires.is_some() {
            let expires = self.expires.map(|when| when.future(&*ctx.tools.clock));
            body.insert("expires_at".to_owned(), json!(expires));
        }
        if self.any_network || !self.networks.is_empty() {
            body.insert("source_networks".to_owned(), json!(self.networks));
        }
        self.limit.put_into(&mut body);
        if body.is_empty() {
            return Err(Failure::usage(
                "there is nothing to change",
                "name what should be otherwise, such as --expires 90d; --help lists what can be",
            ));
        }
        Ok(Value::Object(body))
    }
}

fn fields(key: &AccessKey) -> Fields {
    let secret = key.secret_access_key.as_ref();
    vec![
        ("access key id", Cell::from(&key.access_key_id)),
        ("secret access key", secret.map_or_else(Cell::none, |text| Cell::toned(text, Tone::Strong))),
        ("name", Cell::from(&key.name)),
        ("status", Cell::state(&key.status)),
        ("administrator", Cell::from(&key.administrator_id)),
        ("limited by", Cell::maybe(key.limit_policy.as_ref())),
        ("networks", networks(key)),
        ("expires", Cell::moment(key.expires_at.as_ref())),
        ("last used", Cell::moment(key.last_used_at.as_ref())),
        ("last used from", Cell::maybe(key.last_used_address.as_ref())),
        ("created", Cell::moment(key.created_at.as_ref())),
        ("created by", Cell::from(&key.created_by)),
        ("version", Cell::from(key.version.to_string())),
    ]
}

fn networks(key: &AccessKey) -> Cell {
    if key.source_networks.is_empty() { Cell::from("any") } else { Cell::from(key.source_networks.join(", ")) }
}

const KEYS: View<AccessKey> = View {
    heads: &["access key id", "name", "status", "limited by", "networks", "last used", "expires"],
    row: |key| {
        vec![
            Cell::from(&key.access_key_id),
            Cell::from(&key.name),
            Cell::state(&key.status),
            Cell::maybe(key.limit_policy.as_ref()),
            networks(key),
            Cell::moment(key.last_used_at.as_ref()),
            Cell::moment(key.expires_at.as_ref()),
        ]
    },
    names: ("access key", "access keys"),
    when_empty: "create one: reeve key create --admin USERNAME",
};
