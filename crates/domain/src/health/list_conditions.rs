//! Listing what is amiss with an organization (row B7).

use reeve_base::Timestamp;
use reeve_store::Store;
use reeve_store::tables::organization_conditions::{self, ConditionRow};
use reeve_store::tables::organizations;

use super::{Condition, Kind};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::LIST_ORGANIZATION_CONDITIONS;
use crate::organizations::{OrganizationRef, find};

/// Conditions that are told at once of a whole deployment.
const SHOWN_MAX: i64 = 100;

/// Lists what is amiss with an organization, the oldest first; nothing while it is Active.
pub async fn list_organization_conditions(ctx: &Ctx, organization: OrganizationRef) -> Result<Vec<Condition>, Error> {
    ctx.read(move |tx, ctx| {
        let row = find(tx, ctx, &LIST_ORGANIZATION_CONDITIONS, &organization)?;
        organization_conditions::all(tx, &row.organization_id)?.into_iter().map(condition).collect()
    })
    .await
}

/// What is amiss in the whole deployment, for whoever holds its database: aliases, each with what is amiss.
pub async fn conditions_of_deployment(store: &Store) -> Result<Vec<(String, Condition)>, Error> {
    store
        .read(|tx| {
            let rows = organization_conditions::everywhere(tx, SHOWN_MAX)?;
            rows.into_iter()
                .map(|row| {
                    let alias = organizations::by_id(tx, &row.organization_id)?.map(|row| row.alias);
                    Ok((alias.unwrap_or_else(|| row.organization_id.clone()), condition(row)?))
                })
                .collect()
        })
        .await
}

fn condition(row: ConditionRow) -> Result<Condition, Error> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.word() == row.kind);
    Ok(Condition {
        kind: stored(kind.ok_or("an unknown kind of condition"))?,
        subject: row.subject,
        reason: row.reason,
        remedy: row.remedy,
        since: Timestamp::from_millis(row.since),
    })
}
