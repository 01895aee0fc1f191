//! Enabling a resource: a primary address and a calendar (RegisterToWorkMail).

use reeve_base::names::EmailAddress;
use reeve_store::tables::resources::ResourceRow;

use super::{Resource, ResourceRef};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::ENABLE_RESOURCE;
use crate::organizations::{Needs, OrganizationRef};

/// Enables a disabled resource; the calendar that is still kept for it comes back.
///
/// Asking again with the same address changes nothing and succeeds; with another it is `WrongState`.
/// Errors also: `DomainNotFound`, `DomainUnverified`, `AddressTaken`.
pub async fn enable_resource(
    ctx: &Ctx,
    organization: OrganizationRef,
    resource: ResourceRef,
    email: EmailAddress,
) -> Result<Resource, Error> {
    ctx.write(move |tx, ctx| {
        let sought = (&organization, &resource);
        let (organization, row) = entities::find_in::<ResourceRow>(tx, ctx, &ENABLE_RESOURCE, sought, Needs::Active)?;
        ctx.check_version(row.version)?;
        let (row, _) = entities::enable_row(tx, ctx, &organization, (row, &email), &ENABLE_RESOURCE)?;
        Resource::new(&organization, row)
    })
    .await
}
