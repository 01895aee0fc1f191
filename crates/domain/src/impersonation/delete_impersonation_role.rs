//! Removing an impersonation role (DeleteImpersonationRole). Access control rules that name it speak of nobody then.

use reeve_base::ids::ImpersonationRoleId;
use reeve_store::tables::organization_documents as rows;

use super::KIND;
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::Body;
use crate::error::Error;
use crate::operations::DELETE_IMPERSONATION_ROLE;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Removes a role; one that is not there is gone already.
///
/// Errors: `VersionMismatch`.
pub async fn delete_impersonation_role(
    ctx: &Ctx,
    organization: OrganizationRef,
    role: ImpersonationRoleId,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &DELETE_IMPERSONATION_ROLE, &organization, Needs::Usable)?;
        let (of, id) = ((organization.organization_id.as_str(), KIND), role.as_str());
        let Some(row) = rows::get(tx, of, id)? else { return Ok(()) };
        ctx.check_version(row.version)?;
        rows::delete(tx, of, id)?;
        let body = Body::read(&row.body)?;
        let subject = Subject::within(&organization, id, body.text("name")?);
        let changes = Body::default().changes_from(&body);
        audit::record(tx, ctx, &DELETE_IMPERSONATION_ROLE, subject, &changes)
    })
    .await
}
