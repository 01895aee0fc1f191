//! Showing one user (DescribeUser).

use super::{Found, User, UserRef, find};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SHOW_USER;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Shows a user, named by id, address or name.
pub async fn show_user(ctx: &Ctx, organization: OrganizationRef, user: UserRef) -> Result<User, Error> {
    let found = ctx
        .read(move |tx, ctx| {
            let organization = find_in(tx, ctx, &SHOW_USER, &organization, Needs::Present)?;
            let row = find(tx, &organization, &user)?;
            Found::new(tx, &organization, row)
        })
        .await?;
    found.user(ctx.now())
}
