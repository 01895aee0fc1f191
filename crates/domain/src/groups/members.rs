//! Who is in a group (AssociateMemberToGroup, DisassociateMemberFromGroup, ListGroupMembers).
//!
//! Users and groups can be members. Who may change a group may put into it whom they can see; who may list its members
//! sees all of them, since they are what the group is.

use reeve_base::Timestamp;
use reeve_base::limits::GROUP_MEMBERS_MAX;
use reeve_store::Tx;
use reeve_store::tables::group_members::{self, ListedRow, MemberRow};
use reeve_store::tables::groups::GroupRow;
use reeve_store::tables::organizations::OrganizationRow;

use super::{GroupRef, find_in, nesting};
use crate::audit::{self, Change, Subject};
use crate::ctx::{Ctx, stored};
use crate::entities::{self, Entity, EntityKind, EntityRef, EntityRow};
use crate::error::Error;
use crate::operations::{ADD_GROUP_MEMBER, LIST_GROUP_MEMBERS, Operation, REMOVE_GROUP_MEMBER};
use crate::organizations::{Needs, OrganizationRef};
use crate::page::{Page, PageRequest};

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who it is.
    pub entity: Entity,
    /// When it was last enabled.
    pub enabled_at: Option<Timestamp>,
    /// When it was last disabled.
    pub disabled_at: Option<Timestamp>,
    /// When it was put into the group.
    pub added_at: Timestamp,
}

impl Member {
    fn listed(row: ListedRow) -> Result<Self, Error> {
        Ok(Self {
            entity: Entity {
                id: row.member_id,
                kind: stored(row.member_kind.parse())?,
                state: stored(row.state.parse())?,
                name: row.name,
                email: row.email,
            },
            enabled_at: row.enabled_at.map(Timestamp::from_millis),
            disabled_at: row.disabled_at.map(Timestamp::from_millis),
            added_at: Timestamp::from_millis(row.added_at),
        })
    }

    fn new(entity: &EntityRow, membership: &MemberRow) -> Result<Self, Error> {
        let holder = entity.holder();
        Ok(Self {
            entity: holder.entity()?,
            enabled_at: holder.enabled_at.map(Timestamp::from_millis),
            disabled_at: holder.disabled_at.map(Timestamp::from_millis),
            added_at: Timestamp::from_millis(membership.created_at),
        })
    }
}

/// Lists the members of a group by name; the members of groups in it are not among them.
pub async fn list_group_members(
    ctx: &Ctx,
    organization: OrganizationRef,
    group: GroupRef,
    page: PageRequest,
) -> Result<Page<Member>, Error> {
    ctx.read(move |tx, ctx| {
        let (_, row) = find_in(tx, ctx, &LIST_GROUP_MEMBERS, (&organization, &group), Needs::Present)?;
        let GroupRow { directory_id, group_id, .. } = &row;
        let scope = format!("members|{directory_id}|{group_id}");
        let place = page.place(&scope)?;
        let rows = group_members::page(tx, (directory_id, group_id), &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| group_members::count(tx, directory_id, group_id))?;
        let Page { items, next_cursor, total } = place.page(&scope, rows, total, |row| [&row.member_key, ""]);
        let items = items.into_iter().map(Member::listed).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Puts a user or a group into a group. One that is in it already stays, and the call succeeds.
///
/// Errors: `NotFound` for an entity that is not there or not to be seen, `Invalid` for a resource and for a group that
/// holds this one, `LimitReached`, `Reserved` for system users.
pub async fn add_group_member(
    ctx: &Ctx,
    organization: OrganizationRef,
    group: GroupRef,
    member: EntityRef,
) -> Result<Member, Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &ADD_GROUP_MEMBER, (&organization, &group), Needs::Usable)?;
        ctx.check_version(row.version)?;
        let entity = entities::find_party(tx, ctx, &organization, &member)?;
        let (membership, added) = add(tx, ctx, &row, &entity)?;
        if added {
            let change = Change::made("member", entity.holder().name);
            note(tx, ctx, (&organization, row), &ADD_GROUP_MEMBER, change)?;
        }
        Member::new(&entity, &membership)
    })
    .await
}

/// Writes a membership; false when it was there.
fn add(tx: &mut Tx<'_>, ctx: &Ctx, group: &GroupRow, entity: &EntityRow) -> Result<(MemberRow, bool), Error> {
    let holder = entity.holder();
    let of = (group.directory_id.as_str(), group.group_id.as_str());
    if let Some(there) = group_members::get(tx, of, holder.id)? {
        return Ok((there, false));
    }
    entity.need_changeable()?;
    match holder.kind {
        EntityKind::User => {}
        EntityKind::Group => nesting::need_tree(tx, group, holder)?,
        EntityKind::Resource => {
            let why = "must be a user or a group; to let several answer for a resource, make the group its delegate";
            return Err(Error::invalid("member", why));
        }
    }
    if usize::try_from(group_members::count(tx, of.0, of.1)?).unwrap_or(usize::MAX) >= GROUP_MEMBERS_MAX {
        return Err(Error::LimitReached { what: "members of a group", limit: GROUP_MEMBERS_MAX });
    }
    let row = MemberRow {
        directory_id: group.directory_id.clone(),
        group_id: group.group_id.clone(),
        member_id: holder.id.to_owned(),
        member_kind: holder.kind.word().to_owned(),
        member_key: holder.name_key.to_owned(),
        created_at: ctx.now().millis(),
    };
    group_members::insert(tx, &row)?;
    Ok((row, true))
}

/// Takes a member out of a group. Taking out what is not in it succeeds.
///
/// Errors: `NotFound` for an entity that is not there or not to be seen.
pub async fn remove_group_member(
    ctx: &Ctx,
    organization: OrganizationRef,
    group: GroupRef,
    member: EntityRef,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &REMOVE_GROUP_MEMBER, (&organization, &group), Needs::Usable)?;
        ctx.check_version(row.version)?;
        let absent = || Error::not_found("entity", &member);
        let entity = entities::seek(tx, &organization.directory_id, &member)?.ok_or_else(absent)?;
        if !group_members::delete(tx, (&row.directory_id, &row.group_id), entity.holder().id)? {
            // A member is seen in the list of members; whoever is none must be seen otherwise.
            return entities::find_party(tx, ctx, &organization, &member).map(drop);
        }
        let change = Change::gone("member", entity.holder().name);
        note(tx, ctx, (&organization, row), &REMOVE_GROUP_MEMBER, change)
    })
    .await
}

/// Writes down that the members of a group have changed.
fn note(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (organization, mut group): (&OrganizationRow, GroupRow),
    operation: &Operation,
    change: Change,
) -> Result<(), Error> {
    let before = group.clone();
    entities::save_touched(tx, ctx, &mut group, &before)?;
    audit::record(tx, ctx, operation, Subject::within(organization, &group.group_id, &group.name), &[change])
}
