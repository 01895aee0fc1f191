//! Finding an entity: exact id, then address, then name (a name may itself look like an address).

use reeve_base::ids::{ResourceId, UserId};
use reeve_base::text;
use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::{addresses, groups, names, resources, users};

use super::reference::By;
use super::{EntityKind, EntityRef, EntityRow, HELD, Registrable};
use crate::access;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{
    self, LIST_GROUPS, LIST_RESOURCES, LIST_USERS, Operation, SHOW_GROUP, SHOW_RESOURCE, SHOW_USER,
};
use crate::organizations::{self, Needs, OrganizationRef};

/// The entity of a directory that a reference names.
pub(crate) fn seek(tx: &mut Tx<'_>, directory_id: &str, reference: &EntityRef) -> Result<Option<EntityRow>, Error> {
    let (sought, by) = reference.parts();
    // No name holds a control character, and a database refuses to be asked for some of them.
    if sought.contains(char::is_control) {
        return Ok(None);
    }
    if let Some(row) = by_id(tx, directory_id, sought)? {
        return Ok(Some(row));
    }
    let key = text::fold(sought);
    if by == By::Anything
        && sought.contains('@')
        && let Some(row) = by_address(tx, directory_id, &key)?
    {
        return Ok(Some(row));
    }
    match names::get(tx, directory_id, &key)? {
        Some(bearer) if by != By::Id => by_id(tx, directory_id, &bearer.entity_id),
        _ => Ok(None),
    }
}

/// The entity that has an address, primary or alias.
pub(super) fn by_address(tx: &mut Tx<'_>, directory_id: &str, key: &str) -> Result<Option<EntityRow>, Error> {
    match addresses::get(tx, directory_id, key)?.filter(|address| address.kind != HELD) {
        Some(address) => by_id(tx, directory_id, &address.entity_id),
        None => Ok(None),
    }
}

fn by_id(tx: &mut Tx<'_>, directory_id: &str, id: &str) -> Result<Option<EntityRow>, Error> {
    if id.parse::<ResourceId>().is_ok() {
        return Ok(resources::by_id(tx, directory_id, id)?.map(|row| EntityRow::Resource(Box::new(row))));
    }
    // Users and groups have ids of one shape; users are sought more often.
    if id.parse::<UserId>().is_err() {
        return Ok(None);
    }
    if let Some(row) = users::by_id(tx, directory_id, id)? {
        return Ok(Some(EntityRow::User(Box::new(row))));
    }
    Ok(groups::by_id(tx, directory_id, id)?.map(|row| EntityRow::Group(Box::new(row))))
}

/// Finds an entity of one kind in an organization. One of another kind is not found.
pub(crate) fn find<R: Registrable>(
    tx: &mut Tx<'_>,
    organization: &OrganizationRow,
    reference: &EntityRef,
) -> Result<R, Error> {
    let found = seek(tx, &organization.directory_id, reference)?.and_then(R::of);
    found.ok_or_else(|| Error::not_found(R::KIND.word(), reference))
}

/// Finds an entity of the kind that a policy speaks of.
pub(crate) fn find_for_policy(
    tx: &mut Tx<'_>,
    organization: &OrganizationRow,
    (entity, reference): (operations::Entity, &EntityRef),
) -> Result<EntityRow, Error> {
    Ok(match entity {
        operations::Entity::Group => EntityRow::Group(Box::new(find(tx, organization, reference)?)),
        operations::Entity::Resource => EntityRow::Resource(Box::new(find(tx, organization, reference)?)),
        _ => EntityRow::User(Box::new(find(tx, organization, reference)?)),
    })
}

/// Finds an entity of one kind in an organization and decides whether the actor may do this to it.
pub(crate) fn find_in<R: Registrable>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    (reference, sought): (&OrganizationRef, &EntityRef),
    needs: Needs,
) -> Result<(OrganizationRow, R), Error> {
    let organization = organizations::seek(tx, ctx, reference)?;
    let row: Option<R> = seek(tx, &organization.directory_id, sought)?.and_then(R::of);
    let decided = row.as_ref().map(|row| access::decide(tx, ctx, operation, row.target(&organization)));
    match (row, decided) {
        (Some(row), Some(Ok(()))) => {
            organizations::need(&organization, needs)?;
            Ok((organization, row))
        }
        // What may not be seen is told like what is not there.
        (None, _) | (_, None | Some(Err(Error::NotFound { .. }))) => {
            organizations::list_in(tx, ctx, (R::LIST, R::ENTITY), reference, needs)?;
            Err(Error::not_found(R::KIND.word(), sought))
        }
        (_, Some(Err(refusal))) => Err(refusal),
    }
}

