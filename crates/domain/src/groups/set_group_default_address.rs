//! Changing the default address of a group: the old one becomes an alias (UpdatePrimaryEmailAddress).

use reeve_base::names::EmailAddress;

use super::{Group, GroupRef, find_in};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::SET_GROUP_DEFAULT_ADDRESS;
use crate::organizations::{Needs, OrganizationRef};

/// Makes an address the default of an enabled group; a new one is added, an alias of its own swaps places.
///
/// Errors: `WrongState` unless enabled, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `LimitReached` when the old
/// default would be one alias too many.
pub async fn set_group_default_address(
    ctx: &Ctx,
    organization: OrganizationRef,
    group: GroupRef,
    email: EmailAddress,
) -> Result<Group, Error> {
    ctx.write(move |tx, ctx| {
        let operation = &SET_GROUP_DEFAULT_ADDRESS;
        let (organization, row) = find_in(tx, ctx, operation, (&organization, &group), Needs::Usable)?;
        ctx.check_version(row.version)?;
        let row = entities::change_default_address(tx, ctx, &organization, (row, &email), operation)?;
        Group::new(&organization, row)
    })
    .await
}
