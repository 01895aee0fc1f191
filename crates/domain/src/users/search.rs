//! The folded texts by whose beginnings a user is found: name, display name and its words, primary address; and the id
//! at an identity provider, which only the list that asks for it looks at.

use reeve_base::text::{fold, search_key};
use reeve_store::Tx;
use reeve_store::tables::users::{self, PROVIDER_MARK, UserRow};

use crate::error::Error;

/// Words of a display name by which its bearer is found, besides its beginning.
const WORDS_MAX: usize = 4;

/// The texts of a user. One that begins another is left out: whoever seeks it finds the longer one.
pub(crate) fn tokens(row: &UserRow) -> Vec<String> {
    let display = fold(&row.display_name);
    let mut all = vec![row.name_key.clone()];
    all.extend(display.split_whitespace().skip(1).take(WORDS_MAX).map(str::to_owned));
    all.push(display);
    all.extend(row.email.as_deref().map(fold));
    for token in &mut all {
        *token = search_key(token);
    }
    // Compared as it is, case and all: nobody types it.
    all.extend(
        Some(&row.identity_provider_user_id).filter(|id| !id.is_empty()).map(|id| format!("{PROVIDER_MARK}{id}")),
    );
    all.sort();
    all.dedup();
    let covered: Vec<bool> = (0..all.len())
        .map(|at| all.get(at + 1).is_some_and(|next| all.get(at).is_some_and(|this| next.starts_with(this.as_str()))))
        .collect();
    all.into_iter().zip(covered).filter(|(token, covered)| !covered && !token.is_empty()).map(|(t, _)| t).collect()
}

/// Makes a new user findable.
pub(super) fn add(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), Error> {
    for token in tokens(row) {
        users::add_token(tx, &row.directory_id, &row.user_id, &token)?;
    }
    Ok(())
}

/// Makes a user findable by what they are now instead of what they were.
pub(crate) fn replace(tx: &mut Tx<'_>, old: &[String], row: &UserRow) -> Result<(), Error> {
    let new = tokens(row);
    for token in old.iter().filter(|token| !new.contains(token)) {
        users::delete_token(tx, &row.directory_id, &row.user_id, token)?;
    }
    for token in new.iter().filter(|token| !old.contains(token)) {
        users::add_token(tx, &row.directory_id, &row.user_id, token)?;
    }
    Ok(())
}

/// Makes a user unfindable.
pub(super) fn remove(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), Error> {
    for token in tokens(row) {
        users::delete_token(tx, &row.directory_id, &row.user_id, &token)?;
    }
    Ok(())
}
