//! Editing an administrator: names, status, role, policies and password in one transaction (rows A4 to A6, A8, A10).
//!
//! Whatever the route, one's own status, role and policies stay as they are, and an active admin remains.

use reeve_base::Secret;
use reeve_base::names::ProfileText;
use reeve_base::text::fold;
use reeve_store::Tx;
use reeve_store::tables::access_keys;
use reeve_store::tables::administrators::AdministratorRow;

use super::add_administrator::refuse_policies_of_admins;
use super::{
    Administrator, AdministratorRef, AdministratorStatus, Judge, Prepared, end_all_sessions, find, is_active_admin,
    is_self, need_another_admin, passwords, prepare, refuse_self, save, sessions_gone, view,
};
use crate::audit::Change;
use crate::ctx::{AdministratorRole, Ctx};
use crate::error::Error;
use crate::operations::{ACTIVATE_ADMINISTRATOR, DEACTIVATE_ADMINISTRATOR, EDIT_ADMINISTRATOR, Operation};
use crate::policies::{self, NewAttachment};

/// What becomes of a password.
#[derive(Debug, Clone, Default)]
pub enum PasswordChange {
    /// It stays.
    #[default]
    Keep,
    /// It becomes this one.
    Set(Secret),
    /// One is made up and shown once.
    Generate,
}

/// A change of an administrator; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct AdministratorEdit {
    /// Their first name.
    pub first_name: Option<ProfileText>,
    /// Their last name.
    pub last_name: Option<ProfileText>,
    /// Whether they may sign in.
    pub status: Option<AdministratorStatus>,
    /// What they may do in principle; becoming an account admin takes their policies away.
    pub role: Option<AdministratorRole>,
    /// The policies they have from now on, all of them.
    pub policies: Option<Vec<NewAttachment>>,
    /// Their password.
    pub password: PasswordChange,
}

/// An edit of names alone needs no fresh sign-in: it gives nobody anything.
const EDIT_NAMES: Operation = Operation { fresh: false, ..EDIT_ADMINISTRATOR };

impl AdministratorEdit {
    fn operation(&self) -> &'static Operation {
        let names_alone = self.status.is_none()
            && self.role.is_none()
            && self.policies.is_none()
            && matches!(self.password, PasswordChange::Keep);
        if names_alone { &EDIT_NAMES } else { &EDIT_ADMINISTRATOR }
    }

    /// Refuses what would change the actor's own standing, or a password by the wrong route (row A6).
    fn check_self(&self, ctx: &Ctx, row: &AdministratorRow) -> Result<(), Error> {
        let status = self.status.is_some_and(|status| status.word() != row.status);
        let role = self.role.is_some_and(|role| role.word() != row.role);
        let is_admin = row.role == AdministratorRole::Admin.word();
        let policies = self.policies.as_ref().is_some_and(|wanted| !(is_admin && wanted.is_empty()));
        let password = !matches!(self.password, PasswordChange::Keep);
        if is_self(ctx, row) && (status || role || policies || password) { Err(Error::SelfForbidden) } else { Ok(()) }
    }
}

/// Edits an administrator; answers with their password, when one was made up.
///
/// Errors: `SelfForbidden` for one's own status, role, policies and password; `LastAdmin`; `Invalid` for policies
/// given to an account admin; `PasswordRefused`, `VersionMismatch`.
pub async fn edit_administrator(
    ctx: &Ctx,
    who: AdministratorRef,
    edit: AdministratorEdit,
) -> Result<(Administrator, Option<Secret>), Error> {
    let prepared = prepare_password(ctx, &who, &edit).await?;
    let generated = prepared.as_ref().and_then(|prepared| prepared.generated.clone());
    let administrator = ctx
        .write(move |tx, ctx| {
            let operation = edit.operation();
            let mut row = find(tx, ctx, operation, &who)?;
            ctx.check_version(row.version)?;
            edit.check_self(ctx, &row)?;
            let mut changes = rename(&mut row, &edit);
            changes.extend(set_role(tx, ctx, &mut row, &edit)?);
            if let Some(status) = edit.status {
                changes.extend(set_status(tx, &mut row, status)?);
            }
            if let Some(prepared) = &prepared {
                changes.extend(passwords::set(tx, &mut row, prepared)?);
            }
            save(tx, ctx, operation, &mut row, &changes)?;
            view(tx, ctx, row)
        })
        .await?;
    Ok((administrator, generated))
}

