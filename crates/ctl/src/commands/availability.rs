//! `reeve availability`: where the free and busy times of people in other systems are asked for.

use std::path::PathBuf;

use reeve_base::secret::ExposeSecret;
use serde_json::{Map, Value, json};

use super::names::{InOrganization, name};
use super::present::{Fields, changed};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::{Availability, Probe};

/// What can be done with availability configurations.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the configurations
    List(List),
    /// Say where free and busy times of a domain are asked for
    #[command(after_help = "Examples:
  reeve availability create elsewhere.example --endpoint https://ews.elsewhere.example/EWS/Exchange.asmx --username reeve --org acme
  reeve availability create elsewhere.example --endpoint https://ews.elsewhere.example/EWS/Exchange.asmx --username reeve --password-file ews.txt --org acme
  reeve availability create other.example --function arn:aws:lambda:us-east-1:123456789012:function:free-busy --org acme

The configuration is kept now, and used once there are calendars; test it with reeve availability test.")]
    Create(Named),
    /// Ask somebody else for the times of a domain; the password is given again
    #[command(after_help = "Examples:
  reeve availability edit elsewhere.example --endpoint https://ews2.elsewhere.example/EWS/Exchange.asmx --username reeve --org acme
  reeve availability edit elsewhere.example --function arn:aws:lambda:us-east-1:123456789012:function:free-busy --org acme --if-version 2")]
    Edit(Edit),
    /// Delete the configuration of a domain, and the password in it
    Delete(Delete),
    /// Ask a provider whether it takes us
    Test(Test),
}

/// Arguments of `availability list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve availability list --org acme
  reeve availability list --org acme --all -o json | jq -r '.[].domain'")]
pub struct List {
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    listing: Listing,
}

/// A domain, and who is asked.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Domain of the people whose calendars are elsewhere
    #[arg(value_name = "DOMAIN", value_parser = name)]
    domain: String,
    #[command(flatten)]
    provider: Provider,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `availability edit`.
