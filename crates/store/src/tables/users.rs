//! Users of a directory and the texts by which they are found. Sharded by `directory_id`.

use super::Within;
use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, user_id, name, name_key, display_name, first_name, last_name, initials, telephone, street, \
         job_title, city, company, zip_code, department, country, office, identity_provider_user_id, hidden, role, \
         state, email, password_hash, password_changed_at, failures, locked_until, enabled_at, disabled_at, \
         created_at, updated_at, version"
    };
}

// An empty state or role means any.
macro_rules! filter {
    () => {
        "directory_id = $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR role = $3)"
    };
}

// Those that may be seen: all or those with the ids in the second parameter, but not those in the third.
macro_rules! within {
    ($all:literal, $ids:literal, $except:literal) => {
        concat!(
            " AND (CAST(",
            $all,
            " AS BIGINT) = 1 OR user_id IN ",
            texts!($ids, "256", "257"),
            ") AND (",
            $except,
            " = '' OR user_id NOT IN ",
            texts!($except, "256", "257"),
            ")"
        )
    };
}

row! {
    /// One user.
    UserRow {
        directory_id: text, user_id: text, name: text, name_key: text, display_name: text, first_name: text,
        last_name: text, initials: text, telephone: text, street: text, job_title: text, city: text, company: text,
        zip_code: text, department: text, country: text, office: text, identity_provider_user_id: text, hidden: flag,
        role: text, state: text, email: opt_text, password_hash: opt_text, password_changed_at: opt_int,
        failures: int, locked_until: int, enabled_at: opt_int, disabled_at: opt_int, created_at: int,
        updated_at: int, version: int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO users (", columns!(), ") VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
               $23, $24, $25, $26, $27, $28, $29, $30, $31)");
    BY_ID = concat!("SELECT ", columns!(), " FROM users WHERE directory_id = $1 AND user_id = $2");
    UPDATE = "UPDATE users SET display_name = $3, first_name = $4, last_name = $5, initials = $6, telephone = $7, \
              street = $8, job_title = $9, city = $10, company = $11, zip_code = $12, department = $13, \
              country = $14, office = $15, identity_provider_user_id = $16, hidden = $17, role = $18, state = $19, \
              email = $20, password_hash = $21, password_changed_at = $22, failures = $23, locked_until = $24, \
              enabled_at = $25, disabled_at = $26, updated_at = $27, version = $28 \
              WHERE directory_id = $1 AND user_id = $2";
    SET_FAILURES = "UPDATE users SET failures = $3, locked_until = $4 WHERE directory_id = $1 AND user_id = $2";
    REHASH = "UPDATE users SET password_hash = $3 WHERE directory_id = $1 AND user_id = $2 AND password_hash = $4";
    DELETE = "DELETE FROM users WHERE directory_id = $1 AND user_id = $2";
    PAGE = concat!("SELECT ", columns!(), " FROM users WHERE ", filter!(), " AND name_key > $4 \
            ORDER BY name_key LIMIT $5");
    COUNT = concat!("SELECT COUNT(*) FROM users WHERE ", filter!());
    SEARCH = concat!("SELECT ", columns!(), " FROM users WHERE ", filter!(), " AND name_key > $4 AND user_id IN \
              (SELECT user_id FROM user_search WHERE directory_id = $1 AND token >= $5 AND token < $6) \
              ORDER BY name_key LIMIT $7");
    COUNT_SEARCH = concat!("SELECT COUNT(*) FROM users WHERE ", filter!(), " AND user_id IN \
                    (SELECT user_id FROM user_search WHERE directory_id = $1 AND token >= $4 AND token < $5)");
    PAGE_WITHIN = concat!("SELECT ", columns!(), " FROM users WHERE ", filter!(), within!("$6", "$7", "$8"),
                   " AND name_key > $4 ORDER BY name_key LIMIT $5");
    COUNT_WITHIN = concat!("SELECT COUNT(*) FROM users WHERE ", filter!(), within!("$4", "$5", "$6"));
    SEARCH_WITHIN = concat!("SELECT ", columns!(), " FROM users WHERE ", filter!(), within!("$8", "$9", "$10"),
                     " AND name_key > $4 AND user_id IN \
                     (SELECT user_id FROM user_search WHERE directory_id = $1 AND token >= $5 AND token < $6) \
                     ORDER BY name_key LIMIT $7");
    COUNT_SEARCH_WITHIN = concat!("SELECT COUNT(*) FROM users WHERE ", filter!(), within!("$6", "$7", "$8"),
                           " AND user_id IN \
                           (SELECT user_id FROM user_search WHERE directory_id = $1 AND token >= $4 AND token < $5)");
    ADD_TOKEN = "INSERT INTO user_search (directory_id, token, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    DELETE_TOKEN = "DELETE FROM user_search WHERE directory_id = $1 AND token = $2 AND user_id = $3";
}

