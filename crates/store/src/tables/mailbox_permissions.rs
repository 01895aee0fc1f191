//! Who may act for the mailbox or the address of an entity, and how. Sharded by `directory_id`.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, owner_id, grantee_id, grantee_kind, permissions, created_at, updated_at"
    };
}

row! {
    /// What one grantee may do.
    PermissionRow {
        directory_id: text, owner_id: text, grantee_id: text, grantee_kind: text, permissions: text,
        created_at: int, updated_at: int,
    }
}

row! {
    /// What one grantee may do, with what is known of them.
    ListedPermission {
        grantee_id: text, grantee_kind: text, permissions: text, created_at: int, updated_at: int, name: text,
        name_key: text, state: text, email: opt_text,
    }
}

/// Whose mailbox: the ids of a directory and of the owner.
pub type Of<'a> = (&'a str, &'a str);

statements! {
    PUT = concat!("INSERT INTO mailbox_permissions (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7) \
           ON CONFLICT (directory_id, owner_id, grantee_id) DO UPDATE SET grantee_kind = excluded.grantee_kind, \
           permissions = excluded.permissions, created_at = excluded.created_at, updated_at = excluded.updated_at");
    GET = concat!("SELECT ", columns!(), " FROM mailbox_permissions \
           WHERE directory_id = $1 AND owner_id = $2 AND grantee_id = $3");
    DELETE = "DELETE FROM mailbox_permissions WHERE directory_id = $1 AND owner_id = $2 AND grantee_id = $3";
    COUNT = "SELECT COUNT(*) FROM mailbox_permissions WHERE directory_id = $1 AND owner_id = $2";
    PAGE = "SELECT p.grantee_id, p.grantee_kind, p.permissions, p.created_at, p.updated_at, \
                   COALESCE(u.name, g.name, r.name) AS name, \
                   COALESCE(u.name_key, g.name_key, r.name_key) AS name_key, \
                   COALESCE(u.state, g.state, r.state) AS state, COALESCE(u.email, g.email, r.email) AS email \
            FROM mailbox_permissions p \
            LEFT JOIN users u ON u.directory_id = $1 AND u.user_id = p.grantee_id \
            LEFT JOIN groups g ON g.directory_id = $1 AND g.group_id = p.grantee_id \
            LEFT JOIN resources r ON r.directory_id = $1 AND r.resource_id = p.grantee_id \
            WHERE p.directory_id = $1 AND p.owner_id = $2 AND COALESCE(u.name_key, g.name_key, r.name_key) > $3 \
            ORDER BY COALESCE(u.name_key, g.name_key, r.name_key) LIMIT $4";
    FORGET_OWNER = "DELETE FROM mailbox_permissions WHERE directory_id = $1 AND owner_id = $2";
    FORGET_GRANTEE = "DELETE FROM mailbox_permissions WHERE directory_id = $1 AND grantee_id = $2";
}

/// Writes what a grantee may do, over whatever stood there.
pub fn put(tx: &mut Tx<'_>, row: &PermissionRow) -> Result<(), StoreError> {
    tx.execute(
        PUT,
        params![
            &row.directory_id,
            &row.owner_id,
            &row.grantee_id,
            &row.grantee_kind,
            &row.permissions,
            row.created_at,
            row.updated_at,
        ],
    )
    .map(drop)
}

/// What a grantee may do.
pub fn get(tx: &mut Tx<'_>, (directory, of): Of<'_>, grantee_id: &str) -> Result<Option<PermissionRow>, StoreError> {
    tx.opt(GET, params![directory, of, grantee_id], PermissionRow::read)
}

/// Takes everything from a grantee.
pub fn delete(tx: &mut Tx<'_>, (directory, of): Of<'_>, grantee_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![directory, of, grantee_id]).map(drop)
}

/// How many grantees an owner has.
pub fn count(tx: &mut Tx<'_>, (directory, of): Of<'_>) -> Result<i64, StoreError> {
    tx.one(COUNT, params![directory, of], |row| row.int(0))
}

/// The grantees of an owner after a folded name.
pub fn page(
    tx: &mut Tx<'_>,
    (directory, of): Of<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<ListedPermission>, StoreError> {
    tx.all(PAGE, params![directory, of, after, limit], ListedPermission::read)
}

/// Removes every trace of an owner and grantee who goes.
pub fn forget(tx: &mut Tx<'_>, directory_id: &str, entity_id: &str) -> Result<(), StoreError> {
    tx.execute(FORGET_OWNER, params![directory_id, entity_id])?;
    tx.execute(FORGET_GRANTEE, params![directory_id, entity_id]).map(drop)
}
