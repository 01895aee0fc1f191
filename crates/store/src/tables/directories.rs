//! Directories: where users live, and what each demands of passwords. Global: they grow with customers.

use super::Within;
use crate::value::Value;
use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, account_id, region, kind, alias, organization_id, password_policy, created_at, deleted_at, version"
    };
}

// What may be seen: all, those with the ids in $3, those of the organizations in $4 or of one's own; but not those
// in $5 and $6.
macro_rules! within {
    () => {
        concat!(
            "account_id = $1 AND deleted_at IS NULL AND (CAST($2 AS BIGINT) = 1 OR directory_id IN ",
            texts!("$3", "12", "13"),
            " OR organization_id IN ",
            texts!("$4", "34", "35"),
            " OR organization_id IN (SELECT o.organization_id \
         FROM organizations o WHERE o.created_by = $7 AND $7 <> '')) AND ($5 = '' OR directory_id NOT IN ",
            texts!("$5", "12", "13"),
            ") AND ($6 = '' OR organization_id IS NULL OR organization_id NOT IN ",
            texts!("$6", "34", "35"),
            ")"
        )
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
    PAGE = concat!("SELECT ", columns!(), " FROM directories WHERE ", within!(), " AND directory_id > $8 \
            ORDER BY directory_id LIMIT $9");
    COUNT = concat!("SELECT COUNT(*) FROM directories WHERE ", within!());
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

/// Which directories of an account may be seen.
#[derive(Debug, Clone, Default)]
pub struct Visible {
    /// By their own ids.
    pub directories: Within,
    /// By the organizations that they serve.
    pub organizations: Within,
    /// Whose own organizations count as well; empty for nobody's.
    pub created_by: String,
}

impl Visible {
    fn params<'a>(&'a self, account_id: &'a str) -> [Value<'a>; 7] {
        [
            account_id.into(),
            (self.directories.all || self.organizations.all).into(),
            (&self.directories.ids).into(),
            (&self.organizations.ids).into(),
            (&self.directories.except).into(),
            (&self.organizations.except).into(),
            (&self.created_by).into(),
        ]
    }
}

/// The visible directories of an account after an id.
pub fn page(
    tx: &mut Tx<'_>,
    account_id: &str,
    visible: &Visible,
    after: &str,
    limit: i64,
) -> Result<Vec<DirectoryRow>, StoreError> {
    let [a, b, c, d, e, f, g] = visible.params(account_id);
    tx.all(PAGE, &[a, b, c, d, e, f, g, after.into(), limit.into()], DirectoryRow::read)
}

/// How many directories of an account are visible.
pub fn count(tx: &mut Tx<'_>, account_id: &str, visible: &Visible) -> Result<i64, StoreError> {
    tx.one(COUNT, &visible.params(account_id), |row| row.int(0))
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
