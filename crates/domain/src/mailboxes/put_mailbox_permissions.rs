//! Saying what somebody may do for another, in place of what was said before (PutMailboxPermissions).

use reeve_base::Timestamp;
use reeve_base::limits::GRANTEES_PER_MAILBOX_MAX;
use reeve_store::Tx;
use reeve_store::tables::mailbox_permissions::{self as rows, PermissionRow};
use reeve_store::tables::organizations::OrganizationRow;

use super::delete_mailbox_permissions::{find_grant, withdraw};
use super::{Grant, Permission, permissions, words};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::entities::{self, EntityKind, EntityRef, EntityRow, Registrable};
use crate::error::Error;
use crate::operations::{Operation, PUT_MAILBOX_PERMISSIONS};
use crate::organizations::{Needs, OrganizationRef};

/// Lets somebody do for an owner what is named, and nothing else; naming nothing takes everything from them.
///
/// Errors: `NotFound` for either, `Reserved` for system users, `WrongState` unless the owner is enabled, `LimitReached`;
/// `Invalid` where both are one, and for full access of or to what cannot have it.
pub async fn put_mailbox_permissions(
    ctx: &Ctx,
    organization: OrganizationRef,
    owner: EntityRef,
    grantee: EntityRef,
    mut permissions: Vec<Permission>,
) -> Result<Option<Grant>, Error> {
    permissions.sort_unstable();
    permissions.dedup();
    ctx.write(move |tx, ctx| {
        let operation = &PUT_MAILBOX_PERMISSIONS;
        let sought = (&organization, &owner);
        let (organization, owner) = entities::find_any_in(tx, ctx, operation, sought, Needs::Usable)?;
        let (party, there) = find_grant(tx, ctx, &organization, (&owner, &grantee))?;
        if permissions.is_empty() {
            if let Some(there) = there {
                withdraw(tx, ctx, &organization, (&owner, &party, &there), operation)?;
            }
            return Ok(None);
        }
        check(&owner, &party, &permissions)?;
        let row = put(tx, ctx, &organization, ((&owner, &party, there), &permissions), operation)?;
        Ok(Some(Grant {
            grantee: party.holder().entity()?,
            permissions: permissions.clone(),
            granted_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        }))
    })
    .await
}

/// What can be refused for what the two are.
fn check(owner: &EntityRow, party: &EntityRow, permissions: &[Permission]) -> Result<(), Error> {
    owner.need_changeable()?;
    party.need_changeable()?;
    if owner.holder().id == party.holder().id {
        return Err(Error::invalid("grantee", "must be somebody else; owners need no permission"));
    }
    if permissions.contains(&Permission::FullAccess) {
        if party.holder().kind == EntityKind::Group {
            let why = "must not hold full_access for a group; give it to its members one by one";
            return Err(Error::invalid("permissions", why));
        }
        if !has_mailbox(owner) {
            let why = "must not hold full_access to who has no mailbox; send_as and send_on_behalf are possible";
            return Err(Error::invalid("permissions", why));
        }
    }
    if !owner.holder().is_enabled() {
        let owner = owner.holder();
        let needs = format!("enabled; enable the {} first", owner.kind.word());
        return Err(Error::WrongState { is: owner.state.to_owned(), needs });
    }
    Ok(())
}

fn has_mailbox(owner: &EntityRow) -> bool {
    match owner {
        EntityRow::User(row) => row.has_mailbox(),
        EntityRow::Group(row) => row.has_mailbox(),
        EntityRow::Resource(row) => row.has_mailbox(),
    }
}

/// Writes a grant and its event, unless it says what was said.
fn put(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    ((owner, party, there), wanted): ((&EntityRow, &EntityRow, Option<PermissionRow>), &[Permission]),
    operation: &Operation,
) -> Result<PermissionRow, Error> {
    let (owner, grantee) = (owner.holder(), party.holder());
    let had = match &there {
        Some(row) => permissions(&row.permissions)?,
        None => Vec::new(),
    };
    if let Some(row) = there.clone().filter(|_| had == wanted) {
        return Ok(row);
    }
    let of = (owner.directory_id, owner.id);
    let others = usize::try_from(rows::count(tx, of)?).unwrap_or(usize::MAX);
    if there.is_none() && others >= GRANTEES_PER_MAILBOX_MAX {
        return Err(Error::LimitReached { what: "grantees of a mailbox", limit: GRANTEES_PER_MAILBOX_MAX });
    }
    let now = ctx.now().millis();
    let row = PermissionRow {
        directory_id: owner.directory_id.to_owned(),
        owner_id: owner.id.to_owned(),
        grantee_id: grantee.id.to_owned(),
        grantee_kind: grantee.kind.word().to_owned(),
        permissions: words(wanted),
        created_at: there.map_or(now, |row| row.created_at),
        updated_at: now,
    };
    rows::put(tx, &row)?;
    let given = wanted.iter().filter(|one| !had.contains(one)).map(|one| Change::made(one.word(), grantee.name));
    let taken = had.iter().filter(|one| !wanted.contains(one)).map(|one| Change::gone(one.word(), grantee.name));
    let changes: Vec<_> = given.chain(taken).collect();
    audit::record(tx, ctx, operation, Subject::within(organization, owner.id, owner.name), &changes)?;
    Ok(row)
}
