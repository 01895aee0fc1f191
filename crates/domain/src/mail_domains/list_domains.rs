//! Listing and showing domains (ListMailDomains, GetMailDomain).

use reeve_base::names::DomainName;
use reeve_store::tables::domains;

use super::{Domain, domain, find};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{LIST_DOMAINS, SHOW_DOMAIN};
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::page::{Page, PageRequest, total};

/// Lists the domains of an organization by name.
pub async fn list_domains(ctx: &Ctx, organization: OrganizationRef, page: PageRequest) -> Result<Page<Domain>, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &LIST_DOMAINS, &organization, Needs::Present)?;
        let scope = format!("domains|{}", organization.organization_id);
        let place = page.place(&scope)?;
        let rows = domains::page(tx, &organization.organization_id, &place.after[0], place.read_limit())?;
        let total = match place.total {
            Some(counted) => Some(counted),
            None => total(domains::count(tx, &organization.organization_id)?),
        };
        let Page { items, next_cursor, total } = place.page(&scope, rows, total, |row| [&row.domain, ""]);
        let items = items.iter().map(|row| domain(&organization, row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Shows a domain of an organization.
pub async fn show_domain(ctx: &Ctx, organization: OrganizationRef, name: DomainName) -> Result<Domain, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &SHOW_DOMAIN, &organization, Needs::Present)?;
        let row = find(tx, &organization, &name)?;
        domain(&organization, &row)
    })
    .await
}
