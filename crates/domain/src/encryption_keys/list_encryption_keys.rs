//! Listing and showing the encryption keys of an account; secrets are never shown.

use reeve_store::tables::encryption_keys as rows;

use super::{EncryptionKey, EncryptionKeyRef, seek};
use crate::access::{self, Target};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{LIST_ENCRYPTION_KEYS, SHOW_ENCRYPTION_KEY};
use crate::page::{Page, PageRequest};

/// Lists the encryption keys of the account by name.
pub async fn list_encryption_keys(ctx: &Ctx, page: PageRequest) -> Result<Page<EncryptionKey>, Error> {
    let scope = "encryption keys";
    let place = page.place(scope)?;
    ctx.read(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &LIST_ENCRYPTION_KEYS, Target::Account(account))?;
        let found = rows::page(tx, account, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| rows::count(tx, account))?;
        let Page { items, next_cursor, total } = place.page(scope, found, total, |row| [&row.name_key, ""]);
        let items = items.iter().map(|row| EncryptionKey::from_row(ctx, row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Shows an encryption key.
pub async fn show_encryption_key(ctx: &Ctx, key: EncryptionKeyRef) -> Result<EncryptionKey, Error> {
    ctx.read(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &SHOW_ENCRYPTION_KEY, Target::Account(account))?;
        let row = seek(tx, ctx, &key)?;
        EncryptionKey::from_row(ctx, &row)
    })
    .await
}
