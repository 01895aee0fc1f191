//! Disabling a resource: nobody can book it; its calendar and its addresses are kept (DeregisterFromWorkMail).

use reeve_store::tables::resources::ResourceRow;

use super::{Resource, ResourceRef};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::DISABLE_RESOURCE;
use crate::organizations::{Needs, OrganizationRef};

/// Disables a resource. One that is disabled already stays so, and the call succeeds.
pub async fn disable_resource(
    ctx: &Ctx,
    organization: OrganizationRef,
    resource: ResourceRef,
) -> Result<Resource, Error> {
    ctx.write(move |tx, ctx| {
        let sought = (&organization, &resource);
        let (organization, row) = entities::find_in::<ResourceRow>(tx, ctx, &DISABLE_RESOURCE, sought, Needs::Usable)?;
        ctx.check_version(row.version)?;
        let row = entities::disable_row(tx, ctx, &organization, row, &DISABLE_RESOURCE)?;
        Resource::new(&organization, row)
    })
    .await
}
