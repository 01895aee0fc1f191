//! Listing groups, with filter and search (ListGroups).

use reeve_store::tables::Within;
use reeve_store::tables::groups::{self, Filter};

use super::Group;
use crate::ctx::Ctx;
use crate::entities::EntityState;
use crate::error::Error;
use crate::operations::{Entity, LIST_GROUPS};
use crate::organizations::{Needs, OrganizationRef, list_in};
use crate::page::{Page, PageRequest, begins};

/// Which groups are asked for; `None` means any. Beginnings are compared case and accents aside.
#[derive(Debug, Clone, Default)]
pub struct GroupFilter {
    /// Only those in this state.
    pub state: Option<EntityState>,
    /// Only those whose name (or a word of it) or primary address begins so.
    pub search: Option<String>,
    /// Only those whose name begins so.
    pub name_prefix: Option<String>,
    /// Only those whose primary address begins so.
    pub email_prefix: Option<String>,
}

impl GroupFilter {
    fn narrow(&self) -> Result<Filter, Error> {
        Ok(Filter {
            directory_id: String::new(),
            state: self.state.map(|state| state.word().to_owned()).unwrap_or_default(),
            search: begins("search", self.search.as_deref())?,
            name: begins("name_prefix", self.name_prefix.as_deref())?,
            email: begins("email_prefix", self.email_prefix.as_deref())?,
            within: Within::default(),
        })
    }
}

/// Lists groups by name.
pub async fn list_groups(
    ctx: &Ctx,
    organization: OrganizationRef,
    filter: GroupFilter,
    page: PageRequest,
) -> Result<Page<Group>, Error> {
    let narrowed = filter.narrow()?;
    ctx.read(move |tx, ctx| {
        let (organization, seen) = list_in(tx, ctx, (&LIST_GROUPS, Entity::Group), &organization, Needs::Present)?;
        let scope = format!("groups|{}|{filter:?}", organization.directory_id);
        let place = page.place(&scope)?;
        let wanted = Filter {
            directory_id: organization.directory_id.clone(),
            within: seen.groups_of(&organization),
            ..narrowed.clone()
        };
        let rows = groups::page(tx, &wanted, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| groups::count(tx, &wanted))?;
        let Page { items, next_cursor, total } = place.page(&scope, rows, total, |row| [&row.name_key, ""]);
        let items = items.into_iter().map(|row| Group::new(&organization, row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}
