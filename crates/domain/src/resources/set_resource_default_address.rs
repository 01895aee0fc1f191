//! Changing the default address of a resource: the old one becomes an alias (UpdatePrimaryEmailAddress).

use reeve_base::names::EmailAddress;
use reeve_store::tables::resources::ResourceRow;

use super::{Resource, ResourceRef};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::SET_RESOURCE_DEFAULT_ADDRESS;
use crate::organizations::{Needs, OrganizationRef};

/// Makes an address the default of an enabled resource; a new one is added, an alias of its own swaps places.
///
/// Errors: `WrongState` unless enabled, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `LimitReached` when the old
/// default would be one alias too many.
pub async fn set_resource_default_address(
    ctx: &Ctx,
    organization: OrganizationRef,
    resource: ResourceRef,
    email: EmailAddress,
) -> Result<Resource, Error> {
    ctx.write(move |tx, ctx| {
        let operation = &SET_RESOURCE_DEFAULT_ADDRESS;
        let sought = (&organization, &resource);
        let (organization, row) = entities::find_in::<ResourceRow>(tx, ctx, operation, sought, Needs::Usable)?;
        ctx.check_version(row.version)?;
        let row = entities::change_default_address(tx, ctx, &organization, (row, &email), operation)?;
        Resource::new(&organization, row)
    })
    .await
}
