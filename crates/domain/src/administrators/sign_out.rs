//! Signing out: the session ends at once.

use reeve_store::tables::sessions;

use crate::audit::{self, Change, Subject};
use crate::ctx::{Actor, Ctx};
use crate::error::Error;
use crate::operations::SIGN_OUT;

/// Ends the session that the request came with.
///
/// Errors: `Unauthenticated` without one; `Invalid` over the local socket, which has none to end.
pub async fn sign_out(ctx: &Ctx) -> Result<(), Error> {
    ctx.write(|tx, ctx| match ctx.actor() {
        Actor::Anonymous => Err(Error::Unauthenticated),
        Actor::Operator { .. } | Actor::System { .. } => {
            Err(Error::invalid("session", "the local operator has no session to end"))
        }
        Actor::Administrator { id, username, session, .. } => {
            sessions::delete(tx, session.as_str(), id.as_str())?;
            let account = ctx.need_account()?;
            let subject = Subject {
                account_id: account.as_str(),
                organization: None,
                id: id.as_str(),
                name: username,
                made: None,
            };
            audit::record(tx, ctx, &SIGN_OUT, subject, &[Change::made("outcome", "signed out")])
        }
    })
    .await
}
