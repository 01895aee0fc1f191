//! Taking from somebody everything that they may do for another (DeleteMailboxPermissions).

use reeve_store::Tx;
use reeve_store::tables::mailbox_permissions::{self as rows, PermissionRow};
use reeve_store::tables::organizations::OrganizationRow;

use super::permissions;
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::entities::{self, EntityRef, EntityRow};
use crate::error::Error;
use crate::operations::{DELETE_MAILBOX_PERMISSIONS, Operation};
use crate::organizations::{Needs, OrganizationRef};

/// Takes every permission of a grantee on an owner, enabled or not. Taking what was not given succeeds.
///
/// Errors: `NotFound` for either.
pub async fn delete_mailbox_permissions(
    ctx: &Ctx,
    organization: OrganizationRef,
    owner: EntityRef,
    grantee: EntityRef,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let operation = &DELETE_MAILBOX_PERMISSIONS;
        let sought = (&organization, &owner);
        let (organization, owner) = entities::find_any_in(tx, ctx, operation, sought, Needs::Usable)?;
        match find_grant(tx, ctx, &organization, (&owner, &grantee))? {
            (party, Some(there)) => withdraw(tx, ctx, &organization, (&owner, &party, &there), operation),
            (_, None) => Ok(()),
        }
    })
    .await
}

/// Finds a grantee and what they may do already. Who may do something is shown to whoever may list it; of others, only
/// those who may be seen are known.
pub(super) fn find_grant(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (owner, sought): (&EntityRow, &EntityRef),
) -> Result<(EntityRow, Option<PermissionRow>), Error> {
    let of = (owner.holder().directory_id, owner.holder().id);
    if let Some(party) = entities::seek(tx, &organization.directory_id, sought)?
        && let Some(there) = rows::get(tx, of, party.holder().id)?
    {
        return Ok((party, Some(there)));
    }
    Ok((entities::find_party(tx, ctx, organization, sought)?, None))
}

/// Removes a grant and writes its event.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (owner, party, there): (&EntityRow, &EntityRow, &PermissionRow),
    operation: &Operation,
) -> Result<(), Error> {
    let (owner, grantee) = (owner.holder(), party.holder());
    rows::delete(tx, (owner.directory_id, owner.id), grantee.id)?;
    let had = permissions(&there.permissions)?;
    let changes: Vec<_> = had.into_iter().map(|one| Change::gone(one.word(), grantee.name)).collect();
    audit::record(tx, ctx, operation, Subject::within(organization, owner.id, owner.name), &changes)
}
