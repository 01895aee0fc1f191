//! Records that were written into hosted zones: nothing else there is ours.

use crate::{StoreError, Tx};

row! {
    /// One record of a domain, noted before it was written.
    WrittenRecordRow {
        organization_id: text, domain: text, name: text, kind: text, value: text, written_at: int,
    }
}

statements! {
    INSERT = "INSERT INTO written_records (organization_id, domain, name, kind, value, written_at) \
              VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    OF_DOMAIN = "SELECT organization_id, domain, name, kind, value, written_at FROM written_records \
                 WHERE organization_id = $1 AND domain = $2 ORDER BY name, kind, value";
    DELETE = "DELETE FROM written_records WHERE organization_id = $1 AND domain = $2 AND name = $3 AND kind = $4 \
              AND value = $5";
    DELETE_OF_DOMAIN = "DELETE FROM written_records WHERE organization_id = $1 AND domain = $2";
}

/// Notes a record; nothing changes when it is noted already.
pub fn insert(tx: &mut Tx<'_>, row: &WrittenRecordRow) -> Result<(), StoreError> {
    let values = params![&row.organization_id, &row.domain, &row.name, &row.kind, &row.value, row.written_at];
    tx.execute(INSERT, values).map(drop)
}

/// Everything that was written for a domain.
pub fn of_domain(tx: &mut Tx<'_>, organization_id: &str, domain: &str) -> Result<Vec<WrittenRecordRow>, StoreError> {
    tx.all(OF_DOMAIN, params![organization_id, domain], WrittenRecordRow::read)
}

/// Forgets a record.
pub fn delete(tx: &mut Tx<'_>, row: &WrittenRecordRow) -> Result<(), StoreError> {
    let values = params![&row.organization_id, &row.domain, &row.name, &row.kind, &row.value];
    tx.execute(DELETE, values).map(drop)
}

/// Forgets everything that was written for a domain.
pub fn delete_of_domain(tx: &mut Tx<'_>, organization_id: &str, domain: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_OF_DOMAIN, params![organization_id, domain]).map(drop)
}
