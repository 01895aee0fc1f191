//! The further addresses of a user (CreateAlias, DeleteAlias, ListAliases; row C5).

use reeve_base::Timestamp;
use reeve_base::names::EmailAddress;
use reeve_store::Tx;
use reeve_store::tables::addresses as rows;
use reeve_store::tables::addresses::AddressRow;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::users::{self, UserRow};

use super::addresses::{self, ALIAS, HELD, PRIMARY};
use super::{UserRef, UserState, find_in, refuse_system_user, touch};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{ADD_ALIAS, LIST_ALIASES, Operation, REMOVE_ALIAS};
use crate::organizations::{Needs, OrganizationRef};

/// A further address of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The address.
    pub address: String,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Alias {
    fn from_row(row: AddressRow) -> Self {
        Self { created_at: Timestamp::from_millis(row.created_at), address: row.address }
    }
}

/// Lists the aliases of a user; the primary address is not one of them.
pub async fn list_aliases(ctx: &Ctx, organization: OrganizationRef, user: UserRef) -> Result<Vec<Alias>, Error> {
    ctx.read(move |tx, ctx| {
        let (_, row) = find_in(tx, ctx, &LIST_ALIASES, (&organization, &user), Needs::Present)?;
        Ok(addresses::aliases(tx, &row)?.into_iter().map(Alias::from_row).collect())
    })
    .await
}

/// Adds an alias. One that the user has already stays, and the call succeeds.
///
/// Errors: `WrongState` unless enabled, `LimitReached`, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `Invalid`
/// when it is the primary address.
pub async fn add_alias(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    address: EmailAddress,
) -> Result<Alias, Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &ADD_ALIAS, (&organization, &user), Needs::Usable)?;
        ctx.check_version(row.version)?;
        let (_, row) = add(tx, ctx, &organization, (row, &address), &ADD_ALIAS)?;
        Ok(Alias::from_row(row))
    })
    .await
}

/// Adds an alias to the user of a row; false when they had it.
pub(super) fn add(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (mut user, address): (UserRow, &EmailAddress),
    operation: &Operation,
) -> Result<(bool, AddressRow), Error> {
    refuse_system_user(&user)?;
    if user.state != UserState::Enabled.word() {
        return Err(Error::WrongState { is: user.state, needs: "enabled; enable the user first".to_owned() });
    }
    let key = address.key();
    if let Some(there) = rows::get(tx, &user.directory_id, &key)?.filter(|row| row.entity_id == user.user_id) {
        match there.kind.as_str() {
            PRIMARY => return Err(Error::invalid("address", "is the default address of this user already")),
            ALIAS => return Ok((false, there)),
            _ => {}
        }
    }
    addresses::need_room(tx, &user)?;
    addresses::give(tx, ctx, organization, &user, (address, ALIAS))?;
    touch(&mut user, ctx.now());
    users::update(tx, &user)?;
    let changes = [Change::made("alias", address.as_str())];
    audit::record(tx, ctx, operation, Subject::within(organization, &user.user_id, &user.name), &changes)?;
    let added = rows::get(tx, &user.directory_id, &key)?;
    Ok((true, added.ok_or_else(|| Error::internal("an alias that was just written is not there"))?))
}

/// Removes an alias; the address is free at once. Removing one that the user has not succeeds (DeleteAlias).
///
/// Errors: `Invalid` for the primary address.
pub async fn remove_alias(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    address: EmailAddress,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (organization, mut user) = find_in(tx, ctx, &REMOVE_ALIAS, (&organization, &user), Needs::Usable)?;
        ctx.check_version(user.version)?;
        refuse_system_user(&user)?;
        let there = rows::get(tx, &user.directory_id, &address.key())?;
        let Some(there) = there.filter(|row| row.entity_id == user.user_id && row.kind != HELD) else {
            return Ok(());
        };
        if there.kind == PRIMARY {
            let why = "is the default address; set another default first, or disable the user";
            return Err(Error::invalid("address", why));
        }
        rows::delete(tx, &there.directory_id, &there.address_key)?;
        touch(&mut user, ctx.now());
        users::update(tx, &user)?;
        let changes = [Change::gone("alias", there.address)];
        audit::record(tx, ctx, &REMOVE_ALIAS, Subject::within(&organization, &user.user_id, &user.name), &changes)
    })
    .await
}
