//! Letting the users of an organization prove who they are by their passwords again
//! (DeleteIdentityProviderConfiguration).

use reeve_store::tables::organization_documents as rows;

use super::KIND;
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::Body;
use crate::error::Error;
use crate::operations::REMOVE_IDENTITY_PROVIDER;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Removes the identity provider of an organization; where there is none, nothing changes. Personal access tokens open
/// nothing without one, and are kept.
pub async fn remove_identity_provider(ctx: &Ctx, organization: OrganizationRef) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &REMOVE_IDENTITY_PROVIDER, &organization, Needs::Usable)?;
        let of = (organization.organization_id.as_str(), KIND);
        let Some(row) = rows::get(tx, of, KIND)? else { return Ok(()) };
        rows::delete(tx, of, KIND)?;
        let changes = Body::default().changes_from(&Body::read(&row.body)?);
        let subject = Subject::within(&organization, &organization.organization_id, &organization.alias);
        audit::record(tx, ctx, &REMOVE_IDENTITY_PROVIDER, subject, &changes)
    })
    .await
}
