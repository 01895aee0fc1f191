//! Listing the access keys of an administrator.

use reeve_store::tables::access_keys;

use super::{AccessKey, view};
use crate::administrators::{AdministratorRef, find};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::LIST_ACCESS_KEYS;
use crate::page::{Page, PageRequest};

/// Lists the access keys of an administrator by id.
pub async fn list_access_keys(ctx: &Ctx, who: AdministratorRef, page: PageRequest) -> Result<Page<AccessKey>, Error> {
    ctx.read(move |tx, ctx| {
        let owner = find(tx, ctx, &LIST_ACCESS_KEYS, &who)?;
        let scope = format!("access_keys|{}", owner.administrator_id);
        let place = page.place(&scope)?;
        let rows = access_keys::page(tx, &owner.administrator_id, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| access_keys::count(tx, &owner.administrator_id))?;
        let Page { items, next_cursor, total } = place.page(&scope, rows, total, |row| [&row.access_key_id, ""]);
        let items = items.into_iter().map(|row| view(tx, row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}
