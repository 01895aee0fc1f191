//! Changing what lets us use a key, or its name. What key it is stays: another one is another encryption key.

use reeve_base::names::Title;
use reeve_base::{Invalid, Secret, text};
use reeve_store::Tx;
use reeve_store::tables::encryption_keys::{self as rows, EncryptionKeyRow};

use super::provider::{self, Kept, check_secret};
use super::{EncryptionKey, EncryptionKeyRef, seek, subject, taken};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::EDIT_ENCRYPTION_KEY;

/// What is to change of an encryption key; what is unsaid stays.
#[derive(Debug, Clone, Default)]
pub struct EncryptionKeyEdit {
    /// Another name.
    pub name: Option<Title>,
    /// Another address; the secret must be given with it.
    pub address: Option<String>,
    /// Another access key; its secret must be given with it.
    pub access_key_id: Option<String>,
    /// Another secret.
    pub secret: Option<Secret>,
}

/// Changes an encryption key; what was wrapped under it is asked for with the new credentials from then on.
///
/// Errors: `Invalid`, `NameTaken`, `NotFound`, `VersionMismatch`.
pub async fn edit_encryption_key(
    ctx: &Ctx,
    key: EncryptionKeyRef,
    edit: EncryptionKeyEdit,
) -> Result<EncryptionKey, Error> {
    if let Some(secret) = &edit.secret {
        check_secret(secret)?;
    }
    if edit.secret.is_none() && (edit.address.is_some() || edit.access_key_id.is_some()) {
        // Who may edit a key need not know its secret, and must not have it sent where they like.
        return Err(Error::Invalid(Invalid::new("secret", "must be given with another address or access key")));
    }
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &EDIT_ENCRYPTION_KEY, Target::Account(account))?;
        let mut row = seek(tx, ctx, &key)?;
        ctx.check_version(row.version)?;
        let changes = change(tx, ctx, &mut row, &edit)?;
        if !changes.is_empty() {
            row.updated_at = ctx.now().millis();
            row.version += 1;
            rows::update(tx, &row)?;
            audit::record(tx, ctx, &EDIT_ENCRYPTION_KEY, subject(&row), &changes)?;
        }
        EncryptionKey::from_row(ctx, &row)
    })
    .await
}

fn change(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: &mut EncryptionKeyRow,
    edit: &EncryptionKeyEdit,
) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    if let Some(name) = edit.name.as_ref().filter(|name| name.as_str() != row.name) {
        let name_key = text::fold(name.as_str());
        let bearer = rows::by_name_key(tx, &row.account_id, &name_key)?;
        if bearer.is_some_and(|bearer| bearer.key_id != row.key_id) {
            return Err(taken(name.as_str()));
        }
        changes.push(Change::moved("name", &row.name, name.as_str()));
        (row.name, row.name_key) = (name.to_string(), name_key);
    }
    let before = Kept::read(row)?;
    let after = Kept {
        address: edit.address.clone().or_else(|| before.address.clone()),
        access_key_id: edit.access_key_id.clone().or_else(|| before.access_key_id.clone()),
    };
    after.check(stored(row.kind.parse())?)?;
    changes.extend(after.body().changes_from(&before.body()));
    row.settings = after.body().write();
    if let Some(secret) = &edit.secret {
        row.secret = provider::seal(ctx, &row.key_id, secret)?;
        changes.push(Change::moved("secret", "(set)", "(set)"));
    }
    Ok(changes)
}
