//! Rooms and equipment of a directory. Sharded by `directory_id`.

use super::Within;
use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, resource_id, name, name_key, kind, description, hidden, auto_accept, auto_decline_recurring, \
         auto_decline_conflicting, state, email, enabled_at, disabled_at, created_at, updated_at, version"
    };
}

// Whether the primary address lies between two texts: asked of each resource, which are fewer than addresses. The inner
// part is answered by its index alone.
macro_rules! primary_begins {
    ($from:literal, $to:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM addresses WHERE directory_id = $1 AND kind = 'primary' AND address_key IN \
             (SELECT address_key FROM addresses WHERE directory_id = $1 AND entity_id = resource_id AND address_key >= ",
            $from,
            " AND address_key < ",
            $to,
            "))"
        )
    };
}

// An empty text means any. What is sought in $4 stands at the beginning of the name or of the primary address.
macro_rules! filter {
    () => {
        concat!(
            "directory_id = $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR kind = $3) \
             AND ($4 = '' OR (name_key >= $4 AND name_key < $5) OR ",
            primary_begins!("$4", "$5"),
            ") AND ($6 = '' OR (name_key >= $6 AND name_key < $7)) AND ($8 = '' OR ",
            primary_begins!("$8", "$9"),
            ") AND (CAST($10 AS BIGINT) = 1 OR resource_id IN ",
            texts!("$11", "34", "35"),
            ") AND ($12 = '' OR resource_id NOT IN ",
            texts!("$12", "34", "35"),
            ")"
        )
    };
}

row! {
    /// One resource.
    ResourceRow {
        directory_id: text, resource_id: text, name: text, name_key: text, kind: text, description: text,
        hidden: flag, auto_accept: flag, auto_decline_recurring: flag, auto_decline_conflicting: flag, state: text,
        email: opt_text, enabled_at: opt_int, disabled_at: opt_int, created_at: int, updated_at: int, version: int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO resources (", columns!(), ") VALUES \
              ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)");
    BY_ID = concat!("SELECT ", columns!(), " FROM resources WHERE directory_id = $1 AND resource_id = $2");
    UPDATE = "UPDATE resources SET name = $3, name_key = $4, kind = $5, description = $6, hidden = $7, \
              auto_accept = $8, auto_decline_recurring = $9, auto_decline_conflicting = $10, state = $11, \
              email = $12, enabled_at = $13, disabled_at = $14, updated_at = $15, version = $16 \
              WHERE directory_id = $1 AND resource_id = $2";
    DELETE = "DELETE FROM resources WHERE directory_id = $1 AND resource_id = $2";
    PAGE = concat!("SELECT ", columns!(), " FROM resources WHERE ", filter!(), " AND name_key > $13 \
            ORDER BY name_key LIMIT $14");
    COUNT = concat!("SELECT COUNT(*) FROM resources WHERE ", filter!());
}

/// Adds a resource.
pub fn insert(tx: &mut Tx<'_>, row: &ResourceRow) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            &row.directory_id,
            &row.resource_id,
            &row.name,
            &row.name_key,
            &row.kind,
            &row.description,
            row.hidden,
            row.auto_accept,
            row.auto_decline_recurring,
            row.auto_decline_conflicting,
            &row.state,
            &row.email,
            row.enabled_at,
            row.disabled_at,
            row.created_at,
            row.updated_at,
            row.version,
        ],
    )
    .map(drop)
}

/// The resource with this id.
pub fn by_id(tx: &mut Tx<'_>, directory_id: &str, resource_id: &str) -> Result<Option<ResourceRow>, StoreError> {
    tx.opt(BY_ID, params![directory_id, resource_id], ResourceRow::read)
}

/// Writes everything of a resource that can change.
pub fn update(tx: &mut Tx<'_>, row: &ResourceRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.directory_id,
            &row.resource_id,
            &row.name,
            &row.name_key,
            &row.kind,
            &row.description,
            row.hidden,
            row.auto_accept,
            row.auto_decline_recurring,
            row.auto_decline_conflicting,
            &row.state,
            &row.email,
            row.enabled_at,
            row.disabled_at,
            row.updated_at,
            row.version,
        ],
    )
    .map(drop)
}

/// Removes a resource.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, resource_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![directory_id, resource_id]).map(drop)
}

/// A range of folded texts that begin alike; empty for any.
pub type Begins = (String, String);

/// Which resources a list shows; an empty text means any.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each names the column that it narrows")]
pub struct Filter {
    pub directory_id: String,
    pub state: String,
    pub kind: String,
    /// The beginning of the name or of the primary address.
    pub search: Begins,
    pub name: Begins,
    pub email: Begins,
    pub within: Within,
}

/// The resources after a folded name.
pub fn page(tx: &mut Tx<'_>, filter: &Filter, after: &str, limit: i64) -> Result<Vec<ResourceRow>, StoreError> {
    let Filter { directory_id, state, kind, search, name, email, within } = filter;
    let values = params![
        directory_id,
        state,
        kind,
        &search.0,
        &search.1,
        &name.0,
        &name.1,
        &email.0,
        &email.1,
        within.all,
        &within.ids,
        &within.except,
        after,
        limit,
    ];
    tx.all(PAGE, values, ResourceRow::read)
}

/// How many resources the filter lets through.
pub fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64, StoreError> {
    let Filter { directory_id, state, kind, search, name, email, within } = filter;
    let values = params![
        directory_id,
        state,
        kind,
        &search.0,
        &search.1,
        &name.0,
        &name.1,
        &email.0,
        &email.1,
        within.all,
        &within.ids,
        &within.except,
    ];
    tx.one(COUNT, values, |row| row.int(0))
}
