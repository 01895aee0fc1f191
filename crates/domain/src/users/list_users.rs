//! Listing users: enabled, disabled and system users, with filter and search (ListUsers; row C1).

use reeve_store::tables::users::{self, Filter};

use super::{EntityState, Found, User, UserRole};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{Entity, LIST_USERS};
use crate::organizations::{Needs, OrganizationRef, list_in};
use crate::page::{Page, PageRequest, begins, check_search};

/// Which users are asked for; `None` means any. Beginnings are compared case and accents aside, but for that of an id.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// Only those in this state.
    pub state: Option<EntityState>,
    /// Only those of this role.
    pub role: Option<UserRole>,
    /// Only those whose name, display name (or a word of it) or primary address begins so.
    pub search: Option<String>,
    /// Only those whose name begins so.
    pub name_prefix: Option<String>,
    /// Only those whose display name begins so.
    pub display_name_prefix: Option<String>,
    /// Only those whose primary address begins so.
    pub email_prefix: Option<String>,
    /// Only those whose id at an identity provider begins so.
    pub identity_provider_user_id_prefix: Option<String>,
}

impl UserFilter {
    /// The filter of a query, which still lacks the directory and what of it may be seen.
    fn narrow(&self) -> Result<Filter, Error> {
        let provider = self.identity_provider_user_id_prefix.as_deref().unwrap_or_default();
        check_search("identity_provider_user_id_prefix", provider)?;
        Ok(Filter {
            state: self.state.map(|state| state.word().to_owned()).unwrap_or_default(),
            role: self.role.map(|role| role.word().to_owned()).unwrap_or_default(),
            search: begins("search", self.search.as_deref())?,
            name: begins("name_prefix", self.name_prefix.as_deref())?,
            display_name: begins("display_name_prefix", self.display_name_prefix.as_deref())?,
            email: begins("email_prefix", self.email_prefix.as_deref())?,
            identity_provider_user_id: provider.to_owned(),
            ..Filter::of("")
        })
    }
}

/// Lists users by name.
pub async fn list_users(
    ctx: &Ctx,
    organization: OrganizationRef,
    filter: UserFilter,
    page: PageRequest,
) -> Result<Page<User>, Error> {
    let narrowed = filter.narrow()?;
    let Page { items, next_cursor, total } = ctx
        .read(move |tx, ctx| {
            let listed = (&LIST_USERS, Entity::User);
            let (organization, seen) = list_in(tx, ctx, listed, &organization, Needs::Present)?;
            let scope = format!("users|{}|{filter:?}", organization.directory_id);
            let place = page.place(&scope)?;
            let wanted = Filter {
                directory_id: organization.directory_id.clone(),
                within: seen.users_of(&organization),
                ..narrowed.clone()
            };
            let rows = users::page(tx, &wanted, &place.after[0], place.read_limit())?;
            let total = place.total(tx, |tx| users::count(tx, &wanted))?;
            let page = place.page(&scope, rows, total, |row| [&row.user.name_key, ""]);
            Ok(page.map(|listed| Found::listed(&organization, listed)))
        })
        .await?;
    let now = ctx.now();
    let items = items.into_iter().map(|found| found.user(now)).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor, total })
}
