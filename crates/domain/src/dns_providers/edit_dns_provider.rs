//! Changing where a provider is, in whose name it is asked, or its name. Its kind stays.

use reeve_base::names::Title;
use reeve_base::{Invalid, Secret, text};
use reeve_store::Tx;
use reeve_store::tables::dns_providers::{self as rows, DnsProviderRow};

use super::settings::{self, ProviderSettings, check_secret};
use super::{DnsProvider, DnsProviderRef, seek, subject, taken};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::EDIT_DNS_PROVIDER;

/// What is to change of a DNS provider; what is unsaid stays.
#[derive(Debug, Clone, Default)]
pub struct DnsProviderEdit {
    /// Another name.
    pub name: Option<Title>,
    /// Other settings: a field that is there takes the place of the one before. With any but the zones, the secret must
    /// be given.
    pub settings: ProviderSettings,
    /// Another secret.
    pub secret: Option<Secret>,
}

/// Changes a DNS provider; zones are kept with it from then on as it is now.
///
/// Errors: `Invalid`, `NameTaken`, `NotFound`, `VersionMismatch`.
pub async fn edit_dns_provider(
    ctx: &Ctx,
    provider: DnsProviderRef,
    edit: DnsProviderEdit,
) -> Result<DnsProvider, Error> {
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &EDIT_DNS_PROVIDER, Target::Account(account))?;
        let mut row = seek(tx, account, &provider)?;
        ctx.check_version(row.version)?;
        let changes = change(tx, ctx, &mut row, &edit)?;
        if !changes.is_empty() {
            row.updated_at = ctx.now().millis();
            row.version += 1;
            rows::update(tx, &row)?;
            audit::record(tx, ctx, &EDIT_DNS_PROVIDER, subject(&row), &changes)?;
        }
        DnsProvider::from_row(tx, &row)
    })
    .await
}

fn change(tx: &mut Tx<'_>, ctx: &Ctx, row: &mut DnsProviderRow, edit: &DnsProviderEdit) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    if let Some(name) = edit.name.as_ref().filter(|name| name.as_str() != row.name) {
        let name_key = text::fold(name.as_str());
        let bearer = rows::by_name_key(tx, &row.account_id, &name_key)?;
        if bearer.is_some_and(|bearer| bearer.provider_id != row.provider_id) {
            return Err(taken(name.as_str()));
        }
        changes.push(Change::moved("name", &row.name, name.as_str()));
        (row.name, row.name_key) = (name.to_string(), name_key);
    }
    let before = ProviderSettings::read(row)?;
    let after = merged(&before, &edit.settings);
    let kind = stored(row.kind.parse())?;
    after.check(kind)?;
    let elsewhere = ProviderSettings { zones: before.zones.clone(), ..after.clone() } != before;
    if elsewhere && edit.secret.is_none() {
        // Who may edit a provider need not know its secret, and must not have it sent where they like.
        return Err(Error::Invalid(Invalid::new("secret", "must be given with another address, key or server")));
    }
    changes.extend(after.body().changes_from(&before.body()));
    row.settings = after.body().write();
    if let Some(secret) = &edit.secret {
        check_secret(kind, secret)?;
        row.secret = settings::seal(ctx, &row.provider_id, secret)?;
        changes.push(Change::moved("secret", "(set)", "(set)"));
    }
    Ok(changes)
}

fn merged(before: &ProviderSettings, edit: &ProviderSettings) -> ProviderSettings {
    let or = |edit: &Option<String>, before: &Option<String>| edit.clone().or_else(|| before.clone());
    ProviderSettings {
        url: or(&edit.url, &before.url),
        access_key_id: or(&edit.access_key_id, &before.access_key_id),
        server_id: or(&edit.server_id, &before.server_id),
        server: or(&edit.server, &before.server),
        key_name: or(&edit.key_name, &before.key_name),
        algorithm: or(&edit.algorithm, &before.algorithm),
        zones: if edit.zones.is_empty() { before.zones.clone() } else { edit.zones.clone() },
    }
}
