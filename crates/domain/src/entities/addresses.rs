//! Giving addresses to entities and taking them back, with the holds that keep an address from a stranger.

use reeve_base::Timestamp;
use reeve_base::limits::ALIASES_PER_ENTITY_MAX;
use reeve_base::names::EmailAddress;
use reeve_store::Tx;
use reeve_store::tables::addresses::{self, AddressRow};
use reeve_store::tables::organizations::OrganizationRow;

use super::Holder;
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::users::refuse_reserved;
use crate::{holds, mail_domains};

/// The address that an entity sends from.
pub(super) const PRIMARY: &str = "primary";

/// A further address.
pub(super) const ALIAS: &str = "alias";

/// An address kept for somebody who does not use it now.
pub(crate) const HELD: &str = "held";

/// Gives an address to an entity, as primary or as alias; over an alias or a hold of its own.
///
/// Errors: `DomainNotFound`, `DomainUnverified`, `Reserved`, `AddressTaken`.
pub(super) fn give(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    holder: Holder<'_>,
    (address, kind): (&EmailAddress, &str),
) -> Result<(), Error> {
    refuse_reserved("email", address.local_part())?;
    mail_domains::need_verified(tx, organization, address)?;
    let key = address.key();
    let there = addresses::get(tx, holder.directory_id, &key)?;
    refuse_taken(ctx, there.as_ref(), address, holder.id)?;
    let row = AddressRow {
        directory_id: holder.directory_id.to_owned(),
        address_key: key,
        entity_id: holder.id.to_owned(),
        address: address.to_string(),
        kind: kind.to_owned(),
        was: String::new(),
        held_until: None,
        created_at: ctx.now().millis(),
    };
    Ok(addresses::put(tx, &row)?)
}

/// Refuses an address that somebody else has, or that is held back for somebody else.
pub(crate) fn refuse_taken(
    ctx: &Ctx,
    there: Option<&AddressRow>,
    address: &EmailAddress,
    entity_id: &str,
) -> Result<(), Error> {
    let Some(there) = there.filter(|row| row.entity_id != entity_id) else { return Ok(()) };
    if there.kind != HELD {
        let why = "belongs to somebody else in this organization".to_owned();
        return Err(Error::AddressTaken { address: address.to_string(), why });
    }
    match there.held_until.map(Timestamp::from_millis).filter(|until| *until > ctx.now()) {
        Some(until) => Err(Error::held_until(address.as_str(), until)),
        None => Ok(()),
    }
}

/// The aliases of an entity.
pub(super) fn aliases_of(tx: &mut Tx<'_>, holder: Holder<'_>) -> Result<Vec<AddressRow>, Error> {
    let all = addresses::of_entity(tx, holder.directory_id, holder.id)?;
    Ok(all.into_iter().filter(|row| row.kind == ALIAS).collect())
}

/// Refuses one alias more than an entity may have.
pub(super) fn need_room(tx: &mut Tx<'_>, holder: Holder<'_>) -> Result<(), Error> {
    if aliases_of(tx, holder)?.len() >= ALIASES_PER_ENTITY_MAX {
        return Err(Error::LimitReached { what: holder.kind.aliases(), limit: ALIASES_PER_ENTITY_MAX });
    }
    Ok(())
}

/// Takes every address from an entity and holds each back for it. A hold that has ended is not begun again.
pub(crate) fn hold_all(tx: &mut Tx<'_>, ctx: &Ctx, holder: Holder<'_>) -> Result<(), Error> {
    let now = ctx.now().millis();
    let time = holds::settings_of_directory(tx, holder.directory_id)?.addresses();
    let until = ctx.now().plus(time).millis();
    for mut row in addresses::of_entity(tx, holder.directory_id, holder.id)? {
        if ended(&row, now) || time.is_zero() {
            addresses::delete(tx, &row.directory_id, &row.address_key)?;
            continue;
        }
        if row.kind != HELD {
            row.was = std::mem::replace(&mut row.kind, HELD.to_owned());
        }
        row.held_until = Some(until);
        addresses::put(tx, &row)?;
    }
    Ok(())
}

fn ended(row: &AddressRow, now: i64) -> bool {
    row.kind == HELD && row.held_until.is_some_and(|until| until <= now)
}

/// Frees every address of an entity.
pub(crate) fn free_all(tx: &mut Tx<'_>, holder: Holder<'_>) -> Result<(), Error> {
    for row in addresses::of_entity(tx, holder.directory_id, holder.id)? {
        addresses::delete(tx, &row.directory_id, &row.address_key)?;
    }
    Ok(())
}

/// Gives back as aliases what was held for an entity that is enabled again, where its domain serves and there is room;
/// the rest stays held back from others until its time.
pub(super) fn give_back(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    holder: Holder<'_>,
) -> Result<Vec<String>, Error> {
    let now = ctx.now().millis();
    let mut back = Vec::new();
    for mut row in addresses::of_entity(tx, holder.directory_id, holder.id)? {
        if row.kind != HELD {
            continue;
        }
        if ended(&row, now) {
            addresses::delete(tx, &row.directory_id, &row.address_key)?;
            continue;
        }
        let address = stored(EmailAddress::parse("address", &row.address))?;
        if back.len() < ALIASES_PER_ENTITY_MAX && mail_domains::is_verified(tx, organization, &address.domain())? {
            ALIAS.clone_into(&mut row.kind);
            row.was.clear();
            row.held_until = None;
            addresses::put(tx, &row)?;
            back.push(row.address);
        }
    }
    Ok(back)
}
