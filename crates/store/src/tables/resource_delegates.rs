//! Who answers for a resource: users and groups. Sharded by `directory_id`.

use crate::{StoreError, Tx};

row! {
    /// One delegate of a resource.
    DelegateRow { directory_id: text, resource_id: text, delegate_id: text, delegate_kind: text, created_at: int, }
}

row! {
    /// One delegate with what is known of the user or group.
    ListedDelegate {
        delegate_id: text, delegate_kind: text, created_at: int, name: text, name_key: text, state: text,
        email: opt_text,
    }
}

/// A resource: the ids of its directory and of itself.
pub type Of<'a> = (&'a str, &'a str);

statements! {
    INSERT = "INSERT INTO resource_delegates (directory_id, resource_id, delegate_id, delegate_kind, created_at) \
              VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    GET = "SELECT directory_id, resource_id, delegate_id, delegate_kind, created_at FROM resource_delegates \
           WHERE directory_id = $1 AND resource_id = $2 AND delegate_id = $3";
    DELETE = "DELETE FROM resource_delegates WHERE directory_id = $1 AND resource_id = $2 AND delegate_id = $3";
    COUNT = "SELECT COUNT(*) FROM resource_delegates WHERE directory_id = $1 AND resource_id = $2";
    PAGE = "SELECT d.delegate_id, d.delegate_kind, d.created_at, COALESCE(u.name, g.name) AS name, \
                   COALESCE(u.name_key, g.name_key) AS name_key, COALESCE(u.state, g.state) AS state, \
                   COALESCE(u.email, g.email) AS email \
            FROM resource_delegates d \
            LEFT JOIN users u ON u.directory_id = $1 AND u.user_id = d.delegate_id \
            LEFT JOIN groups g ON g.directory_id = $1 AND g.group_id = d.delegate_id \
            WHERE d.directory_id = $1 AND d.resource_id = $2 AND COALESCE(u.name_key, g.name_key) > $3 \
            ORDER BY COALESCE(u.name_key, g.name_key) LIMIT $4";
    // Of what does not answer by itself, that for which nobody else would.
    NEEDING = "SELECT r.resource_id FROM resource_delegates d \
               JOIN resources r ON r.directory_id = $1 AND r.resource_id = d.resource_id \
               WHERE d.directory_id = $1 AND d.delegate_id = $2 AND r.auto_accept = 0 AND NOT EXISTS \
               (SELECT 1 FROM resource_delegates o WHERE o.directory_id = $1 AND o.resource_id = d.resource_id \
                AND o.delegate_id <> $2) \
               ORDER BY r.name_key LIMIT 1";
    FORGET_RESOURCE = "DELETE FROM resource_delegates WHERE directory_id = $1 AND resource_id = $2";
    FORGET_DELEGATE = "DELETE FROM resource_delegates WHERE directory_id = $1 AND delegate_id = $2";
}

/// Adds a delegate; false when it is one.
pub fn insert(tx: &mut Tx<'_>, row: &DelegateRow) -> Result<bool, StoreError> {
    let DelegateRow { directory_id, resource_id, delegate_id, delegate_kind, created_at } = row;
    Ok(tx.execute(INSERT, params![directory_id, resource_id, delegate_id, delegate_kind, *created_at])? == 1)
}

/// The delegate with this id.
pub fn get(tx: &mut Tx<'_>, (directory, of): Of<'_>, delegate_id: &str) -> Result<Option<DelegateRow>, StoreError> {
    tx.opt(GET, params![directory, of, delegate_id], DelegateRow::read)
}

/// Removes a delegate.
pub fn delete(tx: &mut Tx<'_>, (directory, of): Of<'_>, delegate_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![directory, of, delegate_id]).map(drop)
}

/// How many delegates a resource has.
pub fn count(tx: &mut Tx<'_>, (directory, of): Of<'_>) -> Result<i64, StoreError> {
    tx.one(COUNT, params![directory, of], |row| row.int(0))
}

/// The delegates of a resource after a folded name.
pub fn page(
    tx: &mut Tx<'_>,
    (directory, of): Of<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<ListedDelegate>, StoreError> {
    tx.all(PAGE, params![directory, of, after, limit], ListedDelegate::read)
}

/// The id of a resource for which a delegate alone answers, if there is one.
pub fn needing(tx: &mut Tx<'_>, directory_id: &str, delegate_id: &str) -> Result<Option<String>, StoreError> {
    tx.opt(NEEDING, params![directory_id, delegate_id], |row| row.text(0))
}

/// Removes every trace of a resource, user or group that goes.
pub fn forget(tx: &mut Tx<'_>, directory_id: &str, entity_id: &str) -> Result<(), StoreError> {
    tx.execute(FORGET_RESOURCE, params![directory_id, entity_id])?;
    tx.execute(FORGET_DELEGATE, params![directory_id, entity_id]).map(drop)
}
