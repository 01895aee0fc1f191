//! The zone in which the records of a domain are kept: attached, planned, written, looked after, left again.
//!
//! Reeve touches nothing there that it did not write. What it writes is noted before it is written, value by value
//! (`written_records`), so that what a crash interrupts is known for its own. What others put at the same name stays;
//! where it stands in the way, that is told as a conflict and left alone. Nothing is written before somebody saw the
//! plan and had it written; from then on a reconciler keeps the zone so, until the zone is given up or the domain goes:
//! then it removes what was written. Reading, writing and reading again happen outside of transactions, by one at a time.

mod apply;
mod plan;
mod plan_zone_records;
mod reconcile;
mod remove_hosted_zone;
mod set_hosted_zone;
mod show_hosted_zone;
mod write_zone_records;

use reeve_base::Timestamp;
use reeve_base::ids::DnsProviderId;
use reeve_base::names::DomainName;
use reeve_base::zone_hosts::HostedZone;
use reeve_store::Tx;
use reeve_store::tables::dns_providers as provider_rows;
use reeve_store::tables::hosted_zones::{self as rows, HostedZoneRow};
use reeve_store::tables::written_records;

use crate::ctx::{Ctx, stored};
use crate::error::Error;

pub use plan::{Act, Step};
pub use plan_zone_records::{ZonePlan, plan_zone_records};
pub use reconcile::reconcile;
pub use remove_hosted_zone::{Leftovers, remove_hosted_zone};
pub use set_hosted_zone::set_hosted_zone;
pub(crate) use set_hosted_zone::{FoundZone, attach_found, find_zone};
pub use show_hosted_zone::show_hosted_zone;
pub use write_zone_records::write_zone_records;

const WHAT: &str = "hosted zone";

const ATTACHED: &str = "attached";
const KEPT: &str = "kept";
const LEAVING: &str = "leaving";

/// What happens in the zone of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneState {
    /// Nothing yet: the plan waits for somebody to have it written.
    Attached,
    /// Its records are kept as they should be.
    Kept,
    /// What was written is being removed.
    Leaving,
}

impl ZoneState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Attached, Self::Kept, Self::Leaving];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Attached => ATTACHED,
            Self::Kept => KEPT,
            Self::Leaving => LEAVING,
        }
    }
}

/// The zone in which the records of a domain are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainZone {
    /// The system that hosts it.
    pub provider_id: DnsProviderId,
    /// The name of that system.
    pub provider_name: String,
    /// The zone.
    pub zone: HostedZone,
    /// What happens there.
    pub state: ZoneState,
    /// How many records are there, or about to be, that Reeve wrote.
    pub written: usize,
    /// What went wrong last, and what helps; nothing where all is well.
    pub last_error: Option<String>,
    /// When it was last compared with what should stand there.
    pub checked_at: Option<Timestamp>,
    /// When it is looked after next.
    pub next_at: Option<Timestamp>,
}

impl DomainZone {
    fn from_row(tx: &mut Tx<'_>, row: &HostedZoneRow) -> Result<Self, Error> {
        let provider = provider_rows::by_id(tx, &row.account_id, &row.provider_id)?;
        let written = written_records::of_domain(tx, &row.organization_id, &row.domain)?.len();
        let state = ZoneState::ALL.into_iter().find(|state| state.word() == row.state);
        Ok(Self {
            provider_id: stored(row.provider_id.parse())?,
            provider_name: provider.map(|provider| provider.name).unwrap_or_default(),
            zone: zone_of(row),
            state: stored(state.ok_or("no such state of a hosted zone"))?,
            written,
            last_error: Some(row.last_error.clone()).filter(|told| !told.is_empty()),
            checked_at: row.checked_at.map(Timestamp::from_millis),
            next_at: row.next_at.map(Timestamp::from_millis),
        })
    }
}

fn zone_of(row: &HostedZoneRow) -> HostedZone {
    HostedZone { id: row.zone_id.clone(), name: row.zone_name.clone() }
}

fn none(domain: &DomainName) -> Error {
    Error::not_found(WHAT, domain)
}

/// Has what was written for a domain removed from its zone, since the domain goes.
pub(crate) fn leave(tx: &mut Tx<'_>, ctx: &Ctx, organization_id: &str, domain: &str) -> Result<(), Error> {
    Ok(rows::leave(tx, organization_id, domain, ctx.now().millis())?)
}

/// Has what was written for every domain of an organization removed, since the organization goes.
pub(crate) fn leave_all(tx: &mut Tx<'_>, ctx: &Ctx, organization_id: &str) -> Result<(), Error> {
    Ok(rows::leave_all(tx, organization_id, ctx.now().millis())?)
}

/// Has the zone of a domain looked after soon, since what should stand there is something else now.
pub(crate) fn wake(tx: &mut Tx<'_>, ctx: &Ctx, organization_id: &str, domain: &str) -> Result<(), Error> {
    Ok(rows::wake(tx, organization_id, domain, ctx.now().millis())?)
}
