//! Listing who may act for an entity (ListMailboxPermissions).

use reeve_base::Timestamp;
use reeve_store::tables::mailbox_permissions::{self as rows, ListedPermission};

use super::{Grant, permissions};
use crate::ctx::{Ctx, stored};
use crate::entities::{self, Entity, EntityRef};
use crate::error::Error;
use crate::operations::LIST_MAILBOX_PERMISSIONS;
use crate::organizations::{Needs, OrganizationRef};
use crate::page::{Page, PageRequest};

/// Lists what others may do for an entity, by their names. Whoever may list it sees each of them.
pub async fn list_mailbox_permissions(
    ctx: &Ctx,
    organization: OrganizationRef,
    owner: EntityRef,
    page: PageRequest,
) -> Result<Page<Grant>, Error> {
    ctx.read(move |tx, ctx| {
        let sought = (&organization, &owner);
        let (_, owner) = entities::find_any_in(tx, ctx, &LIST_MAILBOX_PERMISSIONS, sought, Needs::Present)?;
        let of = (owner.holder().directory_id, owner.holder().id);
        let scope = format!("mailbox_permissions|{}|{}", of.0, of.1);
        let place = page.place(&scope)?;
        let found = rows::page(tx, of, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| rows::count(tx, of))?;
        let Page { items, next_cursor, total } = place.page(&scope, found, total, |row| [&row.name_key, ""]);
        let items = items.into_iter().map(grant).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

fn grant(row: ListedPermission) -> Result<Grant, Error> {
    let grantee = Entity {
        id: row.grantee_id,
        name: row.name,
        kind: stored(row.grantee_kind.parse())?,
        email: row.email,
        state: stored(row.state.parse())?,
    };
    Ok(Grant {
        grantee,
        permissions: permissions(&row.permissions)?,
        granted_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
    })
}
