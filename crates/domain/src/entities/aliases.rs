//! The further addresses of an entity (CreateAlias, DeleteAlias, ListAliases).

use reeve_base::Timestamp;
use reeve_base::names::EmailAddress;
use reeve_store::Tx;
use reeve_store::tables::addresses as rows;
use reeve_store::tables::addresses::AddressRow;
use reeve_store::tables::organizations::OrganizationRow;

use super::addresses::{self, ALIAS, HELD, PRIMARY};
use super::default_address::need_enabled;
use super::find::{ByKind, find_by_kind};
use super::row::{each_kind, save_touched};
use super::{EntityRef, Holder, Registrable};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{
    ADD_ALIAS, ADD_GROUP_ALIAS, ADD_RESOURCE_ALIAS, LIST_ALIASES, LIST_GROUP_ALIASES, LIST_RESOURCE_ALIASES, Operation,
    REMOVE_ALIAS, REMOVE_GROUP_ALIAS, REMOVE_RESOURCE_ALIAS,
};
use crate::organizations::{Needs, OrganizationRef};
use crate::page::{Page, PageRequest};

/// A further address of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The address.
    pub address: String,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Alias {
    pub(crate) fn from_row(row: AddressRow) -> Self {
        Self { created_at: Timestamp::from_millis(row.created_at), address: row.address }
    }
}

const LIST: ByKind = ByKind { user: &LIST_ALIASES, group: &LIST_GROUP_ALIASES, resource: &LIST_RESOURCE_ALIASES };
const ADD: ByKind = ByKind { user: &ADD_ALIAS, group: &ADD_GROUP_ALIAS, resource: &ADD_RESOURCE_ALIAS };
const REMOVE: ByKind = ByKind { user: &REMOVE_ALIAS, group: &REMOVE_GROUP_ALIAS, resource: &REMOVE_RESOURCE_ALIAS };

/// Lists the aliases of an entity, whatever it is; the primary address is not one of them.
pub async fn list_aliases(
    ctx: &Ctx,
    organization: OrganizationRef,
    entity: EntityRef,
    page: PageRequest,
) -> Result<Page<Alias>, Error> {
    let listed = ctx
        .read(move |tx, ctx| {
            let (_, row, _) = find_by_kind(tx, ctx, LIST, (&organization, &entity), Needs::Present)?;
            let holder = row.holder();
            let scope = format!("aliases|{}|{}", holder.directory_id, holder.id);
            let place = page.place(&scope)?;
            // There are a hundred at most.
            let mut rows = addresses::aliases_of(tx, holder)?;
            let all = i64::try_from(rows.len()).unwrap_or(i64::MAX);
            let total = place.total(tx, |_| Ok(all))?;
            rows.retain(|row| row.address_key > place.after[0]);
            Ok(place.page(&scope, rows, total, |row| [&row.address_key, ""]))
        })
        .await?;
    Ok(listed.map(Alias::from_row))
}

/// Adds an alias to an entity, whatever it is. One that it has already stays, and the call succeeds.
///
/// Errors: `WrongState` unless enabled, `LimitReached`, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `Invalid`
/// when it is the primary address, `Reserved` for system users.
pub async fn add_alias(
    ctx: &Ctx,
    organization: OrganizationRef,
    entity: EntityRef,
    address: EmailAddress,
) -> Result<Alias, Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row, operation) = find_by_kind(tx, ctx, ADD, (&organization, &entity), Needs::Usable)?;
        ctx.check_version(row.holder().version)?;
        let added = each_kind!(row, row => add_alias_to(tx, ctx, &organization, (*row, &address), operation));
        added.map(|(_, alias)| alias)
    })
    .await
}

/// Removes an alias of an entity, whatever it is; the address is free at once. Removing one that it has not succeeds.
///
/// Errors: `Invalid` for the primary address, `Reserved` for system users.
pub async fn remove_alias(
    ctx: &Ctx,
    organization: OrganizationRef,
    entity: EntityRef,
    address: EmailAddress,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row, operation) = find_by_kind(tx, ctx, REMOVE, (&organization, &entity), Needs::Usable)?;
        ctx.check_version(row.holder().version)?;
        each_kind!(row, row => remove_alias_from(tx, ctx, &organization, (*row, &address), operation))
    })
    .await
}

/// The aliases of an entity; the primary address is not one of them.
pub(crate) fn aliases_of(tx: &mut Tx<'_>, holder: Holder<'_>) -> Result<Vec<Alias>, Error> {
    Ok(addresses::aliases_of(tx, holder)?.into_iter().map(Alias::from_row).collect())
}

/// Adds an alias to the entity of a row; false when it had it.
///
/// Errors: `WrongState` unless enabled, `LimitReached`, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `Invalid`
/// when it is the primary address, `Reserved` for system users.
pub(crate) fn add_alias_to<R: Registrable>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (mut row, address): (R, &EmailAddress),
    operation: &Operation,
) -> Result<(bool, Alias), Error> {
    row.need_changeable()?;
    let before = row.clone();
    let holder = before.holder();
    if !holder.is_enabled() {
        return Err(need_enabled(&row));
    }
    let key = address.key();
    if let Some(there) = rows::get(tx, holder.directory_id, &key)?.filter(|row| row.entity_id == holder.id) {
        match there.kind.as_str() {
            PRIMARY => {
                let why = format!("is the default address of this {} already", holder.kind.word());
                return Err(Error::invalid("address", why));
            }
            ALIAS => return Ok((false, Alias::from_row(there))),
            _ => {}
        }
    }
    addresses::need_room(tx, holder)?;
    addresses::give(tx, ctx, organization, holder, (address, ALIAS))?;
    save_touched(tx, ctx, &mut row, &before)?;
    let changes = [Change::made("alias", address.as_str())];
    audit::record(tx, ctx, operation, Subject::within(organization, holder.id, holder.name), &changes)?;
    let added = rows::get(tx, holder.directory_id, &key)?;
    let added = added.ok_or_else(|| Error::internal("an alias that was just written is not there"))?;
    Ok((true, Alias::from_row(added)))
}

/// Removes an alias of the entity of a row; the address is free at once. Removing one that it has not succeeds.
///
/// Errors: `Invalid` for the primary address, `Reserved` for system users.
pub(crate) fn remove_alias_from<R: Registrable>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (mut row, address): (R, &EmailAddress),
    operation: &Operation,
) -> Result<(), Error> {
    row.need_changeable()?;
    let before = row.clone();
    let holder = before.holder();
    let there = rows::get(tx, holder.directory_id, &address.key())?;
    let Some(there) = there.filter(|row| row.entity_id == holder.id && row.kind != HELD) else {
        return Ok(());
    };
    if there.kind == PRIMARY {
        let why = format!("is the default address; set another default first, or disable the {}", holder.kind.word());
        return Err(Error::invalid("address", why));
    }
    rows::delete(tx, &there.directory_id, &there.address_key)?;
    save_touched(tx, ctx, &mut row, &before)?;
    let changes = [Change::gone("alias", there.address)];
    audit::record(tx, ctx, operation, Subject::within(organization, holder.id, holder.name), &changes)
}
