//! Administrators and the count of wrong passwords by name. Global and few.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "administrator_id, account_id, username, username_key, first_name, last_name, first_key, last_key, role, \
         status, password_hash, last_sign_in_at, api_access, api_password_hash, api_password_changed_at, \
         api_password_used_at, api_password_limit, second_factors, created_at, updated_at, version, \
         password_breached_at"
    };
}

// An empty role, status or search means any.
macro_rules! filter {
    () => {
        "account_id = $1 AND ($2 = '' OR role = $2) AND ($3 = '' OR status = $3) AND ($4 = '' OR \
         (username_key >= $4 AND username_key < $5) OR (first_key >= $4 AND first_key < $5) OR \
         (last_key >= $4 AND last_key < $5))"
    };
}

row! {
    /// One administrator.
    AdministratorRow {
        administrator_id: text, account_id: text, username: text, username_key: text, first_name: text,
        last_name: text, first_key: text, last_key: text, role: text, status: text, password_hash: opt_text,
        last_sign_in_at: opt_int, api_access: flag, api_password_hash: opt_text, api_password_changed_at: opt_int,
        api_password_used_at: opt_int, api_password_limit: text, second_factors: int, created_at: int,
        updated_at: int, version: int, password_breached_at: opt_int,
    }
}

row! {
    /// Wrong passwords in a row for one name.
    FailuresRow { failures: int, locked_until: int, }
}

statements! {
    INSERT = concat!("INSERT INTO administrators (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
              $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) ON CONFLICT DO NOTHING");
    UPDATE = "UPDATE administrators SET first_name = $2, last_name = $3, first_key = $4, last_key = $5, role = $6, \
              status = $7, password_hash = $8, last_sign_in_at = $9, api_access = $10, api_password_hash = $11, \
              api_password_changed_at = $12, api_password_limit = $13, second_factors = $14, updated_at = $15, \
              version = $16, password_breached_at = $17 WHERE administrator_id = $1";
    BY_ID = concat!("SELECT ", columns!(), " FROM administrators WHERE administrator_id = $1");
    BY_KEY = concat!("SELECT ", columns!(), " FROM administrators WHERE username_key = $1");
    PAGE = concat!("SELECT ", columns!(), " FROM administrators WHERE ", filter!(), " AND username_key > $6 \
            ORDER BY username_key LIMIT $7");
    COUNT = concat!("SELECT COUNT(*) FROM administrators WHERE ", filter!());
    ACTIVE_ADMINS = "SELECT COUNT(*) FROM administrators WHERE account_id = $1 AND role = 'admin' \
                     AND status = 'active' AND administrator_id <> $2";
    LIMITED_BY = "SELECT COUNT(*) FROM administrators WHERE account_id = $1 AND api_password_limit = $2";
    SET_HASH = "UPDATE administrators SET password_hash = $2 \
                WHERE administrator_id = $1 AND password_hash = $3";
    SET_BREACHED = "UPDATE administrators SET password_breached_at = $2 WHERE administrator_id = $1";
    SET_API_HASH = "UPDATE administrators SET api_password_hash = $2 \
                    WHERE administrator_id = $1 AND api_password_hash = $3";
    USED_API_PASSWORD = "UPDATE administrators SET api_password_used_at = $2 WHERE administrator_id = $1";
    SIGNED_IN = "UPDATE administrators SET last_sign_in_at = $2 WHERE administrator_id = $1";
    HAS_ADDRESS_OF = "SELECT COUNT(*) FROM addresses e JOIN administrators a ON a.username_key = e.address_key \
                      WHERE e.directory_id = $1 AND e.entity_id = $2";
    FAILURES = "SELECT failures, locked_until FROM sign_in_failures WHERE username_key = $1";
    PUT_FAILURES = "INSERT INTO sign_in_failures (username_key, failures, locked_until, updated_at) \
                    VALUES ($1, $2, $3, $4) ON CONFLICT (username_key) DO UPDATE \
                    SET failures = excluded.failures, locked_until = excluded.locked_until, \
                        updated_at = excluded.updated_at";
    CLEAR_FAILURES = "DELETE FROM sign_in_failures WHERE username_key = $1";
    PRUNE_FAILURES = "DELETE FROM sign_in_failures WHERE updated_at < $1";
}

/// Adds an administrator; false when the username is taken.
pub fn insert(tx: &mut Tx<'_>, row: &AdministratorRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT,
        params![
            &row.administrator_id,
            &row.account_id,
            &row.username,
            &row.username_key,
            &row.first_name,
            &row.last_name,
            &row.first_key,
            &row.last_key,
            &row.role,
            &row.status,
            &row.password_hash,
            row.last_sign_in_at,
            row.api_access,
            &row.api_password_hash,
            row.api_password_changed_at,
            row.api_password_used_at,
            &row.api_password_limit,
            row.second_factors,
            row.created_at,
            row.updated_at,
            row.version,
            row.password_breached_at,
        ],
    )?;
    Ok(added == 1)
}

