//! Taking the second factors from somebody who lost them.

use reeve_store::tables::second_factors;

use super::{Administrator, AdministratorRef, end_all_sessions, find, refuse_self, save, sessions_gone, view};
use crate::audit::Change;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::RESET_SECOND_FACTORS;

/// Removes every second factor of another administrator, recovery codes among them, and ends their sessions.
///
/// Errors: `SelfForbidden` for one's own, which are removed one by one.
pub async fn reset_second_factors(ctx: &Ctx, who: AdministratorRef) -> Result<Administrator, Error> {
    ctx.write(move |tx, ctx| {
        let mut row = find(tx, ctx, &RESET_SECOND_FACTORS, &who)?;
        ctx.check_version(row.version)?;
        refuse_self(ctx, &row)?;
        second_factors::delete_all(tx, &row.administrator_id)?;
        let ended = end_all_sessions(tx, &row)?;
        // Written also when there was none: somebody saw cause to do it.
        let removed = Change::moved("second_factors", row.second_factors.to_string(), "0");
        row.second_factors = 0;
        let changes: Vec<Change> = [removed].into_iter().chain(sessions_gone(ended)).collect();
        save(tx, ctx, &RESET_SECOND_FACTORS, &mut row, &changes)?;
        view(tx, ctx, row)
    })
    .await
}
