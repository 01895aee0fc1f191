//! Mail domains of an organization: added, proven by a record in their DNS, watched for ever after.
//!
//! A domain that is not verified can be added, and no address can use it yet. Several organizations may claim a domain,
//! one has it: the first to prove it, until it gives the domain up, or until its proof has been missing for too long and
//! another proves it. Proofs are by a token that is drawn for one attempt of one organization and never used again.

mod add_domain;
mod check_domain;
mod dkim;
mod findings;
mod judge;
mod list_domains;
mod look;
mod mta_sts;
pub(crate) mod records;
mod remove_domain;
mod rotate_dkim_key;
mod set_default_domain;
mod settle;
mod show_zone_file;

use reeve_base::Timestamp;
use reeve_base::ids::OrganizationId;
use reeve_base::limits::DOMAIN_PROOF_TIME;
use reeve_base::names::{DomainName, EmailAddress};
use reeve_store::Tx;
use reeve_store::tables::dkim_keys::DkimKeyRow;
use reeve_store::tables::domains::{self, DomainRow, OwnerRow};
use reeve_store::tables::organizations::OrganizationRow;

use crate::access::{self, Target};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::{Entity, LIST_DOMAINS, Operation};
use crate::organizations::{self, Needs, OrganizationRef};

pub use add_domain::{AddedDomain, add_domain};
pub use check_domain::{check_domain, reconcile};
pub use findings::{RecordFinding, RecordState, WatchedRecord};
pub use list_domains::{list_domains, show_domain};
pub use mta_sts::mta_sts_policy;
pub use records::{DnsRecord, Necessity, Purpose};
pub use remove_domain::remove_domain;
pub use rotate_dkim_key::{Unseen, rotate_dkim_key};
pub use set_default_domain::set_default_domain;
pub use show_zone_file::show_zone_file;

const VERIFIED: &str = "verified";
const PENDING: &str = "pending";
const FAILED: &str = "failed";

/// Whether an organization has proven that a domain is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// Proven.
    Verified,
    /// Not yet.
    Pending,
    /// Not in time, or the proof has been missing for too long since.
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
    /// Since when the proof of a domain that was verified has been missing.
    pub lapsed_since: Option<Timestamp>,
    /// Until when a pending domain must be proven.
    pub prove_by: Option<Timestamp>,
    /// Whether the key by which its mail is signed is known to others.
    pub dkim: Ownership,
    /// What its owner puts into its DNS, in the order in which programs look for them, and what the last look found;
    /// nothing for a test domain.
    pub records: Vec<WatchedRecord>,
    /// When its DNS was looked at.
    pub checked_at: Option<Timestamp>,
    /// When it is looked at next by itself.
    pub next_check_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// A domain as it is shown, with its keys.
fn domain(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow, row: &DomainRow) -> Result<Domain, Error> {
    let keys = dkim::of_domain(tx, row)?;
    shown(ctx, organization, row, &keys)
}

/// A domain as it is shown; the keys may be others' as well.
fn shown(ctx: &Ctx, organization: &OrganizationRow, row: &DomainRow, keys: &[DkimKeyRow]) -> Result<Domain, Error> {
    let records = findings::read(records::records(row, records::mail_host(ctx), keys), &row.findings)?;
    let ownership = match row.ownership.as_str() {
        VERIFIED => Ownership::Verified,
        FAILED => Ownership::Failed,
        _ => Ownership::Pending,
    };
    let pending = ownership == Ownership::Pending && row.ownership_deadline != 0;
    Ok(Domain {
        is_default: organization.default_domain == row.domain,
        organization_id: stored(row.organization_id.parse())?,
        name: stored(DomainName::parse("domain", &row.domain))?,
        is_test: row.is_test,
        lapsed_since: row.lapsed_at.map(Timestamp::from_millis),
        prove_by: pending.then(|| Timestamp::from_millis(row.ownership_deadline)),
        dkim: key_standing(row, keys, &records),
        records,
        checked_at: row.checked_at.map(Timestamp::from_millis),
        next_check_at: row.next_check_at.map(Timestamp::from_millis),
        created_at: Timestamp::from_millis(row.created_at),
        ownership,
    })
}

