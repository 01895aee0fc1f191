//! Sessions of administrators, found by the hash of their token. Global and few.

use crate::{StoreError, Tx};

row! {
    /// One session.
    SessionRow {
        session_id: text, administrator_id: text, source_address: text, created_at: int, seen_at: int,
        expires_at: int, authenticated_at: int, second_factor: flag,
    }
}

statements! {
    INSERT = "INSERT INTO sessions (token_hash, session_id, administrator_id, source_address, created_at, seen_at, \
              expires_at, authenticated_at, second_factor) VALUES ($1, $2, $3, $4, $5, $5, $6, $5, $7)";
    OF = "SELECT session_id, administrator_id, source_address, created_at, seen_at, expires_at, authenticated_at, \
          second_factor FROM sessions WHERE administrator_id = $1 AND expires_at > $2 AND seen_at > $3 \
          ORDER BY created_at DESC, session_id DESC";
    TOUCH = "UPDATE sessions SET seen_at = $2 WHERE token_hash = $1";
    RENEW = "UPDATE sessions SET token_hash = $3, seen_at = $4, authenticated_at = $5, second_factor = $6 \
             WHERE session_id = $1 AND administrator_id = $2";
    DELETE = "DELETE FROM sessions WHERE session_id = $1 AND administrator_id = $2";
    DELETE_OTHERS = "DELETE FROM sessions WHERE administrator_id = $1 AND session_id <> $2";
    DELETE_SURPLUS = "DELETE FROM sessions WHERE administrator_id = $1 AND session_id NOT IN \
                      (SELECT session_id FROM sessions WHERE administrator_id = $1 \
                       ORDER BY created_at DESC, session_id DESC LIMIT $2)";
    DELETE_EVERYBODYS = "DELETE FROM sessions";
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
    pub second_factor: bool,
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
            new.second_factor,
        ],
    )
    .map(drop)
}

/// The sessions of an administrator that are neither over nor idle, newest first.
pub fn of(tx: &mut Tx<'_>, administrator_id: &str, now: i64, idle_since: i64) -> Result<Vec<SessionRow>, StoreError> {
    tx.all(OF, params![administrator_id, now, idle_since], SessionRow::read)
}

/// Gives a session another token, and says when its owner last proved who they are; false when it is gone.
pub fn renew(
    tx: &mut Tx<'_>,
    (session_id, administrator_id): (&str, &str),
    token_hash: &[u8],
    (now, authenticated_at): (i64, i64),
    second_factor: bool,
) -> Result<bool, StoreError> {
    let values = params![session_id, administrator_id, token_hash, now, authenticated_at, second_factor];
    Ok(tx.execute(RENEW, values)? > 0)
}

/// Notes that a session was used.
pub fn touch(tx: &mut Tx<'_>, token_hash: &[u8], now: i64) -> Result<(), StoreError> {
    tx.execute(TOUCH, params![token_hash, now]).map(drop)
}

/// Ends a session of an administrator; false when there was none.
pub fn delete(tx: &mut Tx<'_>, session_id: &str, administrator_id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![session_id, administrator_id])? > 0)
}

/// Ends the sessions of an administrator but one, or, with an empty id, all; says how many.
pub fn delete_others(tx: &mut Tx<'_>, administrator_id: &str, session_id: &str) -> Result<u64, StoreError> {
    tx.execute(DELETE_OTHERS, params![administrator_id, session_id])
}

/// Ends all but the newest `keep` sessions of an administrator.
pub fn delete_surplus(tx: &mut Tx<'_>, administrator_id: &str, keep: i64) -> Result<u64, StoreError> {
    tx.execute(DELETE_SURPLUS, params![administrator_id, keep])
}

/// Ends every session of everybody; says how many.
pub fn delete_everybodys(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    tx.execute(DELETE_EVERYBODYS, params![])
}

/// Forgets sessions past their end, or last used before `idle_since`.
pub fn prune(tx: &mut Tx<'_>, now: i64, idle_since: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE, params![now, idle_since])
}
