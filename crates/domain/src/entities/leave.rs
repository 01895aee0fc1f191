//! What goes with an entity that is deleted: its name, its addresses, and every mention of it elsewhere.

use reeve_store::Tx;
use reeve_store::tables::{
    group_members, mailbox_permissions, mobile_device_overrides, names, personal_access_tokens, resource_delegates,
};

use super::addresses::{free_all, hold_all};
use super::{Holder, mailbox};
use crate::ctx::Ctx;
use crate::error::Error;

/// What goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// One entity: its addresses are held back, so that nobody gets mail that was meant for it.
    Alone,
    /// The whole directory with its organization: the alias and the domains are held back instead.
    Directory,
}

/// Takes everything from an entity but its row, which the caller deletes; the time of its mailbox starts.
pub(crate) fn leave(tx: &mut Tx<'_>, ctx: &Ctx, holder: Holder<'_>, leaving: Leaving) -> Result<(), Error> {
    match leaving {
        Leaving::Alone => hold_all(tx, ctx, holder)?,
        Leaving::Directory => free_all(tx, holder)?,
    }
    mailbox::retain(tx, ctx, holder)?;
    forget(tx, holder.directory_id, holder.id)?;
    Ok(names::delete(tx, holder.directory_id, holder.name_key)?)
}

/// Ends memberships, delegations, permissions, overrides and tokens, of the entity and for it: an id is never given
/// again, but a row that nobody can reach any more is a row that nobody can remove.
fn forget(tx: &mut Tx<'_>, directory_id: &str, entity_id: &str) -> Result<(), Error> {
    group_members::forget(tx, directory_id, entity_id)?;
    resource_delegates::forget(tx, directory_id, entity_id)?;
    mailbox_permissions::forget(tx, directory_id, entity_id)?;
    mobile_device_overrides::forget(tx, directory_id, entity_id)?;
    Ok(personal_access_tokens::forget(tx, directory_id, entity_id)?)
}
