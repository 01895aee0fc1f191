//! Showing the zone in which the records of a domain are kept.

use reeve_base::names::DomainName;
use reeve_store::tables::hosted_zones as rows;

use super::{DomainZone, none};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::mail_domains;
use crate::operations::SHOW_HOSTED_ZONE;
use crate::organizations::{Needs, OrganizationRef};

/// Shows the hosted zone of a domain.
///
/// Errors: `NotFound` where it has none.
pub async fn show_hosted_zone(
    ctx: &Ctx,
    organization: OrganizationRef,
    domain: DomainName,
) -> Result<DomainZone, Error> {
    ctx.read(move |tx, ctx| {
        let named = (&organization, &domain);
        let (organization, _) = mail_domains::find_in(tx, ctx, &SHOW_HOSTED_ZONE, named, Needs::Present)?;
        let row = rows::get(tx, &organization.organization_id, domain.as_str())?.ok_or_else(|| none(&domain))?;
        DomainZone::from_row(tx, &row)
    })
    .await
}
