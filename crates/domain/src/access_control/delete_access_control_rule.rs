//! Removing an access control rule (DeleteAccessControlRule). Without the last one, nobody gets in any more.

use reeve_base::names::RuleName;
use reeve_store::tables::organization_documents as rows;

use super::KIND;
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::Body;
use crate::error::Error;
use crate::operations::DELETE_ACCESS_CONTROL_RULE;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Removes a rule; one that is not there is gone already.
///
/// Errors: `VersionMismatch`.
pub async fn delete_access_control_rule(ctx: &Ctx, organization: OrganizationRef, name: RuleName) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &DELETE_ACCESS_CONTROL_RULE, &organization, Needs::Usable)?;
        let (of, name) = ((organization.organization_id.as_str(), KIND), name.as_str());
        let Some(row) = rows::get(tx, of, name)? else { return Ok(()) };
        ctx.check_version(row.version)?;
        rows::delete(tx, of, name)?;
        let changes = Body::default().changes_from(&Body::read(&row.body)?);
        audit::record(tx, ctx, &DELETE_ACCESS_CONTROL_RULE, Subject::within(&organization, name, name), &changes)
    })
    .await
}
