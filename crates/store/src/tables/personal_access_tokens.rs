//! Personal access tokens: passwords of users for one mail client each, as hashes. Sharded by `directory_id`.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, token_id, user_id, name, scopes, secret_hash, created_at, used_at, expires_at"
    };
}

row! {
    /// One token; the secret is known to its user alone.
    TokenRow {
        directory_id: text, token_id: text, user_id: text, name: text, scopes: text, secret_hash: bytes,
        created_at: int, used_at: opt_int, expires_at: opt_int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO personal_access_tokens (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    BY_ID = concat!("SELECT ", columns!(), " FROM personal_access_tokens WHERE directory_id = $1 AND token_id = $2");
    OF_USER_BY_SECRET = concat!("SELECT ", columns!(), " FROM personal_access_tokens \
                         WHERE directory_id = $1 AND user_id = $2 AND secret_hash = $3");
    PAGE = concat!("SELECT ", columns!(), " FROM personal_access_tokens WHERE directory_id = $1 AND token_id > $2 \
            ORDER BY token_id LIMIT $3");
    PAGE_OF_USER = concat!("SELECT ", columns!(), " FROM personal_access_tokens \
                    WHERE directory_id = $1 AND user_id = $2 AND token_id > $3 ORDER BY token_id LIMIT $4");
    COUNT = "SELECT COUNT(*) FROM personal_access_tokens WHERE directory_id = $1";
    COUNT_OF_USER = "SELECT COUNT(*) FROM personal_access_tokens WHERE directory_id = $1 AND user_id = $2";
    COUNT_LIVE_OF_USER = "SELECT COUNT(*) FROM personal_access_tokens WHERE directory_id = $1 AND user_id = $2 \
                          AND (expires_at IS NULL OR expires_at > $3)";
    USED = "UPDATE personal_access_tokens SET used_at = $3 WHERE directory_id = $1 AND token_id = $2";
    DELETE = "DELETE FROM personal_access_tokens WHERE directory_id = $1 AND token_id = $2";
    FORGET = "DELETE FROM personal_access_tokens WHERE directory_id = $1 AND user_id = $2";
    PRUNE = "DELETE FROM personal_access_tokens WHERE directory_id = $1 AND expires_at <= $2";
    DELETE_OF_DIRECTORY = "DELETE FROM personal_access_tokens WHERE directory_id = $1";
}

/// Adds a token.
pub fn insert(tx: &mut Tx<'_>, row: &TokenRow) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            &row.directory_id,
            &row.token_id,
            &row.user_id,
            &row.name,
            &row.scopes,
            row.secret_hash.as_slice(),
            row.created_at,
            row.used_at,
            row.expires_at,
        ],
    )
    .map(drop)
}

/// The token with this id.
pub fn by_id(tx: &mut Tx<'_>, directory_id: &str, token_id: &str) -> Result<Option<TokenRow>, StoreError> {
    tx.opt(BY_ID, params![directory_id, token_id], TokenRow::read)
}

/// The token of a user whose secret has this hash.
pub fn of_user_by_secret(
    tx: &mut Tx<'_>,
    (directory_id, user_id): (&str, &str),
    secret_hash: &[u8],
) -> Result<Option<TokenRow>, StoreError> {
    tx.opt(OF_USER_BY_SECRET, params![directory_id, user_id, secret_hash], TokenRow::read)
}

/// The tokens of a directory after an id.
pub fn page(tx: &mut Tx<'_>, directory_id: &str, after: &str, limit: i64) -> Result<Vec<TokenRow>, StoreError> {
    tx.all(PAGE, params![directory_id, after, limit], TokenRow::read)
}

/// The tokens of a user after an id.
pub fn page_of_user(
    tx: &mut Tx<'_>,
    (directory_id, user_id): (&str, &str),
    after: &str,
    limit: i64,
) -> Result<Vec<TokenRow>, StoreError> {
    tx.all(PAGE_OF_USER, params![directory_id, user_id, after, limit], TokenRow::read)
}

/// How many tokens there are in a directory.
pub fn count(tx: &mut Tx<'_>, directory_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT, params![directory_id], |row| row.int(0))
}

/// How many tokens a user has.
pub fn count_of_user(tx: &mut Tx<'_>, directory_id: &str, user_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT_OF_USER, params![directory_id, user_id], |row| row.int(0))
}

/// How many tokens of a user have not ended by a moment.
pub fn count_live_of_user(tx: &mut Tx<'_>, directory_id: &str, user_id: &str, now: i64) -> Result<i64, StoreError> {
    tx.one(COUNT_LIVE_OF_USER, params![directory_id, user_id, now], |row| row.int(0))
}

/// Notes when a token was used.
pub fn used(tx: &mut Tx<'_>, directory_id: &str, token_id: &str, now: i64) -> Result<(), StoreError> {
    tx.execute(USED, params![directory_id, token_id, now]).map(drop)
}

/// Removes a token; false when there was none.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, token_id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![directory_id, token_id])? > 0)
}

/// Removes every token of a user who is leaving.
pub fn forget(tx: &mut Tx<'_>, directory_id: &str, user_id: &str) -> Result<(), StoreError> {
    tx.execute(FORGET, params![directory_id, user_id]).map(drop)
}

/// Removes the tokens of a directory that have ended.
pub fn prune(tx: &mut Tx<'_>, directory_id: &str, now: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE, params![directory_id, now])
}

/// Removes every token of a directory.
pub fn delete_of_directory(tx: &mut Tx<'_>, directory_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_OF_DIRECTORY, params![directory_id]).map(drop)
}
