//! Pages of lists: a limit, a place to go on from, and how many there are in all.

use reeve_base::Invalid;
use reeve_base::limits::{PAGE_DEFAULT, PAGE_MAX, SEARCH_CHARS_MAX};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Default)]
pub struct PageRequest {
    /// Rows at most, 1 to [`PAGE_MAX`]; [`PAGE_DEFAULT`] when unsaid.
    pub limit: Option<usize>,
    /// The opaque `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One part of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next part begins; `None` after the last.
    pub next_cursor: Option<String>,
    /// How many rows the whole list has, counted when its first page was asked for; `None` where none are counted.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// The same page with its rows translated.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next_cursor: self.next_cursor, total: self.total }
    }
}

/// A request whose parts were checked.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) limit: usize,
    /// The keys of the last row of the page before; empty texts at the beginning.
    pub(crate) after: [String; 2],
    /// The total as it was counted for the first page.
    pub(crate) total: Option<u64>,
}

/// Octets of a list's name in a cursor: enough that no two lists of one caller are ever taken for each other.
const STAMP_BYTES: usize = 9;

/// A unit separator: cannot stand in any key.
const SEPARATOR: char = '\u{1F}';

impl PageRequest {
    /// Checks limit and cursor; `scope` names the list and its filters, and a cursor serves only its own.
    pub(crate) fn place(&self, scope: &str) -> Result<Place, Invalid> {
        let limit = self.limit.unwrap_or(PAGE_DEFAULT);
        if limit == 0 || limit > PAGE_MAX {
            return Err(Invalid::new("limit", format!("must be between 1 and {PAGE_MAX}")));
        }
        let Some(cursor) = &self.cursor else {
            return Ok(Place { limit, after: Default::default(), total: None });
        };
        let scope = stamp(scope);
        let wrong = || Invalid::new("cursor", "must be the next_cursor of a page of this same list");
        let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.ok_or_else(wrong)?;
        let parts: Vec<&str> = text.split(SEPARATOR).collect();
        if parts.iter().any(|part| part.contains(char::is_control)) {
            return Err(wrong());
        }
        match parts[..] {
            [for_scope, total, first, second] if for_scope == scope => {
                Ok(Place { limit, after: [first.to_owned(), second.to_owned()], total: total.parse().ok() })
            }
            _ => Err(wrong()),
        }
    }
}

impl Place {
    /// How many rows to read: one more than asked, to learn whether there is a next page.
    pub(crate) fn read_limit(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Makes the page from what was read; `keys` gives the keys of a row.
    pub(crate) fn page<R>(
        &self,
        scope: &str,
        mut rows: Vec<R>,
        total: Option<u64>,
        keys: impl Fn(&R) -> [&str; 2],
    ) -> Page<R> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next_cursor = rows.last().filter(|_| more).map(|last| {
            let [first, second] = keys(last);
            let (scope, total) = (stamp(scope), total.map(|n| n.to_string()).unwrap_or_default());
            URL_SAFE_NO_PAD.encode([scope.as_str(), &total, first, second].join(&SEPARATOR.to_string()))
        });
        Page { items: rows, next_cursor, total }
    }
}

/// Checks a text by which a list is narrowed: short, and free of what no name holds and a database refuses.
pub(crate) fn check_search(field: &'static str, text: &str) -> Result<(), Invalid> {
    if text.chars().count() > SEARCH_CHARS_MAX {
        return Err(Invalid::new(field, format!("must have at most {SEARCH_CHARS_MAX} characters")));
    }
    if text.contains(char::is_control) {
        return Err(Invalid::new(field, "must not hold control characters"));
    }
    Ok(())
}

/// A short name for a list and its filters, so that a cursor does not grow with them.
fn stamp(scope: &str) -> String {
    let hash = digest::digest(&digest::SHA256, scope.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.as_ref().get(..STAMP_BYTES).unwrap_or_default())
}

/// A count from the store as a total.
pub(crate) fn total(count: i64) -> Option<u64> {
    u64::try_from(count).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_serves_only_the_list_that_gave_it() {
        let place = PageRequest { limit: Some(1), cursor: None }.place("users|d-1").unwrap();
        let page = place.page("users|d-1", vec!["ada", "bob"], Some(2), |name| [name, ""]);
        assert_eq!(page.items, ["ada"]);
        let next = PageRequest { limit: Some(1), cursor: page.next_cursor };
        let place = next.place("users|d-1").unwrap();
        assert_eq!((place.after[0].as_str(), place.total), ("ada", Some(2)));
        assert!(next.place("users|d-2").is_err());
    }

    #[test]
    fn wrong_limits_and_cursors_are_refused() {
        for limit in [0, PAGE_MAX + 1] {
            assert!(PageRequest { limit: Some(limit), cursor: None }.place("x").is_err());
        }
        for cursor in ["", "!", "AAAA", "eHh4"] {
            assert!(PageRequest { limit: None, cursor: Some(cursor.to_owned()) }.place("x").is_err(), "{cursor}");
        }
    }
}
