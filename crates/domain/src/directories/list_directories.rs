//! Listing and showing directories.

use reeve_store::tables::directories;

use super::Directory;
use crate::access::{self, Target};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{LIST_DIRECTORIES, SHOW_DIRECTORY};
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::page::{Page, PageRequest, total};

/// Lists the directories of the account by id, those without an organization too.
pub async fn list_directories(ctx: &Ctx, page: PageRequest) -> Result<Page<Directory>, Error> {
    let place = page.place("directories")?;
    ctx.read(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(ctx, &LIST_DIRECTORIES, Target::OfAccount(account))?;
        let rows = directories::of_account(tx, account, &place.after[0], place.read_limit())?;
        let total = match place.total {
            Some(counted) => Some(counted),
            None => total(directories::count(tx, account)?),
        };
        let Page { items, next_cursor, total } = place.page("directories", rows, total, |row| [&row.directory_id, ""]);
        let items = items.into_iter().map(Directory::from_row).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Shows the directory of an organization with its password policy.
pub async fn show_directory(ctx: &Ctx, organization: OrganizationRef) -> Result<Directory, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &SHOW_DIRECTORY, &organization, Needs::Present)?;
        let row = directories::by_id(tx, &organization.directory_id)?;
        Directory::from_row(row.ok_or_else(|| Error::not_found("directory", &organization.directory_id))?)
    })
    .await
}
