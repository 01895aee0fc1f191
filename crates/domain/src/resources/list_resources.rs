//! Listing resources, with filter and search (ListResources).

use reeve_store::tables::Within;
use reeve_store::tables::resources::{self as rows, Filter};

use super::{Resource, ResourceKind};
use crate::ctx::Ctx;
use crate::entities::EntityState;
use crate::error::Error;
use crate::operations::{Entity, LIST_RESOURCES};
use crate::organizations::{Needs, OrganizationRef, list_in};
use crate::page::{Page, PageRequest, begins};

/// Which resources are asked for; `None` means any. Case and accents make no difference.
#[derive(Debug, Clone, Default)]
pub struct ResourceFilter {
    /// Only those in this state.
    pub state: Option<EntityState>,
    /// Only rooms, or only equipment.
    pub kind: Option<ResourceKind>,
    /// Only those whose name or primary address begins so.
    pub search: Option<String>,
    /// Only those whose name begins so.
    pub name_prefix: Option<String>,
    /// Only those whose primary address begins so.
    pub email_prefix: Option<String>,
}

impl ResourceFilter {
    fn narrow(&self, directory_id: &str, within: Within) -> Result<Filter, Error> {
        Ok(Filter {
            directory_id: directory_id.to_owned(),
            state: self.state.map(|state| state.word().to_owned()).unwrap_or_default(),
            kind: self.kind.map(|kind| kind.word().to_owned()).unwrap_or_default(),
            name: begins("name_prefix", self.name_prefix.as_deref())?,
            email: begins("email_prefix", self.email_prefix.as_deref())?,
            search: begins("search", self.search.as_deref())?,
            within,
        })
    }
}

/// Lists resources by name.
pub async fn list_resources(
    ctx: &Ctx,
    organization: OrganizationRef,
    filter: ResourceFilter,
    page: PageRequest,
) -> Result<Page<Resource>, Error> {
    ctx.read(move |tx, ctx| {
        let listed = (&LIST_RESOURCES, Entity::Resource);
        let (organization, seen) = list_in(tx, ctx, listed, &organization, Needs::Present)?;
        let scope = format!("resources|{}|{filter:?}", organization.directory_id);
        let place = page.place(&scope)?;
        let wanted = filter.narrow(&organization.directory_id, seen.resources_of(&organization))?;
        let found = rows::page(tx, &wanted, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| rows::count(tx, &wanted))?;
        let Page { items, next_cursor, total } = place.page(&scope, found, total, |row| [&row.name_key, ""]);
        let items = items.into_iter().map(|row| Resource::new(&organization, row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}
