//! Changing the default address: the old one becomes an alias (UpdatePrimaryEmailAddress; seed 000 "Set as default").

use reeve_base::names::EmailAddress;

use super::{Found, User, UserRef, find_in};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::SET_DEFAULT_ADDRESS;
use crate::organizations::{Needs, OrganizationRef};

/// Makes an address the default of an enabled user; a new one is added, an alias of theirs swaps places.
///
/// Errors: `WrongState` unless enabled, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `LimitReached` when the old
/// default would be one alias too many.
pub async fn set_default_address(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    email: EmailAddress,
) -> Result<User, Error> {
    let found = ctx
        .write(move |tx, ctx| {
            let (organization, row) = find_in(tx, ctx, &SET_DEFAULT_ADDRESS, (&organization, &user), Needs::Usable)?;
            ctx.check_version(row.version)?;
            let row = entities::change_default_address(tx, ctx, &organization, (row, &email), &SET_DEFAULT_ADDRESS)?;
            Found::new(tx, &organization, row)
        })
        .await?;
    found.user(ctx.now())
}
