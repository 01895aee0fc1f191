//! Listing users: enabled, disabled and system users, with filter and search (ListUsers; row C1).

use reeve_base::text;
use reeve_store::tables::Within;
use reeve_store::tables::users::{self, Filter};

use super::{Found, User, UserRole, UserState, search};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{Entity, LIST_USERS};
use crate::organizations::{Needs, OrganizationRef, list_in};
use crate::page::{Page, PageRequest, check_search, total};

/// Which users are asked for; `None` means any.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// Only those in this state.
    pub state: Option<UserState>,
    /// Only those of this role.
    pub role: Option<UserRole>,
    /// Only those whose name, display name (or a word of it) or primary address begins so, case and accents aside.
    pub search: Option<String>,
}

impl UserFilter {
    pub(super) fn narrow(&self, directory_id: &str, within: Within) -> Filter {
        let prefix = search::cut(&text::fold(self.search.as_deref().unwrap_or_default().trim_start()));
        // Nothing comes after the greatest character, so nothing begins with it either.
        let end = text::prefix_end(&prefix).unwrap_or_else(|| prefix.clone());
        Filter {
            directory_id: directory_id.to_owned(),
            state: self.state.map(|state| state.word().to_owned()).unwrap_or_default(),
            role: self.role.map(|role| role.word().to_owned()).unwrap_or_default(),
            prefix: Some((prefix, end)).filter(|(prefix, _)| !prefix.is_empty()),
            within,
        }
    }
}

/// Lists users by name.
pub async fn list_users(
    ctx: &Ctx,
    organization: OrganizationRef,
    filter: UserFilter,
    page: PageRequest,
) -> Result<Page<User>, Error> {
    check_search("search", filter.search.as_deref().unwrap_or_default())?;
    let Page { items, next_cursor, total } = ctx
        .read(move |tx, ctx| {
            let listed = (&LIST_USERS, Entity::User);
            let (organization, seen) = list_in(tx, ctx, listed, &organization, Needs::Present)?;
            let scope = format!("users|{}|{filter:?}", organization.directory_id);
            let place = page.place(&scope)?;
            let wanted = filter.narrow(&organization.directory_id, seen.users_of(&organization));
            let rows = users::page(tx, &wanted, &place.after[0], place.read_limit())?;
            let total = match place.total {
                Some(counted) => Some(counted),
                None => total(users::count(tx, &wanted)?),
            };
            let page = place.page(&scope, rows, total, |row| [&row.name_key, ""]);
            let found: Vec<_> =
                page.items.into_iter().map(|row| Found::new(tx, &organization, row)).collect::<Result<_, Error>>()?;
            Ok(Page { items: found, next_cursor: page.next_cursor, total: page.total })
        })
        .await?;
    let now = ctx.now();
    let items = items.into_iter().map(|found| found.user(now)).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor, total })
}
