//! Making a system that hosts zones known to an account.

use reeve_base::ids::DnsProviderId;
use reeve_base::limits::DNS_PROVIDERS_MAX;
use reeve_base::text;
use reeve_store::tables::dns_providers::{self as rows, DnsProviderRow};

use super::settings::{self, NewDnsProvider};
use super::{DnsProvider, WHAT, subject, taken};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::client_tokens;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::CREATE_DNS_PROVIDER;

/// A DNS provider that was made known.
#[derive(Debug, Clone)]
pub struct CreatedDnsProvider {
    /// The provider.
    pub provider: DnsProvider,
    /// Whether an earlier try with the same client token made it known.
    pub replayed: bool,
}

/// Makes a provider known; whether it takes the credentials, `test_dns_provider` says.
///
/// Errors: `Invalid`, `NameTaken`, `LimitReached`.
pub async fn create_dns_provider(ctx: &Ctx, new: NewDnsProvider) -> Result<CreatedDnsProvider, Error> {
    new.check()?;
    let id = DnsProviderId::generate(ctx.random());
    let secret = settings::seal(ctx, id.as_str(), &new.secret)?;
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &CREATE_DNS_PROVIDER, Target::Account(account))?;
        if let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_DNS_PROVIDER)? {
            let row = rows::by_id(tx, account, &made)?.ok_or_else(|| Error::not_found(WHAT, made))?;
            return Ok(CreatedDnsProvider { provider: DnsProvider::from_row(tx, &row)?, replayed: true });
        }
        if usize::try_from(rows::count(tx, account)?).is_ok_and(|count| count >= DNS_PROVIDERS_MAX) {
            return Err(Error::LimitReached { what: "DNS providers in an account", limit: DNS_PROVIDERS_MAX });
        }
        let now = ctx.now().millis();
        let row = DnsProviderRow {
            account_id: account.to_owned(),
            provider_id: id.to_string(),
            name: new.name.to_string(),
            name_key: text::fold(new.name.as_str()),
            kind: new.kind.word().to_owned(),
            settings: new.settings.body().write(),
            secret: secret.clone(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        if !rows::insert(tx, &row)? {
            return Err(taken(&row.name));
        }
        client_tokens::note(tx, ctx, &CREATE_DNS_PROVIDER, &row.provider_id)?;
        let mut changes =
            vec![Change::made("name", &row.name), Change::made("kind", &row.kind), Change::made("secret", "(set)")];
        changes.extend(new.settings.body().changes_from(&Default::default()));
        audit::record(tx, ctx, &CREATE_DNS_PROVIDER, subject(&row), &changes)?;
        Ok(CreatedDnsProvider { provider: DnsProvider::from_row(tx, &row)?, replayed: false })
    })
    .await
}
