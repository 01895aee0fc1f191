//! Showing one user (DescribeUser).

use super::{Found, User, UserRef, find_in};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SHOW_USER;
use crate::organizations::{Needs, OrganizationRef};

/// Shows a user, named by id, address or name.
pub async fn show_user(ctx: &Ctx, organization: OrganizationRef, user: UserRef) -> Result<User, Error> {
    let found = ctx
        .read(move |tx, ctx| {
            let (organization, row) = find_in(tx, ctx, &SHOW_USER, (&organization, &user), Needs::Present)?;
            Found::new(tx, &organization, row)
        })
        .await?;
    found.user(ctx.now())
}