/// The operation that does one thing to an entity, by what it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByKind {
    pub(crate) user: &'static Operation,
    pub(crate) group: &'static Operation,
    pub(crate) resource: &'static Operation,
}

impl ByKind {
    fn of(self, kind: EntityKind) -> &'static Operation {
        match kind {
            EntityKind::User => self.user,
            EntityKind::Group => self.group,
            EntityKind::Resource => self.resource,
        }
    }
}

/// What shows an entity.
const SHOW: ByKind = ByKind { user: &SHOW_USER, group: &SHOW_GROUP, resource: &SHOW_RESOURCE };

/// Finds an entity of any kind in an organization and decides whether the actor may do to it what is done to its kind.
pub(super) fn find_by_kind(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operations: ByKind,
    (reference, sought): (&OrganizationRef, &EntityRef),
    needs: Needs,
) -> Result<(OrganizationRow, EntityRow, &'static Operation), Error> {
    let organization = organizations::seek(tx, ctx, reference)?;
    let row = seek(tx, &organization.directory_id, sought)?;
    let operation = operations.of(row.as_ref().map_or(EntityKind::User, |row| row.holder().kind));
    let row = decide_any(tx, ctx, operation, (reference, &organization, row), (sought, needs))?;
    Ok((organization, row, operation))
}

/// Finds an entity of any kind in an organization and decides whether the actor may do this to it.
pub(crate) fn find_any_in(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    (reference, sought): (&OrganizationRef, &EntityRef),
    needs: Needs,
) -> Result<(OrganizationRow, EntityRow), Error> {
    let organization = organizations::seek(tx, ctx, reference)?;
    let row = seek(tx, &organization.directory_id, sought)?;
    let row = decide_any(tx, ctx, operation, (reference, &organization, row), (sought, needs))?;
    Ok((organization, row))
}

/// Decides about an entity that was sought and may be there; absent and unseen are told alike.
pub(super) fn decide_any(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    (reference, organization, row): (&OrganizationRef, &OrganizationRow, Option<EntityRow>),
    (sought, needs): (&dyn std::fmt::Display, Needs),
) -> Result<EntityRow, Error> {
    let decided = row.as_ref().map(|row| access::decide(tx, ctx, operation, row.target(organization)));
    match (row, decided) {
        (Some(row), Some(Ok(()))) => {
            organizations::need(organization, needs)?;
            Ok(row)
        }
        (None, _) | (_, None | Some(Err(Error::NotFound { .. }))) => {
            need_some_list(tx, ctx, reference, needs)?;
            Err(Error::not_found("entity", sought))
        }
        (_, Some(Err(refusal))) => Err(refusal),
    }
}

/// Refuses unless the actor may see the list of some kind of entity, or the organization.
fn need_some_list(tx: &mut Tx<'_>, ctx: &Ctx, reference: &OrganizationRef, needs: Needs) -> Result<(), Error> {
    use operations::Entity::{Group, Resource, User};
    let mut unseen = None;
    for listed in [(&LIST_USERS, User), (&LIST_GROUPS, Group), (&LIST_RESOURCES, Resource)] {
        match organizations::list_in(tx, ctx, listed, reference, needs) {
            Ok(_) => return Ok(()),
            Err(error @ Error::NotFound { .. }) => unseen = Some(error),
            Err(error) => return Err(error),
        }
    }
    unseen.map_or(Ok(()), Err)
}

/// Finds the other entity of an act that was decided on a first one: whoever acts must be able to see it.
pub(crate) fn find_party(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    sought: &EntityRef,
) -> Result<EntityRow, Error> {
    let absent = || Error::not_found("entity", sought);
    let row = seek(tx, &organization.directory_id, sought)?.ok_or_else(absent)?;
    need_seen(tx, ctx, organization, &row).map_err(|error| match error {
        Error::NotFound { .. } | Error::Denied { .. } => absent(),
        other => other,
    })?;
    Ok(row)
}

/// Refuses what the actor may not be shown; the policy that the act itself rests on stays noted.
fn need_seen(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow, row: &EntityRow) -> Result<(), Error> {
    access::also(tx, ctx, SHOW.of(row.holder().kind), row.target(organization))
}
