//! `reeve dns-provider`: systems that host zones, for domains to have their records kept there.

use std::path::PathBuf;

use reeve_base::Secret;
use reeve_base::secret::ExposeSecret;
use serde_json::{Map, Value};

use super::names::name;
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::{DnsProvider, DnsProviderTest};

/// What can be done with DNS providers.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the DNS providers of your account
    #[command(after_help = "Examples:
  reeve dns-provider list
  reeve dns-provider list --all -o json | jq -r '.[].name'")]
    List(List),
    /// Show a DNS provider; its secret is never shown
    #[command(after_help = "Examples:
  reeve dns-provider show powerdns
  reeve dns-provider show powerdns -o json | jq -r .domains")]
    Show(Named),
    /// Make a system known that hosts zones
    Create(Create),
    /// Change the name of a DNS provider, where it is, or its secret
    Edit(Edit),
    /// Have a DNS provider list its zones
    #[command(after_help = "Examples:
  reeve dns-provider test powerdns
  reeve dns-provider test powerdns -o json | jq -r '.zones[].name'

The exit code is 0 whether it passed or not: the question was answered.")]
    Test(Named),
    /// Forget a DNS provider with which no records are kept; what it hosts stays
    #[command(after_help = "Examples:
  reeve dns-provider delete powerdns
  reeve dns-provider delete powerdns --quiet")]
    Delete(Named),
}

/// Arguments of `dns-provider list`.
#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// The DNS provider that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// DNS provider, by name or id
    #[arg(value_name = "PROVIDER", value_parser = name)]
    provider: String,
}

/// Arguments of `dns-provider create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve dns-provider create aws --kind route53 --access-key-id AKIAIOSFODNN7EXAMPLE --secret-file secret.txt
  reeve dns-provider create bind --kind rfc2136 --name-server ns.example.com --key-name reeve-key --zone acme.example --secret-file key.txt
  reeve dns-provider create powerdns --kind powerdns --url https://dns.example.com:8081 --secret-file api-key.txt

Then find out whether it can be used: reeve dns-provider test NAME.")]
pub struct Create {
    /// Name, for people to read
    #[arg(value_name = "NAME", value_parser = name)]
    provider: String,
    /// How it is spoken to: route53, rfc2136 (signed updates: BIND, Knot, PowerDNS) or powerdns (its HTTP API)
    #[arg(long, value_name = "KIND")]
    kind: String,
    #[command(flatten)]
    way: Way,
}

/// How a provider is asked.
#[derive(Debug, clap::Args)]
pub(super) struct Way {
    /// Where it is; for route53 only where it is not Amazon's own
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Access key for route53
    #[arg(long, value_name = "ID")]
    access_key_id: Option<String>,
    /// What PowerDNS calls the server; localhost when not given
    #[arg(long, value_name = "ID")]
    server_id: Option<String>,
    /// Server that takes updates, with its port where it is not 53
    #[arg(long, value_name = "HOST[:PORT]")]
    name_server: Option<String>,
    /// Name of the key by which updates are signed
    #[arg(long, value_name = "NAME")]
    key_name: Option<String>,
    /// Algorithm of that key: hmac-sha256, hmac-sha384 or hmac-sha512; the first when not given
    #[arg(long, value_name = "ALGORITHM")]
    algorithm: Option<String>,
    /// Zone that the server of updates hosts; may be given several times, and takes the place of those before
    #[arg(long = "zone", value_name = "ZONE")]
    zones: Vec<String>,
    /// File whose first line is the secret of the access key, the key of updates in base64, or the API key; - reads
    /// standard input
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

/// Arguments of `dns-provider edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve dns-provider edit powerdns --secret-file api-key.txt
  reeve dns-provider edit bind --zone acme.example --zone globex.example
  reeve dns-provider edit powerdns --url https://dns2.example.com:8081 --secret-file api-key.txt --if-version 1

With another address, server or key the secret is given again: it goes where the address says.")]
pub struct Edit {
    #[command(flatten)]
    named: Named,
    /// Another name
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    #[command(flatten)]
    way: Way,
    /// Change the provider only if it still has this version, as show says it
    #[arg(long, value_name = "N")]
    if_version: Option<u64>,
}

impl Way {
    /// The members of a body that say where the secret goes.
    fn places(&self) -> Map<String, Value> {
        let given = [
            ("url", &self.url),
            ("access_key_id", &self.access_key_id),
            ("server_id", &self.server_id),
            ("server", &self.name_server),
            ("key_name", &self.key_name),
            ("algorithm", &self.algorithm),
        ];
        let given = given.into_iter().filter_map(|(member, value)| Some((member.to_owned(), value.clone()?.into())));
        given.collect()
    }

