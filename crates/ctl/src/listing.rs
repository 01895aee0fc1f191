//! Lists: one page as the server cuts it, or all pages one after the other.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::client::{Answer, Call, Client, not_understood};
use crate::context::Context;
use crate::failure::Failure;
use crate::json;
use crate::render::{Cell, count, counted};

/// Rows of a page when all pages are read: the most that the server gives at once.
const PAGE_ROWS: usize = reeve_base::limits::PAGE_MAX;

/// How much of a list to show.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Listing {
    /// Rows at most (1 to 1000; the server's page when not given)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000), conflicts_with = "all")]
    limit: Option<u16>,
    /// Where to go on: next_cursor of the page before
    #[arg(long, value_name = "CURSOR", conflicts_with = "all")]
    cursor: Option<String>,
    /// Every row, however many pages they take
    #[arg(long)]
    all: bool,
}

impl Listing {
    /// Whether anything was said about it.
    pub(crate) fn is_given(&self) -> bool {
        self.limit.is_some() || self.cursor.is_some() || self.all
    }
}

/// How a list of things looks to people.
pub(crate) struct View<T> {
    /// The headings.
    pub(crate) heads: &'static [&'static str],
    /// The fields of one row, under the headings.
    pub(crate) row: fn(&T) -> Vec<Cell>,
    /// What one and what many of them are called.
    pub(crate) names: (&'static str, &'static str),
    /// What to do when there are none.
    pub(crate) when_empty: &'static str,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Box<RawValue>>,
    #[serde(default)]
    next_cursor: Option<String>,
    #[serde(default)]
    total: Option<u64>,
}

impl Page {
    fn typed<T: DeserializeOwned>(&self) -> Result<Vec<T>, Failure> {
        self.items
            .iter()
            .map(|item| serde_json::from_str(item.get()).map_err(|why| not_understood(&why.to_string())))
            .collect()
    }
}

/// Shows the list that `call` asks for.
pub(crate) async fn list<T: DeserializeOwned>(
    ctx: &mut Context,
    call: Call,
    listing: &Listing,
    view: &View<T>,
) -> Result<(), Failure> {
    let client = ctx.client()?;
    if listing.all {
        let call = call.query("limit", &PAGE_ROWS);
        return if ctx.screen.is_json() {
            all_for_program(ctx, &client, &call).await
        } else {
            all_for_person(ctx, &client, &call, view).await
        };
    }
    let call = call.query_maybe("limit", listing.limit).query_maybe("cursor", listing.cursor.as_ref());
    let answer = client.send(&call).await?;
    show(ctx, &answer, view)
}

/// Shows a list that came whole in one answer.
pub(crate) fn show<T: DeserializeOwned>(ctx: &mut Context, answer: &Answer, view: &View<T>) -> Result<(), Failure> {
    if ctx.screen.is_json() {
        return ctx.screen.json(&answer.text);
    }
    let page: Page = answer.read()?;
    let rows: Vec<T> = page.typed()?;
    table(ctx, &rows, view)?;
    if let Some(cursor) = page.next_cursor.filter(|_| !rows.is_empty()) {
        let of = page.total.map(|total| format!(" of {}", count(total))).unwrap_or_default();
        let shown = count(rows.len() as u64);
        ctx.screen.note(&format!("{shown}{of} {} shown; --all shows all, --cursor {cursor} goes on", view.names.1));
    }
    Ok(())
}

/// One JSON array of all items, written as they come, so that a long list takes no memory.
async fn all_for_program(ctx: &mut Context, client: &Client, call: &Call) -> Result<(), Failure> {
    let mut pages = Pages { client, call, cursor: None, ended: false };
    let mut separator: &[u8] = b"[";
    while let Some(page) = pages.next().await? {
        for item in &page.items {
            ctx.screen.bytes(separator)?;
            ctx.screen.bytes(json::safe(item.get()).as_bytes())?;
            separator = b",\n";
        }
    }
    if separator == b"[" {
        ctx.screen.bytes(separator)?;
    }
    ctx.screen.line("]")
}

async fn all_for_person<T: DeserializeOwned>(
    ctx: &mut Context,
    client: &Client,
    call: &Call,
    view: &View<T>,
) -> Result<(), Failure> {
    let mut pages = Pages { client, call, cursor: None, ended: false };
    let mut rows = Vec::new();
    while let Some(page) = pages.next().await? {
        rows.extend(page.typed::<T>()?);
    }
    table(ctx, &rows, view)?;
    if !rows.is_empty() {
        ctx.screen.note(&counted(rows.len() as u64, view.names.0, view.names.1));
    }
    Ok(())
}

fn table<T>(ctx: &mut Context, rows: &[T], view: &View<T>) -> Result<(), Failure> {
    if rows.is_empty() {
        ctx.screen.note(&format!("no {}", view.names.1));
        ctx.screen.hint(view.when_empty);
        return Ok(());
    }
    ctx.screen.table(view.heads, rows.iter().map(view.row).collect())
}

struct Pages<'a> {
    client: &'a Client,
    call: &'a Call,
    cursor: Option<String>,
    ended: bool,
}

impl Pages<'_> {
    async fn next(&mut self) -> Result<Option<Page>, Failure> {
        if self.ended {
            return Ok(None);
        }
        let call = self.call.clone().query_maybe("cursor", self.cursor.as_ref());
        let page: Page = self.client.send(&call).await?.read()?;
        if page.next_cursor.is_some() && page.next_cursor == self.cursor {
            return Err(not_understood("the list does not end: a page names itself as the next one"));
        }
        self.ended = page.next_cursor.is_none();
        self.cursor.clone_from(&page.next_cursor);
        Ok(Some(page))
    }
}
