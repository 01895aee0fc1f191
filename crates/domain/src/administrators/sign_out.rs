//! Signing out: the session ends at once.

use reeve_store::tables::sessions;

use super::session::own_session;
use super::subject;
use crate::audit::{self, Change};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SIGN_OUT;

/// Ends the session that the request came with.
///
/// Errors: `Unauthenticated` without one; `Invalid` over the local socket, which has none to end; `Denied` to another
/// credential.
pub async fn sign_out(ctx: &Ctx) -> Result<(), Error> {
    ctx.write(|tx, ctx| {
        let (row, session) = own_session(tx, ctx, &SIGN_OUT)?;
        sessions::delete(tx, session.as_str(), &row.administrator_id)?;
        audit::record(tx, ctx, &SIGN_OUT, subject(&row), &[Change::made("outcome", "signed out")])
    })
    .await
}