    fn secret(&self, ctx: &mut Context) -> Result<Secret, Failure> {
        let hint = "give --secret-file FILE (- for standard input)";
        crate::secrets::existing_of(ctx, self.secret_file.as_deref(), "Secret: ", hint)
    }
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List(List { listing }) => list(ctx, Call::get(&["dns-providers"]), &listing, &providers()).await,
        Command::Show(Named { provider }) => {
            let answer = ctx.send(&Call::get(&["dns-providers", &provider])).await?;
            shown(ctx, &answer, fields)
        }
        Command::Create(args) => create(ctx, &args).await,
        Command::Edit(args) => edit(ctx, &args).await,
        Command::Test(Named { provider }) => {
            let answer = ctx.send(&Call::post(&["dns-providers", &provider, "test"])).await?;
            shown(ctx, &answer, outcome)
        }
        Command::Delete(Named { provider }) => {
            ctx.send(&Call::delete(&["dns-providers", &provider])).await?;
            ctx.screen.done(&format!("forgot DNS provider {provider}"))
        }
    }
}

async fn create(ctx: &mut Context, args: &Create) -> Result<(), Failure> {
    let mut body = args.way.places();
    for (member, value) in [("name", &args.provider), ("kind", &args.kind)] {
        body.insert(member.to_owned(), value.as_str().into());
    }
    if !args.way.zones.is_empty() {
        body.insert("zones".to_owned(), args.way.zones.clone().into());
    }
    body.insert("secret".to_owned(), args.way.secret(ctx)?.expose_secret().into());
    let answer = ctx.send(&Call::post(&["dns-providers"]).json(&body)?.keyed(ctx.new_key())).await?;
    changed(ctx, &format!("created DNS provider {}", args.provider), &answer, fields)?;
    ctx.screen.hint(&format!("find out whether it can be used: reeve dns-provider test {}", args.provider));
    Ok(())
}

async fn edit(ctx: &mut Context, args: &Edit) -> Result<(), Failure> {
    let mut body = args.way.places();
    if !body.is_empty() || args.way.secret_file.is_some() {
        body.insert("secret".to_owned(), args.way.secret(ctx)?.expose_secret().into());
    }
    if let Some(name) = &args.name {
        body.insert("name".to_owned(), name.as_str().into());
    }
    if !args.way.zones.is_empty() {
        body.insert("zones".to_owned(), args.way.zones.clone().into());
    }
    if body.is_empty() {
        let hint = "name what should be otherwise, such as --secret-file FILE; --help lists what can be";
        return Err(Failure::usage("there is nothing to change", hint));
    }
    let provider = &args.named.provider;
    let call = Call::patch(&["dns-providers", provider]).json(&body)?.if_version(args.if_version);
    let answer = ctx.send(&call).await?;
    changed(ctx, &format!("changed DNS provider {provider}"), &answer, fields)
}

fn fields(provider: &DnsProvider) -> Fields {
    let zones = (!provider.zones.is_empty()).then(|| provider.zones.join(", "));
    vec![
        ("name", Cell::from(&provider.name)),
        ("id", Cell::from(&provider.dns_provider_id)),
        ("kind", Cell::from(&provider.kind)),
        ("address", Cell::maybe(provider.url.as_ref().or(provider.server.as_ref()))),
        ("access key", Cell::maybe(provider.access_key_id.as_ref())),
        ("server id", Cell::maybe(provider.server_id.as_ref())),
        ("key name", Cell::maybe(provider.key_name.as_ref())),
        ("algorithm", Cell::maybe(provider.algorithm.as_ref())),
        ("zones", Cell::maybe(zones.as_ref())),
        ("domains kept", Cell::from(provider.domains.to_string())),
        ("created", Cell::moment(provider.created_at.as_ref())),
        ("changed", Cell::moment(provider.updated_at.as_ref())),
        ("version", Cell::from(provider.version.to_string())),
    ]
}

fn outcome(test: &DnsProviderTest) -> Fields {
    let mut fields = vec![
        ("passed", Cell::from(if test.passed { "yes" } else { "no" })),
        ("reason", Cell::maybe(test.reason.as_ref())),
        ("what helps", Cell::maybe(test.remedy.as_ref())),
    ];
    fields.extend(test.zones.iter().map(|zone| ("zone", Cell::from(format!("{} ({})", zone.name, zone.id)))));
    fields
}

fn providers() -> View<DnsProvider> {
    View {
        heads: &["name", "kind", "address", "domains kept", "created"],
        row: |provider| {
            vec![
                Cell::from(&provider.name),
                Cell::from(&provider.kind),
                Cell::maybe(provider.url.as_ref().or(provider.server.as_ref())),
                Cell::from(provider.domains.to_string()),
                Cell::moment(provider.created_at.as_ref()),
            ]
        },
        names: ("DNS provider", "DNS providers"),
        when_empty: "make one known: reeve dns-provider create NAME --kind KIND",
    }
}
