//! Mail domains of organizations, and the proven owner of each. Global and few.

use super::Within;
use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "organization_id, domain, ownership, is_test, created_at, ownership_token, ownership_deadline, checked_at, \
         next_check_at, lapsed_at, findings"
    };
}

/// Characters that the name of a domain is filled up to in a [`Within`]: the longest name has 253.
pub const NAME_WIDTH: usize = 255;

// Of one organization, those that may be seen.
macro_rules! within {
    () => {
        concat!(
            "organization_id = $1 AND (CAST($2 AS BIGINT) = 1 OR domain IN ",
            texts!("$3", "255", "256"),
            ") AND ($4 = '' OR domain NOT IN ",
            texts!("$4", "255", "256"),
            ")"
        )
    };
}

row! {
    /// One domain of one organization.
    DomainRow {
        organization_id: text, domain: text, ownership: text, is_test: flag, created_at: int, ownership_token: text,
        ownership_deadline: int, checked_at: opt_int, next_check_at: opt_int, lapsed_at: opt_int, findings: text,
    }
}

impl DomainRow {
    /// A domain that nobody has looked at, and that nobody will look at by itself.
    pub fn new(organization_id: &str, domain: &str, ownership: &str, created_at: i64) -> Self {
        Self {
            organization_id: organization_id.to_owned(),
            domain: domain.to_owned(),
            ownership: ownership.to_owned(),
            is_test: false,
            created_at,
            ownership_token: String::new(),
            ownership_deadline: 0,
            checked_at: None,
            next_check_at: None,
            lapsed_at: None,
            findings: String::new(),
        }
    }
}

row! {
    /// The organization that has proven a domain, and its shard.
    OwnerRow { organization_id: text, directory_id: text, }
}

statements! {
    INSERT = concat!("INSERT INTO domains (", columns!(), ") VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM domains WHERE organization_id = $1 AND domain = $2");
    PAGE = concat!("SELECT ", columns!(), " FROM domains WHERE ", within!(), " AND domain > $5 \
            ORDER BY domain LIMIT $6");
    COUNT = concat!("SELECT COUNT(*) FROM domains WHERE ", within!());
    UPDATE = "UPDATE domains SET ownership = $3, ownership_token = $4, ownership_deadline = $5, checked_at = $6, \
              next_check_at = $7, lapsed_at = $8, findings = $9 WHERE organization_id = $1 AND domain = $2";
    DUE = concat!("SELECT ", columns!(), " FROM domains WHERE next_check_at <= $1 \
           ORDER BY next_check_at, organization_id, domain LIMIT $2");
    CHECK_AT = "UPDATE domains SET next_check_at = $3 WHERE organization_id = $1 AND domain = $2 AND is_test = 0";
    DELETE = "DELETE FROM domains WHERE organization_id = $1 AND domain = $2";
    DELETE_ALL = "DELETE FROM domains WHERE organization_id = $1";
    OWNER = "SELECT organization_id, directory_id FROM verified_domains WHERE domain = $1";
    SET_OWNER = "INSERT INTO verified_domains (domain, organization_id, directory_id) VALUES ($1, $2, $3) \
                 ON CONFLICT DO NOTHING";
    DELETE_OWNER = "DELETE FROM verified_domains WHERE domain = $1 AND organization_id = $2";
    DELETE_OWNERSHIPS = "DELETE FROM verified_domains WHERE organization_id = $1";
}

/// Adds a domain to an organization; false when it has it.
pub fn insert(tx: &mut Tx<'_>, row: &DomainRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT,
        params![
            &row.organization_id,
            &row.domain,
            &row.ownership,
            row.is_test,
            row.created_at,
            &row.ownership_token,
            row.ownership_deadline,
            row.checked_at,
            row.next_check_at,
            row.lapsed_at,
            &row.findings,
        ],
    )?;
    Ok(added == 1)
}

/// A domain of an organization.
pub fn get(tx: &mut Tx<'_>, organization_id: &str, domain: &str) -> Result<Option<DomainRow>, StoreError> {
    tx.opt(GET, params![organization_id, domain], DomainRow::read)
}

/// The visible domains of an organization after a name.
pub fn page(
    tx: &mut Tx<'_>,
    organization_id: &str,
    within: &Within,
    after: &str,
    limit: i64,
) -> Result<Vec<DomainRow>, StoreError> {
    let values = params![organization_id, within.all, &within.ids, &within.except, after, limit];
    tx.all(PAGE, values, DomainRow::read)
}

/// How many domains of an organization are visible.
pub fn count(tx: &mut Tx<'_>, organization_id: &str, within: &Within) -> Result<i64, StoreError> {
    tx.one(COUNT, params![organization_id, within.all, &within.ids, &within.except], |row| row.int(0))
}

/// Writes what can change of a domain.
pub fn update(tx: &mut Tx<'_>, row: &DomainRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.organization_id,
            &row.domain,
            &row.ownership,
            &row.ownership_token,
            row.ownership_deadline,
            row.checked_at,
            row.next_check_at,
            row.lapsed_at,
            &row.findings,
        ],
    )
    .map(drop)
}

/// Those whose DNS is to be looked at by now, the most overdue first.
pub fn due(tx: &mut Tx<'_>, now: i64, limit: i64) -> Result<Vec<DomainRow>, StoreError> {
    tx.all(DUE, params![now, limit], DomainRow::read)
}

/// Says when the DNS of a domain is looked at next; a test domain has none.
pub fn check_at(tx: &mut Tx<'_>, organization_id: &str, domain: &str, at: i64) -> Result<(), StoreError> {
    tx.execute(CHECK_AT, params![organization_id, domain, at]).map(drop)
}

/// Takes a domain and its proof from an organization; false when it had it not.
pub fn delete(tx: &mut Tx<'_>, organization_id: &str, domain: &str) -> Result<bool, StoreError> {
    tx.execute(DELETE_OWNER, params![domain, organization_id])?;
    Ok(tx.execute(DELETE, params![organization_id, domain])? > 0)
}

/// Takes the proof of a domain from an organization; the domain stays in its list.
pub fn delete_owner(tx: &mut Tx<'_>, domain: &str, organization_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_OWNER, params![domain, organization_id]).map(drop)
}

/// Takes every domain and proof from an organization.
pub fn delete_all(tx: &mut Tx<'_>, organization_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_OWNERSHIPS, params![organization_id])?;
    tx.execute(DELETE_ALL, params![organization_id]).map(drop)
}

/// Who has proven a domain.
pub fn owner(tx: &mut Tx<'_>, domain: &str) -> Result<Option<OwnerRow>, StoreError> {
    tx.opt(OWNER, params![domain], OwnerRow::read)
}

/// Notes who has proven a domain; false when somebody had already.
pub fn set_owner(tx: &mut Tx<'_>, domain: &str, owner: &OwnerRow) -> Result<bool, StoreError> {
    let added = tx.execute(SET_OWNER, params![domain, &owner.organization_id, &owner.directory_id])?;
    Ok(added == 1)
}
