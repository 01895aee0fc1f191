//! Listing and showing directories.

use reeve_store::tables::directories;

use super::{Directory, find_in};
use crate::access;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{Entity, LIST_DIRECTORIES, SHOW_DIRECTORY};
use crate::organizations::{Needs, OrganizationRef};
use crate::page::{Page, PageRequest};

/// Lists the directories of the account that the actor may see by id, those without an organization too.
pub async fn list_directories(ctx: &Ctx, page: PageRequest) -> Result<Page<Directory>, Error> {
    let place = page.place("directories")?;
    ctx.read(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        let seen = access::visible(tx, ctx, &LIST_DIRECTORIES, Entity::Directory, None)?.directories();
        let rows = directories::page(tx, account, &seen, &place.after[0], place.read_limit())?;
        let total = place.total(tx, |tx| directories::count(tx, account, &seen))?;
        let Page { items, next_cursor, total } = place.page("directories", rows, total, |row| [&row.directory_id, ""]);
        let items = items.into_iter().map(Directory::from_row).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Shows the directory of an organization with its password policy.
pub async fn show_directory(ctx: &Ctx, organization: OrganizationRef) -> Result<Directory, Error> {
    ctx.read(move |tx, ctx| {
        let (_, row) = find_in(tx, ctx, &SHOW_DIRECTORY, &organization, Needs::Present)?;
        Directory::from_row(row)
    })
    .await
}
