//! Groups of a directory. Sharded by `directory_id`.

use super::{Begins, Within};
use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, group_id, name, name_key, hidden, state, email, enabled_at, disabled_at, created_at, \
         updated_at, version"
    };
}

// Those that may be seen: all or those with these ids, but not those with those.
macro_rules! within {
    ($all:literal, $ids:literal, $except:literal) => {
        concat!(
            "(CAST(",
            $all,
            " AS BIGINT) = 1 OR group_id IN ",
            texts!($ids, "256", "257"),
            ") AND (",
            $except,
            " = '' OR group_id NOT IN ",
            texts!($except, "256", "257"),
            ")"
        )
    };
}

// Whether the primary address lies between two texts: asked of each group, which are fewer than addresses. The inner part
// is answered by its index alone.
macro_rules! primary_begins {
    ($from:literal, $to:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM addresses WHERE directory_id = $1 AND kind = 'primary' AND address_key IN \
             (SELECT address_key FROM addresses WHERE directory_id = $1 AND entity_id = group_id AND address_key >= ",
            $from,
            " AND address_key < ",
            $to,
            "))"
        )
    };
}

// An empty text means any. What is sought in $3 stands at the beginning of the name, of a word of it, or of the primary
// address; a text from which ' word' can be taken away holds such a word.
macro_rules! filter {
    () => {
        concat!(
            "directory_id = $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR (name_key >= $3 AND name_key < $4) OR \
             replace(name_key, ' ' || $3, '') <> name_key OR ",
            primary_begins!("$3", "$4"),
            ") AND ($5 = '' OR (name_key >= $5 AND name_key < $6)) AND ($7 = '' OR ",
            primary_begins!("$7", "$8"),
            ") AND ",
            within!("$9", "$10", "$11")
        )
    };
}

row! {
    /// One group.
    GroupRow {
        directory_id: text, group_id: text, name: text, name_key: text, hidden: flag, state: text, email: opt_text,
        enabled_at: opt_int, disabled_at: opt_int, created_at: int, updated_at: int, version: int,
    }
}

statements! {
    INSERT = concat!("INSERT INTO groups (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
    BY_ID = concat!("SELECT ", columns!(), " FROM groups WHERE directory_id = $1 AND group_id = $2");
    UPDATE = "UPDATE groups SET hidden = $3, state = $4, email = $5, enabled_at = $6, disabled_at = $7, \
              updated_at = $8, version = $9 WHERE directory_id = $1 AND group_id = $2";
    DELETE = "DELETE FROM groups WHERE directory_id = $1 AND group_id = $2";
    PAGE = concat!("SELECT ", columns!(), " FROM groups WHERE ", filter!(), " AND name_key > $12 \
            ORDER BY name_key LIMIT $13");
    COUNT = concat!("SELECT COUNT(*) FROM groups WHERE ", filter!());
    OF_MEMBER = concat!("SELECT ", columns!(), " FROM groups WHERE directory_id = $1 AND group_id IN \
                 (SELECT group_id FROM group_members WHERE directory_id = $1 AND member_id = $2) AND ",
                 within!("$3", "$4", "$5"), " AND ($6 = '' OR (name_key >= $6 AND name_key < $7)) AND name_key > $8 \
                 ORDER BY name_key LIMIT $9");
    COUNT_OF_MEMBER = concat!("SELECT COUNT(*) FROM groups WHERE directory_id = $1 AND group_id IN \
                       (SELECT group_id FROM group_members WHERE directory_id = $1 AND member_id = $2) AND ",
                       within!("$3", "$4", "$5"), " AND ($6 = '' OR (name_key >= $6 AND name_key < $7))");
}

/// Adds a group.
pub fn insert(tx: &mut Tx<'_>, row: &GroupRow) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            &row.directory_id,
            &row.group_id,
            &row.name,
            &row.name_key,
            row.hidden,
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

/// The group with this id.
pub fn by_id(tx: &mut Tx<'_>, directory_id: &str, group_id: &str) -> Result<Option<GroupRow>, StoreError> {
    tx.opt(BY_ID, params![directory_id, group_id], GroupRow::read)
}

/// Writes everything of a group that can change.
pub fn update(tx: &mut Tx<'_>, row: &GroupRow) -> Result<(), StoreError> {
    tx.execute(
        UPDATE,
        params![
            &row.directory_id,
            &row.group_id,
            row.hidden,
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

/// Removes a group.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, group_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![directory_id, group_id]).map(drop)
}

/// Which groups a list shows; an empty text means any.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each names the column that it narrows")]
pub struct Filter {
    pub directory_id: String,
    pub state: String,
    /// The beginning of the name, of a word of it, or of the primary address.
    pub search: Begins,
    pub name: Begins,
    pub email: Begins,
    pub within: Within,
}

/// The groups after a folded name.
pub fn page(tx: &mut Tx<'_>, filter: &Filter, after: &str, limit: i64) -> Result<Vec<GroupRow>, StoreError> {
    let Filter { directory_id, state, search, name, email, within } = filter;
    let values = params![
        directory_id,
        state,
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
    tx.all(PAGE, values, GroupRow::read)
}

/// How many groups the filter lets through.
pub fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64, StoreError> {
    let Filter { directory_id, state, search, name, email, within } = filter;
    let values = params![
        directory_id,
        state,
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

/// The groups of which an entity is a member itself, whose names begin so, after a folded name.
pub fn of_member(
    tx: &mut Tx<'_>,
    (directory_id, member_id): (&str, &str),
    (within, name): (&Within, &Begins),
    after: &str,
    limit: i64,
) -> Result<Vec<GroupRow>, StoreError> {
    let Within { all, ids, except } = within;
    let values = params![directory_id, member_id, *all, ids, except, &name.0, &name.1, after, limit];
    tx.all(OF_MEMBER, values, GroupRow::read)
}

/// How many groups there are of which an entity is a member itself, and whose names begin so.
pub fn count_of_member(
    tx: &mut Tx<'_>,
    (directory_id, member_id): (&str, &str),
    (within, name): (&Within, &Begins),
) -> Result<i64, StoreError> {
    let Within { all, ids, except } = within;
    let values = params![directory_id, member_id, *all, ids, except, &name.0, &name.1];
    tx.one(COUNT_OF_MEMBER, values, |row| row.int(0))
}
