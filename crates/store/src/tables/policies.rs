//! Policies and who has them. Global and few.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "policy_id, account_id, name, name_key, description, permissions, cedar, created_at, updated_at, version"
    };
}

row! {
    /// One policy.
    PolicyRow {
        policy_id: text, account_id: text, name: text, name_key: text, description: text, permissions: text,
        cedar: text, created_at: int, updated_at: int, version: int,
    }
}

row! {
    /// A policy that an administrator has; the text is missing where the policy is a ready-made one.
    AttachmentRow { policy_id: text, organizations: text, name: opt_text, cedar: opt_text, }
}

row! {
    /// An administrator who has a policy.
    HolderRow { administrator_id: text, username: text, username_key: text, organizations: text, }
}

statements! {
    INSERT = concat!("INSERT INTO policies (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
              ON CONFLICT DO NOTHING");
    UPDATE = "UPDATE policies SET name = $2, name_key = $3, description = $4, permissions = $5, cedar = $6, \
              updated_at = $7, version = $8 WHERE policy_id = $1";
    BY_ID = concat!("SELECT ", columns!(), " FROM policies WHERE account_id = $1 AND policy_id = $2");
    BY_KEY = concat!("SELECT ", columns!(), " FROM policies WHERE account_id = $1 AND name_key = $2");
    PAGE = concat!("SELECT ", columns!(), " FROM policies WHERE account_id = $1 AND ($2 = '' OR (name_key >= $2 AND \
            name_key < $3)) AND name_key > $4 ORDER BY name_key LIMIT $5");
    COUNT = "SELECT COUNT(*) FROM policies WHERE account_id = $1 AND ($2 = '' OR (name_key >= $2 AND name_key < $3))";
    DELETE = "DELETE FROM policies WHERE policy_id = $1";
    ATTACH = "INSERT INTO policy_attachments (administrator_id, policy_id, account_id, organizations, created_at) \
              VALUES ($1, $2, $3, $4, $5) ON CONFLICT (administrator_id, policy_id) DO UPDATE \
              SET organizations = excluded.organizations";
    DETACH = "DELETE FROM policy_attachments WHERE administrator_id = $1 AND policy_id = $2";
    DETACH_ALL = "DELETE FROM policy_attachments WHERE administrator_id = $1";
    OF = "SELECT t.policy_id, t.organizations, p.name, p.cedar FROM policy_attachments t \
          LEFT JOIN policies p ON p.policy_id = t.policy_id WHERE t.administrator_id = $1 ORDER BY t.policy_id";
    HOLDERS = "SELECT a.administrator_id, a.username, a.username_key, t.organizations FROM policy_attachments t \
               JOIN administrators a ON a.administrator_id = t.administrator_id \
               WHERE t.account_id = $1 AND t.policy_id = $2 AND a.username_key > $3 ORDER BY a.username_key LIMIT $4";
    COUNT_HOLDERS = "SELECT COUNT(*) FROM policy_attachments WHERE account_id = $1 AND policy_id = $2";
}

/// Adds a policy; false when the name is taken.
pub fn insert(tx: &mut Tx<'_>, row: &PolicyRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT,
        params![
            &row.policy_id,
            &row.account_id,
            &row.name,
            &row.name_key,
            &row.description,
            &row.permissions,
            &row.cedar,
            row.created_at,
            row.updated_at,
            row.version,
        ],
    )?;
    Ok(added == 1)
}

/// Writes what can change of a policy.
pub fn update(tx: &mut Tx<'_>, row: &PolicyRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.policy_id,
            &row.name,
            &row.name_key,
            &row.description,
            &row.permissions,
            &row.cedar,
            row.updated_at,
            row.version,
        ],
    )
    .map(drop)
}

/// The policy of an account with this id.
pub fn by_id(tx: &mut Tx<'_>, account_id: &str, policy_id: &str) -> Result<Option<PolicyRow>, StoreError> {
    tx.opt(BY_ID, params![account_id, policy_id], PolicyRow::read)
}

/// The policy of an account with this folded name.
pub fn by_key(tx: &mut Tx<'_>, account_id: &str, name_key: &str) -> Result<Option<PolicyRow>, StoreError> {
    tx.opt(BY_KEY, params![account_id, name_key], PolicyRow::read)
}

/// The policies of an account whose folded name lies in a range, after a name; an empty range means any.
pub fn page(
    tx: &mut Tx<'_>,
    account_id: &str,
    (prefix, prefix_end): (&str, &str),
    after: &str,
    limit: i64,
) -> Result<Vec<PolicyRow>, StoreError> {
    tx.all(PAGE, params![account_id, prefix, prefix_end, after, limit], PolicyRow::read)
}

/// How many policies of an account have a folded name in a range.
pub fn count(tx: &mut Tx<'_>, account_id: &str, (prefix, prefix_end): (&str, &str)) -> Result<i64, StoreError> {
    tx.one(COUNT, params![account_id, prefix, prefix_end], |row| row.int(0))
}

/// Removes a policy.
pub fn delete(tx: &mut Tx<'_>, policy_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![policy_id]).map(drop)
}

/// Gives an administrator a policy, bound to some organizations or, with an empty text, unbound.
pub fn attach(
    tx: &mut Tx<'_>,
    (administrator_id, policy_id): (&str, &str),
    account_id: &str,
    organizations: &str,
    now: i64,
) -> Result<(), StoreError> {
    tx.execute(ATTACH, params![administrator_id, policy_id, account_id, organizations, now]).map(drop)
}

/// Takes a policy from an administrator; false when they had it not.
pub fn detach(tx: &mut Tx<'_>, administrator_id: &str, policy_id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DETACH, params![administrator_id, policy_id])? > 0)
}

/// Takes every policy from an administrator.
pub fn detach_all(tx: &mut Tx<'_>, administrator_id: &str) -> Result<(), StoreError> {
    tx.execute(DETACH_ALL, params![administrator_id]).map(drop)
}

/// The policies of an administrator, by id.
pub fn of(tx: &mut Tx<'_>, administrator_id: &str) -> Result<Vec<AttachmentRow>, StoreError> {
    tx.all(OF, params![administrator_id], AttachmentRow::read)
}

/// Who has a policy, after a folded username.
pub fn holders(
    tx: &mut Tx<'_>,
    account_id: &str,
    policy_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<HolderRow>, StoreError> {
    tx.all(HOLDERS, params![account_id, policy_id, after, limit], HolderRow::read)
}

/// How many have a policy.
pub fn count_holders(tx: &mut Tx<'_>, account_id: &str, policy_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT_HOLDERS, params![account_id, policy_id], |row| row.int(0))
}
