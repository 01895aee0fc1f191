//! Deleting an organization: it stops at once, a job removes what it held, a tombstone remains (DeleteOrganization).

use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::users as user_rows;

use super::advance::WITH_DIRECTORY;
use super::{DELETE_JOB, Organization, OrganizationRef, State, find, move_to};
use crate::audit::{self, Change, Subject};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::DELETE_ORGANIZATION;
use crate::{client_tokens, identity_providers, jobs};

/// How far a deletion goes.
#[derive(Debug, Clone, Copy)]
pub struct Deletion {
    /// Whether the directory and everybody in it goes too.
    pub delete_directory: bool,
    /// Whether to go on although users are still enabled.
    pub force: bool,
    /// Whether the Identity Center application that the organization uses goes too.
    pub identity_center_application: bool,
}

/// Starts the deletion; answers with the organization in state Deleting. A retry with the same client token finds it as
/// it is by then.
///
/// Errors: `OrganizationState` when it is being created, or deleted already; `WrongState` when users are enabled
/// and `force` is not set; `Conflict` when a client token comes with another request;
/// `Denied` for an application that the actor may not delete.
pub async fn delete_organization(
    ctx: &Ctx,
    reference: OrganizationRef,
    deletion: Deletion,
) -> Result<Organization, Error> {
    let row = ctx.write(move |tx, ctx| delete(tx, ctx, &reference, deletion)).await?;
    ctx.deployment().jobs_wake.notify_one();
    Organization::from_row(row)
}

fn delete(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    reference: &OrganizationRef,
    deletion: Deletion,
) -> Result<OrganizationRow, Error> {
    let mut row = find(tx, ctx, &DELETE_ORGANIZATION, reference)?;
    if client_tokens::made_before(tx, ctx, &DELETE_ORGANIZATION)?.is_some_and(|asked| asked == row.organization_id) {
        return Ok(row);
    }
    ctx.check_version(row.version)?;
    let state: State = stored(row.state.parse())?;
    if !matches!(state, State::Active | State::Impaired | State::Inactive | State::Failed) {
        return Err(Error::OrganizationState { is: row.state, needs: "Active, Impaired, Inactive or Failed" });
    }
    let enabled = user_rows::Filter { state: "enabled".to_owned(), ..user_rows::Filter::of(&row.directory_id) };
    // A failed organization may name a directory that serves another: its people are not counted.
    if !deletion.force && state != State::Failed {
        let count = user_rows::count(tx, &enabled)?;
        if count > 0 {
            return Err(Error::WrongState {
                is: format!("in use by {count} enabled users"),
                needs: "without enabled users; disable them, or force the deletion".to_owned(),
            });
        }
    }
    if deletion.identity_center_application {
        identity_providers::delete_application_of(tx, ctx, &row)?;
    }
    let before = row.state.clone();
    move_to(tx, ctx, &mut row, State::Deleting, "its deletion was asked for")?;
    jobs::add(tx, ctx, &row, DELETE_JOB, if deletion.delete_directory { WITH_DIRECTORY } else { "" })?;
    client_tokens::note(tx, ctx, &DELETE_ORGANIZATION, &row.organization_id)?;
    let changes = [
        Change::moved("state", before, &row.state),
        Change::made("delete_directory", deletion.delete_directory.to_string()),
        Change::made("force", deletion.force.to_string()),
    ];
    audit::record(tx, ctx, &DELETE_ORGANIZATION, Subject::within(&row, &row.organization_id, &row.alias), &changes)?;
    Ok(row)
}
