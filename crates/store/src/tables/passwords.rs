//! Earlier passwords of users, as hashes, so that they are not used again. Sharded by `directory_id`.

use crate::{StoreError, Tx};

statements! {
    ADD = "INSERT INTO password_history (directory_id, user_id, changed_at, password_hash) VALUES ($1, $2, $3, $4) \
           ON CONFLICT DO NOTHING";
    LATEST = "SELECT password_hash FROM password_history WHERE directory_id = $1 AND user_id = $2 \
              ORDER BY changed_at DESC LIMIT $3";
    TRIM = "DELETE FROM password_history WHERE directory_id = $1 AND user_id = $2 AND changed_at NOT IN \
            (SELECT changed_at FROM password_history WHERE directory_id = $1 AND user_id = $2 \
             ORDER BY changed_at DESC LIMIT $3)";
    DELETE = "DELETE FROM password_history WHERE directory_id = $1 AND user_id = $2";
}

/// Remembers a hash, and no more than the latest `keep`.
pub fn add(tx: &mut Tx<'_>, user: (&str, &str), changed_at: i64, hash: &str, keep: i64) -> Result<(), StoreError> {
    tx.execute(ADD, params![user.0, user.1, changed_at, hash])?;
    tx.execute(TRIM, params![user.0, user.1, keep]).map(drop)
}

/// The latest `limit` hashes of `(directory_id, user_id)`.
pub fn latest(tx: &mut Tx<'_>, user: (&str, &str), limit: i64) -> Result<Vec<String>, StoreError> {
    tx.all(LATEST, params![user.0, user.1, limit], |row| row.text(0))
}

/// Forgets the hashes of `(directory_id, user_id)`.
pub fn delete(tx: &mut Tx<'_>, user: (&str, &str)) -> Result<(), StoreError> {
    tx.execute(DELETE, params![user.0, user.1]).map(drop)
}
