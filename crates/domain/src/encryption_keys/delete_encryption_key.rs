//! Forgetting a key of a customer under which nothing is wrapped. What is kept elsewhere is not touched.

use reeve_store::tables::{encryption_keys as rows, organization_keys};

use super::{EncryptionKeyRef, seek, subject};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::DELETE_ENCRYPTION_KEY;

/// Forgets an encryption key.
///
/// Errors: `Conflict` while an organization uses it, or still has something wrapped under it.
pub async fn delete_encryption_key(ctx: &Ctx, key: EncryptionKeyRef) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &DELETE_ENCRYPTION_KEY, Target::Account(account))?;
        let row = seek(tx, ctx, &key)?;
        ctx.check_version(row.version)?;
        let used = organization_keys::wrapped_by(tx, &row.key_id)?;
        if used > 0 {
            let why = format!("keys of organizations are wrapped under it ({used}); give them another key first");
            return Err(Error::Conflict { why });
        }
        rows::delete(tx, account, &row.key_id)?;
        let changes = [Change::gone("name", &row.name), Change::gone("reference", &row.reference)];
        audit::record(tx, ctx, &DELETE_ENCRYPTION_KEY, subject(&row), &changes)
    })
    .await
}
