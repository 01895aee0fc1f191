//! Disabling a group: its addresses are kept for it, its members stay (DeregisterFromWorkMail).

use super::{Group, GroupRef, find_in};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::DISABLE_GROUP;
use crate::organizations::{Needs, OrganizationRef};

/// Disables a group. One that is disabled already stays so, and the call succeeds.
pub async fn disable_group(ctx: &Ctx, organization: OrganizationRef, group: GroupRef) -> Result<Group, Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &DISABLE_GROUP, (&organization, &group), Needs::Usable)?;
        ctx.check_version(row.version)?;
        let row = entities::disable_row(tx, ctx, &organization, row, &DISABLE_GROUP)?;
        Group::new(&organization, row)
    })
    .await
}
