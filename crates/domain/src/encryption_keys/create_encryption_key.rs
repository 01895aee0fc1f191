//! Making a key of a customer known to an account.

use reeve_base::ids::EncryptionKeyId;
use reeve_base::limits::ENCRYPTION_KEYS_MAX;
use reeve_base::text;
use reeve_store::tables::encryption_keys::{self as rows, EncryptionKeyRow};

use super::provider::{self, NewEncryptionKey};
use super::{EncryptionKey, WHAT, subject, taken};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::client_tokens;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::CREATE_ENCRYPTION_KEY;

/// An encryption key that was made known.
#[derive(Debug, Clone)]
pub struct CreatedEncryptionKey {
    /// The key.
    pub key: EncryptionKey,
    /// Whether an earlier try with the same client token made it known.
    pub replayed: bool,
}

/// Makes a key known; whether it can be used, `test_encryption_key` says.
///
/// Errors: `Invalid`, `NameTaken`, `LimitReached`.
pub async fn create_encryption_key(ctx: &Ctx, new: NewEncryptionKey) -> Result<CreatedEncryptionKey, Error> {
    let (reference, kept) = new.check()?;
    let id = EncryptionKeyId::generate(ctx.random());
    let secret = provider::seal(ctx, id.as_str(), &new.secret)?;
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &CREATE_ENCRYPTION_KEY, Target::Account(account))?;
        if let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_ENCRYPTION_KEY)? {
            let row = rows::by_id(tx, account, &made)?.ok_or_else(|| Error::not_found(WHAT, made))?;
            return Ok(CreatedEncryptionKey { key: EncryptionKey::from_row(ctx, &row)?, replayed: true });
        }
        if usize::try_from(rows::count(tx, account)?).is_ok_and(|count| count >= ENCRYPTION_KEYS_MAX) {
            return Err(Error::LimitReached { what: "encryption keys in an account", limit: ENCRYPTION_KEYS_MAX });
        }
        let now = ctx.now().millis();
        let row = EncryptionKeyRow {
            account_id: account.to_owned(),
            key_id: id.to_string(),
            name: new.name.to_string(),
            name_key: text::fold(new.name.as_str()),
            kind: new.kind.word().to_owned(),
            reference: reference.to_string(),
            settings: kept.body().write(),
            secret: secret.clone(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        if !rows::insert(tx, &row)? {
            return Err(taken(&row.name));
        }
        client_tokens::note(tx, ctx, &CREATE_ENCRYPTION_KEY, &row.key_id)?;
        let mut changes = vec![
            Change::made("name", &row.name),
            Change::made("kind", &row.kind),
            Change::made("reference", &row.reference),
            Change::made("secret", "(set)"),
        ];
        changes.extend(kept.body().changes_from(&Default::default()));
        audit::record(tx, ctx, &CREATE_ENCRYPTION_KEY, subject(&row), &changes)?;
        Ok(CreatedEncryptionKey { key: EncryptionKey::from_row(ctx, &row)?, replayed: false })
    })
    .await
}
