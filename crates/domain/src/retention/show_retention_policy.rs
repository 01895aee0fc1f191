//! Showing the retention policy of an organization (GetDefaultRetentionPolicy).

use super::{RetentionPolicy, WHAT, only};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SHOW_RETENTION_POLICY;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Shows the retention policy of an organization.
///
/// Errors: `NotFound` where there is none.
pub async fn show_retention_policy(ctx: &Ctx, organization: OrganizationRef) -> Result<RetentionPolicy, Error> {
    ctx.read(move |tx, ctx| {
        let row = find_in(tx, ctx, &SHOW_RETENTION_POLICY, &organization, Needs::Present)?;
        let policy = only(tx, &row.organization_id)?.ok_or_else(|| Error::not_found(WHAT, &row.alias))?;
        RetentionPolicy::from_row(&policy)
    })
    .await
}