#[derive(Debug, clap::Args)]
pub struct Edit {
    #[command(flatten)]
    named: Named,
    /// Change the configuration only if it still has this version, as list -o json says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

/// Who is asked: a server that speaks Exchange Web Services, or a function of Amazon's.
#[derive(Debug, clap::Args)]
#[group(id = "provider", required = true, multiple = true)]
struct Provider {
    /// Address of a server that speaks Exchange Web Services
    #[arg(long, value_name = "URL", requires = "username")]
    endpoint: Option<String>,
    /// In whose name it is asked
    #[arg(long, value_name = "NAME", requires = "endpoint")]
    username: Option<String>,
    /// File whose first line is the password of that name; - reads standard input
    #[arg(long, value_name = "FILE", requires = "endpoint")]
    password_file: Option<PathBuf>,
    /// Amazon resource name of a function
    #[arg(long, value_name = "ARN", conflicts_with_all = ["endpoint", "username", "password_file"])]
    function: Option<String>,
}

/// Arguments of `availability delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve availability delete elsewhere.example --org acme
  reeve availability delete elsewhere.example --org acme --quiet")]
pub struct Delete {
    /// Domain
    #[arg(value_name = "DOMAIN", value_parser = name)]
    domain: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `availability test`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve availability test elsewhere.example --org acme
  reeve availability test --endpoint https://ews.elsewhere.example/EWS/Exchange.asmx --username reeve --org acme

The server is asked once, for at most 10 seconds. The exit code is 1 when it does not take us.")]
pub struct Test {
    /// Domain with a configuration
    #[arg(value_name = "DOMAIN", value_parser = name, required_unless_present = "endpoint", conflicts_with = "endpoint")]
    domain: Option<String>,
    /// Address of a server that is tested without being kept
    #[arg(long, value_name = "URL", requires = "username")]
    endpoint: Option<String>,
    /// In whose name it is asked
    #[arg(long, value_name = "NAME", requires = "endpoint")]
    username: Option<String>,
    /// File whose first line is the password of that name; - reads standard input
    #[arg(long, value_name = "FILE", requires = "endpoint")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    place: InOrganization,
}

impl Provider {
    /// The provider as it is sent; asks for the password where no file holds it.
    fn body(&self, ctx: &mut Context) -> Result<Map<String, Value>, Failure> {
        let provider = match (&self.endpoint, &self.username, &self.function) {
            (Some(endpoint), Some(username), None) => {
                let password = crate::secrets::existing(ctx, self.password_file.as_deref())?;
                let password = password.expose_secret();
                ("ews", json!({ "endpoint": endpoint, "username": username, "password": password }))
            }
            (None, None, Some(function)) => ("lambda", json!({ "function_arn": function })),
            _ => {
                let hint = "give --endpoint URL and --username NAME, or --function ARN";
                return Err(Failure::usage("who is to be asked is not said", hint));
            }
        };
        Ok(Map::from_iter([(provider.0.to_owned(), provider.1)]))
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { place, listing }) => {
            let call = Call::get(&["organizations", &place.org, "availability-configurations"]);
            list(ctx, call, &listing, &configurations()).await
        }
        Command::Create(Named { domain, provider, place }) => {
            let mut body = provider.body(ctx)?;
            body.insert("domain".to_owned(), json!(domain));
            let call = Call::post(&["organizations", &place.org, "availability-configurations"]).json(&body)?;
            let answer = ctx.send(&call.keyed(ctx.new_key())).await?;
            changed(ctx, &format!("created the availability configuration of {domain}"), &answer, fields)
        }
        Command::Edit(Edit { named: Named { domain, provider, place }, if_version }) => {
            let body = provider.body(ctx)?;
            let call = Call::put(&["organizations", &place.org, "availability-configurations", &domain]).json(&body)?;
            let answer = ctx.send(&call.if_version(if_version)).await?;
            changed(ctx, &format!("changed the availability configuration of {domain}"), &answer, fields)
        }
        Command::Delete(Delete { domain, place }) => {
            ctx.send(&Call::delete(&["organizations", &place.org, "availability-configurations", &domain])).await?;
            ctx.screen.done(&format!("there is no availability configuration of {domain}"))
        }
        Command::Test(args) => test(ctx, args).await,
    }
}

async fn test(ctx: &mut Context, args: Test) -> Result<(), Failure> {
    let Test { domain, endpoint, username, password_file, place } = args;
    let (what, body) = match (domain, endpoint) {
        (Some(domain), _) => (domain.clone(), Map::from_iter([("domain".to_owned(), json!(domain))])),
        (None, endpoint) => {
            let what = endpoint.clone().unwrap_or_default();
            (what, Provider { endpoint, username, password_file, function: None }.body(ctx)?)
        }
    };
    let call = Call::post(&["organizations", &place.org, "availability-tests"]).json(&body)?;
    let answer = ctx.send(&call).await?;
    let probe: Probe = answer.read()?;
    if ctx.screen.is_json() {
        ctx.screen.json(&answer.text)?;
    }
    if probe.passed {
        return ctx.screen.done(&format!("{what} takes us"));
    }
    let why = probe.failure.unwrap_or_else(|| "no reason was given".to_owned());
    Err(Failure::not_done(format!("{what} does not serve: {why}"), "correct it, and test again"))
}

fn provider_of(configuration: &Availability) -> String {
    match (&configuration.ews, &configuration.lambda) {
        (Some(ews), _) => format!("{} as {}", ews.endpoint, ews.username),
        (None, Some(lambda)) => lambda.function_arn.clone(),
        (None, None) => String::new(),
    }
}

fn fields(configuration: &Availability) -> Fields {
    vec![
        ("domain", Cell::from(&configuration.domain)),
        ("provider", Cell::from(provider_of(configuration))),
        ("created", Cell::moment(configuration.created_at.as_ref())),
        ("updated", Cell::moment(configuration.updated_at.as_ref())),
        ("version", Cell::from(configuration.version.to_string())),
    ]
}

fn configurations() -> View<Availability> {
    View {
        heads: &["domain", "provider", "updated"],
        row: |configuration| {
            vec![
                Cell::from(&configuration.domain),
                Cell::from(provider_of(configuration)),
                Cell::moment(configuration.updated_at.as_ref()),
            ]
        },
        names: ("configuration", "configurations"),
        when_empty: "create one: reeve availability create DOMAIN --endpoint URL --username NAME --org ORG",
    }
}
