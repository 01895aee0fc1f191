//! Saying in which zone the records of a domain are kept. Nothing is written there yet.

use reeve_base::limits::PAGE_MAX;
use reeve_base::names::DomainName;
use reeve_base::zone_hosts::{HostedZone, ZoneHost};
use reeve_store::Tx;
use reeve_store::tables::dns_providers::{self as provider_rows, DnsProviderRow};
use reeve_store::tables::hosted_zones::{self as rows, HostedZoneRow};
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::written_records;

use super::{ATTACHED, DomainZone, KEPT, LEAVING};
use crate::access::{self, Target};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::dns_providers::{self, DnsProviderRef, told};
use crate::error::Error;
use crate::mail_domains;
use crate::operations::{SET_HOSTED_ZONE, TEST_DNS_PROVIDER};
use crate::organizations::{Needs, OrganizationRef};

/// Says in which zone the records of a domain are kept: by its id or name at the provider, or the one that holds the
/// domain. Whoever says so must be let use the provider too (`test_dns_provider`): who may only administer a domain
/// must not write into the zones of others.
///
/// Errors: `NotFound` for the provider, `Invalid` for the zone, `Conflict` when the provider cannot be asked, or while
/// records are in another zone.
pub async fn set_hosted_zone(
    ctx: &Ctx,
    organization: OrganizationRef,
    domain: DomainName,
    (provider, zone): (DnsProviderRef, Option<String>),
) -> Result<DomainZone, Error> {
    let asked = (organization.clone(), domain.clone(), provider.clone());
    let host = ctx
        .read(move |tx, ctx| {
            let (_, _, provider) = decided(tx, ctx, &asked)?;
            dns_providers::zone_host(ctx, &provider)
        })
        .await?;
    let listed = ctx.deployment().outside.zone_hosts.zones(&host).await;
    let listed = listed.map_err(|why| Error::Conflict { why: told(&why) })?;
    let zone = choose(&listed, &domain, zone.as_deref())?;
    ctx.write(move |tx, ctx| {
        let asked = (organization.clone(), domain.clone(), provider.clone());
        let (organization, test, provider) = decided(tx, ctx, &asked)?;
        if test {
            return Err(Error::invalid("domain", "must not be the test domain: it has no records of its own"));
        }
        let row = attach(tx, ctx, (&organization, &domain), (&provider, &zone))?;
        DomainZone::from_row(tx, &row)
    })
    .await
}

/// Decides about the domain and about the provider; tells whether the domain is a test domain.
fn decided(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (organization, domain, provider): &(OrganizationRef, DomainName, DnsProviderRef),
) -> Result<(OrganizationRow, bool, DnsProviderRow), Error> {
    let named = (organization, domain);
    let (organization, row) = mail_domains::find_in(tx, ctx, &SET_HOSTED_ZONE, named, Needs::Usable)?;
    access::also(tx, ctx, &TEST_DNS_PROVIDER, Target::Account(&organization.account_id))?;
    let provider = dns_providers::seek(tx, &organization.account_id, provider)?;
    Ok((organization, row.is_test, provider))
}

/// The zone that is meant: of this id or name, or the smallest that holds the domain.
fn choose(listed: &[HostedZone], domain: &DomainName, zone: Option<&str>) -> Result<HostedZone, Error> {
    let holding = listed.iter().filter(|zone| holds(zone, domain.as_str()));
    let found = match zone {
        Some(meant) => {
            let plain = meant.trim_end_matches('.').to_ascii_lowercase();
            listed.iter().find(|zone| zone.id == meant).or_else(|| listed.iter().find(|zone| zone.name == plain))
        }
        None => holding.max_by_key(|zone| zone.name.len()),
    };
    let found = found.ok_or_else(|| match zone {
        Some(meant) => Error::invalid("zone", format!("must be a zone of the provider; it has no \"{meant}\"")),
        None => Error::invalid("zone", format!("must be named: the provider has no zone that holds {domain}")),
    })?;
    if !holds(found, domain.as_str()) {
        return Err(Error::invalid("zone", format!("must hold the domain; {domain} is not in {}", found.name)));
    }
    Ok(found.clone())
}