/// Adds a user.
pub fn insert(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            &row.directory_id,
            &row.user_id,
            &row.name,
            &row.name_key,
            &row.display_name,
            &row.first_name,
            &row.last_name,
            &row.initials,
            &row.telephone,
            &row.street,
            &row.job_title,
            &row.city,
            &row.company,
            &row.zip_code,
            &row.department,
            &row.country,
            &row.office,
            &row.identity_provider_user_id,
            row.hidden,
            &row.role,
            &row.state,
            &row.email,
            &row.password_hash,
            row.password_changed_at,
            row.failures,
            row.locked_until,
            row.enabled_at,
            row.disabled_at,
            row.created_at,
            row.updated_at,
            row.version,
        ],
    )
    .map(drop)
}

/// The user with this id.
pub fn by_id(tx: &mut Tx<'_>, directory_id: &str, user_id: &str) -> Result<Option<UserRow>, StoreError> {
    tx.opt(BY_ID, params![directory_id, user_id], UserRow::read)
}

/// Writes everything of a user that can change.
pub fn update(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.directory_id,
            &row.user_id,
            &row.display_name,
            &row.first_name,
            &row.last_name,
            &row.initials,
            &row.telephone,
            &row.street,
            &row.job_title,
            &row.city,
            &row.company,
            &row.zip_code,
            &row.department,
            &row.country,
            &row.office,
            &row.identity_provider_user_id,
            row.hidden,
            &row.role,
            &row.state,
            &row.email,
            &row.password_hash,
            row.password_changed_at,
            row.failures,
            row.locked_until,
            row.enabled_at,
            row.disabled_at,
            row.updated_at,
            row.version,
        ],
    )
    .map(drop)
}

/// Notes wrong passwords in a row; not an edit, so the version stays.
pub fn set_failures(tx: &mut Tx<'_>, row: &UserRow) -> Result<(), StoreError> {
    tx.execute(SET_FAILURES, params![&row.directory_id, &row.user_id, row.failures, row.locked_until]).map(drop)
}

/// Replaces a hash by a better one of the same password, unless it was changed meanwhile.
pub fn rehash(tx: &mut Tx<'_>, row: &UserRow, new: &str) -> Result<(), StoreError> {
    tx.execute(REHASH, params![&row.directory_id, &row.user_id, new, &row.password_hash]).map(drop)
}

/// Removes a user.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, user_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![directory_id, user_id]).map(drop)
}

/// Which users a list shows; an empty state or role means any, a prefix is a range of search texts.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each names the column that it narrows")]
pub struct Filter {
    pub directory_id: String,
    pub state: String,
    pub role: String,
    pub prefix: Option<(String, String)>,
    pub within: Within,
}

/// The users after a folded name.
pub fn page(tx: &mut Tx<'_>, filter: &Filter, after: &str, limit: i64) -> Result<Vec<UserRow>, StoreError> {
    let Filter { directory_id, state, role, prefix, within } = filter;
    let Within { all, ids, except } = within;
    // Those who see everybody, which is nearly always so, are spared the conditions.
    match (prefix, within.is_all()) {
        (None, true) => tx.all(PAGE, params![directory_id, state, role, after, limit], UserRow::read),
        (None, false) => {
            let values = params![directory_id, state, role, after, limit, *all, ids, except];
            tx.all(PAGE_WITHIN, values, UserRow::read)
        }
        (Some((from, to)), true) => {
            tx.all(SEARCH, params![directory_id, state, role, after, from, to, limit], UserRow::read)
        }
        (Some((from, to)), false) => {
            let values = params![directory_id, state, role, after, from, to, limit, *all, ids, except];
            tx.all(SEARCH_WITHIN, values, UserRow::read)
        }
    }
}

/// How many users the filter lets through.
pub fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64, StoreError> {
    let Filter { directory_id, state, role, prefix, within } = filter;
    let Within { all, ids, except } = within;
    match (prefix, within.is_all()) {
        (None, true) => tx.one(COUNT, params![directory_id, state, role], |row| row.int(0)),
        (None, false) => tx.one(COUNT_WITHIN, params![directory_id, state, role, *all, ids, except], |row| row.int(0)),
        (Some((from, to)), true) => {
            tx.one(COUNT_SEARCH, params![directory_id, state, role, from, to], |row| row.int(0))
        }
        (Some((from, to)), false) => {
            let values = params![directory_id, state, role, from, to, *all, ids, except];
            tx.one(COUNT_SEARCH_WITHIN, values, |row| row.int(0))
        }
    }
}

/// Lets a user be found by a folded text.
pub fn add_token(tx: &mut Tx<'_>, directory_id: &str, user_id: &str, token: &str) -> Result<(), StoreError> {
    tx.execute(ADD_TOKEN, params![directory_id, token, user_id]).map(drop)
}

/// Lets a user no longer be found by a folded text.
pub fn delete_token(tx: &mut Tx<'_>, directory_id: &str, user_id: &str, token: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_TOKEN, params![directory_id, token, user_id]).map(drop)
}
