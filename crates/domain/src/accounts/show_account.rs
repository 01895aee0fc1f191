//! Showing the account that somebody belongs to, to everybody in it.

use super::{Account, own_row};
use crate::access::{self, Target};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SHOW_ACCOUNT;

/// Shows the account that is asked about.
pub async fn show_account(ctx: &Ctx) -> Result<Account, Error> {
    ctx.read(|tx, ctx| {
        access::decide(tx, ctx, &SHOW_ACCOUNT, Target::Account(ctx.need_account()?.as_str()))?;
        Account::from_row(own_row(tx, ctx)?)
    })
    .await
}
