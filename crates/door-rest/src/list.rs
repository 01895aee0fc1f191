//! Lists on the wire: a page of items, where the next begins, how many there are in all.

use reeve_domain::page::{Page, PageRequest, Total};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    /// The items of this page.
    pub(crate) items: Vec<T>,
    /// What to give as `cursor` for the next page; null after the last.
    #[schema(required = true)]
    pub(crate) next_cursor: Option<String>,
    /// How many items the whole list has; null where they are not counted.
    #[schema(required = true, minimum = 0)]
    pub(crate) total: Option<u64>,
}

impl<T> List<T> {
    /// A page with its items translated.
    pub(crate) fn of<D>(page: Page<D>, item: impl FnMut(D) -> T) -> Self {
        let Page { items, next_cursor, total } = page.map(item);
        Self { items, next_cursor, total }
    }

    /// A list that is whole.
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Self { total: u64::try_from(items.len()).ok(), next_cursor: None, items }
    }
}

/// Every item of a list that is always whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Items<T> {
    /// The items.
    pub(crate) items: Vec<T>,
}

/// Which page is asked for, of a list that nothing else narrows.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl PageQuery {
    /// The page.
    pub(crate) fn page(self) -> PageRequest {
        page(self.limit, self.cursor)
    }
}

/// Which page is asked for.
pub(crate) fn page(limit: Option<usize>, cursor: Option<String>) -> PageRequest {
    PageRequest { limit, cursor, total: Total::Counted }
}
