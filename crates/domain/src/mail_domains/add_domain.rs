//! Adding a domain (RegisterMailDomain): it waits for its proof.

use reeve_base::limits::DOMAINS_PER_ORGANIZATION_MAX;
use reeve_base::names::DomainName;
use reeve_store::Tx;
use reeve_store::tables::Within;
use reeve_store::tables::domains::{self, DomainRow};

use super::{Domain, domain, draw_token, refuse_proven, refuse_test_suffix};
use crate::audit::{self, Change, Subject};
use crate::client_tokens;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::ADD_DOMAIN;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// A domain that was added.
#[derive(Debug, Clone)]
pub struct AddedDomain {
    /// The domain.
    pub domain: Domain,
    /// Whether an earlier try with the same client token added it.
    pub replayed: bool,
}

/// Adds a domain, unverified. Adding one that the organization has already changes nothing and succeeds.
///
/// Errors: `Invalid` below the suffix of test domains, `DomainTaken` when another organization has proven it,
/// `LimitReached`.
pub async fn add_domain(ctx: &Ctx, organization: OrganizationRef, name: DomainName) -> Result<AddedDomain, Error> {
    ctx.write(move |tx, ctx| add(tx, ctx, &organization, &name)).await
}

fn add(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRef, name: &DomainName) -> Result<AddedDomain, Error> {
    let organization = find_in(tx, ctx, &ADD_DOMAIN, organization, Needs::Usable)?;
    let replayed = client_tokens::made_before(tx, ctx, &ADD_DOMAIN)?.is_some();
    if let Some(mut there) = domains::get(tx, &organization.organization_id, name.as_str())? {
        // Whoever was added before there were tokens gets one when it is asked for again.
        if there.ownership_token.is_empty() && !there.is_test {
            there.ownership_token = draw_token(ctx);
            domains::set_token(tx, &there.organization_id, &there.domain, &there.ownership_token)?;
            let changes = [Change::made("ownership_token", &there.ownership_token)];
            audit::record(
                tx,
                ctx,
                &ADD_DOMAIN,
                Subject::within(&organization, name.as_str(), name.as_str()),
                &changes,
            )?;
        }
        return Ok(AddedDomain { domain: domain(ctx, &organization, &there)?, replayed });
    }
    refuse_test_suffix(ctx, name)?;
    refuse_proven(tx, name)?;
    let count = domains::count(tx, &organization.organization_id, &Within::all())?;
    if usize::try_from(count).is_ok_and(|count| count >= DOMAINS_PER_ORGANIZATION_MAX) {
        return Err(Error::LimitReached { what: "domains in an organization", limit: DOMAINS_PER_ORGANIZATION_MAX });
    }
    let row = DomainRow {
        organization_id: organization.organization_id.clone(),
        domain: name.to_string(),
        ownership: "pending".to_owned(),
        is_test: false,
        created_at: ctx.now().millis(),
        ownership_token: draw_token(ctx),
    };
    domains::insert(tx, &row)?;
    client_tokens::note(tx, ctx, &ADD_DOMAIN, name.as_str())?;
    let changes = [Change::made("ownership", &row.ownership)];
    audit::record(tx, ctx, &ADD_DOMAIN, Subject::within(&organization, name.as_str(), name.as_str()), &changes)?;
    Ok(AddedDomain { domain: domain(ctx, &organization, &row)?, replayed: false })
}
