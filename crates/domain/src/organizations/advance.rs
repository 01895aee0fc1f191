//! The steps of the jobs that create and delete organizations.
//!
//! Each step is one transaction that looks at where the organization is and moves it on by one; a crash between
//! steps loses nothing, and a step that runs twice does its work once. A step that cannot succeed ends in Failed.

use reeve_store::Tx;
use reeve_store::tables::domains::{self, DomainRow, OwnerRow};
use reeve_store::tables::organizations::{self, AliasRow, OrganizationRow};
use reeve_store::tables::{
    addresses, directories as directory_rows, dkim_keys, held_names, mailbox_keys, mailboxes, mobile_device_overrides,
    organization_conditions, organization_documents, organization_keys, personal_access_tokens,
};

use super::clear_out::{Everybody, clear_out};
use super::{State, move_to};
use crate::audit::{self, Change, Subject};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::jobs::Progress;
use crate::operations::ADVANCE_ORGANIZATION;
use crate::{access_control, directories, holds, hosted_zones, keys, mobile_devices, users};

/// The kind of job that creates an organization.
pub(crate) const CREATE_JOB: &str = "create_organization";

/// The kind of job that deletes an organization; its payload says what becomes of the directory.
pub(crate) const DELETE_JOB: &str = "delete_organization";

/// The payload of [`DELETE_JOB`] that takes the directory along.
pub(super) const WITH_DIRECTORY: &str = "with_directory";

/// Moves an organization on by one step.
pub(crate) fn advance(tx: &mut Tx<'_>, ctx: &Ctx, organization_id: &str, payload: &str) -> Result<Progress, Error> {
    let Some(mut row) = organizations::by_id(tx, organization_id)? else {
        return Err(Error::internal("a job names an organization that never was"));
    };
    let before = row.state.clone();
    let progress = match stored(row.state.parse())? {
        State::Requested => {
            move_to(tx, ctx, &mut row, State::Creating, "its directory and its test domain are being set up")?;
            Progress::Again
        }
        State::Creating => set_up(tx, ctx, &mut row)?,
        State::Validating => validate(tx, ctx, &mut row)?,
        State::Deleting => tear_down(tx, ctx, &mut row, payload)?,
        State::Active | State::Failed | State::Impaired | State::Inactive | State::Deleted => Progress::Done,
    };
    if row.state != before {
        note_move(tx, ctx, &row, before)?;
    }
    Ok(progress)
}

fn note_move(tx: &mut Tx<'_>, ctx: &Ctx, row: &OrganizationRow, before: String) -> Result<(), Error> {
    let changes = [Change::moved("state", before, &row.state), Change::made("state_reason", &row.state_reason)];
    let subject = Subject::within(row, &row.organization_id, &row.alias);
    audit::record(tx, ctx, &ADVANCE_ORGANIZATION, subject, &changes)
}

/// Makes the directory with its system users, and the test domain.
fn set_up(tx: &mut Tx<'_>, ctx: &Ctx, row: &mut OrganizationRow) -> Result<Progress, Error> {
    match directories::make_or_keep(tx, ctx, row) {
        Ok(()) => {}
        Err(Error::DirectoryUnavailable { why }) => {
            return fail(tx, ctx, row, &format!("its directory cannot be used: {why}"));
        }
        // Anything else may pass: the step is tried again.
        Err(other) => return Err(other),
    }
    users::add_system_users(tx, ctx, row)?;
    let owner = OwnerRow { organization_id: row.organization_id.clone(), directory_id: row.directory_id.clone() };
    let ours = domains::set_owner(tx, &row.test_domain, &owner)?
        || domains::owner(tx, &row.test_domain)?.is_some_and(|now| now == owner);
    if !ours {
        let why = format!("its test domain {} belongs to another organization", row.test_domain);
        return fail(tx, ctx, row, &why);
    }
    let test = DomainRow::new(&row.organization_id, &row.test_domain, "verified", ctx.now().millis());
    let domain = DomainRow { is_test: true, ..test };
    domains::insert(tx, &domain)?;
    access_control::add_default(tx, &row.organization_id)?;
    mobile_devices::add_default(tx, ctx, &row.organization_id)?;
    keys::ensure_managed(tx, ctx, &row.organization_id)?;
    move_to(tx, ctx, row, State::Validating, "its settings are being checked")?;
    Ok(Progress::Again)
}

