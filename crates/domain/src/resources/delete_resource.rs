//! Deleting a disabled resource (DeleteResource). The calendar is kept for its time; the addresses are held back.

use reeve_store::Tx;
use reeve_store::tables::resources::{self, ResourceRow};

use super::ResourceRef;
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::entities::{self, EntityState, Leaving, Registrable};
use crate::error::Error;
use crate::operations::DELETE_RESOURCE;
use crate::organizations::{Needs, OrganizationRef};

/// Deletes a resource. Its name is free at once, its addresses only when the hold ends.
///
/// Errors: `WrongState` unless disabled.
pub async fn delete_resource(ctx: &Ctx, organization: OrganizationRef, resource: ResourceRef) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let sought = (&organization, &resource);
        let (organization, row) = entities::find_in::<ResourceRow>(tx, ctx, &DELETE_RESOURCE, sought, Needs::Usable)?;
        ctx.check_version(row.version)?;
        if row.state != EntityState::Disabled.word() {
            return Err(Error::WrongState { is: row.state, needs: "disabled; disable the resource first".to_owned() });
        }
        remove(tx, ctx, &row, Leaving::Alone)?;
        let changes = [Change::gone("name", row.name.as_str()), Change::gone("kind", row.kind.as_str())];
        let subject = Subject::within(&organization, &row.resource_id, &row.name);
        audit::record(tx, ctx, &DELETE_RESOURCE, subject, &changes)
    })
    .await
}

/// Removes everything of a resource but the calendar, whose time starts.
pub(crate) fn remove(tx: &mut Tx<'_>, ctx: &Ctx, row: &ResourceRow, leaving: Leaving) -> Result<(), Error> {
    entities::leave(tx, ctx, row.holder(), leaving)?;
    Ok(resources::delete(tx, &row.directory_id, &row.resource_id)?)
}
