//! Ending the sessions of an administrator, for an admin who fears that one was stolen.

use super::{AdministratorRef, end_all_sessions, find, subject};
use crate::audit::{self, Change};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::END_SESSIONS;

/// Ends every session of an administrator at once, and what is half done of signing in; says how many sessions.
pub async fn end_sessions(ctx: &Ctx, who: AdministratorRef) -> Result<u64, Error> {
    ctx.write(move |tx, ctx| {
        let row = find(tx, ctx, &END_SESSIONS, &who)?;
        ctx.check_version(row.version)?;
        let ended = end_all_sessions(tx, &row)?;
        // Written also when there was none: somebody saw cause to do it.
        let changes = [Change::gone("sessions", ended.to_string())];
        audit::record(tx, ctx, &END_SESSIONS, subject(&row), &changes)?;
        Ok(ended)
    })
    .await
}
