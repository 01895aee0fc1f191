//! The further addresses of a user (CreateAlias, DeleteAlias, ListAliases; row C5).

use reeve_base::names::EmailAddress;

use super::{Alias, UserRef, find_in};
use crate::ctx::Ctx;
use crate::entities::{self, Registrable};
use crate::error::Error;
use crate::operations::{ADD_ALIAS, LIST_ALIASES, REMOVE_ALIAS};
use crate::organizations::{Needs, OrganizationRef};

/// Lists the aliases of a user; the primary address is not one of them.
pub async fn list_aliases(ctx: &Ctx, organization: OrganizationRef, user: UserRef) -> Result<Vec<Alias>, Error> {
    ctx.read(move |tx, ctx| {
        let (_, row) = find_in(tx, ctx, &LIST_ALIASES, (&organization, &user), Needs::Present)?;
        entities::aliases_of(tx, row.holder())
    })
    .await
}

/// Adds an alias. One that the user has already stays, and the call succeeds.
///
/// Errors: `WrongState` unless enabled, `LimitReached`, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `Invalid`
/// when it is the primary address.
pub async fn add_alias(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    address: EmailAddress,
) -> Result<Alias, Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &ADD_ALIAS, (&organization, &user), Needs::Usable)?;
        ctx.check_version(row.version)?;
        entities::add_alias_to(tx, ctx, &organization, (row, &address), &ADD_ALIAS).map(|(_, alias)| alias)
    })
    .await
}

/// Removes an alias; the address is free at once. Removing one that the user has not succeeds (DeleteAlias).
///
/// Errors: `Invalid` for the primary address.
pub async fn remove_alias(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    address: EmailAddress,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &REMOVE_ALIAS, (&organization, &user), Needs::Usable)?;
        ctx.check_version(row.version)?;
        entities::remove_alias_from(tx, ctx, &organization, (row, &address), &REMOVE_ALIAS)
    })
    .await
}
