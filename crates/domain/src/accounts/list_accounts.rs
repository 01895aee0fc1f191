//! Listing accounts, for the operator.

use reeve_store::tables::accounts;

use super::Account;
use crate::access::{self, Target};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::LIST_ACCOUNTS;
use crate::page::{Page, PageRequest};

/// Accounts of one deployment that are listed: more than a host of tenants has.
const ACCOUNTS_LISTED_MAX: i64 = 10_000;

/// Lists the accounts by id.
pub async fn list_accounts(ctx: &Ctx, page: PageRequest) -> Result<Page<Account>, Error> {
    let place = page.place("accounts")?;
    ctx.read(move |tx, ctx| {
        access::decide(tx, ctx, &LIST_ACCOUNTS, Target::Deployment)?;
        let mut rows = accounts::all(tx, ACCOUNTS_LISTED_MAX)?;
        let total = u64::try_from(rows.len()).ok();
        rows.retain(|row| row.account_id > place.after[0]);
        let Page { items, next_cursor, total } = place.page("accounts", rows, total, |row| [&row.account_id, ""]);
        let items = items.into_iter().map(Account::from_row).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}
