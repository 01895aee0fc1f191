//! Changing one's own password, with the old one.

use reeve_base::{Secret, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::administrators::AdministratorRow;
use reeve_store::tables::{challenges, sessions};

use super::passwords::{Judge, Prepared, prepare};
use super::session::{Draft, Proven, SignedIn, living, own_session, renew};
use super::sign_in::{Attempt, Compared};
use super::{save, sessions_gone};
use crate::attempts;
use crate::audit::Change;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::CHANGE_PASSWORD;

/// Changes the password of whoever is signed in.
///
/// Every other session ends, and what is half done; the present one keeps its id and gets another token. It counts as
/// proven anew only for those who have no second factor, since none was shown.
/// Errors: `SignInRefused` for another old password, which counts like one at sign-in; `PasswordRefused`.
pub async fn change_password(ctx: &Ctx, old: Secret, new: Secret) -> Result<SignedIn, Error> {
    let (row, session) = ctx
        .read(|tx, ctx| {
            let own = own_session(tx, ctx, &CHANGE_PASSWORD)?;
            attempts::check_address(tx, ctx.now(), ctx.source_address())?;
            Ok(own)
        })
        .await?;
    let compared = Compared::with(ctx, Some(&row), old).await?;
    let attempt =
        Attempt { operation: &CHANGE_PASSWORD, username_key: row.username_key.clone(), session: Some(session) };
    // The new one is looked at only for somebody who knows the old one: it is compared with another of their passwords.
    let prepared = match compared.opens(&row) {
        true => Some(prepare(ctx, Judge::for_sign_in(&row), Some(new)).await?),
        false => None,
    };
    let draft = Draft::new(ctx);
    let changed = ctx
        .write(move |tx, ctx| {
            let (row, session) = own_session(tx, ctx, &CHANGE_PASSWORD)?;
            let locked = attempts::is_locked(tx, ctx.now(), &row.username_key)?;
            match prepared.as_ref().filter(|_| compared.opens(&row) && !locked) {
                Some(prepared) => set(tx, ctx, row, prepared, (session.as_str(), &draft)),
                None => attempt.refuse(tx, ctx, Some(&row), "wrong old password, ").map(|()| None),
            }
        })
        .await?;
    changed.ok_or(Error::SignInRefused)
}

fn set(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    mut row: AdministratorRow,
    prepared: &Prepared,
    (session_id, draft): (&str, &Draft),
) -> Result<Option<SignedIn>, Error> {
    prepared.check_beside(row.api_password_hash.as_ref())?;
    row.password_hash = Some(prepared.hash.clone());
    row.password_breached_at = None;
    attempts::forgive(tx, &row.username_key)?;
    challenges::delete_all(tx, &row.administrator_id)?;
    let ended = sessions::delete_others(tx, &row.administrator_id, session_id)?;
    let changes: Vec<_> = [Change::made("password", "(set)")].into_iter().chain(sessions_gone(ended)).collect();
    save(tx, ctx, &CHANGE_PASSWORD, &mut row, &changes)?;
    let Some(session) = living(tx, ctx, &row, session_id)? else { return Err(Error::Unauthenticated) };
    let proven_before = Timestamp::from_millis(session.authenticated_at);
    let at = if row.second_factors > 0 { proven_before } else { ctx.now() };
    renew(tx, ctx, row, (session_id, draft), Proven { at, second_factor: session.second_factor })
}
