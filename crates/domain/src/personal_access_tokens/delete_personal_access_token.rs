//! Deleting a personal access token (DeletePersonalAccessToken): it opens nothing from the next sign-in on.

use reeve_base::ids::PersonalAccessTokenId;
use reeve_store::tables::personal_access_tokens as rows;

use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::DELETE_PERSONAL_ACCESS_TOKEN;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Deletes a token; one that is not there is gone already.
pub async fn delete_personal_access_token(
    ctx: &Ctx,
    organization: OrganizationRef,
    id: PersonalAccessTokenId,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &DELETE_PERSONAL_ACCESS_TOKEN, &organization, Needs::Usable)?;
        let Some(row) = rows::by_id(tx, &organization.directory_id, id.as_str())? else { return Ok(()) };
        rows::delete(tx, &row.directory_id, &row.token_id)?;
        let changes =
            [Change::gone("user_id", row.user_id), Change::gone("name", &row.name), Change::gone("scopes", row.scopes)];
        let subject = Subject::within(&organization, id.as_str(), &row.name);
        audit::record(tx, ctx, &DELETE_PERSONAL_ACCESS_TOKEN, subject, &changes)
    })
    .await
}
