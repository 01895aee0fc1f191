//! Listing what an organization holds back, and of a deleted one its alias.

use reeve_base::Timestamp;
use reeve_store::Tx;
use reeve_store::tables::held_names::{self, HoldRow};
use reeve_store::tables::organizations::{self, OrganizationRow};

use super::{Hold, HoldKind};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::LIST_HOLDS;
use crate::organizations::{Needs, OrganizationRef, State, find, need};
use crate::page::{Page, PageRequest};

/// Lists what is held back, by what it is.
pub async fn list_holds(ctx: &Ctx, organization: OrganizationRef, page: PageRequest) -> Result<Page<Hold>, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find(tx, ctx, &LIST_HOLDS, &organization)?;
        let scope = format!("holds|{}", organization.organization_id);
        let place = page.place(&scope)?;
        if is_deleted(&organization) {
            let held = held_alias(tx, ctx, &organization)?;
            let total = place.total(tx, |_| Ok(i64::from(held.is_some())))?;
            let items = held.into_iter().collect();
            return Ok(Page { items, next_cursor: None, total });
        }
        need(&organization, Needs::Present)?;
        let of = (organization.directory_id.as_str(), ctx.now().millis());
        let after = [place.after[0].as_str(), place.after[1].as_str()];
        let rows = held_names::holds(tx, of, after, place.read_limit())?;
        let total = place.total(tx, |tx| held_names::count_holds(tx, of))?;
        let Page { items, next_cursor, total } = place.page(&scope, rows, total, |row| [&row.hold_key, &row.kind]);
        let items = items.into_iter().map(hold).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

fn hold(row: HoldRow) -> Result<Hold, Error> {
    Ok(Hold {
        kind: stored(row.kind.parse())?,
        value: row.value,
        held_for: row.entity_id,
        until: Timestamp::from_millis(row.held_until),
    })
}

/// Whether nothing but the alias is left of an organization.
pub(super) fn is_deleted(organization: &OrganizationRow) -> bool {
    organization.state == State::Deleted.word()
}

/// The alias of a deleted organization, while it is held back.
pub(super) fn held_alias(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow) -> Result<Option<Hold>, Error> {
    let holder = organizations::alias(tx, &organization.alias_key)?;
    let ours = holder.filter(|holder| holder.organization_id == organization.organization_id);
    let until = ours.and_then(|holder| holder.held_until).map(Timestamp::from_millis);
    Ok(until.filter(|until| *until > ctx.now()).map(|until| Hold {
        kind: HoldKind::Alias,
        value: organization.alias.clone(),
        held_for: organization.organization_id.clone(),
        until,
    }))
}
