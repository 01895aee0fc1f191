//! Showing the identity provider of an organization (DescribeIdentityProviderConfiguration).

use super::{IdentityProvider, WHAT, of};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SHOW_IDENTITY_PROVIDER;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Shows by whom else the users of an organization prove who they are.
///
/// Errors: `NotFound` where there is nobody else.
pub async fn show_identity_provider(ctx: &Ctx, organization: OrganizationRef) -> Result<IdentityProvider, Error> {
    ctx.read(move |tx, ctx| {
        let row = find_in(tx, ctx, &SHOW_IDENTITY_PROVIDER, &organization, Needs::Present)?;
        of(tx, &row.organization_id)?.ok_or_else(|| Error::not_found(WHAT, &row.alias))
    })
    .await
}
