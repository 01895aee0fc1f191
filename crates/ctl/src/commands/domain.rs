//! `reeve domain`: the mail domains of an organization.

use serde_json::json;

use super::names::{InOrganization, name};
use super::present::{Fields, changed, shown};
use crate::client::Call;
use crate::context::Context;
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
        Command::Remove(args) => {
            ctx.send(&Call::delete(&args.path())).await?;
            ctx.screen.done(&format!("removed domain {}", args.domain))
        }
        Command::SetDefault(args) => {
            let body = json!({ "domain": args.domain });
            let call = Call::put(&["organizations", &args.place.org, "default-domain"]).json(&body)?;
            let answer = ctx.send(&call).await?;
            changed(ctx, &format!("{} is now the default domain", args.domain), &answer, fields)
        }
    }
}

impl Named {
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
    let records = domain.records.iter();
    fields.extend(records.map(|dns| ("dns record", Cell::from(format!("{} {} {}", dns.host, dns.r#type, dns.value)))));
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
