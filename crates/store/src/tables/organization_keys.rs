//! The keys of organizations, wrapped, by generation. Global and few: one or two rows for each organization.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "organization_id, generation, key_id, wrapped, state, created_at, checked_at, next_check_at, failures, failure"
    };
}

row! {
    /// One generation of the key of an organization.
    OrganizationKeyRow {
        organization_id: text, generation: int, key_id: text, wrapped: bytes, state: text, created_at: int,
        checked_at: opt_int, next_check_at: opt_int, failures: int, failure: text,
    }
}

statements! {
    INSERT = concat!("INSERT INTO organization_keys (", columns!(), ") VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING");
    OF_ORGANIZATION = concat!("SELECT ", columns!(), " FROM organization_keys WHERE organization_id = $1 \
                       ORDER BY generation DESC");
    UPDATE = "UPDATE organization_keys SET state = $3, checked_at = $4, next_check_at = $5, failures = $6, \
              failure = $7 WHERE organization_id = $1 AND generation = $2";
    DUE = concat!("SELECT ", columns!(), " FROM organization_keys WHERE next_check_at <= $1 \
           ORDER BY next_check_at, organization_id, generation LIMIT $2");
    WRAPPED_BY = "SELECT COUNT(*) FROM organization_keys WHERE key_id = $1";
    DELETE = "DELETE FROM organization_keys WHERE organization_id = $1 AND generation = $2";
    DELETE_OF_ORGANIZATION = "DELETE FROM organization_keys WHERE organization_id = $1";
}

/// Adds a generation; false when it is there.
pub fn insert(tx: &mut Tx<'_>, row: &OrganizationKeyRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT,
        params![
            &row.organization_id,
            row.generation,
            &row.key_id,
            row.wrapped.as_slice(),
            &row.state,
            row.created_at,
            row.checked_at,
            row.next_check_at,
            row.failures,
            &row.failure,
        ],
    )?;
    Ok(added == 1)
}

/// Every generation of an organization, the present one first.
pub fn of_organization(tx: &mut Tx<'_>, organization_id: &str) -> Result<Vec<OrganizationKeyRow>, StoreError> {
    tx.all(OF_ORGANIZATION, params![organization_id], OrganizationKeyRow::read)
}

/// Writes what can change of a generation; what is wrapped never does.
pub fn update(tx: &mut Tx<'_>, row: &OrganizationKeyRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.organization_id,
            row.generation,
            &row.state,
            row.checked_at,
            row.next_check_at,
            row.failures,
            &row.failure,
        ],
    )
    .map(drop)
}

/// Those that are to be looked after by now, the most overdue first.
pub fn due(tx: &mut Tx<'_>, now: i64, limit: i64) -> Result<Vec<OrganizationKeyRow>, StoreError> {
    tx.all(DUE, params![now, limit], OrganizationKeyRow::read)
}

/// How many generations are wrapped under a customer's key.
pub fn wrapped_by(tx: &mut Tx<'_>, key_id: &str) -> Result<i64, StoreError> {
    tx.one(WRAPPED_BY, params![key_id], |row| row.int(0))
}

/// Removes a generation.
pub fn delete(tx: &mut Tx<'_>, organization_id: &str, generation: i64) -> Result<(), StoreError> {
    tx.execute(DELETE, params![organization_id, generation]).map(drop)
}

/// Removes every generation of an organization.
pub fn delete_of_organization(tx: &mut Tx<'_>, organization_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_OF_ORGANIZATION, params![organization_id]).map(drop)
}
