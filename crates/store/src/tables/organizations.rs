//! Organizations, the history of their states, and who holds which alias. Global: they grow with customers.

use super::Within;
use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "organization_id, account_id, region, alias, alias_key, directory_id, state, state_reason, state_at, \
         default_domain, test_domain, created_by, created_at, completed_at, deleted_at, version"
    };
}

// What may be seen: all, what one created, or the ids strung together in $8; but not those in $9. An empty state or
// search means any.
macro_rules! filter {
    () => {
        concat!(
            "account_id = $1 AND region = $2 AND ($3 = '' OR state = $3) AND (CAST($7 AS BIGINT) = 1 OR (created_by = $4 AND $4 <> '') \
         OR organization_id IN ",
            texts!("$8", "34", "35"),
            ") AND ($9 = '' OR organization_id NOT IN ",
            texts!("$9", "34", "35"),
            ") AND ($5 = '' OR (alias_key >= $5 AND alias_key < $6))"
        )
    };
}

row! {
    /// One organization.
    OrganizationRow {
        organization_id: text, account_id: text, region: text, alias: text, alias_key: text, directory_id: text,
        state: text, state_reason: text, state_at: int, default_domain: text, test_domain: text, created_by: text,
        created_at: int, completed_at: opt_int, deleted_at: opt_int, version: int,
    }
}

row! {
    /// One state that an organization reached.
    StateRow { state: text, reason: text, at: int, }
}

row! {
    /// Who holds an alias.
    AliasRow { organization_id: text, directory_id: text, held_until: opt_int, }
}

row! {
    /// How many organizations are in a state.
    StateCountRow { state: text, count: int, }
}

statements! {
    INSERT = concat!("INSERT INTO organizations (", columns!(), ") VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)");
    BY_ID = concat!("SELECT ", columns!(), " FROM organizations WHERE organization_id = $1");
    BY_ALIAS = concat!("SELECT ", columns!(), " FROM organizations WHERE account_id = $1 AND alias_key = $2 \
                ORDER BY CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END, created_at DESC LIMIT 1");
    SET_STATE = "UPDATE organizations SET state = $2, state_reason = $3, state_at = $4, completed_at = $5, \
                 deleted_at = $6, version = version + 1 WHERE organization_id = $1";
    SET_DEFAULT = "UPDATE organizations SET default_domain = $2, version = version + 1 WHERE organization_id = $1";
    PAGE = concat!("SELECT ", columns!(), " FROM organizations WHERE ", filter!(), " \
            AND (alias_key, organization_id) > ($10, $11) ORDER BY alias_key, organization_id LIMIT $12");
    COUNT = concat!("SELECT COUNT(*) FROM organizations WHERE ", filter!());
    CREATED_BY = "SELECT organization_id FROM organizations WHERE account_id = $1 AND created_by = $2 \
                  ORDER BY created_at DESC LIMIT $3";
    COUNT_LIVE = "SELECT COUNT(*) FROM organizations WHERE account_id = $1 AND deleted_at IS NULL";
    REGIONS = "SELECT DISTINCT region FROM organizations WHERE account_id = $1 ORDER BY region";
    ADD_STATE = "INSERT INTO organization_states (organization_id, ordinal, state, reason, at) \
                 SELECT $1, COUNT(*), $2, $3, $4 FROM organization_states WHERE organization_id = $1";
    STATES = "SELECT state, reason, at FROM organization_states WHERE organization_id = $1 ORDER BY ordinal";
    SERVING = "SELECT organization_id FROM organizations WHERE state IN ('Active', 'Impaired') \
               AND organization_id > $1 ORDER BY organization_id LIMIT $2";
    STATES_NOW = "SELECT state, COUNT(*) FROM organizations GROUP BY state ORDER BY state";
    ALIAS = "SELECT organization_id, directory_id, held_until FROM organization_aliases WHERE alias_key = $1";
    PUT_ALIAS = "INSERT INTO organization_aliases (alias_key, organization_id, directory_id, held_until) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT (alias_key) DO UPDATE \
                 SET organization_id = excluded.organization_id, directory_id = excluded.directory_id, \
                     held_until = excluded.held_until";
}

/// Adds an organization.
pub fn insert(tx: &mut Tx<'_>, row: &OrganizationRow) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            &row.organization_id,
            &row.account_id,
            &row.region,
            &row.alias,
            &row.alias_key,
            &row.directory_id,
            &row.state,
            &row.state_reason,
            row.state_at,
            &row.default_domain,
            &row.test_domain,
            &row.created_by,
            row.created_at,
            row.completed_at,
            row.deleted_at,
            row.version,
        ],
    )
    .map(drop)
}

