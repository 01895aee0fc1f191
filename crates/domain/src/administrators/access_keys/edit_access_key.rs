//! Editing an access key: name, status, end, networks, limit. Whatever is taken away holds from the next request on.

use reeve_base::Timestamp;
use reeve_base::ids::AccessKeyId;
use reeve_base::names::{Network, Title};
use reeve_store::Tx;
use reeve_store::tables::access_keys::{self, AccessKeyRow};

use super::{AccessKey, KeyStatus, check_expiry, find_key, subject, view, write_networks};
use crate::administrators::{AdministratorRef, find};
use crate::audit::{self, Change};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::EDIT_ACCESS_KEY;
use crate::policies::{self, PolicyRef};

/// A change of an access key; `None` leaves a thing as it is, `Some(None)` takes it away.
#[derive(Debug, Clone, Default)]
pub struct AccessKeyEdit {
    /// Its name.
    pub name: Option<Title>,
    /// Whether it may be used.
    pub status: Option<KeyStatus>,
    /// When it ends.
    pub expires_at: Option<Option<Timestamp>>,
    /// From where it may be used; empty for anywhere.
    pub source_networks: Option<Vec<Network>>,
    /// The policy beyond which it never reaches.
    pub limit_policy: Option<Option<PolicyRef>>,
}

/// Edits an access key of an administrator.
///
/// Errors: `Invalid` for an end that has come, `NotFound`, `VersionMismatch`.
pub async fn edit_access_key(
    ctx: &Ctx,
    who: AdministratorRef,
    id: AccessKeyId,
    edit: AccessKeyEdit,
) -> Result<AccessKey, Error> {
    ctx.write(move |tx, ctx| {
        let owner = find(tx, ctx, &EDIT_ACCESS_KEY, &who)?;
        let mut row = find_key(tx, &owner, &id)?;
        ctx.check_version(row.version)?;
        let changes = apply(tx, ctx, &mut row, &edit)?;
        if !changes.is_empty() {
            row.version += 1;
            access_keys::update(tx, &row)?;
            audit::record(tx, ctx, &EDIT_ACCESS_KEY, subject(&row), &changes)?;
        }
        view(tx, row)
    })
    .await
}

/// Puts an edit into a row; says what changed.
fn apply(tx: &mut Tx<'_>, ctx: &Ctx, row: &mut AccessKeyRow, edit: &AccessKeyEdit) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    let mut note = |field: &str, before: Option<String>, after: Option<String>| {
        if before != after {
            changes.push(Change { field: field.to_owned(), before, after });
        }
    };
    if let Some(name) = &edit.name {
        note("name", Some(row.name.clone()), Some(name.to_string()));
        row.name = name.to_string();
    }
    if let Some(status) = edit.status {
        note("status", Some(row.status.clone()), Some(status.word().to_owned()));
        status.word().clone_into(&mut row.status);
    }
    if let Some(expires_at) = edit.expires_at {
        let after = expires_at.map(Timestamp::millis);
        if row.expires_at != after {
            check_expiry(ctx, expires_at)?;
        }
        let text = |end: Option<i64>| end.map(|end| Timestamp::from_millis(end).to_string());
        note("expires_at", text(row.expires_at), text(after));
        row.expires_at = after;
    }
    if let Some(networks) = &edit.source_networks {
        let after = write_networks(networks)?;
        let text = |networks: &str| Some(networks.to_owned()).filter(|networks| !networks.is_empty());
        note("source_networks", text(&row.source_networks), text(&after));
        row.source_networks = after;
    }
    if let Some(limit) = &edit.limit_policy {
        let before = policies::name_of(tx, &row.account_id, &row.limit_policy)?;
        let after = limit.as_ref().map(|policy| policies::named(tx, &row.account_id, policy)).transpose()?;
        row.limit_policy = after.as_ref().map(|policy| policy.id.to_string()).unwrap_or_default();
        note("limit_policy", before.map(|policy| policy.name), after.map(|policy| policy.name));
    }
    Ok(changes)
}
