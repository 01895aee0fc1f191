//! Deleting a disabled group (DeleteGroup). Its members stay; its addresses are held back.

use reeve_store::Tx;
use reeve_store::tables::groups::{self, GroupRow};

use super::{GroupRef, find_in};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::entities::{self, Leaving, Registrable};
use crate::error::Error;
use crate::operations::DELETE_GROUP;
use crate::organizations::{Needs, OrganizationRef};
use crate::resources;

/// Deletes a group. Its name is free at once, its addresses only when the hold ends.
///
/// Errors: `WrongState` unless disabled, and while it alone answers for a resource.
pub async fn delete_group(ctx: &Ctx, organization: OrganizationRef, group: GroupRef) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &DELETE_GROUP, (&organization, &group), Needs::Usable)?;
        ctx.check_version(row.version)?;
        if row.holder().is_enabled() {
            return Err(Error::WrongState { is: row.state, needs: "disabled; disable the group first".to_owned() });
        }
        resources::need_other_delegate(tx, ctx, &organization, &row.group_id)?;
        remove(tx, ctx, &row, Leaving::Alone)?;
        let changes = [Change::gone("name", row.name.as_str())];
        audit::record(tx, ctx, &DELETE_GROUP, Subject::within(&organization, &row.group_id, &row.name), &changes)
    })
    .await
}

/// Removes everything of a group.
pub(crate) fn remove(tx: &mut Tx<'_>, ctx: &Ctx, row: &GroupRow, leaving: Leaving) -> Result<(), Error> {
    entities::leave(tx, ctx, row.holder(), leaving)?;
    Ok(groups::delete(tx, &row.directory_id, &row.group_id)?)
}
