//! Rules and settings of organizations: one row each, told apart by kind, with what it says as JSON text. Global, few
//! and small. What a body means is known to the operations that write it, and to nobody here.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "organization_id, kind, document_id, name_key, body, created_at, updated_at, version"
    };
}

row! {
    /// One document of an organization; no two of a kind share an id or a `name_key`.
    DocumentRow {
        organization_id: text, kind: text, document_id: text, name_key: text, body: text, created_at: int,
        updated_at: int, version: int,
    }
}

/// Which documents: the id of an organization, and a kind.
pub type Kind<'a> = (&'a str, &'a str);

statements! {
    INSERT = concat!("INSERT INTO organization_documents (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
              ON CONFLICT DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM organization_documents \
           WHERE organization_id = $1 AND kind = $2 AND document_id = $3");
    BY_NAME_KEY = concat!("SELECT ", columns!(), " FROM organization_documents \
                   WHERE organization_id = $1 AND kind = $2 AND name_key = $3");
    ALL = concat!("SELECT ", columns!(), " FROM organization_documents WHERE organization_id = $1 AND kind = $2 \
           ORDER BY name_key");
    PAGE = concat!("SELECT ", columns!(), " FROM organization_documents \
            WHERE organization_id = $1 AND kind = $2 AND name_key > $3 ORDER BY name_key LIMIT $4");
    COUNT = "SELECT COUNT(*) FROM organization_documents WHERE organization_id = $1 AND kind = $2";
    UPDATE = "UPDATE organization_documents SET name_key = $4, body = $5, updated_at = $6, version = $7 \
              WHERE organization_id = $1 AND kind = $2 AND document_id = $3";
    DELETE = "DELETE FROM organization_documents WHERE organization_id = $1 AND kind = $2 AND document_id = $3";
    DELETE_OF_ORGANIZATION = "DELETE FROM organization_documents WHERE organization_id = $1";
}

/// Adds a document; false when another of its kind has its id or its `name_key`.
pub fn insert(tx: &mut Tx<'_>, row: &DocumentRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT,
        params![
            &row.organization_id,
            &row.kind,
            &row.document_id,
            &row.name_key,
            &row.body,
            row.created_at,
            row.updated_at,
            row.version,
        ],
    )?;
    Ok(added == 1)
}

/// The document with this id.
pub fn get(tx: &mut Tx<'_>, (of, kind): Kind<'_>, document_id: &str) -> Result<Option<DocumentRow>, StoreError> {
    tx.opt(GET, params![of, kind, document_id], DocumentRow::read)
}

/// The document with this `name_key`.
pub fn by_name_key(tx: &mut Tx<'_>, (of, kind): Kind<'_>, name_key: &str) -> Result<Option<DocumentRow>, StoreError> {
    tx.opt(BY_NAME_KEY, params![of, kind, name_key], DocumentRow::read)
}

/// Every document of a kind, by `name_key`: for kinds of which there may be a few only.
pub fn all(tx: &mut Tx<'_>, (of, kind): Kind<'_>) -> Result<Vec<DocumentRow>, StoreError> {
    tx.all(ALL, params![of, kind], DocumentRow::read)
}

/// The documents of a kind after a `name_key`.
pub fn page(tx: &mut Tx<'_>, (of, kind): Kind<'_>, after: &str, limit: i64) -> Result<Vec<DocumentRow>, StoreError> {
    tx.all(PAGE, params![of, kind, after, limit], DocumentRow::read)
}

/// How many documents of a kind there are.
pub fn count(tx: &mut Tx<'_>, (of, kind): Kind<'_>) -> Result<i64, StoreError> {
    tx.one(COUNT, params![of, kind], |row| row.int(0))
}

/// Writes what can change of a document; whether its `name_key` is free is for the caller to see to.
pub fn update(tx: &mut Tx<'_>, row: &DocumentRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.organization_id,
            &row.kind,
            &row.document_id,
            &row.name_key,
            &row.body,
            row.updated_at,
            row.version,
        ],
    )
    .map(drop)
}

/// Removes a document; false when there was none.
pub fn delete(tx: &mut Tx<'_>, (of, kind): Kind<'_>, document_id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![of, kind, document_id])? > 0)
}

/// Removes every document of an organization.
pub fn delete_of_organization(tx: &mut Tx<'_>, organization_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_OF_ORGANIZATION, params![organization_id]).map(drop)
}
