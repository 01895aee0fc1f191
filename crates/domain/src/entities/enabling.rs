//! Enabling and disabling entities (RegisterToWorkMail, DeregisterFromWorkMail).

use reeve_base::names::EmailAddress;
use reeve_base::text::fold;
use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;

use super::addresses::{self, PRIMARY};
use super::find::{ByKind, find_by_kind};
use super::row::each_kind;
use super::row::save_touched;
use super::{EntityRef, EntityState, Registrable, mailbox};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{
    DISABLE_GROUP, DISABLE_RESOURCE, DISABLE_USER, ENABLE_GROUP, ENABLE_RESOURCE, ENABLE_USER, Operation,
};
use crate::organizations::{Needs, OrganizationRef};

const ENABLE: ByKind = ByKind { user: &ENABLE_USER, group: &ENABLE_GROUP, resource: &ENABLE_RESOURCE };
const DISABLE: ByKind = ByKind { user: &DISABLE_USER, group: &DISABLE_GROUP, resource: &DISABLE_RESOURCE };

/// Enables a disabled entity, whatever it is: decided and noted as the operation of its kind.
///
/// Asking again with the same address changes nothing and succeeds; with another it is `WrongState`.
/// Errors also: `DomainNotFound`, `DomainUnverified`, `AddressTaken`, `Reserved` for system users.
pub async fn enable(
    ctx: &Ctx,
    organization: OrganizationRef,
    entity: EntityRef,
    email: EmailAddress,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row, operation) = find_by_kind(tx, ctx, ENABLE, (&organization, &entity), Needs::Active)?;
        ctx.check_version(row.holder().version)?;
        each_kind!(row, row => enable_row(tx, ctx, &organization, (*row, &email), operation).map(drop))
    })
    .await
}

/// Disables an entity, whatever it is. One that is disabled already stays so, and the call succeeds.
///
/// Errors: `Reserved` for system users.
pub async fn disable(ctx: &Ctx, organization: OrganizationRef, entity: EntityRef) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row, operation) = find_by_kind(tx, ctx, DISABLE, (&organization, &entity), Needs::Usable)?;
        ctx.check_version(row.holder().version)?;
        each_kind!(row, row => disable_row(tx, ctx, &organization, *row, operation).map(drop))
    })
    .await
}

/// Enables the entity of a row and writes everything down; false when it was enabled so already.
///
/// Errors: `WrongState` when it is enabled with another address, `DomainNotFound`, `DomainUnverified`, `AddressTaken`,
/// `Reserved` for system users.
pub(crate) fn enable_row<R: Registrable>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (mut row, email): (R, &EmailAddress),
    operation: &Operation,
) -> Result<(R, bool), Error> {
    row.need_changeable()?;
    if row.holder().is_enabled() {
        return match row.holder().email {
            Some(has) if fold(has) == email.key() => Ok((row, false)),
            _ => Err(Error::WrongState {
                is: "enabled with another address".to_owned(),
                needs: "disabled; to change an address, set the default address".to_owned(),
            }),
        };
    }
    let before = row.clone();
    let changes = register(tx, ctx, organization, (&mut row, email))?;
    save_touched(tx, ctx, &mut row, &before)?;
    let holder = row.holder();
    audit::record(tx, ctx, operation, Subject::within(organization, holder.id, holder.name), &changes)?;
    Ok((row, true))
}

/// Gives a row its address, its mailbox and its state; the caller writes the row.
pub(crate) fn register<R: Registrable>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (row, email): (&mut R, &EmailAddress),
) -> Result<Vec<Change>, Error> {
    let holder = row.holder();
    addresses::give(tx, ctx, organization, holder, (email, PRIMARY))?;
    let mut changes =
        vec![Change::moved("state", holder.state, EntityState::Enabled.word()), Change::made("email", email.as_str())];
    // What was enabled before may have addresses and a mailbox that were kept.
    if holder.enabled_at.is_some() {
        for back in addresses::give_back(tx, ctx, organization, holder)? {
            changes.push(Change::made("alias", back));
        }
    }
    if row.has_mailbox() {
        mailbox::provision(tx, ctx, organization, holder)?;
    }
    let registration = row.registration();
    EntityState::Enabled.word().clone_into(registration.state);
    *registration.email = Some(email.to_string());
    *registration.enabled_at = Some(ctx.now().millis());
    Ok(changes)
}

/// Disables the entity of a row and writes everything down. One that is disabled stays as it is.
///
/// Errors: `Reserved` for system users.
pub(crate) fn disable_row<R: Registrable>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    row: R,
    operation: &Operation,
) -> Result<R, Error> {
    row.need_changeable()?;
    if !row.holder().is_enabled() {
        return Ok(row);
    }
    let had = row.holder().email.unwrap_or_default().to_owned();
    let row = withdraw(tx, ctx, &row)?;
    let changes =
        [Change::moved("state", EntityState::Enabled.word(), EntityState::Disabled.word()), Change::gone("email", had)];
    let holder = row.holder();
    audit::record(tx, ctx, operation, Subject::within(organization, holder.id, holder.name), &changes)?;
    Ok(row)
}

/// Takes state, addresses and mailbox from an entity, keeping what is kept.
pub(crate) fn withdraw<R: Registrable>(tx: &mut Tx<'_>, ctx: &Ctx, before: &R) -> Result<R, Error> {
    let mut row = before.clone();
    addresses::hold_all(tx, ctx, row.holder())?;
    mailbox::retain(tx, ctx, row.holder())?;
    let registration = row.registration();
    EntityState::Disabled.word().clone_into(registration.state);
    *registration.email = None;
    *registration.disabled_at = Some(ctx.now().millis());
    save_touched(tx, ctx, &mut row, before)?;
    Ok(row)
}
