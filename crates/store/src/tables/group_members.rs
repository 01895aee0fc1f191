//! Who is in which group: users and other groups. Sharded by `directory_id`.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, group_id, member_id, member_kind, member_key, created_at"
    };
}

// Of which groups $2 is a member, of which groups those are, and so on: no more than $3 steps. A group that is reached
// by ways of several lengths counts once for each of them.
macro_rules! above {
    () => {
        "WITH RECURSIVE above(id, depth) AS (\
         SELECT group_id, CAST(1 AS BIGINT) FROM group_members WHERE directory_id = $1 AND member_id = $2 \
         UNION SELECT m.group_id, a.depth + 1 FROM above a JOIN group_members m ON m.member_id = a.id \
         WHERE m.directory_id = $1 AND a.depth < CAST($3 AS BIGINT))"
    };
}

row! {
    /// One membership.
    MemberRow {
        directory_id: text, group_id: text, member_id: text, member_kind: text, member_key: text, created_at: int,
    }
}

row! {
    /// A member of a group, with what it is.
    ListedRow {
        member_id: text, member_kind: text, member_key: text, added_at: int, name: text, email: opt_text, state: text,
        enabled_at: opt_int, disabled_at: opt_int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO group_members (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6) \
              ON CONFLICT DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM group_members \
           WHERE directory_id = $1 AND group_id = $2 AND member_id = $3");
    DELETE = "DELETE FROM group_members WHERE directory_id = $1 AND group_id = $2 AND member_id = $3";
    DELETE_OF_GROUP = "DELETE FROM group_members WHERE directory_id = $1 AND group_id = $2";
    DELETE_OF_MEMBER = "DELETE FROM group_members WHERE directory_id = $1 AND member_id = $2";
    PAGE = "SELECT m.member_id, m.member_kind, m.member_key, m.created_at, COALESCE(u.name, g.name), \
            COALESCE(u.email, g.email), COALESCE(u.state, g.state), COALESCE(u.enabled_at, g.enabled_at), \
            COALESCE(u.disabled_at, g.disabled_at) FROM group_members m \
            LEFT JOIN users u ON u.directory_id = $1 AND u.user_id = m.member_id AND m.member_kind = 'user' \
            LEFT JOIN groups g ON g.directory_id = $1 AND g.group_id = m.member_id AND m.member_kind = 'group' \
            WHERE m.directory_id = $1 AND m.group_id = $2 AND m.member_key > $3 ORDER BY m.member_key LIMIT $4";
    COUNT = "SELECT COUNT(*) FROM group_members WHERE directory_id = $1 AND group_id = $2";
    GROUPS_OF = "SELECT group_id FROM group_members WHERE directory_id = $1 AND member_id = $2 ORDER BY group_id";
    IS_ABOVE = concat!(above!(), " SELECT COUNT(*) FROM above WHERE id = $4");
    DEPTH_ABOVE = concat!(above!(), " SELECT COALESCE(MAX(depth), 0) FROM above");
    DEPTH_BELOW = "WITH RECURSIVE below(id, depth) AS (\
                   SELECT member_id, CAST(1 AS BIGINT) FROM group_members \
                   WHERE directory_id = $1 AND group_id = $2 AND member_kind = 'group' \
                   UNION SELECT m.member_id, b.depth + 1 FROM below b JOIN group_members m ON m.group_id = b.id \
                   WHERE m.directory_id = $1 AND m.member_kind = 'group' AND b.depth < CAST($3 AS BIGINT)) \
                   SELECT COALESCE(MAX(depth), 0) FROM below";
}

/// Adds a member; false when it is one.
pub fn insert(tx: &mut Tx<'_>, row: &MemberRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT,
        params![&row.directory_id, &row.group_id, &row.member_id, &row.member_kind, &row.member_key, row.created_at,],
    )?;
    Ok(added == 1)
}

/// A membership.
pub fn get(
    tx: &mut Tx<'_>,
    (directory_id, group_id): (&str, &str),
    member_id: &str,
) -> Result<Option<MemberRow>, StoreError> {
    tx.opt(GET, params![directory_id, group_id, member_id], MemberRow::read)
}

/// Takes a member out of a group; false when it was none.
pub fn delete(tx: &mut Tx<'_>, (directory_id, group_id): (&str, &str), member_id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![directory_id, group_id, member_id])? > 0)
}

/// Ends every membership of an entity that is gone, in it and of it.
pub fn forget(tx: &mut Tx<'_>, directory_id: &str, entity_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE_OF_GROUP, params![directory_id, entity_id])?;
    tx.execute(DELETE_OF_MEMBER, params![directory_id, entity_id]).map(drop)
}

/// The members of a group after a folded name.
pub fn page(
    tx: &mut Tx<'_>,
    (directory_id, group_id): (&str, &str),
    after: &str,
    limit: i64,
) -> Result<Vec<ListedRow>, StoreError> {
    tx.all(PAGE, params![directory_id, group_id, after, limit], ListedRow::read)
}

/// How many members a group has.
pub fn count(tx: &mut Tx<'_>, directory_id: &str, group_id: &str) -> Result<i64, StoreError> {
    tx.one(COUNT, params![directory_id, group_id], |row| row.int(0))
}

/// The ids of the groups of which an entity is a member itself.
pub fn groups_of(tx: &mut Tx<'_>, directory_id: &str, member_id: &str) -> Result<Vec<String>, StoreError> {
    tx.all(GROUPS_OF, params![directory_id, member_id], |row| row.text(0))
}

/// Whether a group holds an entity, itself or through no more than `steps` groups.
pub fn is_above(
    tx: &mut Tx<'_>,
    (directory_id, member_id): (&str, &str),
    group_id: &str,
    steps: i64,
) -> Result<bool, StoreError> {
    Ok(tx.one(IS_ABOVE, params![directory_id, member_id, steps, group_id], |row| row.int(0))? > 0)
}

/// How many groups stand above one another over an entity; counted up to `steps`.
pub fn depth_above(tx: &mut Tx<'_>, (directory_id, member_id): (&str, &str), steps: i64) -> Result<i64, StoreError> {
    tx.one(DEPTH_ABOVE, params![directory_id, member_id, steps], |row| row.int(0))
}

/// How many groups stand below one another in a group; counted up to `steps`.
pub fn depth_below(tx: &mut Tx<'_>, (directory_id, group_id): (&str, &str), steps: i64) -> Result<i64, StoreError> {
    tx.one(DEPTH_BELOW, params![directory_id, group_id, steps], |row| row.int(0))
}
