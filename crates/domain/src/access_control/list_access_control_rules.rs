//! Listing access control rules (ListAccessControlRules): never more than a few, so always all.

use super::{AccessControlRule, all};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::LIST_ACCESS_CONTROL_RULES;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Lists the access control rules of an organization by name.
pub async fn list_access_control_rules(
    ctx: &Ctx,
    organization: OrganizationRef,
) -> Result<Vec<AccessControlRule>, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &LIST_ACCESS_CONTROL_RULES, &organization, Needs::Present)?;
        all(tx, &organization.organization_id)
    })
    .await
}
