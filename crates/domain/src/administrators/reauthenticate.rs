//! Proving again who one is, for dangerous acts: the session gets another token and is fresh for some minutes.

use reeve_base::Secret;

use super::session::own_session;
use super::sign_in::{Attempt, SignIn};
use crate::attempts;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::REAUTHENTICATE;

/// Renews the session that the request came with; `code` is a one-time code or a recovery code.
///
/// The old token is dead from then on. Without a code, who has second factors is asked for one, and
/// [`super::complete_sign_in`] goes on. Errors: as [`super::sign_in`].
pub async fn reauthenticate(ctx: &Ctx, password: Secret, code: Option<Secret>) -> Result<SignIn, Error> {
    let (row, session) = ctx
        .read(|tx, ctx| {
            let own = own_session(tx, ctx, &REAUTHENTICATE)?;
            attempts::check_address(tx, ctx.now(), ctx.source_address())?;
            Ok(own)
        })
        .await?;
    let attempt =
        Attempt { operation: &REAUTHENTICATE, username_key: row.username_key.clone(), session: Some(session) };
    attempt.make(ctx, Some(row), password, code).await
}