/// Writes what can change of an administrator; never the username.
pub fn update(tx: &mut Tx<'_>, row: &AdministratorRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.administrator_id,
            &row.first_name,
            &row.last_name,
            &row.first_key,
            &row.last_key,
            &row.role,
            &row.status,
            &row.password_hash,
            row.last_sign_in_at,
            row.api_access,
            &row.api_password_hash,
            row.api_password_changed_at,
            &row.api_password_limit,
            row.second_factors,
            row.updated_at,
            row.version,
            row.password_breached_at,
        ],
    )
    .map(drop)
}

/// Which administrators a list shows; an empty text means any.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each names the column that it narrows")]
pub struct Filter {
    pub account_id: String,
    pub role: String,
    pub status: String,
    pub prefix: String,
    pub prefix_end: String,
}

/// The administrators after a folded username.
pub fn page(tx: &mut Tx<'_>, filter: &Filter, after: &str, limit: i64) -> Result<Vec<AdministratorRow>, StoreError> {
    let Filter { account_id, role, status, prefix, prefix_end } = filter;
    tx.all(PAGE, params![account_id, role, status, prefix, prefix_end, after, limit], AdministratorRow::read)
}

/// How many administrators the filter lets through.
pub fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64, StoreError> {
    let Filter { account_id, role, status, prefix, prefix_end } = filter;
    tx.one(COUNT, params![account_id, role, status, prefix, prefix_end], |row| row.int(0))
}

/// How many active account admins an account has besides this one.
pub fn other_active_admins(tx: &mut Tx<'_>, account_id: &str, administrator_id: &str) -> Result<i64, StoreError> {
    tx.one(ACTIVE_ADMINS, params![account_id, administrator_id], |row| row.int(0))
}

/// How many API passwords of an account are limited by a policy.
pub fn limited_by(tx: &mut Tx<'_>, account_id: &str, policy_id: &str) -> Result<i64, StoreError> {
    tx.one(LIMITED_BY, params![account_id, policy_id], |row| row.int(0))
}

/// Whether an address that an entity has, or that is held for it, is the username of an administrator.
pub fn has_address_of(tx: &mut Tx<'_>, directory_id: &str, entity_id: &str) -> Result<bool, StoreError> {
    Ok(tx.one(HAS_ADDRESS_OF, params![directory_id, entity_id], |row| row.int(0))? > 0)
}

/// Notes when somebody signed in.
pub fn signed_in(tx: &mut Tx<'_>, administrator_id: &str, now: i64) -> Result<(), StoreError> {
    tx.execute(SIGNED_IN, params![administrator_id, now]).map(drop)
}

/// Notes when an API password was used.
pub fn used_api_password(tx: &mut Tx<'_>, administrator_id: &str, now: i64) -> Result<(), StoreError> {
    tx.execute(USED_API_PASSWORD, params![administrator_id, now]).map(drop)
}

/// Replaces the hash of an API password by a better one of the same password, unless it was changed meanwhile.
pub fn rehash_api_password(tx: &mut Tx<'_>, administrator_id: &str, old: &str, new: &str) -> Result<(), StoreError> {
    tx.execute(SET_API_HASH, params![administrator_id, new, old]).map(drop)
}

/// The administrator with this id.
pub fn by_id(tx: &mut Tx<'_>, administrator_id: &str) -> Result<Option<AdministratorRow>, StoreError> {
    tx.opt(BY_ID, params![administrator_id], AdministratorRow::read)
}

/// The administrator with this folded username.
pub fn by_key(tx: &mut Tx<'_>, username_key: &str) -> Result<Option<AdministratorRow>, StoreError> {
    tx.opt(BY_KEY, params![username_key], AdministratorRow::read)
}

/// Notes since when a password is known to be breached; not an edit, so the version stays.
pub fn set_breached(tx: &mut Tx<'_>, row: &AdministratorRow) -> Result<(), StoreError> {
    tx.execute(SET_BREACHED, params![&row.administrator_id, row.password_breached_at]).map(drop)
}

/// Replaces a hash by a better one of the same password, unless it was changed meanwhile.
pub fn rehash(tx: &mut Tx<'_>, administrator_id: &str, old: &str, new: &str) -> Result<(), StoreError> {
    tx.execute(SET_HASH, params![administrator_id, new, old]).map(drop)
}

/// What is held against a name.
pub fn failures(tx: &mut Tx<'_>, username_key: &str) -> Result<Option<FailuresRow>, StoreError> {
    tx.opt(FAILURES, params![username_key], FailuresRow::read)
}

/// Notes wrong passwords for a name.
pub fn put_failures(tx: &mut Tx<'_>, username_key: &str, row: &FailuresRow, now: i64) -> Result<(), StoreError> {
    tx.execute(PUT_FAILURES, params![username_key, row.failures, row.locked_until, now]).map(drop)
}

/// Forgives a name.
pub fn clear_failures(tx: &mut Tx<'_>, username_key: &str) -> Result<(), StoreError> {
    tx.execute(CLEAR_FAILURES, params![username_key]).map(drop)
}

/// Forgets failures last seen before `before`.
pub fn prune_failures(tx: &mut Tx<'_>, before: i64) -> Result<u64, StoreError> {
    tx.execute(PRUNE_FAILURES, params![before])
}
