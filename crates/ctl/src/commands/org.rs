//! `reeve org`: organizations.

use serde_json::json;
use tokio::time::MissedTickBehavior;

use super::names::name;
use super::present::{Fields, changed, shown};
use crate::client::{Call, Client};
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list, show};
use crate::progress::Progress;
use crate::render::{Cell, count, counted};
use crate::wire::{Condition, Organization, State, States};

/// How often `--wait` looks at most: a quarter of an hour at two looks a second, and creation takes seconds.
const LOOKS_MAX: u32 = 1_800;

/// What can be done with organizations.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create an organization, with its directory and test domain
    Create(Create),
    /// List the organizations of the account, deleted ones included
    List(List),
    /// Show one organization
    #[command(after_help = "Examples:
  reeve org show acme
  reeve org show m-0123456789abcdef0123456789abcdef
  reeve org show acme -o json | jq -r .default_domain")]
    Show(Named),
    /// Show how an organization came to the state it is in
    #[command(after_help = "Examples:
  reeve org states acme
  reeve org states acme -o json | jq -r '.items[-1].reason'")]
    States(Named),
    /// Show what is amiss with an organization, and what helps
    #[command(after_help = "Examples:
  reeve org health acme
  reeve org health acme -o json | jq -r '.items[].remedy'")]
    Health(Named),
    /// Delete an organization and, unless told otherwise, its directory with everybody in it
    Delete(Delete),
    /// Choose, rotate, switch off and destroy the key under which mailboxes lie
    #[command(subcommand)]
    Key(super::org_key::Command),
    /// Note things on an organization, for your own books
    #[command(subcommand)]
    Tag(super::org_tag::Command),
}

/// Arguments of `org create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve org create acme --wait
  reeve org create acme --domain acme.example --domain acme.test
  reeve org create acme -o json | jq -r .organization_id")]
pub struct Create {
    /// Alias: letters, digits and inner hyphens; names the organization for good and begins its test domain
    #[arg(value_name = "ALIAS", value_parser = name)]
    alias: String,
    /// Mail domain to add; may be given several times
    #[arg(long = "domain", value_name = "DOMAIN")]
    domains: Vec<String>,
    /// Directory to use instead of a new one
    #[arg(long, value_name = "ID")]
    directory_id: Option<String>,
    /// Encryption key of your account to protect the mailboxes, by name, id, ARN or reference
    #[arg(long, value_name = "KEY")]
    encryption_key: Option<String>,
    /// Text that makes repeated calls one
    #[arg(long, value_name = "TEXT")]
    client_token: Option<String>,
    /// Wait until the organization is Active, and say how it gets there
    #[arg(long)]
    wait: bool,
}

/// Arguments of `org list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve org list
  reeve org list --state Active --all
  reeve org list --search ac -o json")]
pub struct List {
    /// Only those in this state, such as Active, Failed or Deleted
    #[arg(long)]
    state: Option<String>,
    /// Only those whose alias starts so
    #[arg(long, value_name = "PREFIX")]
    search: Option<String>,
    /// Only those of this region
    #[arg(long)]
    region: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// The organization that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Organization, by alias or id
    #[arg(value_name = "ORG", value_parser = name)]
    org: String,
}

/// Arguments of `org delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve org delete acme
  reeve org delete acme --keep-directory
  reeve org delete acme --force --yes")]
pub struct Delete {
    /// Organization, by alias or id
    #[arg(value_name = "ORG", value_parser = name)]
    org: String,
    /// Leave the directory and its users for another organization
    #[arg(long)]
    keep_directory: bool,
    /// Delete even if users are still enabled
    #[arg(long)]
    force: bool,
    /// Do not ask for the alias to be typed back
    #[arg(long, short = 'y')]
    yes: bool,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(args) => create(ctx, &args).await,
        Command::List(args) => {
            let call = Call::get(&["organizations"])
                .query_maybe("state", args.state)
                .query_maybe("search", args.search)
                .query_maybe("region", args.region);
            list(ctx, call, &args.listing, &organizations()).await
        }
        Command::Show(args) => {
            let answer = ctx.send(&Call::get(&["organizations", &args.org])).await?;
            shown(ctx, &answer, fields)
        }
        Command::States(args) => {
            let answer = ctx.send(&Call::get(&["organizations", &args.org, "states"])).await?;
            show(ctx, &answer, &states())
        }
        Command::Health(args) => {
            let answer = ctx.send(&Call::get(&["organizations", &args.org, "conditions"])).await?;
            show(ctx, &answer, &conditions())
        }
        Command::Delete(args) => delete(ctx, &args).await,
        Command::Key(command) => super::org_key::run(ctx, command).await,
        Command::Tag(command) => super::org_tag::run(ctx, command).await,
    }
}

async fn create(ctx: &mut Context, args: &Create) -> Result<(), Failure> {
    let mut body = json!({ "alias": args.alias, "domains": args.domains });
    for (member, value) in [
        ("directory_id", &args.directory_id),
        ("encryption_key", &args.encryption_key),
        ("client_token", &args.client_token),
    ] {
        if let Some(value) = value {
            body[member] = json!(value);
        }
    }
    let call = Call::post(&["organizations"]).json(&body)?.keyed(ctx.new_key());
    let mut answer = ctx.send(&call).await?;
    let made: Organization = answer.read()?;
    if args.wait {
        let client = ctx.client()?;
        wait(ctx, &client, &made).await?;
        answer = client.send(&Call::get(&["organizations", &made.organization_id])).await?;
    }
    changed(ctx, &format!("created organization {}", made.alias), &answer, fields)?;
    if !args.wait {
        ctx.screen.hint(&format!("watch it come up: reeve org states {}", made.alias));
    }
    Ok(())
}

