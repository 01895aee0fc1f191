//! Names of deleted users: kept from others, and given back to the same person.
//!
//! The same person is a user who is made anew under the same name and display name, case and accents aside. They get
//! the name; mailbox and addresses stay with the id that is gone.

use reeve_base::Timestamp;
use reeve_base::text::fold;
use reeve_store::Tx;
use reeve_store::tables::held_names::{self, HeldNameRow};
use reeve_store::tables::users::UserRow;

use super::settings_of_directory;
use crate::ctx::Ctx;
use crate::error::Error;

/// Who wants a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taker<'a> {
    /// A user with this display name.
    User(&'a str),
    /// Something else, which is no person who could come back.
    Other,
}

/// Holds back the name of a user who is deleted.
pub(crate) fn hold_name(tx: &mut Tx<'_>, ctx: &Ctx, row: &UserRow) -> Result<(), Error> {
    let time = settings_of_directory(tx, &row.directory_id)?.names();
    if time.is_zero() {
        return Ok(());
    }
    let held = HeldNameRow {
        directory_id: row.directory_id.clone(),
        name_key: row.name_key.clone(),
        name: row.name.clone(),
        entity_id: row.user_id.clone(),
        person_key: fold(&row.display_name),
        held_until: ctx.now().plus(time).millis(),
        created_at: ctx.now().millis(),
    };
    Ok(held_names::put(tx, &held)?)
}

/// Ends the hold of a name that somebody takes who may.
///
/// Errors: `NameTaken` while it is held back for another.
pub(crate) fn take_held_name(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (directory_id, name_key): (&str, &str),
    taker: Taker<'_>,
    field: &'static str,
) -> Result<(), Error> {
    let Some(held) = held_names::get(tx, directory_id, name_key)? else { return Ok(()) };
    refuse(ctx, &held, taker, field)?;
    Ok(held_names::delete(tx, directory_id, name_key)?)
}

/// Refuses a name that is held back for another than this user who is to be.
pub(crate) fn refuse_held_name(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (directory_id, name_key): (&str, &str),
    display_name: &str,
) -> Result<(), Error> {
    match held_names::get(tx, directory_id, name_key)? {
        Some(held) => refuse(ctx, &held, Taker::User(display_name), "username"),
        None => Ok(()),
    }
}

fn refuse(ctx: &Ctx, held: &HeldNameRow, taker: Taker<'_>, field: &'static str) -> Result<(), Error> {
    let until = Timestamp::from_millis(held.held_until);
    let same = matches!(taker, Taker::User(display_name) if fold(display_name) == held.person_key);
    if until <= ctx.now() || same {
        return Ok(());
    }
    Err(Error::NameTaken {
        field,
        why: format!(
            "the name \"{}\" belonged to a user who was deleted, and is held back for them until {until}; make the \
             same person anew with the same display name, choose another name, or release the hold",
            held.name
        ),
    })
}
