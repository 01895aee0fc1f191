//! The further addresses of a resource (CreateAlias, DeleteAlias, ListAliases).

use reeve_base::names::EmailAddress;
use reeve_store::tables::resources::ResourceRow;

use super::ResourceRef;
use crate::ctx::Ctx;
use crate::entities::{self, Alias, Registrable};
use crate::error::Error;
use crate::operations::{ADD_RESOURCE_ALIAS, LIST_RESOURCE_ALIASES, REMOVE_RESOURCE_ALIAS};
use crate::organizations::{Needs, OrganizationRef};

/// Lists the aliases of a resource; the primary address is not one of them.
pub async fn list_resource_aliases(
    ctx: &Ctx,
    organization: OrganizationRef,
    resource: ResourceRef,
) -> Result<Vec<Alias>, Error> {
    ctx.read(move |tx, ctx| {
        let sought = (&organization, &resource);
        let (_, row) = entities::find_in::<ResourceRow>(tx, ctx, &LIST_RESOURCE_ALIASES, sought, Needs::Present)?;
        entities::aliases_of(tx, row.holder())
    })
    .await
}

/// Adds an alias. One that the resource has already stays, and the call succeeds.
///
/// Errors: `WrongState` unless enabled, `LimitReached`, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `Invalid`
/// when it is the primary address.
pub async fn add_resource_alias(
    ctx: &Ctx,
    organization: OrganizationRef,
    resource: ResourceRef,
    address: EmailAddress,
) -> Result<Alias, Error> {
    ctx.write(move |tx, ctx| {
        let sought = (&organization, &resource);
        let (organization, row) =
            entities::find_in::<ResourceRow>(tx, ctx, &ADD_RESOURCE_ALIAS, sought, Needs::Usable)?;
        ctx.check_version(row.version)?;
        entities::add_alias_to(tx, ctx, &organization, (row, &address), &ADD_RESOURCE_ALIAS).map(|(_, alias)| alias)
    })
    .await
}

/// Removes an alias; the address is free at once. Removing one that the resource has not succeeds.
///
/// Errors: `Invalid` for the primary address.
pub async fn remove_resource_alias(
    ctx: &Ctx,
    organization: OrganizationRef,
    resource: ResourceRef,
    address: EmailAddress,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let sought = (&organization, &resource);
        let (organization, row) =
            entities::find_in::<ResourceRow>(tx, ctx, &REMOVE_RESOURCE_ALIAS, sought, Needs::Usable)?;
        ctx.check_version(row.version)?;
        entities::remove_alias_from(tx, ctx, &organization, (row, &address), &REMOVE_RESOURCE_ALIAS)
    })
    .await
}
