//! What a credential stands for at this moment: one look-up for each kind, joined so that nothing in it is stale.

use crate::{StoreError, Tx};

macro_rules! of_owner {
    () => {
        "a.administrator_id, a.account_id, a.username, a.role, a.status, a.api_access, a.second_factors, \
         c.second_factor_required, c.policies_version"
    };
}

macro_rules! owner {
    () => {
        "JOIN administrators a ON a.administrator_id = o.administrator_id \
         JOIN accounts c ON c.account_id = a.account_id"
    };
}

macro_rules! session {
    () => {
        concat!(
            "SELECT ",
            of_owner!(),
            ", o.session_id, o.created_at, o.seen_at, o.expires_at, o.authenticated_at, \
         o.second_factor, '', '', '', CAST(NULL AS BIGINT) FROM sessions o ",
            owner!()
        )
    };
}

macro_rules! key {
    () => {
        concat!(
            "SELECT ",
            of_owner!(),
            ", o.access_key_id, o.created_at, COALESCE(o.used_at, 0), CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), \
         o.limit_policy, o.status, o.source_networks, o.expires_at FROM access_keys o ",
            owner!()
        )
    };
}

macro_rules! api_password {
    () => {
        concat!(
            "SELECT ",
            of_owner!(),
            ", '', COALESCE(a.api_password_changed_at, 0), \
         COALESCE(a.api_password_used_at, 0), CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), a.api_password_limit, \
         CASE WHEN a.api_password_hash IS NULL THEN 'inactive' ELSE 'active' END, '', CAST(NULL AS BIGINT) \
         FROM administrators a JOIN accounts c ON c.account_id = a.account_id"
        )
    };
}

row! {
    /// A credential with what a decision needs to know of its owner. What a kind of credential has not is empty.
    StandingRow {
        administrator_id: text, account_id: text, username: text, role: text, status: text, api_access: flag,
        second_factors: int, second_factor_required: flag, policies_version: int, credential_id: text,
        made_at: int, seen_at: int, session_ends_at: int, authenticated_at: int, second_factor: flag,
        limit_policy: text, credential_status: text, source_networks: text, expires_at: opt_int,
    }
}

statements! {
    SESSION_BY_HASH = concat!(session!(), " WHERE o.token_hash = $1");
    SESSION_BY_ID = concat!(session!(), " WHERE o.session_id = $1");
    ACCESS_KEY = concat!(key!(), " WHERE o.access_key_id = $1");
    API_PASSWORD = concat!(api_password!(), " WHERE a.administrator_id = $1");
}

/// The session whose token has this hash.
pub fn of_token(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<Option<StandingRow>, StoreError> {
    tx.opt(SESSION_BY_HASH, params![token_hash], StandingRow::read)
}

/// The session with this id.
pub fn of_session(tx: &mut Tx<'_>, session_id: &str) -> Result<Option<StandingRow>, StoreError> {
    tx.opt(SESSION_BY_ID, params![session_id], StandingRow::read)
}

/// The access key with this id.
pub fn of_access_key(tx: &mut Tx<'_>, access_key_id: &str) -> Result<Option<StandingRow>, StoreError> {
    tx.opt(ACCESS_KEY, params![access_key_id], StandingRow::read)
}

/// The API password of an administrator.
pub fn of_api_password(tx: &mut Tx<'_>, administrator_id: &str) -> Result<Option<StandingRow>, StoreError> {
    tx.opt(API_PASSWORD, params![administrator_id], StandingRow::read)
}
