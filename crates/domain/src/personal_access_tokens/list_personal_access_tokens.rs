//! Listing and showing personal access tokens (ListPersonalAccessTokens, GetPersonalAccessTokenMetadata); never what
//! opens.

use reeve_base::ids::PersonalAccessTokenId;
use reeve_store::tables::personal_access_tokens as rows;
use reeve_store::tables::users::UserRow;

use super::{PersonalAccessToken, WHAT};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::{LIST_PERSONAL_ACCESS_TOKENS, SHOW_PERSONAL_ACCESS_TOKEN};
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::page::{Page, PageRequest};
use crate::users::UserRef;

/// Lists the tokens of an organization, or those of one user of it, oldest first.
///
/// Errors: `NotFound` for a user who is not there.
pub async fn list_personal_access_tokens(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: Option<UserRef>,
    page: PageRequest,
) -> Result<Page<PersonalAccessToken>, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &LIST_PERSONAL_ACCESS_TOKENS, &organization, Needs::Present)?;
        let user = user.as_ref().map(|user| entities::find::<UserRow>(tx, &organization, user)).transpose()?;
        let directory = organization.directory_id.as_str();
        let of = user.as_ref().map(|user| user.user_id.as_str());
        let scope = format!("personal_access_tokens|{directory}|{}", of.unwrap_or_default());
        let place = page.place(&scope)?;
        let (found, total) = match of {
            Some(user) => (
                rows::page_of_user(tx, (directory, user), &place.after[0], place.read_limit())?,
                place.total(tx, |tx| rows::count_of_user(tx, directory, user))?,
            ),
            None => (
                rows::page(tx, directory, &place.after[0], place.read_limit())?,
                place.total(tx, |tx| rows::count(tx, directory))?,
            ),
        };
        let Page { items, next_cursor, total } = place.page(&scope, found, total, |row| [&row.token_id, ""]);
        let items = items.into_iter().map(PersonalAccessToken::from_row).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor, total })
    })
    .await
}

/// Shows a token.
///
/// Errors: `NotFound`.
pub async fn show_personal_access_token(
    ctx: &Ctx,
    organization: OrganizationRef,
    id: PersonalAccessTokenId,
) -> Result<PersonalAccessToken, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &SHOW_PERSONAL_ACCESS_TOKEN, &organization, Needs::Present)?;
        let row = rows::by_id(tx, &organization.directory_id, id.as_str())?;
        PersonalAccessToken::from_row(row.ok_or_else(|| Error::not_found(WHAT, &id))?)
    })
    .await
}
