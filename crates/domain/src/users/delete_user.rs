//! Deleting a disabled user (DeleteUser). The mailbox is kept for its time; name and addresses are held back.

use reeve_store::Tx;
use reeve_store::tables::passwords;
use reeve_store::tables::users::{self, UserRow};

use super::{EntityState, UserRef, find_in, refuse_system_user, search};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::entities::{self, Leaving, Registrable};
use crate::error::Error;
use crate::operations::DELETE_USER;
use crate::organizations::{Needs, OrganizationRef};
use crate::{holds, resources};

/// Deletes a user. Name and addresses are held back for the time that the organization says.
///
/// Errors: `WrongState` unless disabled, and while they alone answer for a resource; `Reserved` for system users.
pub async fn delete_user(ctx: &Ctx, organization: OrganizationRef, user: UserRef) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &DELETE_USER, (&organization, &user), Needs::Usable)?;
        ctx.check_version(row.version)?;
        refuse_system_user(&row)?;
        if row.state != EntityState::Disabled.word() {
            return Err(Error::WrongState { is: row.state, needs: "disabled; disable the user first".to_owned() });
        }
        resources::need_other_delegate(tx, ctx, &organization, &row.user_id)?;
        remove(tx, ctx, &row, Leaving::Alone)?;
        let changes =
            [Change::gone("username", row.name.as_str()), Change::gone("display_name", row.display_name.as_str())];
        audit::record(tx, ctx, &DELETE_USER, Subject::within(&organization, &row.user_id, &row.name), &changes)
    })
    .await
}

/// Removes everything of a user but the mailbox, whose time starts.
pub(crate) fn remove(tx: &mut Tx<'_>, ctx: &Ctx, row: &UserRow, leaving: Leaving) -> Result<(), Error> {
    entities::leave(tx, ctx, row.holder(), leaving)?;
    if leaving == Leaving::Alone {
        holds::hold_name(tx, ctx, row)?;
    }
    search::remove(tx, row)?;
    passwords::delete(tx, (&row.directory_id, &row.user_id))?;
    Ok(users::delete(tx, &row.directory_id, &row.user_id)?)
}