/// Readies the password of an edit that sets one, after asking whether the actor may.
async fn prepare_password(
    ctx: &Ctx,
    who: &AdministratorRef,
    edit: &AdministratorEdit,
) -> Result<Option<Prepared>, Error> {
    let typed = match &edit.password {
        PasswordChange::Keep => return Ok(None),
        PasswordChange::Set(typed) => Some(typed.clone()),
        PasswordChange::Generate => None,
    };
    let (who, edit) = (who.clone(), edit.clone());
    let judge = ctx
        .read(move |tx, ctx| {
            let mut row = find(tx, ctx, edit.operation(), &who)?;
            ctx.check_version(row.version)?;
            edit.check_self(ctx, &row)?;
            rename(&mut row, &edit);
            Ok(Judge::for_sign_in(&row))
        })
        .await?;
    prepare(ctx, judge, typed).await.map(Some)
}

/// Puts the names of an edit into a row; says what changed.
fn rename(row: &mut AdministratorRow, edit: &AdministratorEdit) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut put = |field: &str, name: &mut String, key: &mut String, to: Option<&ProfileText>| {
        if let Some(to) = to.filter(|to| to.as_str() != name) {
            changes.push(Change::moved(field, name.as_str(), to.as_str()));
            to.as_str().clone_into(name);
            *key = fold(name);
        }
    };
    put("first_name", &mut row.first_name, &mut row.first_key, edit.first_name.as_ref());
    put("last_name", &mut row.last_name, &mut row.last_key, edit.last_name.as_ref());
    changes
}

/// Gives a row the role and the policies of an edit; says what changed.
fn set_role(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: &mut AdministratorRow,
    edit: &AdministratorEdit,
) -> Result<Vec<Change>, Error> {
    let before = AdministratorRole::of(&row.role);
    let after = edit.role.unwrap_or(before);
    let mut changes = Vec::new();
    if after != before {
        if is_active_admin(row) {
            need_another_admin(tx, row)?;
        }
        changes.push(Change::moved("role", before.word(), after.word()));
        after.word().clone_into(&mut row.role);
    }
    let wanted = edit.policies.as_deref();
    refuse_policies_of_admins(after, wanted.unwrap_or_default())?;
    // An account admin has no policies: none would bind them, and none must wake up when they are general again.
    let wanted = if after == AdministratorRole::Admin && after != before { Some(&[][..]) } else { wanted };
    if let Some(wanted) = wanted {
        changes.extend(policies::replace_attachments(tx, ctx, row, wanted)?);
    }
    Ok(changes)
}

/// Gives a row a status; becoming inactive ends at once whatever opened anything. Says what changed.
fn set_status(tx: &mut Tx<'_>, row: &mut AdministratorRow, status: AdministratorStatus) -> Result<Vec<Change>, Error> {
    if row.status == status.word() {
        return Ok(Vec::new());
    }
    let mut changes = vec![Change::moved("status", row.status.as_str(), status.word())];
    if status == AdministratorStatus::Inactive {
        if is_active_admin(row) {
            need_another_admin(tx, row)?;
        }
        changes.extend(sessions_gone(end_all_sessions(tx, row)?));
        let keys = access_keys::deactivate_all(tx, &row.administrator_id)?;
        if keys > 0 {
            changes.push(Change::gone("active_access_keys", keys.to_string()));
        }
        if row.api_password_hash.take().is_some() {
            row.api_password_limit.clear();
            changes.push(Change::gone("api_password", "(set)"));
        }
    }
    status.word().clone_into(&mut row.status);
    Ok(changes)
}

/// Lets an administrator sign in; nothing that their deactivation ended comes back.
///
/// Errors: `SelfForbidden`.
pub async fn activate_administrator(ctx: &Ctx, who: AdministratorRef) -> Result<Administrator, Error> {
    switch(ctx, who, (&ACTIVATE_ADMINISTRATOR, AdministratorStatus::Active)).await
}

/// Ends an administrator's sessions, access keys and API password at once, and lets them sign in no more.
///
/// Errors: `SelfForbidden`, `LastAdmin`.
pub async fn deactivate_administrator(ctx: &Ctx, who: AdministratorRef) -> Result<Administrator, Error> {
    switch(ctx, who, (&DEACTIVATE_ADMINISTRATOR, AdministratorStatus::Inactive)).await
}

async fn switch(
    ctx: &Ctx,
    who: AdministratorRef,
    (operation, status): (&'static Operation, AdministratorStatus),
) -> Result<Administrator, Error> {
    ctx.write(move |tx, ctx| {
        let mut row = find(tx, ctx, operation, &who)?;
        ctx.check_version(row.version)?;
        refuse_self(ctx, &row)?;
        let changes = set_status(tx, &mut row, status)?;
        save(tx, ctx, operation, &mut row, &changes)?;
        view(tx, ctx, row)
    })
    .await
}
