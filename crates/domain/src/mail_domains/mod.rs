//! Mail domains of an organization. A domain that is not verified can be added, and no address can use it yet.

mod add_domain;
mod list_domains;
mod records;
mod remove_domain;
mod set_default_domain;

use reeve_base::Timestamp;
use reeve_base::ids::OrganizationId;
use reeve_base::names::{DomainName, EmailAddress};
use reeve_store::Tx;
use reeve_store::tables::domains::{self, DomainRow};
use reeve_store::tables::organizations::OrganizationRow;

use crate::access::{self, Target};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::{Entity, LIST_DOMAINS, Operation};
use crate::organizations::{self, Needs, OrganizationRef};

pub use add_domain::{AddedDomain, add_domain};
pub use list_domains::{list_domains, show_domain};
pub use records::DnsRecord;
pub(crate) use records::draw_token;
pub use remove_domain::remove_domain;
pub use set_default_domain::set_default_domain;

/// Whether an organization has proven that a domain is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// Proven.
    Verified,
    /// Not yet.
    Pending,
    /// Not in time.
    Failed,
}

impl Ownership {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Pending => "pending",
            Self::Failed => "failed",
        }
    }
}

/// A mail domain of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its name.
    pub name: DomainName,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// Whether that is proven.
    pub ownership: Ownership,
    /// Whether new addresses are suggested on it.
    pub is_default: bool,
    /// Whether it is the test domain that came with the organization.
    pub is_test: bool,
    /// What its owner puts into its DNS, in the order in which programs look for them; nothing for a test domain.
    pub records: Vec<DnsRecord>,
    /// When it was added.
    pub created_at: Timestamp,
}

fn domain(ctx: &Ctx, organization: &OrganizationRow, row: &DomainRow) -> Result<Domain, Error> {
    Ok(Domain {
        is_default: organization.default_domain == row.domain,
        organization_id: stored(row.organization_id.parse())?,
        ownership: match row.ownership.as_str() {
            "verified" => Ownership::Verified,
            "failed" => Ownership::Failed,
            _ => Ownership::Pending,
        },
        name: stored(DomainName::parse("domain", &row.domain))?,
        is_test: row.is_test,
        records: records::records(row, ctx.deployment().settings().mail_host.as_deref()),
        created_at: Timestamp::from_millis(row.created_at),
    })
}

/// Finds a domain of an organization and decides whether the actor may do this to it.
fn find_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    (reference, name): (&OrganizationRef, &DomainName),
    needs: Needs,
) -> Result<(OrganizationRow, DomainRow), Error> {
    let organization = organizations::seek(tx, ctx, reference)?;
    let absent = || Error::DomainNotFound { domain: name.to_string() };
    let Some(row) = domains::get(tx, &organization.organization_id, name.as_str())? else {
        organizations::list_in(tx, ctx, (&LIST_DOMAINS, Entity::Domain), reference, needs)?;
        return Err(absent());
    };
    match access::decide(tx, ctx, operation, Target::Domain(&organization, &row)) {
        // What may not be seen is told like what is not there.
        Err(Error::NotFound { what: "domain", .. }) => return Err(absent()),
        decided => decided.map_err(|error| access::named(error, &[("organization", reference)]))?,
    }
    organizations::need(&organization, needs)?;
    Ok((organization, row))
}

/// Refuses a name below the suffix of test domains: those come with their organizations and are nobody else's.
pub(crate) fn refuse_test_suffix(ctx: &Ctx, name: &DomainName) -> Result<(), Error> {
    let suffix = &ctx.deployment().settings().test_domain_suffix;
    let below = name.as_str().strip_suffix(suffix.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if below {
        return Err(Error::invalid(
            "domain",
            format!("must not end in {suffix}, which is for test domains; each organization has one of its own"),
        ));
    }
    Ok(())
}

/// Refuses a domain that another organization has proven to be its own.
pub(crate) fn refuse_proven(tx: &mut Tx<'_>, name: &DomainName) -> Result<(), Error> {
    match domains::owner(tx, name.as_str())? {
        Some(_) => {
            Err(Error::DomainTaken { domain: name.to_string(), why: "belongs to another organization".to_owned() })
        }
        None => Ok(()),
    }
}

/// Whether the organization has proven this domain.
pub(crate) fn is_verified(tx: &mut Tx<'_>, organization: &OrganizationRow, name: &str) -> Result<bool, Error> {
    let row = domains::get(tx, &organization.organization_id, name)?;
    Ok(row.is_some_and(|row| row.ownership == "verified"))
}

/// Refuses an address whose domain the organization has not, or has not proven.
pub(crate) fn need_verified(
    tx: &mut Tx<'_>,
    organization: &OrganizationRow,
    address: &EmailAddress,
) -> Result<(), Error> {
    let name = address.domain();
    match domains::get(tx, &organization.organization_id, &name)? {
        None => Err(Error::DomainNotFound { domain: name }),
        Some(row) if row.ownership != "verified" => Err(Error::DomainUnverified { domain: name }),
        Some(_) => Ok(()),
    }
}
