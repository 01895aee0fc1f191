//! Sessions of administrators, found by the hash of their token. Global and few.

use crate::{StoreError, Tx};

row! {
    /// One session together with what a request needs to know of its administrator.
    SessionRow {
        session_id: text, administrator_id: text, created_at: int, seen_at: int, expires_at: int,
        account_id: text, username: text, first_name: text, last_name: text, role: text, status: text,
    }
}

statements! {
    INSERT = "INSERT INTO sessions (token_hash, session_id, administrator_id, source_address, created_at, seen_at, \
              expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)";
    BY_HASH = "SELECT s.session_id, s.administrator_id, s.created_at, s.seen_at, s.expires_at, a.account_id, \
               a.username, a.first_name, a.last_name, a.role, a.status FROM sessions s \
               JOIN administrators a ON a.administrator_id = s.administrator_id WHERE s.token_hash = $1";
    TOUCH = "UPDATE sessions SET seen_at = $2 WHERE token_hash = $1";
    DELETE = "DELETE FROM sessions WHERE session_id = $1 AND administrator_id = $2";
    DELETE_SURPLUS = "DELETE FROM sessions WHERE administrator_id = $1 AND session_id NOT IN \
                      (SELECT session_id FROM sessions WHERE administrator_id = $1 \
                       ORDER BY created_at DESC, session_id DESC LIMIT $2)";
    PRUNE = "DELETE FROM sessions WHERE expires_at < $1 OR seen_at < $2";
}

/// A session that begins.
#[derive(Debug)]
#[expect(missing_docs, reason = "columns are explained in the migration that makes them")]
pub struct NewSession<'a> {
    pub token_hash: &'a [u8],
    pub session_id: &'a str,
    pub administrator_id: &'a str,
    pub source_address: &'a str,
    pub created_at: i64,
    pub expires_at: i64,
}

/// Begins a session.
pub fn insert(tx: &mut Tx<'_>, new: &NewSession<'_>) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            new.token_hash,
            new.session_id,
            new.administrator_id,
            new.source_address,
            new.created_at,
            new.expires_at,
        ],
    )
    .map(drop)
}

/// The session whose token has this hash.
pub fn by_hash(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
    tx.opt(BY_HASH, params![token_hash], SessionRow::read)
}

/// Notes that a session was used.
pub fn touch(tx: &mut Tx<'_>, token_hash: &[u8], now: i64) -> Result<(), StoreError> {
    tx.execute(TOUCH, params![token_hash, now]).map(drop)
}

/// Ends a session of an administrator; false when there was none.
pub fn delete(tx: &mut Tx<'_>, session_id: &str, administrator_id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![session_id, administrator_id])? > 0)
}

/// Ends all but the newest `keep` sessions of an administrator.
pub fn delete_surplus(tx: &mut Tx<'_>, administrator_id: &str, keep: i64) -> Result<u64, StoreError> {
    tx.execute(DELETE_SURPLUS, params![administrator_id, keep])
}

/// Forgets sessions past their end, or last used before `idle_since`.
pub fn prune(tx: &mut Tx<'_>, now: i64, idle_since: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE, params![now, idle_since])
}
