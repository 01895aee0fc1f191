//! Changing the default address: the old one becomes an alias (UpdatePrimaryEmailAddress).

use reeve_base::names::EmailAddress;
use reeve_base::text::fold;
use reeve_store::Tx;
use reeve_store::tables::addresses as rows;
use reeve_store::tables::organizations::OrganizationRow;

use super::addresses::{self, ALIAS, PRIMARY};
use super::find::{ByKind, find_by_kind};
use super::row::{each_kind, save_touched};
use super::{EntityRef, Registrable};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{Operation, SET_DEFAULT_ADDRESS, SET_GROUP_DEFAULT_ADDRESS, SET_RESOURCE_DEFAULT_ADDRESS};
use crate::organizations::{Needs, OrganizationRef};

const SET: ByKind =
    ByKind { user: &SET_DEFAULT_ADDRESS, group: &SET_GROUP_DEFAULT_ADDRESS, resource: &SET_RESOURCE_DEFAULT_ADDRESS };

/// Makes an address the default of an enabled entity, whatever it is; a new one is added, an alias of its own swaps
/// places.
///
/// Errors: `WrongState` unless enabled, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `LimitReached` when the old
/// default would be one alias too many, `Reserved` for system users.
pub async fn set_default_address(
    ctx: &Ctx,
    organization: OrganizationRef,
    entity: EntityRef,
    email: EmailAddress,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row, operation) = find_by_kind(tx, ctx, SET, (&organization, &entity), Needs::Usable)?;
        ctx.check_version(row.holder().version)?;
        each_kind!(row, row => change_default_address(tx, ctx, &organization, (*row, &email), operation).map(drop))
    })
    .await
}

/// Changes the default address of the entity of a row and writes everything down; a new one is added, an alias of its
/// own swaps places.
///
/// Errors: `WrongState` unless enabled, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `LimitReached` when the old
/// default would be one alias too many, `Reserved` for system users.
pub(crate) fn change_default_address<R: Registrable>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (mut row, email): (R, &EmailAddress),
    operation: &Operation,
) -> Result<R, Error> {
    row.need_changeable()?;
    let before = row.clone();
    let holder = before.holder();
    let Some(old) = holder.email.filter(|_| holder.is_enabled()) else {
        return Err(need_enabled(&row));
    };
    if old == email.as_str() {
        return Ok(row);
    }
    let same_but_for_case = fold(old) == email.key();
    if !same_but_for_case {
        let swaps = rows::get(tx, holder.directory_id, &email.key())?
            .is_some_and(|row| row.entity_id == holder.id && row.kind == ALIAS);
        if !swaps {
            addresses::need_room(tx, holder)?;
        }
        let former = rows::get(tx, holder.directory_id, &fold(old))?;
        let mut former = former.ok_or_else(|| Error::internal("an enabled entity has no row for its address"))?;
        ALIAS.clone_into(&mut former.kind);
        rows::put(tx, &former)?;
    }
    addresses::give(tx, ctx, organization, holder, (email, PRIMARY))?;
    *row.registration().email = Some(email.to_string());
    save_touched(tx, ctx, &mut row, &before)?;
    let changes = [Change::moved("email", old, email.as_str())];
    audit::record(tx, ctx, operation, Subject::within(organization, holder.id, holder.name), &changes)?;
    Ok(row)
}

/// The refusal of what only an enabled entity can have.
pub(crate) fn need_enabled<R: Registrable>(row: &R) -> Error {
    let holder = row.holder();
    let needs = format!("enabled; enable the {} first", holder.kind.word());
    Error::WrongState { is: holder.state.to_owned(), needs }
}
