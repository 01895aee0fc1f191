//! Removing a rule about mobile devices (DeleteMobileDeviceAccessRule). Without the last one, no device gets in any more.

use reeve_base::ids::MobileDeviceRuleId;
use reeve_store::tables::organization_documents as rows;

use super::KIND;
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::Body;
use crate::error::Error;
use crate::operations::DELETE_MOBILE_DEVICE_RULE;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Removes a rule; one that is not there is gone already.
///
/// Errors: `VersionMismatch`.
pub async fn delete_mobile_device_rule(
    ctx: &Ctx,
    organization: OrganizationRef,
    rule: MobileDeviceRuleId,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &DELETE_MOBILE_DEVICE_RULE, &organization, Needs::Usable)?;
        let (of, id) = ((organization.organization_id.as_str(), KIND), rule.as_str());
        let Some(row) = rows::get(tx, of, id)? else { return Ok(()) };
        ctx.check_version(row.version)?;
        rows::delete(tx, of, id)?;
        let body = Body::read(&row.body)?;
        let subject = Subject::within(&organization, id, body.text("name")?);
        let changes = Body::default().changes_from(&body);
        audit::record(tx, ctx, &DELETE_MOBILE_DEVICE_RULE, subject, &changes)
    })
    .await
}