/// Follows an organization until it is Active, or until it is clear that it will not be.
async fn wait(ctx: &mut Context, client: &Client, made: &Organization) -> Result<(), Failure> {
    let call = Call::get(&["organizations", &made.organization_id, "states"]);
    let spinner = Progress::spinner(ctx.screen.shows_progress(), &format!("creating {}", made.alias));
    let mut looks = tokio::time::interval(client.pace().poll);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = 0;
    let mut last = State::default();
    for _ in 0..LOOKS_MAX {
        looks.tick().await;
        let states: States = client.send(&call).await?.read()?;
        for state in states.items.iter().skip(told) {
            spinner.say(&format!("{} is {}", made.alias, state.state));
            spinner.pause_for(|| ctx.screen.note(&sentence(state)));
        }
        told = told.max(states.items.len());
        last = states.items.into_iter().next_back().unwrap_or(last);
        match last.state.as_str() {
            "" | "Requested" | "Creating" | "Validating" => {}
            "Active" => return Ok(()),
            ended => {
                let reason = last.reason.as_deref().filter(|text| !text.is_empty()).unwrap_or("no reason was given");
                return Err(Failure::not_done(
                    format!("organization {} is {ended}: {reason}", made.alias),
                    format!("remove the cause, delete it with reeve org delete {} and create it again", made.alias),
                ));
            }
        }
    }
    Err(Failure::not_done(
        format!("organization {} is still {}", made.alias, last.state),
        format!("look again with reeve org states {}; reeve job list shows what it waits for", made.alias),
    ))
}

fn sentence(state: &State) -> String {
    let at = state.at.as_deref().map(crate::render::moment).unwrap_or_default();
    match state.reason.as_deref().filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("{at}  {}: {reason}", state.state),
        None => format!("{at}  {}", state.state),
    }
}

async fn delete(ctx: &mut Context, args: &Delete) -> Result<(), Failure> {
    if !args.yes {
        let answer = ctx.send(&Call::get(&["organizations", &args.org])).await?;
        let organization: Organization = answer.read()?;
        let people = organization.user_counts.as_ref().map_or(0, |counts| counts.enabled + counts.disabled);
        let with = if args.keep_directory { "and keep its directory" } else { "and its directory" };
        let what = format!("delete organization {} {with} ({})", organization.alias, counted(people, "user", "users"));
        ctx.confirm(&what, &organization.alias)?;
    }
    let call = Call::delete(&["organizations", &args.org])
        .query("delete_directory", &!args.keep_directory)
        .query("force", &args.force);
    let answer = ctx.send(&call).await?;
    let organization: Organization = answer.read()?;
    changed(ctx, &format!("deleting organization {}", organization.alias), &answer, fields)
}

fn fields(organization: &Organization) -> Fields {
    let mut fields = vec![
        ("alias", Cell::from(&organization.alias)),
        ("id", Cell::from(&organization.organization_id)),
        ("arn", Cell::from(&organization.arn)),
        ("state", Cell::state(&organization.state)),
        ("reason", Cell::maybe(organization.state_reason.as_ref())),
        ("since", Cell::moment(organization.state_since.as_ref())),
        ("region", Cell::from(&organization.region)),
        ("account", Cell::from(&organization.account_id)),
        ("directory", Cell::maybe(organization.directory_id.as_ref())),
        ("default domain", Cell::maybe(organization.default_domain.as_ref())),
        ("test domain", Cell::maybe(organization.test_domain.as_ref())),
    ];
    if let Some(counts) = &organization.user_counts {
        let text =
            format!("{} enabled, {} disabled, {} system", count(counts.enabled), count(counts.disabled), counts.system);
        fields.push(("users", Cell::from(text)));
    }
    fields.extend([
        ("created", Cell::moment(organization.created_at.as_ref())),
        ("completed", Cell::moment(organization.completed_at.as_ref())),
        ("deleted", Cell::moment(organization.deleted_at.as_ref())),
        ("version", Cell::from(organization.version.to_string())),
    ]);
    fields
}

fn organizations() -> View<Organization> {
    View {
        heads: &["alias", "id", "state", "default domain", "created"],
        row: |organization| {
            vec![
                Cell::from(&organization.alias),
                Cell::from(&organization.organization_id),
                Cell::state(&organization.state),
                Cell::maybe(organization.default_domain.as_ref()),
                Cell::moment(organization.created_at.as_ref()),
            ]
        },
        names: ("organization", "organizations"),
        when_empty: "create one: reeve org create ALIAS --wait",
    }
}

fn conditions() -> View<Condition> {
    View {
        heads: &["since", "what", "reason", "what helps"],
        row: |condition| {
            let what = format!("{} {}", condition.kind, condition.subject);
            vec![
                Cell::moment(condition.since.as_ref()),
                Cell::from(what.trim()),
                Cell::from(&condition.reason),
                Cell::from(&condition.remedy),
            ]
        },
        names: ("thing amiss", "things amiss"),
        when_empty: "everything that the organization relies on works",
    }
}

fn states() -> View<State> {
    View {
        heads: &["at", "state", "reason"],
        row: |state| {
            vec![Cell::moment(state.at.as_ref()), Cell::state(&state.state), Cell::maybe(state.reason.as_ref())]
        },
        names: ("state", "states"),
        when_empty: "look at the organization with reeve org show",
    }
}
