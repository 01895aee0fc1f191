//! Pages of lists: a limit, a place to go on from, and how many there are in all.

use reeve_base::limits::{PAGE_DEFAULT, PAGE_MAX, SEARCH_CHARS_MAX};
use reeve_base::{Invalid, text};
use reeve_store::tables::Begins;
use reeve_store::{StoreError, Tx};

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
    /// Whether all rows of the list are counted.
    pub total: Total,
}

/// Whether whoever asks for a page wants to know how many rows the whole list has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Total {
    /// They do; it is counted once, for the first page.
    #[default]
    Counted,
    /// They do not, and are spared the time that it takes.
    Uncounted,
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
    counted: Option<u64>,
    wanted: Total,
}

/// Octets of a list's name in a cursor: enough that no two lists of one caller are ever taken for each other.
const STAMP_BYTES: usize = 9;

/// A unit separator: cannot stand in any key.
const SEPARATOR: char = '\u{1F}';

impl PageRequest {
    /// A page of a list whose rows nobody counts.
    pub fn uncounted(limit: Option<usize>, cursor: Option<String>) -> Self {
        Self { limit, cursor, total: Total::Uncounted }
    }

    /// Checks limit and cursor; `scope` names the list and its filters, and a cursor serves only its own.
    pub(crate) fn place(&self, scope: &str) -> Result<Place, Invalid> {
        let limit = self.limit.unwrap_or(PAGE_DEFAULT);
        if limit == 0 || limit > PAGE_MAX {
            return Err(Invalid::new("limit", format!("must be between 1 and {PAGE_MAX}")));
        }
        let Some(cursor) = &self.cursor else {
            return Ok(Place { limit, after: Default::default(), counted: None, wanted: self.total });
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
            [for_scope, total, first, second] if for_scope == scope => Ok(Place {
                limit,
                after: [first.to_owned(), second.to_owned()],
                counted: total.parse().ok(),
                wanted: self.total,
            }),
            _ => Err(wrong()),
        }
    }
}

impl Place {
    /// How many rows to read: one more than asked, to learn whether there is a next page.
    pub(crate) fn read_limit(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// How many rows the list has: as they were counted for the first page, or now, if anybody wants to know.
    pub(crate) fn total(
        &self,
        tx: &mut Tx<'_>,
        count: impl FnOnce(&mut Tx<'_>) -> Result<i64, StoreError>,
    ) -> Result<Option<u64>, StoreError> {
        match (self.wanted, self.counted) {
            (Total::Uncounted, _) => Ok(None),
            (Total::Counted, Some(counted)) => Ok(Some(counted)),
            (Total::Counted, None) => Ok(u64::try_from(count(tx)?).ok()),
        }
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

/// The range of the folded texts that begin as `prefix` does, case and accents aside; checked as [`check_search`] does.
pub(crate) fn begins(field: &'static str, prefix: Option<&str>) -> Result<Begins, Invalid> {
    let prefix = prefix.unwrap_or_default();
    check_search(field, prefix)?;
    let from = text::search_key(prefix.trim_start());
    // Nothing comes after the greatest character, so nothing begins with it either.
    let to = text::prefix_end(&from).unwrap_or_else(|| from.clone());
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_serves_only_the_list_that_gave_it() {
        let place = PageRequest { limit: Some(1), ..PageRequest::default() }.place("users|d-1").unwrap();
        let page = place.page("users|d-1", vec!["ada", "bob"], Some(2), |name| [name, ""]);
        assert_eq!(page.items, ["ada"]);
        let next = PageRequest { limit: Some(1), cursor: page.next_cursor, total: Total::Counted };
        let place = next.place("users|d-1").unwrap();
        assert_eq!((place.after[0].as_str(), place.counted), ("ada", Some(2)));
        assert!(next.place("users|d-2").is_err());
    }

    #[test]
    fn wrong_limits_and_cursors_are_refused() {
        for limit in [0, PAGE_MAX + 1] {
            assert!(PageRequest { limit: Some(limit), ..PageRequest::default() }.place("x").is_err());
        }
        for cursor in ["", "!", "AAAA", "eHh4"] {
            assert!(
                PageRequest { cursor: Some(cursor.to_owned()), ..PageRequest::default() }.place("x").is_err(),
                "{cursor}"
            );
        }
    }
}
