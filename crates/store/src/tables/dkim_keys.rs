//! The keys by which mail of domains is signed. Global and few: two or three rows for each domain.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "organization_id, domain, selector, state, public_key, private_key, created_at, verified_at, retire_at"
    };
}

row! {
    /// One key of one domain of one organization.
    DkimKeyRow {
        organization_id: text, domain: text, selector: text, state: text, public_key: text, private_key: bytes,
        created_at: int, verified_at: opt_int, retire_at: opt_int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO dkim_keys (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
              ON CONFLICT DO NOTHING");
    BETWEEN = concat!("SELECT ", columns!(), " FROM dkim_keys WHERE organization_id = $1 AND domain >= $2 \
               AND domain <= $3 ORDER BY domain, created_at, selector");
    UPDATE = "UPDATE dkim_keys SET state = $4, verified_at = $5, retire_at = $6 \
              WHERE organization_id = $1 AND domain = $2 AND selector = $3";
    DELETE = "DELETE FROM dkim_keys WHERE organization_id = $1 AND domain = $2 AND selector = $3";
    DELETE_OF_DOMAIN = "DELETE FROM dkim_keys WHERE organization_id = $1 AND domain = $2";
    DELETE_OF_ORGANIZATION = "DELETE FROM dkim_keys WHERE organization_id = $1";
}

/// Adds a key; false when its domain has one of this selector.
pub fn insert(tx: &mut Tx<'_>, row: &DkimKeyRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT,
        params![
            &row.organization_id,
            &row.domain,
            &row.selector,
            &row.state,
            &row.public_key,
            row.private_key.as_slice(),
            row.created_at,
            row.verified_at,
            row.retire_at,
        ],
    )?;
    Ok(added == 1)
}

/// The keys of those domains of an organization whose names lie between two, by domain and age.
pub fn between(tx: &mut Tx<'_>, organization_id: &str, first: &str, last: &str) -> Result<Vec<DkimKeyRow>, StoreError> {
    tx.all(BETWEEN, params![organization_id, first, last], DkimKeyRow::read)
}

/// Writes what can change of a key.
pub fn update(tx: &mut Tx<'_>, row: &DkimKeyRow) -> Result<(), StoreError> {
    let named = (&row.organization_id, &row.domain, &row.selector);
    tx.execute(UPDATE, params![named.0, named.1, named.2, &row.state, row.verified_at, row.retire_at]).map(drop)
}

/// Removes a key.
pub fn delete(tx: &mut Tx<'_>, row: &DkimKeyRow) -> Result<(), StoreError> {
    tx.execute(DELETE, params![&row.organization_id, &row.domain, &row.selector]).map(drop)
}

/// Removes the keys of a domain.
pub fn delete_of_domain(tx: &mut Tx<'_>, organization_id: &str, domain: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_OF_DOMAIN, params![organization_id, domain]).map(drop)
}

/// Removes the keys of every domain of an organization.
pub fn delete_of_organization(tx: &mut Tx<'_>, organization_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_OF_ORGANIZATION, params![organization_id]).map(drop)
}
