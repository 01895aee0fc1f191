//! Directories: where users live, and what each demands of passwords. Global: they grow with customers.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, account_id, region, kind, alias, organization_id, password_policy, created_at, deleted_at, version"
    };
}

row! {
    /// One directory.
    DirectoryRow {
        directory_id: text, account_id: text, region: text, kind: text, alias: text, organization_id: opt_text,
        password_policy: text, created_at: int, deleted_at: opt_int, version: int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO directories (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
              ON CONFLICT DO NOTHING");
    BY_ID = concat!("SELECT ", columns!(), " FROM directories WHERE directory_id = $1");
    OF_ACCOUNT = concat!("SELECT ", columns!(), " FROM directories WHERE account_id = $1 AND directory_id > $2 \
                  AND deleted_at IS NULL ORDER BY directory_id LIMIT $3");
    COUNT = "SELECT COUNT(*) FROM directories WHERE account_id = $1 AND deleted_at IS NULL";
    SET_ORGANIZATION = "UPDATE directories SET organization_id = $2, alias = $3, version = version + 1 \
                        WHERE directory_id = $1";
    SET_POLICY = "UPDATE directories SET password_policy = $2, version = version + 1 WHERE directory_id = $1";
    DELETE = "UPDATE directories SET deleted_at = $2, organization_id = NULL, version = version + 1 \
              WHERE directory_id = $1";
}

/// Adds a directory, unless it is there.
pub fn insert(tx: &mut Tx<'_>, row: &DirectoryRow) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            &row.directory_id,
            &row.account_id,
            &row.region,
            &row.kind,
            &row.alias,
            &row.organization_id,
            &row.password_policy,
            row.created_at,
            row.deleted_at,
            row.version,
        ],
    )
    .map(drop)
}

/// The directory with this id, deleted or not.
pub fn by_id(tx: &mut Tx<'_>, directory_id: &str) -> Result<Option<DirectoryRow>, StoreError> {
    tx.opt(BY_ID, params![directory_id], DirectoryRow::read)
}

/// The directories of an account after an id.
pub fn of_account(tx: &mut Tx<'_>, account_id: &str, after: &str, limit: i64) -> Result<Vec<DirectoryRow>, StoreError> {
    tx.all(OF_ACCOUNT, params![account_id, after, limit], DirectoryRow::read)
}

/// How many directories an account has.
pub fn count(tx: &mut Tx<'_>, account_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT, params![account_id], |row| row.int(0))
}

/// Says which organization a directory serves, and under which alias.
pub fn set_organization(
    tx: &mut Tx<'_>,
    directory_id: &str,
    organization_id: Option<&str>,
    alias: &str,
) -> Result<(), StoreError> {
    tx.execute(SET_ORGANIZATION, params![directory_id, organization_id, alias]).map(drop)
}

/// Replaces the password policy.
pub fn set_policy(tx: &mut Tx<'_>, directory_id: &str, policy: &str) -> Result<(), StoreError> {
    tx.execute(SET_POLICY, params![directory_id, policy]).map(drop)
}

/// Marks a directory as deleted.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, now: i64) -> Result<(), StoreError> {
    tx.execute(DELETE, params![directory_id, now]).map(drop)
}
