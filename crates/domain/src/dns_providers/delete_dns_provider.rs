//! Forgetting a system that hosts zones. What it hosts is not touched.

use reeve_store::tables::{dns_providers as rows, hosted_zones};

use super::{DnsProviderRef, seek, subject};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::DELETE_DNS_PROVIDER;

/// Forgets a DNS provider.
///
/// Errors: `Conflict` while records of a domain are kept there, or are still to be removed from there.
pub async fn delete_dns_provider(ctx: &Ctx, provider: DnsProviderRef) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &DELETE_DNS_PROVIDER, Target::Account(account))?;
        let row = seek(tx, account, &provider)?;
        ctx.check_version(row.version)?;
        let used = hosted_zones::count_of_provider(tx, account, &row.provider_id)?;
        if used > 0 {
            let why = format!(
                "records of domains are kept with it or still to be removed from it ({used}); remove their hosted \
                 zones first"
            );
            return Err(Error::Conflict { why });
        }
        rows::delete(tx, account, &row.provider_id)?;
        let changes = [Change::gone("name", &row.name), Change::gone("kind", &row.kind)];
        audit::record(tx, ctx, &DELETE_DNS_PROVIDER, subject(&row), &changes)
    })
    .await
}
