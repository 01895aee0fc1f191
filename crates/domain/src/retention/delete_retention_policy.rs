//! Removing the retention policy of an organization (DeleteRetentionPolicy): mail stays for ever.

use reeve_base::ids::RetentionPolicyId;
use reeve_store::tables::organization_documents as rows;

use super::{KIND, only};
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::Body;
use crate::error::Error;
use crate::operations::DELETE_RETENTION_POLICY;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Removes the retention policy with this id, or whichever there is; one that is not there is gone already.
///
/// Errors: `VersionMismatch`.
pub async fn delete_retention_policy(
    ctx: &Ctx,
    organization: OrganizationRef,
    id: Option<RetentionPolicyId>,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &DELETE_RETENTION_POLICY, &organization, Needs::Usable)?;
        let there = only(tx, &organization.organization_id)?;
        let meant = there.filter(|row| id.as_ref().is_none_or(|id| id.as_str() == row.document_id));
        let Some(row) = meant else { return Ok(()) };
        ctx.check_version(row.version)?;
        rows::delete(tx, (&organization.organization_id, KIND), &row.document_id)?;
        let before = Body::read(&row.body)?;
        let changes = Body::default().changes_from(&before);
        let subject = Subject::within(&organization, &row.document_id, before.text("name")?);
        audit::record(tx, ctx, &DELETE_RETENTION_POLICY, subject, &changes)
    })
    .await
}