fn holds(zone: &HostedZone, domain: &str) -> bool {
    domain.strip_suffix(zone.name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn attach(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (organization, domain): (&OrganizationRow, &DomainName),
    (provider, zone): (&DnsProviderRow, &HostedZone),
) -> Result<HostedZoneRow, Error> {
    let (id, name) = (organization.organization_id.as_str(), domain.as_str());
    let fresh = fresh_row(ctx, organization, domain, (&provider.provider_id, zone));
    let change = Change::made("zone", format!("{} at {}", zone.name, provider.name));
    let changes = match rows::get(tx, id, name)? {
        None => {
            rows::insert(tx, &fresh)?;
            vec![change]
        }
        Some(row) if (&row.provider_id, &row.zone_id) == (&fresh.provider_id, &fresh.zone_id) => {
            if row.state != LEAVING {
                return Ok(row);
            }
            rows::update(tx, &HostedZoneRow { busy_until: row.busy_until, ..fresh.clone() })?;
            vec![Change::moved("state", LEAVING, ATTACHED)]
        }
        Some(row) => {
            if row.busy_until > ctx.now().millis() || !written_records::of_domain(tx, id, name)?.is_empty() {
                let why = format!(
                    "records of this domain are in the zone {}; remove that hosted zone first, and wait until it is gone",
                    row.zone_name
                );
                return Err(Error::Conflict { why });
            }
            rows::update(tx, &fresh)?;
            vec![Change::gone("zone", row.zone_name), change]
        }
    };
    audit::record(tx, ctx, &SET_HOSTED_ZONE, Subject::within(organization, name, name), &changes)?;
    Ok(rows::get(tx, id, name)?.unwrap_or(fresh))
}

fn fresh_row(
    ctx: &Ctx,
    organization: &OrganizationRow,
    domain: &DomainName,
    (provider_id, zone): (&str, &HostedZone),
) -> HostedZoneRow {
    HostedZoneRow {
        organization_id: organization.organization_id.clone(),
        domain: domain.to_string(),
        account_id: organization.account_id.clone(),
        provider_id: provider_id.to_owned(),
        zone_id: zone.id.clone(),
        zone_name: zone.name.clone(),
        state: ATTACHED.to_owned(),
        last_error: String::new(),
        checked_at: None,
        next_at: None,
        busy_until: 0,
        failures: 0,
        updated_at: ctx.now().millis(),
    }
}

/// A zone that somebody named by its id alone, and the provider that has it.
#[derive(Debug, Clone)]
pub(crate) struct FoundZone {
    domain: DomainName,
    provider_id: String,
    zone: HostedZone,
}

/// Looks for a zone of this id at the providers of the account, for a domain that is to be made. Nothing is asked before
/// it is decided that the caller may use them. `None` where the account has no provider.
///
/// Errors: `Invalid` when no provider has it, or it does not hold the domain.
pub(crate) async fn find_zone(ctx: &Ctx, domain: &DomainName, zone_id: &str) -> Result<Option<FoundZone>, Error> {
    let hosts: Vec<(String, ZoneHost)> = ctx
        .read(|tx, ctx| {
            let account = ctx.need_account()?.as_str();
            if provider_rows::count(tx, account)? == 0 {
                return Ok(Vec::new());
            }
            access::also(tx, ctx, &TEST_DNS_PROVIDER, Target::Account(account))?;
            let providers = provider_rows::page(tx, account, "", i64::try_from(PAGE_MAX).unwrap_or(i64::MAX))?;
            let host = |row: DnsProviderRow| Ok((row.provider_id.clone(), dns_providers::zone_host(ctx, &row)?));
            providers.into_iter().map(host).collect()
        })
        .await?;
    if hosts.is_empty() {
        return Ok(None);
    }
    let mut unasked = None;
    for (provider_id, host) in hosts {
        match ctx.deployment().outside.zone_hosts.zones(&host).await {
            Ok(listed) => {
                if let Some(zone) = listed.into_iter().find(|zone| zone.id == zone_id) {
                    if !holds(&zone, domain.as_str()) {
                        let why = format!("must hold the domain; {domain} is not in {}", zone.name);
                        return Err(Error::invalid("hosted_zone_id", why));
                    }
                    return Ok(Some(FoundZone { domain: domain.clone(), provider_id, zone }));
                }
            }
            Err(why) => unasked = Some(why),
        }
    }
    let why = match unasked {
        None => "must be the id of a zone of a DNS provider of this account".to_owned(),
        Some(why) => format!("is not known to the DNS providers of this account that could be asked: {}", told(&why)),
    };
    Err(Error::invalid("hosted_zone_id", why))
}

/// Gives a domain that was just made its zone. Who names a zone where no plan can be shown has its records written at
/// once, but for those that something stands in the way of.
pub(crate) fn attach_found(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    found: &FoundZone,
) -> Result<Change, Error> {
    let provider = provider_rows::by_id(tx, &organization.account_id, &found.provider_id)?;
    let provider = provider.ok_or_else(|| Error::invalid("hosted_zone_id", "names a zone whose provider is gone"))?;
    let row = fresh_row(ctx, organization, &found.domain, (&found.provider_id, &found.zone));
    let row = HostedZoneRow { state: KEPT.to_owned(), next_at: Some(ctx.now().millis()), ..row };
    rows::insert(tx, &row)?;
    Ok(Change::made(&format!("hosted_zone of {}", found.domain), format!("{} at {}", found.zone.name, provider.name)))
}
