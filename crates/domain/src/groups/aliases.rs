//! The further addresses of a group (CreateAlias, DeleteAlias, ListAliases).

use reeve_base::names::EmailAddress;

use super::{GroupRef, find_in};
use crate::ctx::Ctx;
use crate::entities::{self, Alias, Registrable};
use crate::error::Error;
use crate::operations::{ADD_GROUP_ALIAS, LIST_GROUP_ALIASES, REMOVE_GROUP_ALIAS};
use crate::organizations::{Needs, OrganizationRef};

/// Lists the aliases of a group; the primary address is not one of them.
pub async fn list_group_aliases(
    ctx: &Ctx,
    organization: OrganizationRef,
    group: GroupRef,
) -> Result<Vec<Alias>, Error> {
    ctx.read(move |tx, ctx| {
        let (_, row) = find_in(tx, ctx, &LIST_GROUP_ALIASES, (&organization, &group), Needs::Present)?;
        entities::aliases_of(tx, row.holder())
    })
    .await
}

/// Adds an alias. One that the group has already stays, and the call succeeds.
///
/// Errors: `WrongState` unless enabled, `LimitReached`, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `Invalid`
/// when it is the primary address.
pub async fn add_group_alias(
    ctx: &Ctx,
    organization: OrganizationRef,
    group: GroupRef,
    address: EmailAddress,
) -> Result<Alias, Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &ADD_GROUP_ALIAS, (&organization, &group), Needs::Usable)?;
        ctx.check_version(row.version)?;
        entities::add_alias_to(tx, ctx, &organization, (row, &address), &ADD_GROUP_ALIAS).map(|(_, alias)| alias)
    })
    .await
}

/// Removes an alias; the address is free at once. Removing one that the group has not succeeds.
///
/// Errors: `Invalid` for the primary address.
pub async fn remove_group_alias(
    ctx: &Ctx,
    organization: OrganizationRef,
    group: GroupRef,
    address: EmailAddress,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &REMOVE_GROUP_ALIAS, (&organization, &group), Needs::Usable)?;
        ctx.check_version(row.version)?;
        entities::remove_alias_from(tx, ctx, &organization, (row, &address), &REMOVE_GROUP_ALIAS)
    })
    .await
}
