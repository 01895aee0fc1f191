//! Listing availability configurations (ListAvailabilityConfigurations).

use reeve_store::tables::organization_documents as rows;

use super::{AvailabilityConfiguration, KIND};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::LIST_AVAILABILITY_CONFIGURATIONS;
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::page::{Page, PageRequest};

/// Lists the availability configurations of an organization by domain.
pub async fn list_availability_configurations(
    ctx: &Ctx,
    organization: OrganizationRef,
    page: PageRequest,
) -> Result<Page<AvailabilityConfiguration>, Error> {
    ctx.read(move |tx, ctx| {
        let row = find_in(tx, ctx, &LIST_AVAILABILITY_CONFIGURATIONS, &organization, Needs::Present)?;
        let of = (row.organization_id.as_str(), KIND);
        let scope = format!("availability|{}", row.organization_id);
        let place = page.place(&scope)?;
        let found = rows::page(tx, of, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| rows::count(tx, of))?;
        let Page { items, next_cursor, total } = place.page(&scope, found, total, |row| [&row.name_key, ""]);
        let items = items.iter().map(AvailabilityConfiguration::from_row).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}
