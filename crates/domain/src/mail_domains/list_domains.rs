//! Listing and showing domains (ListMailDomains, GetMailDomain).

use reeve_base::names::DomainName;
use reeve_store::tables::dkim_keys::{self, DkimKeyRow};
use reeve_store::tables::domains::{self, DomainRow};

use super::{Domain, domain, find_in, shown};
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
        let keys = match (items.first(), items.last()) {
            (Some(first), Some(last)) => {
                dkim_keys::between(tx, &organization.organization_id, &first.domain, &last.domain)?
            }
            _ => Vec::new(),
        };
        let mut of_each = keys.chunk_by(|one, other| one.domain == other.domain).peekable();
        let shown = |row: &DomainRow| {
            let name = |keys: &[DkimKeyRow]| keys.first().map(|key| key.domain.clone());
            while of_each.next_if(|keys| name(keys).is_some_and(|name| name < row.domain)).is_some() {}
            let here = of_each.next_if(|keys| name(keys).is_some_and(|name| name == row.domain));
            shown(ctx, &organization, row, here.unwrap_or_default())
        };
        let items = items.iter().map(shown).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Shows a domain of an organization.
pub async fn show_domain(ctx: &Ctx, organization: OrganizationRef, name: DomainName) -> Result<Domain, Error> {
    ctx.read(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &SHOW_DOMAIN, (&organization, &name), Needs::Present)?;
        domain(tx, ctx, &organization, &row)
    })
    .await
}