/// Whether the record of the current key is where it should be: failed when it was once and is no longer.
fn key_standing(row: &DomainRow, keys: &[DkimKeyRow], records: &[WatchedRecord]) -> Ownership {
    let current = keys.iter().find(|key| key.domain == row.domain && key.state == dkim::CURRENT);
    let Some(current) = current.filter(|key| key.verified_at.is_some()) else { return Ownership::Pending };
    match state_at(records, &dkim::host(current)) {
        Some(RecordState::Missing | RecordState::Different) => Ownership::Failed,
        _ => Ownership::Verified,
    }
}

fn state_at(records: &[WatchedRecord], host: &str) -> Option<RecordState> {
    let watched = records.iter().find(|watched| watched.record.host == host)?;
    watched.finding.as_ref().map(|finding| finding.state)
}

/// Whether the last look saw the record of the next key.
fn next_key_is_published(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    row: &DomainRow,
) -> Result<bool, Error> {
    let keys = dkim::of_domain(tx, row)?;
    let Some(next) = dkim::in_state(&keys, dkim::NEXT) else { return Ok(false) };
    let records = findings::read(records::wanted(tx, ctx, organization, row)?, &row.findings)?;
    Ok(state_at(&records, &dkim::host(next)) == Some(RecordState::Found))
}

/// A domain that waits for its proof, by a token of its own, and is looked at soon.
pub(crate) fn unproven(ctx: &Ctx, organization_id: &str, name: &DomainName) -> DomainRow {
    let now = ctx.now();
    DomainRow {
        ownership_token: records::draw_token(ctx),
        ownership_deadline: now.plus(DOMAIN_PROOF_TIME).millis(),
        next_check_at: Some(now.millis()),
        ..DomainRow::new(organization_id, name.as_str(), PENDING, now.millis())
    }
}

/// Finds a domain of an organization and decides whether the actor may do this to it.
pub(crate) fn find_in(
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

/// Refuses a domain that another organization has proven to be its own, and has not lost.
pub(crate) fn refuse_proven(tx: &mut Tx<'_>, name: &DomainName, organization_id: &str) -> Result<(), Error> {
    match domains::owner(tx, name.as_str())? {
        Some(owner) if owner.organization_id != organization_id && !is_lost(tx, &owner, name.as_str())? => {
            Err(Error::DomainTaken { domain: name.to_string(), why: "belongs to another organization".to_owned() })
        }
        _ => Ok(()),
    }
}

/// Whether the one who has a domain would lose it to whoever proves it: its own proof has been missing for too long.
fn is_lost(tx: &mut Tx<'_>, owner: &OwnerRow, name: &str) -> Result<bool, Error> {
    let row = domains::get(tx, &owner.organization_id, name)?;
    Ok(row.is_none_or(|row| row.ownership != VERIFIED && !row.is_test))
}

/// Whether the organization has proven this domain, and its proof is still there.
pub(crate) fn is_verified(tx: &mut Tx<'_>, organization: &OrganizationRow, name: &str) -> Result<bool, Error> {
    let row = domains::get(tx, &organization.organization_id, name)?;
    Ok(row.is_some_and(|row| refuse_unverified(&row).is_ok()))
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
        Some(row) => refuse_unverified(&row),
    }
}

/// Refuses a domain that is not proven, or whose proof is no longer there.
fn refuse_unverified(row: &DomainRow) -> Result<(), Error> {
    let why = match (row.ownership.as_str(), row.lapsed_at) {
        (VERIFIED, None) => return Ok(()),
        (VERIFIED, Some(_)) => "is no longer proven: put its TXT record back into its DNS and check the domain",
        (FAILED, None) => "was not verified in time; add it again to get another record for its DNS",
        (_, Some(_)) => "is no longer proven: add it again, and put the new TXT record into its DNS",
        _ => "is not verified yet",
    };
    Err(Error::DomainUnverified { domain: row.domain.clone(), why })
}
