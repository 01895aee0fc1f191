//! Adding a domain (RegisterMailDomain): it waits for its proof. Adding one again that has failed begins anew.

use reeve_base::limits::DOMAINS_PER_ORGANIZATION_MAX;
use reeve_base::names::DomainName;
use reeve_store::Tx;
use reeve_store::tables::Within;
use reeve_store::tables::domains::{self, DomainRow};
use reeve_store::tables::organizations::OrganizationRow;

use super::dkim::{self, NewKey};
use super::{Domain, FAILED, domain, refuse_proven, refuse_test_suffix, unproven};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::ADD_DOMAIN;
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::{client_tokens, hosted_zones};

/// A domain that was added.
#[derive(Debug, Clone)]
pub struct AddedDomain {
    /// The domain.
    pub domain: Domain,
    /// Whether an earlier try with the same client token added it.
    pub replayed: bool,
}

/// Adds a domain, unverified. One that the organization has already stays as it is, unless it was not proven in time or
/// its proof was missing for too long: that one waits for another proof, by another token.
///
/// Errors: `Invalid` below the suffix of test domains, `DomainTaken` when another organization has proven it,
/// `LimitReached`.
pub async fn add_domain(ctx: &Ctx, organization: OrganizationRef, name: DomainName) -> Result<AddedDomain, Error> {
    let named = (organization.clone(), name.clone());
    let lacking = ctx
        .read(move |tx, ctx| {
            let organization = find_in(tx, ctx, &ADD_DOMAIN, &named.0, Needs::Usable)?;
            let there = domains::get(tx, &organization.organization_id, named.1.as_str())?;
            let keys = there.as_ref().map(|row| dkim::of_domain(tx, row)).transpose()?.unwrap_or_default();
            let drawn = there.is_none_or(|row| !row.is_test);
            Ok(if drawn { dkim::lacking(&keys) } else { 0 })
        })
        .await?;
    let keys = dkim::draw(lacking).await?;
    ctx.write(move |tx, ctx| add(tx, ctx, (&organization, &name), &keys)).await
}

fn add(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (organization, name): (&OrganizationRef, &DomainName),
    keys: &[NewKey],
) -> Result<AddedDomain, Error> {
    let organization = find_in(tx, ctx, &ADD_DOMAIN, organization, Needs::Usable)?;
    let replayed = client_tokens::made_before(tx, ctx, &ADD_DOMAIN)?.is_some();
    if let Some(there) = domains::get(tx, &organization.organization_id, name.as_str())? {
        let row = begin_again(tx, ctx, (&organization, there), name)?;
        return Ok(AddedDomain { domain: domain(tx, ctx, &organization, &row)?, replayed });
    }
    refuse_test_suffix(ctx, name)?;
    refuse_proven(tx, name, &organization.organization_id)?;
    let count = domains::count(tx, &organization.organization_id, &Within::all())?;
    if usize::try_from(count).is_ok_and(|count| count >= DOMAINS_PER_ORGANIZATION_MAX) {
        return Err(Error::LimitReached { what: "domains in an organization", limit: DOMAINS_PER_ORGANIZATION_MAX });
    }
    let row = unproven(ctx, &organization.organization_id, name);
    domains::insert(tx, &row)?;
    client_tokens::note(tx, ctx, &ADD_DOMAIN, name.as_str())?;
    let mut changes = vec![Change::made("ownership", &row.ownership)];
    changes.extend(dkim::fill_up(tx, ctx, &row, &mut keys.to_vec())?);
    audit::record(tx, ctx, &ADD_DOMAIN, Subject::within(&organization, name.as_str(), name.as_str()), &changes)?;
    Ok(AddedDomain { domain: domain(tx, ctx, &organization, &row)?, replayed: false })
}

/// Gives a domain that has failed another token and its time anew; one from before there were tokens gets its first.
fn begin_again(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (organization, there): (&OrganizationRow, DomainRow),
    name: &DomainName,
) -> Result<DomainRow, Error> {
    let without_token = there.ownership_token.is_empty() && !there.is_test;
    if there.ownership != FAILED && !without_token {
        return Ok(there);
    }
    refuse_proven(tx, name, &organization.organization_id)?;
    let fresh = unproven(ctx, &organization.organization_id, name);
    let mut row = DomainRow {
        ownership_token: fresh.ownership_token,
        ownership_deadline: fresh.ownership_deadline,
        next_check_at: fresh.next_check_at,
        ..there.clone()
    };
    if there.ownership == FAILED {
        row.ownership = fresh.ownership;
    }
    domains::update(tx, &row)?;
    hosted_zones::wake(tx, ctx, &row.organization_id, &row.domain)?;
    let mut changes = vec![Change::made("ownership_token", &row.ownership_token)];
    if there.ownership != row.ownership {
        changes.push(Change::moved("ownership", there.ownership, &row.ownership));
    }
    audit::record(tx, ctx, &ADD_DOMAIN, Subject::within(organization, name.as_str(), name.as_str()), &changes)?;
    Ok(row)
}
