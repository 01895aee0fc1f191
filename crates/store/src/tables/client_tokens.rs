//! What a client token (AWS `ClientToken`, HTTP `Idempotency-Key`) already made. Global, pruned by age.

use crate::{StoreError, Tx};

row! {
    /// What a token made, and the fingerprint of the request that carried it.
    TokenRow { fingerprint: text, result_id: text, created_at: int, }
}

statements! {
    GET = "SELECT fingerprint, result_id, created_at FROM client_tokens \
           WHERE account_id = $1 AND operation = $2 AND token = $3";
    PUT = "INSERT INTO client_tokens (account_id, operation, token, fingerprint, result_id, created_at) \
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, operation, token) DO UPDATE \
           SET fingerprint = excluded.fingerprint, result_id = excluded.result_id, created_at = excluded.created_at";
    PRUNE = "DELETE FROM client_tokens WHERE created_at < $1";
}

/// Which token, of which account, for which operation.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the three parts of the key")]
pub struct TokenKey<'a> {
    pub account_id: &'a str,
    pub operation: &'a str,
    pub token: &'a str,
}

/// What a token made.
pub fn get(tx: &mut Tx<'_>, key: TokenKey<'_>) -> Result<Option<TokenRow>, StoreError> {
    tx.opt(GET, params![key.account_id, key.operation, key.token], TokenRow::read)
}

/// Notes what a token made.
pub fn put(tx: &mut Tx<'_>, key: TokenKey<'_>, row: &TokenRow) -> Result<(), StoreError> {
    tx.execute(PUT, params![key.account_id, key.operation, key.token, &row.fingerprint, &row.result_id, row.created_at])
        .map(drop)
}

/// Forgets tokens from before `before`.
pub fn prune(tx: &mut Tx<'_>, before: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE, params![before])
}
