//! The one name space of users, groups and resources.

use reeve_store::Tx;
use reeve_store::tables::names::{self, NameRow};

use super::Holder;
use crate::error::Error;

/// Gives an entity its name.
///
/// Errors: `NameTaken`, naming the field in which the name was given.
pub(crate) fn take_name(tx: &mut Tx<'_>, holder: Holder<'_>, field: &'static str) -> Result<(), Error> {
    let bearer = NameRow { entity_id: holder.id.to_owned(), kind: holder.kind.word().to_owned() };
    if names::insert(tx, holder.directory_id, holder.name_key, &bearer)? {
        return Ok(());
    }
    Err(Error::NameTaken {
        field,
        why: format!("the name \"{}\" is taken by a user, group or resource of this organization", holder.name),
    })
}
