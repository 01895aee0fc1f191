//! Disabling a user: every door shuts at once, mailbox and addresses are kept (DeregisterFromWorkMail; row C9).

use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::users::{self, UserRow};

use super::{Found, User, UserRef, UserState, addresses, find_in, mailbox, refuse_system_user, search, touch};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{DISABLE_USER, Operation};
use crate::organizations::{Needs, OrganizationRef};

/// Disables a user. One who is disabled already stays so, and the call succeeds.
///
/// Errors: `Reserved` for system users.
pub async fn disable_user(ctx: &Ctx, organization: OrganizationRef, user: UserRef) -> Result<User, Error> {
    let found = ctx
        .write(move |tx, ctx| {
            let (organization, row) = find_in(tx, ctx, &DISABLE_USER, (&organization, &user), Needs::Usable)?;
            ctx.check_version(row.version)?;
            let row = disable(tx, ctx, &organization, row, &DISABLE_USER)?;
            Found::new(tx, &organization, row)
        })
        .await?;
    found.user(ctx.now())
}

/// Disables the user of a row and writes everything down.
pub(super) fn disable(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    row: UserRow,
    operation: &Operation,
) -> Result<UserRow, Error> {
    refuse_system_user(&row)?;
    if row.state == UserState::Disabled.word() {
        return Ok(row);
    }
    let had = row.email.clone().unwrap_or_default();
    let row = withdraw(tx, ctx, &row)?;
    let changes =
        [Change::moved("state", UserState::Enabled.word(), UserState::Disabled.word()), Change::gone("email", had)];
    audit::record(tx, ctx, operation, Subject::within(organization, &row.user_id, &row.name), &changes)?;
    Ok(row)
}

/// Takes state, addresses and mailbox from a user, keeping what is kept.
pub(crate) fn withdraw(tx: &mut Tx<'_>, ctx: &Ctx, row: &UserRow) -> Result<UserRow, Error> {
    let mut row = row.clone();
    let tokens = search::tokens(&row);
    addresses::hold_all(tx, ctx, &row)?;
    mailbox::retain(tx, ctx, &row)?;
    UserState::Disabled.word().clone_into(&mut row.state);
    row.email = None;
    row.disabled_at = Some(ctx.now().millis());
    touch(&mut row, ctx.now());
    users::update(tx, &row)?;
    search::replace(tx, &tokens, &row)?;
    Ok(row)
}
