//! `reeve domain`: the mail domains of an organization.

use std::path::PathBuf;

use serde_json::json;

use super::hosted_zone;
use super::names::{InOrganization, name};
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
use crate::download;
use crate::failure::Failure;
use crate::listing::{Listing, View, list};
use crate::render::Cell;
use crate::wire::Domain;

/// What can be done with mail domains.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a domain; addresses can use it once its ownership is verified
    #[command(after_help = "Examples:
  reeve domain add acme.example --org acme
  reeve domain add acme.example --org acme -o json")]
    Add(Named),
    /// List the domains
    List(List),
    /// Show one domain
    #[command(after_help = "Examples:
  reeve domain show acme.example --org acme
  reeve domain show acme.example --org acme -o json | jq -r .ownership

The DNS records are what the owner of the domain puts into its DNS.")]
    Show(Named),
    /// Look at the DNS of a domain now: which records are found, which are missing, and what to do
    #[command(after_help = "Examples:
  reeve domain check acme.example --org acme
  reeve domain check acme.example --org acme -o json | jq '.records[] | select(.state != \"found\")'

A pending domain whose TXT record is found is verified. Ends with code 0 whatever is found.")]
    Check(Named),
    /// Write the records of a domain as a part of a zone file
    #[command(after_help = "Examples:
  reeve domain zone-file acme.example --org acme
  reeve domain zone-file acme.example --org acme --out acme.example.zone")]
    ZoneFile(ZoneFile),
    /// Change the key by which mail of a domain is signed
    #[command(after_help = "Examples:
  reeve domain rotate-dkim-key acme.example --org acme
  reeve domain rotate-dkim-key acme.example --org acme --force

The next key takes over, whose record is in the DNS already; add the record of the one after it. The record of the
former key stays for a week.")]
    RotateDkimKey(Rotation),
    /// Remove a domain that no address uses
    #[command(after_help = "Examples:
  reeve domain remove acme.example --org acme
  reeve domain remove acme.example --org acme --quiet")]
    Remove(Named),
    /// Make a domain the one that new addresses get when nothing else is said
    #[command(after_help = "Examples:
  reeve domain set-default acme.example --org acme
  reeve domain set-default acme.example --org acme -o json")]
    SetDefault(Named),
    /// Have the records of a domain kept in a zone at a DNS provider
    #[command(subcommand)]
    HostedZone(Box<hosted_zone::Command>),
}

/// The domain that is meant.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// Domain, such as acme.example
    #[arg(value_name = "DOMAIN", value_parser = name)]
    domain: String,
    #[command(flatten)]
    place: InOrganization,
}

/// Arguments of `domain zone-file`.
#[derive(Debug, clap::Args)]
pub struct ZoneFile {
    #[command(flatten)]
    named: Named,
    /// File to write, readable by you only; standard output when not given or -
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Arguments of `domain rotate-dkim-key`.
#[derive(Debug, clap::Args)]
pub struct Rotation {
    #[command(flatten)]
    named: Named,
    /// Also when the record of the next key was not seen in the DNS: mail is mistrusted until it is there
    #[arg(long)]
    force: bool,
}

/// Arguments of `domain list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  reeve domain list --org acme
  reeve domain list --org acme --all -o json")]
pub struct List {
    #[command(flatten)]
    place: InOrganization,
    #[command(flatten)]
    listing: Listing,
}

pub(super) async fn run(ctx: &mut Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Add(args) => {
            let body = json!({ "domain": args.domain });
            let call = Call::post(&["organizations", &args.place.org, "domains"]).json(&body)?.keyed(ctx.new_key());
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("added domain {}", args.domain), &answer, fields)
        }
        Command::List(args) => {
            let call = Call::get(&["organizations", &args.place.org, "domains"]);
            list(ctx, call, &args.listing, &domains()).await
        }
        Command::Show(args) => {
            let answer = ctx.send(&Call::get(&args.path())).await?;
            shown(ctx, &answer, fields)
        }
        Command::Check(args) => {
            let answer = ctx.send(&Call::post(&args.path_to("check"))).await?;
            shown(ctx, &answer, fields)
        }
        Command::ZoneFile(args) => {
            let call = Call::get(&args.named.path_to("zone-file"));
            let Some(path) = args.out.as_ref().filter(|path| path.as_os_str() != "-") else {
                return download::to_output(ctx, &call).await;
            };
            download::to_file(ctx, &call, path, |_| {}).await?;
            ctx.screen.done(&format!("wrote the records of {} to {}", args.named.domain, path.display()))
        }
        Command::RotateDkimKey(args) => {
            let call = Call::post(&args.named.path_to("dkim-rotation")).json(&json!({ "force": args.force }))?;
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("changed the key of {}", args.named.domain), &answer, fields)
        }
        Command::Remove(args) => {
            ctx.send(&Call::delete(&args.path())).await?;
            ctx.screen.done(&format!("removed domain {}", args.domain))
        }
        Command::HostedZone(command) => hosted_zone::run(ctx, *command).await,
        Command::SetDefault(args) => {
            let body = json!({ "domain": args.domain });
            let call = Call::put(&["organizations", &args.place.org, "default-domain"]).json(&body)?;
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("{} is now the default domain", args.domain), &answer, fields)
        }
    }
}

impl Named {
    fn path_to<'a>(&'a self, last: &'a str) -> [&'a str; 5] {
        ["organizations", &self.place.org, "domains", &self.domain, last]
    }

    fn path(&self) -> [&str; 4] {
        ["organizations", &self.place.org, "domains", &self.domain]
    }
}

fn fields(domain: &Domain) -> Fields {
    let mut fields = vec![
        ("domain", Cell::from(&domain.domain)),
        ("ownership", Cell::state(&domain.ownership)),
        ("default", Cell::yes(domain.default)),
        ("test domain", Cell::yes(domain.test_domain)),
        ("created", Cell::moment(domain.created_at.as_ref())),
    ];
    for (name, moment) in
        [("lapsed", &domain.lapsed_since), ("prove by", &domain.prove_by), ("checked", &domain.checked_at)]
    {
        if moment.is_some() {
            fields.push((name, Cell::moment(moment.as_ref())));
        }
    }
    for dns in &domain.records {
        let state = dns.state.as_ref().map(|state| format!(" ({state})")).unwrap_or_default();
        fields.push(("dns record", Cell::from(format!("{} {} {}{state}", dns.host, dns.r#type, dns.value))));
        if dns.state.as_deref() == Some("different") {
            fields.push(("  is", Cell::from(dns.found.join(" | "))));
        }
        if !dns.advice.is_empty() {
            fields.push(("  advice", Cell::from(&dns.advice)));
        }
    }
    fields
}

fn domains() -> View<Domain> {
    View {
        heads: &["domain", "ownership", "default", "test domain", "created"],
        row: |domain| {
            vec![
                Cell::from(&domain.domain),
                Cell::state(&domain.ownership),
                Cell::yes(domain.default),
                Cell::yes(domain.test_domain),
                Cell::moment(domain.created_at.as_ref()),
            ]
        },
        names: ("domain", "domains"),
        when_empty: "add one: reeve domain add DOMAIN --org ORG",
    }
}
