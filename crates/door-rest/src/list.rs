//! Lists on the wire: a page of items, where the next begins, how many there are in all.

use reeve_domain::page::{Page, PageRequest};
use serde::Serialize;
use utoipa::ToSchema;

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

/// Which page is asked for.
pub(crate) fn page(limit: Option<usize>, cursor: Option<String>) -> PageRequest {
    PageRequest { limit, cursor }
}
