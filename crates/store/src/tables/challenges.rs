//! Half-done sign-ins and enrolments of administrators. Global and short-lived.

use crate::{StoreError, Tx};

row! {
    /// One challenge; the state is sealed.
    ChallengeRow {
        administrator_id: text, kind: text, session_id: text, state: bytes, attempts: int, created_at: int,
        expires_at: int,
    }
}

statements! {
    INSERT = "INSERT INTO challenges (token_hash, administrator_id, kind, session_id, state, attempts, created_at, \
              expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    BY_HASH = "SELECT administrator_id, kind, session_id, state, attempts, created_at, expires_at FROM challenges \
               WHERE token_hash = $1";
    TRIED = "UPDATE challenges SET attempts = attempts + 1 WHERE token_hash = $1";
    DELETE = "DELETE FROM challenges WHERE token_hash = $1";
    DELETE_ALL = "DELETE FROM challenges WHERE administrator_id = $1";
    DELETE_SURPLUS = "DELETE FROM challenges WHERE administrator_id = $1 AND token_hash NOT IN \
                      (SELECT token_hash FROM challenges WHERE administrator_id = $1 \
                       ORDER BY created_at DESC, token_hash LIMIT $2)";
    DELETE_EVERYBODYS = "DELETE FROM challenges";
    PRUNE = "DELETE FROM challenges WHERE expires_at < $1";
}

/// Notes a challenge.
pub fn insert(tx: &mut Tx<'_>, token_hash: &[u8], row: &ChallengeRow) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            token_hash,
            &row.administrator_id,
            &row.kind,
            &row.session_id,
            row.state.as_slice(),
            row.attempts,
            row.created_at,
            row.expires_at,
        ],
    )
    .map(drop)
}

/// The challenge whose token has this hash.
pub fn by_hash(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<Option<ChallengeRow>, StoreError> {
    tx.opt(BY_HASH, params![token_hash], ChallengeRow::read)
}

/// Counts a try that failed.
pub fn tried(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<(), StoreError> {
    tx.execute(TRIED, params![token_hash]).map(drop)
}

/// Ends a challenge; false when it is over already.
pub fn delete(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![token_hash])? > 0)
}

/// Ends every challenge of everybody; says how many.
pub fn delete_everybodys(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    tx.execute(DELETE_EVERYBODYS, params![])
}

/// Ends every challenge of an administrator.
pub fn delete_all(tx: &mut Tx<'_>, administrator_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_ALL, params![administrator_id]).map(drop)
}

/// Ends all but the newest `keep` challenges of an administrator.
pub fn delete_surplus(tx: &mut Tx<'_>, administrator_id: &str, keep: i64) -> Result<(), StoreError> {
    tx.execute(DELETE_SURPLUS, params![administrator_id, keep]).map(drop)
}

/// Forgets challenges past their end.
pub fn prune(tx: &mut Tx<'_>, now: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE, params![now])
}
