//! Listing and showing the DNS providers of an account; secrets are never shown.

use reeve_store::tables::dns_providers as rows;

use super::{DnsProvider, DnsProviderRef, seek};
use crate::access::{self, Target};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{LIST_DNS_PROVIDERS, SHOW_DNS_PROVIDER};
use crate::page::{Page, PageRequest};

/// Lists the DNS providers of the account by name.
pub async fn list_dns_providers(ctx: &Ctx, page: PageRequest) -> Result<Page<DnsProvider>, Error> {
    let scope = "dns providers";
    let place = page.place(scope)?;
    ctx.read(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &LIST_DNS_PROVIDERS, Target::Account(account))?;
        let found = rows::page(tx, account, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| rows::count(tx, account))?;
        let Page { items, next_cursor, total } = place.page(scope, found, total, |row| [&row.name_key, ""]);
        let items = items.iter().map(|row| DnsProvider::from_row(tx, row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Shows a DNS provider.
pub async fn show_dns_provider(ctx: &Ctx, provider: DnsProviderRef) -> Result<DnsProvider, Error> {
    ctx.read(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &SHOW_DNS_PROVIDER, Target::Account(account))?;
        let row = seek(tx, account, &provider)?;
        DnsProvider::from_row(tx, &row)
    })
    .await
}
