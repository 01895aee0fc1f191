//! Disabling a user: every door shuts at once, mailbox and addresses are kept (DeregisterFromWorkMail; row C9).

use super::{Found, User, UserRef, find_in};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::DISABLE_USER;
use crate::organizations::{Needs, OrganizationRef};

/// Disables a user. One who is disabled already stays so, and the call succeeds.
///
/// Errors: `Reserved` for system users.
pub async fn disable_user(ctx: &Ctx, organization: OrganizationRef, user: UserRef) -> Result<User, Error> {
    let found = ctx
        .write(move |tx, ctx| {
            let (organization, row) = find_in(tx, ctx, &DISABLE_USER, (&organization, &user), Needs::Usable)?;
            ctx.check_version(row.version)?;
            let row = entities::disable_row(tx, ctx, &organization, row, &DISABLE_USER)?;
            Found::new(tx, &organization, row)
        })
        .await?;
    found.user(ctx.now())
}
