//! Showing what would be written into the zone of a domain, before it is.

use reeve_base::names::DomainName;
use reeve_store::tables::hosted_zones as rows;

use super::apply::sought;
use super::plan::Step;
use super::{DomainZone, none};
use crate::ctx::Ctx;
use crate::dns_providers::told;
use crate::error::Error;
use crate::mail_domains;
use crate::operations::PLAN_ZONE_RECORDS;
use crate::organizations::{Needs, OrganizationRef};

/// What would be written into the zone of a domain.
#[derive(Debug, Clone)]
pub struct ZonePlan {
    /// Names the plan; it is written only as long as it is what would be planned.
    pub id: String,
    /// The zone.
    pub zone: DomainZone,
    /// Every record, and what is done with it.
    pub steps: Vec<Step>,
}

/// Reads the zone of a domain and plans; nothing is written.
///
/// Errors: `NotFound` without a hosted zone, `Conflict` when the provider does not let it be read.
pub async fn plan_zone_records(
    ctx: &Ctx,
    organization: OrganizationRef,
    domain: DomainName,
) -> Result<ZonePlan, Error> {
    let (sought, zone) = ctx
        .read(move |tx, ctx| {
            let named = (&organization, &domain);
            let (organization, of) = mail_domains::find_in(tx, ctx, &PLAN_ZONE_RECORDS, named, Needs::Usable)?;
            let row = rows::get(tx, &organization.organization_id, domain.as_str())?.ok_or_else(|| none(&domain))?;
            let zone = DomainZone::from_row(tx, &row)?;
            Ok((sought(tx, ctx, row, Some((&organization, &of)))?, zone))
        })
        .await?;
    let found = sought.look(ctx).await.map_err(|why| Error::Conflict { why: told(&why) })?;
    Ok(ZonePlan { id: found.id, zone, steps: found.plan.steps })
}
