//! The one name space of users, groups and resources.

use reeve_store::Tx;
use reeve_store::tables::names::{self, NameRow};

use super::Holder;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::holds::{self, Taker};

/// Gives an entity its name.
///
/// Errors: `NameTaken`, naming the field in which the name was given, also while the name is held back for another.
pub(crate) fn take_name(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (holder, taker): (Holder<'_>, Taker<'_>),
    field: &'static str,
) -> Result<(), Error> {
    holds::take_held_name(tx, ctx, (holder.directory_id, holder.name_key), taker, field)?;
    let bearer = NameRow { entity_id: holder.id.to_owned(), kind: holder.kind.word().to_owned() };
    if names::insert(tx, holder.directory_id, holder.name_key, &bearer)? {
        return Ok(());
    }
    Err(Error::NameTaken {
        field,
        why: format!("the name \"{}\" is taken by a user, group or resource of this organization", holder.name),
    })
}
