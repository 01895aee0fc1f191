//! Enabling a group: a primary address (RegisterToWorkMail).

use reeve_base::names::EmailAddress;

use super::{Group, GroupRef, find_in};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::ENABLE_GROUP;
use crate::organizations::{Needs, OrganizationRef};

/// Enables a disabled group.
///
/// Asking again with the same address changes nothing and succeeds; with another it is `WrongState`.
/// Errors also: `DomainNotFound`, `DomainUnverified`, `AddressTaken`, `Reserved`.
pub async fn enable_group(
    ctx: &Ctx,
    organization: OrganizationRef,
    group: GroupRef,
    email: EmailAddress,
) -> Result<Group, Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &ENABLE_GROUP, (&organization, &group), Needs::Active)?;
        ctx.check_version(row.version)?;
        let (row, _) = entities::enable_row(tx, ctx, &organization, (row, &email), &ENABLE_GROUP)?;
        Group::new(&organization, row)
    })
    .await
}