/// The organization with this id.
pub fn by_id(tx: &mut Tx<'_>, organization_id: &str) -> Result<Option<OrganizationRow>, StoreError> {
    tx.opt(BY_ID, params![organization_id], OrganizationRow::read)
}

/// The organization of an account with this folded alias; a live one before deleted ones, the newest of those.
pub fn by_alias(tx: &mut Tx<'_>, account_id: &str, key: &str) -> Result<Option<OrganizationRow>, StoreError> {
    tx.opt(BY_ALIAS, params![account_id, key], OrganizationRow::read)
}

/// Writes the state that `row` now has, and adds it to the history.
pub fn set_state(tx: &mut Tx<'_>, row: &OrganizationRow) -> Result<(), StoreError> {
    tx.execute(
        SET_STATE,
        params![&row.organization_id, &row.state, &row.state_reason, row.state_at, row.completed_at, row.deleted_at,],
    )?;
    add_state(tx, row)
}

/// Adds the state that `row` has to the history.
pub fn add_state(tx: &mut Tx<'_>, row: &OrganizationRow) -> Result<(), StoreError> {
    let added = params![&row.organization_id, &row.state, &row.state_reason, row.state_at];
    tx.execute(ADD_STATE, added).map(drop)
}

/// Names the default domain of an organization.
pub fn set_default_domain(tx: &mut Tx<'_>, organization_id: &str, domain: &str) -> Result<(), StoreError> {
    tx.execute(SET_DEFAULT, params![organization_id, domain]).map(drop)
}

/// Which organizations a list shows; an empty text means any.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each names the column that it narrows")]
pub struct Filter {
    pub account_id: String,
    pub region: String,
    pub state: String,
    /// Whose own organizations may be seen besides those within; empty for nobody's.
    pub created_by: String,
    pub within: Within,
    pub prefix: String,
    pub prefix_end: String,
}

/// The organizations after `(alias_key, organization_id)`.
pub fn page(
    tx: &mut Tx<'_>,
    filter: &Filter,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<OrganizationRow>, StoreError> {
    tx.all(
        PAGE,
        params![
            &filter.account_id,
            &filter.region,
            &filter.state,
            &filter.created_by,
            &filter.prefix,
            &filter.prefix_end,
            filter.within.all,
            &filter.within.ids,
            &filter.within.except,
            after.0,
            after.1,
            limit,
        ],
        OrganizationRow::read,
    )
}

/// How many organizations the filter lets through.
pub fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64, StoreError> {
    tx.one(
        COUNT,
        params![
            &filter.account_id,
            &filter.region,
            &filter.state,
            &filter.created_by,
            &filter.prefix,
            &filter.prefix_end,
            filter.within.all,
            &filter.within.ids,
            &filter.within.except,
        ],
        |row| row.int(0),
    )
}

/// The ids of the newest organizations that somebody created.
pub fn created_by(
    tx: &mut Tx<'_>,
    account_id: &str,
    administrator_id: &str,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    tx.all(CREATED_BY, params![account_id, administrator_id, limit], |row| row.text(0))
}

/// How many organizations of an account are not deleted.
pub fn count_live(tx: &mut Tx<'_>, account_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT_LIVE, params![account_id], |row| row.int(0))
}

/// The regions in which an account has organizations.
pub fn regions(tx: &mut Tx<'_>, account_id: &str) -> Result<Vec<String>, StoreError> {
    tx.all(REGIONS, params![account_id], |row| row.text(0))
}

/// The states of an organization, oldest first.
pub fn states(tx: &mut Tx<'_>, organization_id: &str) -> Result<Vec<StateRow>, StoreError> {
    tx.all(STATES, params![organization_id], StateRow::read)
}

/// The ids of the organizations of the whole deployment that serve their people, after an id.
pub fn serving(tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<String>, StoreError> {
    tx.all(SERVING, params![after, limit], |row| row.text(0))
}

/// How many organizations of the deployment are in each state.
pub fn states_now(tx: &mut Tx<'_>) -> Result<Vec<StateCountRow>, StoreError> {
    tx.all(STATES_NOW, &[], StateCountRow::read)
}

/// Who holds a folded alias.
pub fn alias(tx: &mut Tx<'_>, alias_key: &str) -> Result<Option<AliasRow>, StoreError> {
    tx.opt(ALIAS, params![alias_key], AliasRow::read)
}

/// Gives a folded alias to an organization, for ever or until `held_until`.
pub fn put_alias(tx: &mut Tx<'_>, alias_key: &str, row: &AliasRow) -> Result<(), StoreError> {
    tx.execute(PUT_ALIAS, params![alias_key, &row.organization_id, &row.directory_id, row.held_until]).map(drop)
}
