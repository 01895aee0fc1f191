//! Showing one organization and the states it went through (DescribeOrganization; row B7).

use reeve_base::Timestamp;
use reeve_store::tables::organizations;

use super::{Organization, OrganizationRef, State, find};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::{LIST_ORGANIZATION_STATES, SHOW_ORGANIZATION};

/// One state that an organization reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationState {
    /// The state.
    pub state: State,
    /// Why it was reached.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Shows an organization; a deleted one is still shown.
pub async fn show_organization(ctx: &Ctx, reference: OrganizationRef) -> Result<Organization, Error> {
    let row = ctx.read(move |tx, ctx| find(tx, ctx, &SHOW_ORGANIZATION, &reference)).await?;
    Organization::from_row(row)
}

/// Lists the states that an organization went through, oldest first.
pub async fn list_organization_states(ctx: &Ctx, reference: OrganizationRef) -> Result<Vec<OrganizationState>, Error> {
    ctx.read(move |tx, ctx| {
        let row = find(tx, ctx, &LIST_ORGANIZATION_STATES, &reference)?;
        organizations::states(tx, &row.organization_id)?
            .into_iter()
            .map(|row| {
                Ok(OrganizationState {
                    state: stored(row.state.parse())?,
                    reason: row.reason,
                    at: Timestamp::from_millis(row.at),
                })
            })
            .collect()
    })
    .await
}
