//! Tags of organizations: what customers note on them for their own books. Global, few and small.

use crate::{StoreError, Tx};

row! {
    /// One tag of one organization.
    TagRow { organization_id: text, tag_key: text, value: text, }
}

statements! {
    PUT = "INSERT INTO organization_tags (organization_id, tag_key, value) VALUES ($1, $2, $3) \
           ON CONFLICT (organization_id, tag_key) DO UPDATE SET value = excluded.value";
    ALL = "SELECT organization_id, tag_key, value FROM organization_tags WHERE organization_id = $1 ORDER BY tag_key";
    DELETE = "DELETE FROM organization_tags WHERE organization_id = $1 AND tag_key = $2";
}

/// Writes a tag, over the one that has its key.
pub fn put(tx: &mut Tx<'_>, row: &TagRow) -> Result<(), StoreError> {
    tx.execute(PUT, params![&row.organization_id, &row.tag_key, &row.value]).map(drop)
}

/// The tags of an organization by key.
pub fn all(tx: &mut Tx<'_>, organization_id: &str) -> Result<Vec<TagRow>, StoreError> {
    tx.all(ALL, params![organization_id], TagRow::read)
}

/// Removes a tag; false when there was none with this key.
pub fn delete(tx: &mut Tx<'_>, organization_id: &str, tag_key: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![organization_id, tag_key])? > 0)
}
