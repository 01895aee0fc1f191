//! Listing and showing domains (ListMailDomains, GetMailDomain).

use reeve_base::names::DomainName;
use reeve_store::tables::domains;

use super::{Domain, domain, find_in};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{Entity, LIST_DOMAINS, SHOW_DOMAIN};
use crate::organizations::{Needs, OrganizationRef, list_in};
use crate::page::{Page, PageRequest};

/// Lists the domains of an organization by name.
pub async fn list_domains(ctx: &Ctx, organization: OrganizationRef, page: PageRequest) -> Result<Page<Domain>, Error> {
    ctx.read(move |tx, ctx| {
        let listed = (&LIST_DOMAINS, Entity::Domain);
        let (organization, seen) = list_in(tx, ctx, listed, &organization, Needs::Present)?;
        let seen = seen.domains_of(&organization);
        let scope = format!("domains|{}", organization.organization_id);
        let place = page.place(&scope)?;
        let rows = domains::page(tx, &organization.organization_id, &seen, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| domains::count(tx, &organization.organization_id, &seen))?;
        let Page { items, next_cursor, total } = place.page(&scope, rows, total, |row| [&row.domain, ""]);
        let items = items.iter().map(|row| domain(ctx, &organization, row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Shows a domain of an organization.
pub async fn show_domain(ctx: &Ctx, organization: OrganizationRef, name: DomainName) -> Result<Domain, Error> {
    ctx.read(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &SHOW_DOMAIN, (&organization, &name), Needs::Present)?;
        domain(ctx, &organization, &row)
    })
    .await
}
