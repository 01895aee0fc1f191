//! Who answers for a resource: users and groups (AssociateDelegateToResource, DisassociateDelegateFromResource).

use reeve_base::Timestamp;
use reeve_base::limits::RESOURCE_DELEGATES_MAX;
use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::resource_delegates::{self as rows, DelegateRow, ListedDelegate};
use reeve_store::tables::resources::{self, ResourceRow};

use super::ResourceRef;
use crate::access::{self, Target};
use crate::audit::{self, Change, Subject};
use crate::ctx::{Ctx, stored};
use crate::entities::{self, Entity, EntityKind, EntityRef, save_touched};
use crate::error::Error;
use crate::operations::{ADD_RESOURCE_DELEGATE, LIST_RESOURCE_DELEGATES, REMOVE_RESOURCE_DELEGATE, SHOW_RESOURCE};
use crate::organizations::{Needs, OrganizationRef};
use crate::page::{Page, PageRequest};

/// Who answers for a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegate {
    /// The user or group.
    pub entity: Entity,
    /// Since when.
    pub added_at: Timestamp,
}

impl Delegate {
    fn from_row(row: ListedDelegate) -> Result<Self, Error> {
        let entity = Entity {
            id: row.delegate_id,
            name: row.name,
            kind: stored(row.delegate_kind.parse())?,
            email: row.email,
            state: stored(row.state.parse())?,
        };
        Ok(Self { entity, added_at: Timestamp::from_millis(row.created_at) })
    }
}

/// Lists the delegates of a resource by name. Whoever may list them sees each of them.
pub async fn list_resource_delegates(
    ctx: &Ctx,
    organization: OrganizationRef,
    resource: ResourceRef,
    page: PageRequest,
) -> Result<Page<Delegate>, Error> {
    ctx.read(move |tx, ctx| {
        let sought = (&organization, &resource);
        let (_, row) = entities::find_in::<ResourceRow>(tx, ctx, &LIST_RESOURCE_DELEGATES, sought, Needs::Present)?;
        let of = (row.directory_id.as_str(), row.resource_id.as_str());
        let scope = format!("resource_delegates|{}|{}", of.0, of.1);
        let place = page.place(&scope)?;
        let found = rows::page(tx, of, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| rows::count(tx, of))?;
        let Page { items, next_cursor, total } = place.page(&scope, found, total, |row| [&row.name_key, ""]);
        let items = items.into_iter().map(Delegate::from_row).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Lets a user or a group answer for a resource. One who does already stays, and the call succeeds.
///
/// Errors: `NotFound` for the delegate, `Invalid` for another resource, `Reserved` for system users, `LimitReached`.
pub async fn add_resource_delegate(
    ctx: &Ctx,
    organization: OrganizationRef,
    resource: ResourceRef,
    delegate: EntityRef,
) -> Result<Delegate, Error> {
    ctx.write(move |tx, ctx| {
        let sought = (&organization, &resource);
        let (organization, row) =
            entities::find_in::<ResourceRow>(tx, ctx, &ADD_RESOURCE_DELEGATE, sought, Needs::Usable)?;
        ctx.check_version(row.version)?;
        let party = entities::find_party(tx, ctx, &organization, &delegate)?;
        party.need_changeable()?;
        let holder = party.holder();
        if holder.kind == EntityKind::Resource {
            return Err(Error::invalid("delegate", "must be a user or a group; a resource answers for itself alone"));
        }
        let of = (row.directory_id.as_str(), row.resource_id.as_str());
        if let Some(there) = rows::get(tx, of, holder.id)? {
            return Ok(Delegate { entity: holder.entity()?, added_at: Timestamp::from_millis(there.created_at) });
        }
        if usize::try_from(rows::count(tx, of)?).unwrap_or(usize::MAX) >= RESOURCE_DELEGATES_MAX {
            return Err(Error::LimitReached { what: "delegates of a resource", limit: RESOURCE_DELEGATES_MAX });
        }
        let added = DelegateRow {
            directory_id: row.directory_id.clone(),
            resource_id: row.resource_id.clone(),
            delegate_id: holder.id.to_owned(),
            delegate_kind: holder.kind.word().to_owned(),
            created_at: ctx.now().millis(),
        };
        rows::insert(tx, &added)?;
        save_touched(tx, ctx, &mut row.clone(), &row)?;
        let changes = [Change::made("delegate", holder.name)];
        let subject = Subject::within(&organization, &row.resource_id, &row.name);
        audit::record(tx, ctx, &ADD_RESOURCE_DELEGATE, subject, &changes)?;
        Ok(Delegate { entity: holder.entity()?, added_at: Timestamp::from_millis(added.created_at) })
    })
    .await
}

/// Lets a delegate answer for a resource no longer. Removing who is none succeeds.
///
/// Errors: `NotFound` for the delegate, `WrongState` for the last one of a resource that does not answer by itself.
pub async fn remove_resource_delegate(
    ctx: &Ctx,
    organization: OrganizationRef,
    resource: ResourceRef,
    delegate: EntityRef,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let operation = &REMOVE_RESOURCE_DELEGATE;
        let sought = (&organization, &resource);
        let (organization, row) = entities::find_in::<ResourceRow>(tx, ctx, operation, sought, Needs::Usable)?;
        ctx.check_version(row.version)?;
        let of = (row.directory_id.as_str(), row.resource_id.as_str());
        let party = entities::seek(tx, &organization.directory_id, &delegate)?;
        let there = match &party {
            Some(party) => rows::get(tx, of, party.holder().id)?,
            None => None,
        };
        // Who is a delegate was shown to whoever may list them; of others, only those who may be seen are known.
        let (Some(party), Some(_)) = (party, there) else {
            return entities::find_party(tx, ctx, &organization, &delegate).map(drop);
        };
        if !row.auto_accept && rows::count(tx, of)? <= 1 {
            return Err(Error::WrongState {
                is: "answered for by this delegate alone".to_owned(),
                needs: "able to do without; add another delegate first, or let it accept requests by itself".to_owned(),
            });
        }
        let holder = party.holder();
        rows::delete(tx, of, holder.id)?;
        save_touched(tx, ctx, &mut row.clone(), &row)?;
        let changes = [Change::gone("delegate", holder.name)];
        audit::record(tx, ctx, operation, Subject::within(&organization, &row.resource_id, &row.name), &changes)
    })
    .await
}

/// Refuses to let go of somebody for whom a resource has no replacement: it would answer no request any more.
pub(crate) fn need_other_delegate(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    entity_id: &str,
) -> Result<(), Error> {
    let Some(needing) = rows::needing(tx, &organization.directory_id, entity_id)? else { return Ok(()) };
    let row = resources::by_id(tx, &organization.directory_id, &needing)?;
    let row = row.ok_or_else(|| Error::internal("a resource that was just read is not there"))?;
    // The resource is named to those who may see it only.
    let shown = access::also(tx, ctx, &SHOW_RESOURCE, Target::Resource(organization, &row)).is_ok();
    let which = if shown { format!("the resource \"{}\"", row.name) } else { "a resource".to_owned() };
    Err(Error::WrongState {
        is: format!("the only delegate of {which}, which does not accept requests by itself"),
        needs: "replaced there first; add another delegate, or let the resource accept requests".to_owned(),
    })
}
