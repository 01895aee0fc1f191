//! Asking a provider which zones it hosts: whether it can be reached and takes the credentials.
//!
//! The decision comes before anything is sent, and nothing is asked while a transaction is open.

use reeve_base::limits::ZONES_SHOWN_MAX;
use reeve_base::zone_hosts::{HostedZone, ZoneFailure};

use super::{DnsProviderRef, failure, seek, subject, zone_host};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::TEST_DNS_PROVIDER;

/// How a test went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderTest {
    /// The zones that it hosts, by name; some of them where there are very many.
    pub zones: Vec<HostedZone>,
    /// Why it cannot be used; nothing where it can.
    pub failure: Option<ZoneFailure>,
}

/// Has a provider list its zones.
///
/// Errors: `NotFound`.
pub async fn test_dns_provider(ctx: &Ctx, provider: DnsProviderRef) -> Result<ProviderTest, Error> {
    let sought = provider.clone();
    let host = ctx
        .read(move |tx, ctx| {
            let account = ctx.need_account()?.as_str();
            access::decide(tx, ctx, &TEST_DNS_PROVIDER, Target::Account(account))?;
            let row = seek(tx, account, &sought)?;
            zone_host(ctx, &row)
        })
        .await?;
    let listed = ctx.deployment().outside.zone_hosts.zones(&host).await;
    let (mut zones, failure) = match listed {
        Ok(zones) => (zones, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    zones.truncate(ZONES_SHOWN_MAX);
    let outcome = failure.as_ref().map_or("passed", failure::word);
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &TEST_DNS_PROVIDER, Target::Account(account))?;
        let row = seek(tx, account, &provider)?;
        audit::record(tx, ctx, &TEST_DNS_PROVIDER, subject(&row), &[Change::made("outcome", outcome)])
    })
    .await?;
    Ok(ProviderTest { zones, failure })
}
