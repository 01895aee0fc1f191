//! Listing the rules about mobile devices (ListMobileDeviceAccessRules): never more than a few, so always all.

use super::{MobileDeviceRule, all};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::LIST_MOBILE_DEVICE_RULES;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Lists the rules of an organization about mobile devices by name.
pub async fn list_mobile_device_rules(
    ctx: &Ctx,
    organization: OrganizationRef,
) -> Result<Vec<MobileDeviceRule>, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &LIST_MOBILE_DEVICE_RULES, &organization, Needs::Present)?;
        all(tx, &organization.organization_id)
    })
    .await
}
