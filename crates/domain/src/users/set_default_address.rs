//! Changing the default address: the old one becomes an alias (UpdatePrimaryEmailAddress; seed 000 "Set as default").

use reeve_base::names::EmailAddress;
use reeve_base::text::fold;
use reeve_store::Tx;
use reeve_store::tables::addresses as rows;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::users::{self, UserRow};

use super::addresses::{self, ALIAS, PRIMARY};
use super::{Found, User, UserRef, UserState, find_in, refuse_system_user, search, touch};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{Operation, SET_DEFAULT_ADDRESS};
use crate::organizations::{Needs, OrganizationRef};

/// Makes an address the default of an enabled user; a new one is added, an alias of theirs swaps places.
///
/// Errors: `WrongState` unless enabled, `AddressTaken`, `DomainNotFound`, `DomainUnverified`, `LimitReached` when the old
/// default would be one alias too many.
pub async fn set_default_address(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    email: EmailAddress,
) -> Result<User, Error> {
    let found = ctx
        .write(move |tx, ctx| {
            let (organization, row) = find_in(tx, ctx, &SET_DEFAULT_ADDRESS, (&organization, &user), Needs::Usable)?;
            ctx.check_version(row.version)?;
            let row = change(tx, ctx, &organization, (row, &email), &SET_DEFAULT_ADDRESS)?;
            Found::new(tx, &organization, row)
        })
        .await?;
    found.user(ctx.now())
}

/// Changes the default address of the user of a row and writes everything down.
pub(super) fn change(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (mut user, email): (UserRow, &EmailAddress),
    operation: &Operation,
) -> Result<UserRow, Error> {
    refuse_system_user(&user)?;
    let Some(old) = user.email.clone().filter(|_| user.state == UserState::Enabled.word()) else {
        return Err(Error::WrongState { is: user.state, needs: "enabled; enable the user first".to_owned() });
    };
    if old == email.as_str() {
        return Ok(user);
    }
    let tokens = search::tokens(&user);
    let same_but_for_case = fold(&old) == email.key();
    if !same_but_for_case {
        let swaps = rows::get(tx, &user.directory_id, &email.key())?
            .is_some_and(|row| row.entity_id == user.user_id && row.kind == ALIAS);
        if !swaps {
            addresses::need_room(tx, &user)?;
        }
        let former = rows::get(tx, &user.directory_id, &fold(&old))?;
        let mut former = former.ok_or_else(|| Error::internal("an enabled user has no row for their address"))?;
        ALIAS.clone_into(&mut former.kind);
        rows::put(tx, &former)?;
    }
    addresses::give(tx, ctx, organization, &user, (email, PRIMARY))?;
    user.email = Some(email.to_string());
    touch(&mut user, ctx.now());
    users::update(tx, &user)?;
    search::replace(tx, &tokens, &user)?;
    let changes = [Change::moved("email", old, email.as_str())];
    audit::record(tx, ctx, operation, Subject::within(organization, &user.user_id, &user.name), &changes)?;
    Ok(user)
}
