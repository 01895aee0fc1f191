//! Having a plan written that was shown before, and exactly that one.

use reeve_base::names::DomainName;
use reeve_store::tables::hosted_zones as rows;

use super::apply::{Failed, sought};
use super::{DomainZone, LEAVING, none};
use crate::ctx::Ctx;
use crate::dns_providers::told;
use crate::error::Error;
use crate::mail_domains;
use crate::operations::WRITE_ZONE_RECORDS;
use crate::organizations::{Needs, OrganizationRef};

/// Writes a plan; from then on the zone is kept so.
///
/// Errors: `NotFound` without a hosted zone; `Conflict` when the zone changed since the plan was made, is being left, or
/// when the provider does not do it: what it did then is found by reading again.
pub async fn write_zone_records(
    ctx: &Ctx,
    organization: OrganizationRef,
    domain: DomainName,
    plan: String,
) -> Result<DomainZone, Error> {
    let named = (organization.clone(), domain.clone());
    let sought = ctx
        .read(move |tx, ctx| {
            let named = (&named.0, &named.1);
            let (organization, of) = mail_domains::find_in(tx, ctx, &WRITE_ZONE_RECORDS, named, Needs::Usable)?;
            let row = rows::get(tx, &organization.organization_id, named.1.as_str())?.ok_or_else(|| none(named.1))?;
            if row.state == LEAVING {
                let why = "the zone is being left; set the hosted zone anew to have records written".to_owned();
                return Err(Error::Conflict { why });
            }
            sought(tx, ctx, row, Some((&organization, &of)))
        })
        .await?;
    let found = sought.look(ctx).await.map_err(|why| Error::Conflict { why: told(&why) })?;
    if found.id != plan {
        let why = "the zone, or what should stand in it, changed since this plan was made; plan again".to_owned();
        return Err(Error::Conflict { why });
    }
    sought.apply(ctx, &WRITE_ZONE_RECORDS, found).await.map_err(|failed| match failed {
        Failed::Theirs(why) => Error::Conflict { why: told(&why) },
        Failed::Ours(why) => why,
    })?;
    ctx.read(move |tx, ctx| {
        let named = (&organization, &domain);
        let (organization, _) = mail_domains::find_in(tx, ctx, &WRITE_ZONE_RECORDS, named, Needs::Usable)?;
        let row = rows::get(tx, &organization.organization_id, domain.as_str())?.ok_or_else(|| none(&domain))?;
        DomainZone::from_row(tx, &row)
    })
    .await
}
