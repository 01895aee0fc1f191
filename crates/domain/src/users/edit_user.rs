//! Editing what is said of a user (UpdateUser; seed 000 "Editing User Details").

use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::users::{self, UserRow};

use super::profile::ProfileEdit;
use super::{Found, User, UserRef, UserRole, find_in, refuse_system_user, search, touch};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::entities::{self, Registrable};
use crate::error::Error;
use crate::operations::{EDIT_USER, Operation};
use crate::organizations::{Needs, OrganizationRef};

/// A change of a user: what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct UserEdit {
    /// What is said of them.
    pub profile: ProfileEdit,
    /// Whether address books leave them out.
    pub hidden: Option<bool>,
    /// What they are; an enabled user who becomes a user gets a mailbox, one who becomes remote has theirs kept.
    pub role: Option<UserRole>,
}

/// Changes a user, enabled or disabled.
///
/// Errors: `Invalid` naming the field, `VersionMismatch`, `Reserved` for system users.
pub async fn edit_user(ctx: &Ctx, organization: OrganizationRef, user: UserRef, edit: UserEdit) -> Result<User, Error> {
    edit.profile.check()?;
    if let Some(role) = edit.role {
        role.assignable()?;
    }
    let found = ctx
        .write(move |tx, ctx| {
            let (organization, row) = find_in(tx, ctx, &EDIT_USER, (&organization, &user), Needs::Usable)?;
            ctx.check_version(row.version)?;
            let (row, _) = apply(tx, ctx, &organization, (row, &edit), &EDIT_USER)?;
            Found::new(tx, &organization, row)
        })
        .await?;
    found.user(ctx.now())
}

/// Applies an edit to the user of a row and writes everything down; says which fields changed.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (mut row, edit): (UserRow, &UserEdit),
    operation: &Operation,
) -> Result<(UserRow, Vec<Change>), Error> {
    refuse_system_user(&row)?;
    let tokens = search::tokens(&row);
    let mut changes = edit.profile.apply(&mut row);
    if let Some(hidden) = edit.hidden.filter(|hidden| *hidden != row.hidden) {
        let field = "hidden_from_global_address_list";
        changes.push(Change::moved(field, row.hidden.to_string(), hidden.to_string()));
        row.hidden = hidden;
    }
    if let Some(role) = edit.role.filter(|role| role.word() != row.role) {
        changes.push(Change::moved("role", row.role.as_str(), role.word()));
        role.word().clone_into(&mut row.role);
        match (row.email.is_some(), role) {
            (true, UserRole::User) => entities::provision(tx, ctx, organization, row.holder())?,
            (true, _) => entities::retain(tx, ctx, row.holder())?,
            (false, _) => {}
        }
    }
    if !changes.is_empty() {
        touch(&mut row, ctx.now());
        users::update(tx, &row)?;
        search::replace(tx, &tokens, &row)?;
        audit::record(tx, ctx, operation, Subject::within(organization, &row.user_id, &row.name), &changes)?;
    }
    Ok((row, changes))
}
