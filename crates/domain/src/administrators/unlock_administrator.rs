//! Forgiving an administrator their wrong passwords.

use reeve_base::Timestamp;
use reeve_store::Tx;
use reeve_store::tables::administrators;

use super::{Administrator, AdministratorRef, find, subject, view};
use crate::attempts;
use crate::audit::{self, Change};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::UNLOCK_ADMINISTRATOR;

/// Forgives wrong passwords, API passwords too, and lifts the locks that they brought.
pub async fn unlock_administrator(ctx: &Ctx, who: AdministratorRef) -> Result<Administrator, Error> {
    ctx.write(move |tx, ctx| {
        let row = find(tx, ctx, &UNLOCK_ADMINISTRATOR, &who)?;
        ctx.check_version(row.version)?;
        let mut changes = forgive(tx, ctx, &row.username_key, ["locked_until", "wrong_passwords"])?;
        let api = attempts::api_key(&row.username_key);
        changes.extend(forgive(tx, ctx, &api, ["api_locked_until", "wrong_api_passwords"])?);
        if !changes.is_empty() {
            audit::record(tx, ctx, &UNLOCK_ADMINISTRATOR, subject(&row), &changes)?;
        }
        view(tx, ctx, row)
    })
    .await
}

/// Forgets what is held against a name; says what it was.
fn forgive(tx: &mut Tx<'_>, ctx: &Ctx, key: &str, [lock_field, count_field]: [&str; 2]) -> Result<Vec<Change>, Error> {
    let Some(held) = administrators::failures(tx, key)? else { return Ok(Vec::new()) };
    administrators::clear_failures(tx, key)?;
    let until = Timestamp::from_millis(held.locked_until);
    let lock = Some(until).filter(|until| *until > ctx.now()).map(|until| Change::gone(lock_field, until.to_string()));
    let failures = Some(held.failures).filter(|count| *count > 0);
    Ok(lock.into_iter().chain(failures.map(|count| Change::gone(count_field, count.to_string()))).collect())
}
