//! Systems that host zones of the domain name system for an account: where each is, and in whose name it is asked.
//!
//! Domains of organizations choose among them (`hosted_zones`). The secret is sealed and never shown. Where a secret is
//! sent changes only together with the secret, so that nobody sends it elsewhere who does not know it.

mod create_dns_provider;
mod delete_dns_provider;
mod edit_dns_provider;
mod failure;
mod list_dns_providers;
mod settings;
mod test_dns_provider;

use std::fmt;
use std::str::FromStr;

use reeve_base::ids::{AccountId, DnsProviderId};
use reeve_base::names::Title;
use reeve_base::zone_hosts::ZoneHost;
use reeve_base::{Invalid, Timestamp, text};
use reeve_store::Tx;
use reeve_store::tables::dns_providers::{self as rows, DnsProviderRow};

use crate::audit::Subject;
use crate::ctx::{Ctx, stored};
use crate::error::Error;

pub use create_dns_provider::{CreatedDnsProvider, create_dns_provider};
pub use delete_dns_provider::delete_dns_provider;
pub use edit_dns_provider::{DnsProviderEdit, edit_dns_provider};
pub(crate) use failure::{is_certain, told};
pub use failure::{reason, remedy, word};
pub use list_dns_providers::{list_dns_providers, show_dns_provider};
pub use settings::{NewDnsProvider, ProviderSettings};
pub use test_dns_provider::{ProviderTest, test_dns_provider};

/// What refusals call it.
pub(crate) const WHAT: &str = "DNS provider";

/// How a system is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderKind {
    /// Amazon Route 53, or what speaks like it.
    Route53,
    /// By signed updates (RFC 2136).
    Rfc2136,
    /// By the HTTP API of PowerDNS.
    PowerDns,
}

impl ProviderKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Route53, Self::Rfc2136, Self::PowerDns];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Route53 => "route53",
            Self::Rfc2136 => "rfc2136",
            Self::PowerDns => "powerdns",
        }
    }
}

impl FromStr for ProviderKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|kind| kind.word() == text);
        known.ok_or_else(|| Invalid::new("kind", "must be route53, rfc2136 or powerdns"))
    }
}

/// A system that hosts zones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsProvider {
    /// Its id.
    pub id: DnsProviderId,
    /// The account that may use it.
    pub account_id: AccountId,
    /// Its name, unique in the account, case aside.
    pub name: Title,
    /// How it is spoken to.
    pub kind: ProviderKind,
    /// Where it is, and in whose name it is asked.
    pub settings: ProviderSettings,
    /// Domains whose records are kept there.
    pub domains: i64,
    /// When it was made known.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Goes up with every change.
    pub version: i64,
}

impl DnsProvider {
    fn from_row(tx: &mut Tx<'_>, row: &DnsProviderRow) -> Result<Self, Error> {
        Ok(Self {
            id: stored(row.provider_id.parse())?,
            account_id: stored(row.account_id.parse())?,
            name: stored(Title::parse("name", &row.name))?,
            kind: stored(row.kind.parse())?,
            settings: ProviderSettings::read(row)?,
            domains: reeve_store::tables::hosted_zones::count_of_provider(tx, &row.account_id, &row.provider_id)?,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            version: row.version,
        })
    }
}

/// How a caller names a DNS provider: by id or by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsProviderRef(String);

impl FromStr for DnsProviderRef {
    type Err = Invalid;

    /// Anything can be sought; what is neither is simply not found.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for DnsProviderRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Finds a provider of an account. Decides nothing: whoever asks decides first.
pub(crate) fn seek(tx: &mut Tx<'_>, account: &str, reference: &DnsProviderRef) -> Result<DnsProviderRow, Error> {
    let sought = reference.0.as_str();
    let unknown = || Error::not_found(WHAT, reference);
    // No name holds a control character, and a database refuses to be asked for some of them.
    if sought.contains(char::is_control) {
        return Err(unknown());
    }
    if let Some(row) = rows::by_id(tx, account, sought)? {
        return Ok(row);
    }
    rows::by_name_key(tx, account, &text::fold(sought))?.ok_or_else(unknown)
}

/// How the system of a row is asked, with its secret opened.
pub(crate) fn zone_host(ctx: &Ctx, row: &DnsProviderRow) -> Result<ZoneHost, Error> {
    settings::open(ctx, row)
}

/// What the event of a change to a provider is about.
fn subject(row: &DnsProviderRow) -> Subject<'_> {
    Subject { account_id: &row.account_id, organization: None, id: &row.provider_id, name: &row.name, made: None }
}

fn taken(name: &str) -> Error {
    let why = format!("a DNS provider of this account has the name \"{name}\"; choose another");
    Error::NameTaken { field: "name", why }
}
