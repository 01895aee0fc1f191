//! Listing the administrators of an account, by query (row A1).

use reeve_base::text;
use reeve_store::tables::administrators::{self, Filter};

use super::{Administrator, AdministratorStatus, view};
use crate::access::{self, Target};
use crate::ctx::{AdministratorRole, Ctx};
use crate::error::Error;
use crate::operations::LIST_ADMINISTRATORS;
use crate::page::{Page, PageRequest, check_search};

/// Which administrators are asked for; `None` means any.
#[derive(Debug, Clone, Default)]
pub struct AdministratorFilter {
    /// Only those whose username, first or last name begins so, case and accents aside.
    pub search: Option<String>,
    /// Only those of this role.
    pub role: Option<AdministratorRole>,
    /// Only those with this status.
    pub status: Option<AdministratorStatus>,
}

impl AdministratorFilter {
    fn narrow(&self, account_id: &str) -> Filter {
        let prefix = text::fold(self.search.as_deref().unwrap_or_default().trim());
        // Nothing comes after the greatest character, so nothing begins with it either.
        let prefix_end = text::prefix_end(&prefix).unwrap_or_else(|| prefix.clone());
        Filter {
            account_id: account_id.to_owned(),
            role: self.role.map(|role| role.word().to_owned()).unwrap_or_default(),
            status: self.status.map(|status| status.word().to_owned()).unwrap_or_default(),
            prefix,
            prefix_end,
        }
    }
}

/// Lists administrators by username.
pub async fn list_administrators(
    ctx: &Ctx,
    filter: AdministratorFilter,
    page: PageRequest,
) -> Result<Page<Administrator>, Error> {
    check_search("search", filter.search.as_deref().unwrap_or_default())?;
    ctx.read(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &LIST_ADMINISTRATORS, Target::Account(account))?;
        let scope = format!("administrators|{account}|{filter:?}");
        let place = page.place(&scope)?;
        let wanted = filter.narrow(account);
        let rows = administrators::page(tx, &wanted, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| administrators::count(tx, &wanted))?;
        let Page { items, next_cursor, total } = place.page(&scope, rows, total, |row| [&row.username_key, ""]);
        let items = items.into_iter().map(|row| view(tx, ctx, row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}
