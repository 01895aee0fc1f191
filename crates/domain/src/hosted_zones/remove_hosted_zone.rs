//! Giving up the zone in which the records of a domain are kept.

use reeve_base::names::DomainName;
use reeve_store::tables::hosted_zones as rows;
use reeve_store::tables::written_records;

use super::{LEAVING, none};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::mail_domains;
use crate::operations::REMOVE_HOSTED_ZONE;
use crate::organizations::{Needs, OrganizationRef};

/// What becomes of the records that Reeve wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leftovers {
    /// They are removed from the zone, as soon as the provider lets it be done.
    Remove,
    /// They stay, and are nobody's business here any more.
    Leave,
}

/// Gives up the hosted zone of a domain.
///
/// Errors: `NotFound` where it has none.
pub async fn remove_hosted_zone(
    ctx: &Ctx,
    organization: OrganizationRef,
    domain: DomainName,
    leftovers: Leftovers,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let named = (&organization, &domain);
        let (organization, _) = mail_domains::find_in(tx, ctx, &REMOVE_HOSTED_ZONE, named, Needs::Usable)?;
        let (id, name) = (organization.organization_id.as_str(), domain.as_str());
        let row = rows::get(tx, id, name)?.ok_or_else(|| none(&domain))?;
        let written = written_records::of_domain(tx, id, name)?.len();
        let subject = Subject::within(&organization, name, name);
        if leftovers == Leftovers::Leave || (written == 0 && row.busy_until <= ctx.now().millis()) {
            written_records::delete_of_domain(tx, id, name)?;
            rows::delete(tx, id, name)?;
            let stays = (written > 0).then(|| Change::made("records_left", written.to_string()));
            let changes: Vec<_> = std::iter::once(Change::gone("zone", &row.zone_name)).chain(stays).collect();
            return audit::record(tx, ctx, &REMOVE_HOSTED_ZONE, subject, &changes);
        }
        if row.state == LEAVING {
            return Ok(());
        }
        rows::leave(tx, id, name, ctx.now().millis())?;
        let changes = [Change::moved("state", row.state, LEAVING)];
        audit::record(tx, ctx, &REMOVE_HOSTED_ZONE, subject, &changes)
    })
    .await
}
