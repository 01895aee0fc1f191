//! The groups that an entity is in (ListGroupsForEntity).

use reeve_base::ids::GroupId;
use reeve_store::Tx;
use reeve_store::tables::Within;
use reeve_store::tables::groups;
use reeve_store::tables::organizations::OrganizationRow;

use super::EntityRef;
use super::find::find_any_in;
use crate::access;
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::{Entity, LIST_GROUPS, LIST_GROUPS_OF_ENTITY};
use crate::organizations::{Needs, OrganizationRef};
use crate::page::{Page, PageRequest, begins};

/// A group by which somebody is reached, as far as that says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedGroup {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: String,
}

/// Lists, by name, the groups of which an entity is a member itself, and which the actor may see.
pub async fn list_groups_of_entity(
    ctx: &Ctx,
    organization: OrganizationRef,
    entity: EntityRef,
    name_prefix: Option<String>,
    page: PageRequest,
) -> Result<Page<NamedGroup>, Error> {
    let names = begins("name_prefix", name_prefix.as_deref())?;
    let listed = ctx
        .read(move |tx, ctx| {
            let sought = (&organization, &entity);
            let (organization, row) = find_any_in(tx, ctx, &LIST_GROUPS_OF_ENTITY, sought, Needs::Present)?;
            let member = (row.holder().directory_id, row.holder().id);
            let scope = format!("groups of|{}|{}|{names:?}", member.0, member.1);
            let place = page.place(&scope)?;
            let within = seen_groups(tx, ctx, &organization)?;
            let wanted = (&within, &names);
            let rows = groups::of_member(tx, member, wanted, &place.after[0], place.read_limit())?;
            let total = place.total(tx, |tx| groups::count_of_member(tx, member, wanted))?;
            Ok(place.page(&scope, rows, total, |row| [&row.name_key, ""]))
        })
        .await?;
    let Page { items, next_cursor, total } = listed;
    let named = |row: groups::GroupRow| Ok(NamedGroup { id: stored(row.group_id.parse())?, name: row.name });
    let items = items.into_iter().map(named).collect::<Result<_, Error>>()?;
    Ok(Page { items, next_cursor, total })
}

/// The groups of an organization that the actor may see; none where even the organization is hidden but for the entity.
fn seen_groups(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow) -> Result<Within, Error> {
    match access::visible(tx, ctx, &LIST_GROUPS, Entity::Group, Some(organization)) {
        Ok(seen) => Ok(seen.groups_of(organization)),
        Err(Error::NotFound { .. }) => Ok(Within::default()),
        Err(error) => Err(error),
    }
}