/// Checks that what an active organization relies on is there.
fn validate(tx: &mut Tx<'_>, ctx: &Ctx, row: &mut OrganizationRow) -> Result<Progress, Error> {
    let directory = directory_rows::by_id(tx, &row.directory_id)?;
    let attached = directory
        .is_some_and(|d| d.deleted_at.is_none() && d.organization_id.as_deref() == Some(row.organization_id.as_str()));
    let owner = domains::owner(tx, &row.default_domain)?;
    let owned = owner.is_some_and(|o| o.organization_id == row.organization_id);
    match (attached, owned) {
        (true, true) => move_to(tx, ctx, row, State::Active, "it is healthy and ready for use")?,
        (false, _) => return fail(tx, ctx, row, "its directory is gone or serves another organization"),
        (_, false) => return fail(tx, ctx, row, "its default domain belongs to another organization"),
    }
    Ok(Progress::Done)
}

/// Ends an organization whose job was tried too often in Failed: from there it can be deleted, and its alias set free.
pub(crate) fn give_up(tx: &mut Tx<'_>, ctx: &Ctx, organization_id: &str, why: &str) -> Result<(), Error> {
    let Some(mut row) = organizations::by_id(tx, organization_id)? else { return Ok(()) };
    let before = row.state.clone();
    move_to(tx, ctx, &mut row, State::Failed, &format!("its job was tried too often and failed at last: {why}"))?;
    note_move(tx, ctx, &row, before)
}

fn fail(tx: &mut Tx<'_>, ctx: &Ctx, row: &mut OrganizationRow, why: &str) -> Result<Progress, Error> {
    move_to(tx, ctx, row, State::Failed, why)?;
    Ok(Progress::Failed)
}

/// Removes users, groups and resources (or, when the directory stays, their mail), then domains, then the organization
/// itself.
fn tear_down(tx: &mut Tx<'_>, ctx: &Ctx, row: &mut OrganizationRow, payload: &str) -> Result<Progress, Error> {
    let with_directory = payload == WITH_DIRECTORY;
    let directory = directory_rows::by_id(tx, &row.directory_id)?
        .filter(|d| d.organization_id.as_deref() == Some(row.organization_id.as_str()));
    if directory.is_some() {
        let everybody = if with_directory { Everybody::Goes } else { Everybody::Stays };
        if clear_out(tx, ctx, &row.directory_id, everybody)? {
            return Ok(Progress::Again);
        }
        mailboxes::delete_of_organization(tx, &row.directory_id, &row.organization_id)?;
        mailbox_keys::delete_of_organization(tx, (&row.directory_id, &row.organization_id))?;
        // Also of people who stay: what their devices and mail clients may do is for the next organization to say.
        mobile_device_overrides::delete_of_directory(tx, &row.directory_id)?;
        personal_access_tokens::delete_of_directory(tx, &row.directory_id)?;
        if with_directory {
            // What was held back for people who had gone before; nobody prunes a directory that is no more.
            addresses::delete_of_directory(tx, &row.directory_id)?;
            held_names::delete_of_directory(tx, &row.directory_id)?;
            directory_rows::delete(tx, &row.directory_id, ctx.now().millis())?;
        } else {
            directory_rows::set_organization(tx, &row.directory_id, None, &row.alias)?;
        }
    }
    let alias_hold = holds::settings_of(tx, &row.organization_id)?.alias();
    hosted_zones::leave_all(tx, ctx, &row.organization_id)?;
    domains::delete_all(tx, &row.organization_id)?;
    dkim_keys::delete_of_organization(tx, &row.organization_id)?;
    organization_documents::delete_of_organization(tx, &row.organization_id)?;
    organization_keys::delete_of_organization(tx, &row.organization_id)?;
    organization_conditions::delete_of_organization(tx, &row.organization_id)?;
    let holder = AliasRow {
        organization_id: row.organization_id.clone(),
        directory_id: row.directory_id.clone(),
        held_until: Some(ctx.now().plus(alias_hold).millis()),
    };
    organizations::put_alias(tx, &row.alias_key, &holder)?;
    move_to(tx, ctx, row, State::Deleted, "it was deleted; its alias is held back")?;
    Ok(Progress::Done)
}
