//! Access to the APIs for programs: switched on by an admin, and an API password of its own (row A7).
//!
//! Switching it off keeps the API password and the keys, which then open nothing.

use reeve_base::Secret;
use reeve_store::tables::administrators::{self, AdministratorRow};

use super::passwords::{hash_made_up, letters};
use super::{Administrator, AdministratorRef, Judge, Prepared, find, prepare, save, view};
use crate::attempts;
use crate::audit::Change;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{REMOVE_API_PASSWORD, SET_API_ACCESS, SET_API_PASSWORD};
use crate::policies::{self, PolicyRef};

/// What API passwords that are made up consist of: what stands in a header or a shell without quotes.
const API_PASSWORD_LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// How many of them: 238 bits, for nobody types it.
const API_PASSWORD_CHARS: usize = 40;

/// Whether credentials for programs work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiAccess {
    /// They work.
    Enabled,
    /// They open nothing.
    Disabled,
}

/// A change of an API password.
#[derive(Debug, Clone, Default)]
pub struct ApiPasswordChange {
    /// The password; one is made up when unsaid.
    pub password: Option<Secret>,
    /// The policy beyond which it never reaches; `None` keeps what is there.
    pub limit: Option<Option<PolicyRef>>,
}

/// Says whether an administrator's API password and access keys work.
pub async fn set_api_access(ctx: &Ctx, who: AdministratorRef, access: ApiAccess) -> Result<Administrator, Error> {
    ctx.write(move |tx, ctx| {
        let mut row = find(tx, ctx, &SET_API_ACCESS, &who)?;
        ctx.check_version(row.version)?;
        let enabled = access == ApiAccess::Enabled;
        if row.api_access != enabled {
            let changes = [Change::moved("api_access", row.api_access.to_string(), enabled.to_string())];
            row.api_access = enabled;
            save(tx, ctx, &SET_API_ACCESS, &mut row, &changes)?;
        }
        view(tx, ctx, row)
    })
    .await
}

/// Refuses to make a credential for programs that would open nothing.
pub(super) fn need_api_access(row: &AdministratorRow) -> Result<(), Error> {
    if row.api_access {
        return Ok(());
    }
    Err(Error::WrongState {
        is: "without API access".to_owned(),
        needs: "with API access; an account admin must enable it for this administrator first".to_owned(),
    })
}

/// Sets an administrator's API password; answers with it when it was made up. The one before is over at once.
///
/// Errors: `WrongState` without API access, `PasswordRefused`, `Invalid` for the sign-in password, `NotFound` for a
/// policy that is not there.
pub async fn set_api_password(
    ctx: &Ctx,
    who: AdministratorRef,
    change: ApiPasswordChange,
) -> Result<Option<Secret>, Error> {
    let (sought, limit) = (who.clone(), change.limit.clone());
    let judge = ctx
        .read(move |tx, ctx| {
            let row = find(tx, ctx, &SET_API_PASSWORD, &sought)?;
            ctx.check_version(row.version)?;
            need_api_access(&row)?;
            if let Some(Some(policy)) = &limit {
                policies::named(tx, &row.account_id, policy)?;
            }
            Ok(Judge::for_api(&row))
        })
        .await?;
    let prepared = match change.password {
        Some(typed) => prepare(ctx, judge, Some(typed)).await?,
        None => hash_made_up(ctx, letters(API_PASSWORD_LETTERS, API_PASSWORD_CHARS, ctx.random())).await?,
    };
    let generated = prepared.generated.clone();
    ctx.write(move |tx, ctx| {
        let mut row = find(tx, ctx, &SET_API_PASSWORD, &who)?;
        ctx.check_version(row.version)?;
        need_api_access(&row)?;
        let mut changes = set(ctx, &mut row, &prepared)?;
        administrators::clear_failures(tx, &attempts::api_key(&row.username_key))?;
        if let Some(limit) = &change.limit {
            let before = policies::name_of(tx, &row.account_id, &row.api_password_limit)?;
            let after = limit.as_ref().map(|policy| policies::named(tx, &row.account_id, policy)).transpose()?;
            if before != after {
                let (field, name) = ("limit_policy", |policy: &policies::PolicyName| policy.name.clone());
                changes.push(Change {
                    field: field.to_owned(),
                    before: before.as_ref().map(name),
                    after: after.as_ref().map(name),
                });
                row.api_password_limit = after.map(|policy| policy.id.to_string()).unwrap_or_default();
            }
        }
        save(tx, ctx, &SET_API_PASSWORD, &mut row, &changes)
    })
    .await?;
    Ok(generated)
}

/// Puts a readied API password into a row; says what changed.
fn set(ctx: &Ctx, row: &mut AdministratorRow, prepared: &Prepared) -> Result<Vec<Change>, Error> {
    prepared.check_beside(row.password_hash.as_ref())?;
    let before = row.api_password_hash.replace(prepared.hash.clone());
    // The moment names the credential, so no two may share one, however the clock goes.
    let now = ctx.now().millis();
    row.api_password_changed_at = Some(row.api_password_changed_at.map_or(now, |last| now.max(last.saturating_add(1))));
    let before = before.map(|_| "(set)".to_owned());
    Ok(vec![Change { field: "api_password".to_owned(), before, after: Some("(set)".to_owned()) }])
}

/// Removes an administrator's API password; it opens nothing any more. Removing none succeeds.
pub async fn remove_api_password(ctx: &Ctx, who: AdministratorRef) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let mut row = find(tx, ctx, &REMOVE_API_PASSWORD, &who)?;
        ctx.check_version(row.version)?;
        if row.api_password_hash.take().is_none() {
            return Ok(());
        }
        // When it was set stays, so that the next one is told from it.
        row.api_password_limit.clear();
        save(tx, ctx, &REMOVE_API_PASSWORD, &mut row, &[Change::gone("api_password", "(set)")])
    })
    .await
}
