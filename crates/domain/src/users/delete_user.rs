//! Deleting a disabled user (DeleteUser). The mailbox is kept for its time; the addresses are held back.

use reeve_store::Tx;
use reeve_store::tables::users::{self, UserRow};
use reeve_store::tables::{names, passwords};

use super::{UserRef, UserState, addresses, find_in, mailbox, refuse_system_user, search};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::DELETE_USER;
use crate::organizations::{Needs, OrganizationRef};

/// Deletes a user. Their name is free at once, their addresses only when the hold ends.
///
/// Errors: `WrongState` unless disabled; `Reserved` for system users.
pub async fn delete_user(ctx: &Ctx, organization: OrganizationRef, user: UserRef) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &DELETE_USER, (&organization, &user), Needs::Usable)?;
        ctx.check_version(row.version)?;
        refuse_system_user(&row)?;
        if row.state != UserState::Disabled.word() {
            return Err(Error::WrongState { is: row.state, needs: "disabled; disable the user first".to_owned() });
        }
        remove(tx, ctx, &row, Leaving::User)?;
        let changes =
            [Change::gone("username", row.name.as_str()), Change::gone("display_name", row.display_name.as_str())];
        audit::record(tx, ctx, &DELETE_USER, Subject::within(&organization, &row.user_id, &row.name), &changes)
    })
    .await
}

/// What goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// One user: their addresses are held back, so that nobody gets mail that was meant for them.
    User,
    /// The whole directory with its organization: the alias and the domains are held back instead.
    Directory,
}

/// Removes everything of a user but the mailbox, whose time starts.
pub(crate) fn remove(tx: &mut Tx<'_>, ctx: &Ctx, row: &UserRow, leaving: Leaving) -> Result<(), Error> {
    match leaving {
        Leaving::User => addresses::hold_all(tx, ctx, row)?,
        Leaving::Directory => addresses::free_all(tx, row)?,
    }
    mailbox::retain(tx, ctx, row)?;
    search::remove(tx, row)?;
    passwords::delete(tx, (&row.directory_id, &row.user_id))?;
    names::delete(tx, &row.directory_id, &row.name_key)?;
    Ok(users::delete(tx, &row.directory_id, &row.user_id)?)
}
