//! The one name space that users, groups and resources of a directory share.

use crate::{StoreError, Tx};

row! {
    /// Who bears a name.
    NameRow { entity_id: text, kind: text, }
}

statements! {
    INSERT = "INSERT INTO names (directory_id, name_key, entity_id, kind) VALUES ($1, $2, $3, $4) \
              ON CONFLICT DO NOTHING";
    GET = "SELECT entity_id, kind FROM names WHERE directory_id = $1 AND name_key = $2";
    DELETE = "DELETE FROM names WHERE directory_id = $1 AND name_key = $2";
}

/// Gives a folded name to an entity; false when somebody bears it.
pub fn insert(tx: &mut Tx<'_>, directory_id: &str, name_key: &str, row: &NameRow) -> Result<bool, StoreError> {
    Ok(tx.execute(INSERT, params![directory_id, name_key, &row.entity_id, &row.kind])? == 1)
}

/// Who bears a folded name.
pub fn get(tx: &mut Tx<'_>, directory_id: &str, name_key: &str) -> Result<Option<NameRow>, StoreError> {
    tx.opt(GET, params![directory_id, name_key], NameRow::read)
}

/// Frees a folded name.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, name_key: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![directory_id, name_key]).map(drop)
}
