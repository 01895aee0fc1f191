//! Showing one administrator: anybody of the account to its admins, oneself to everybody.

use super::{Administrator, AdministratorRef, find, view};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SHOW_ADMINISTRATOR;

/// Shows an administrator of the account.
pub async fn show_administrator(ctx: &Ctx, who: AdministratorRef) -> Result<Administrator, Error> {
    ctx.read(move |tx, ctx| {
        let row = find(tx, ctx, &SHOW_ADMINISTRATOR, &who)?;
        view(tx, ctx, row)
    })
    .await
}
