//! The keys of mailboxes, wrapped under a generation of their organization's. Sharded by `directory_id`.

use crate::{StoreError, Tx};

macro_rules! columns {
    () => {
        "directory_id, mailbox_id, organization_id, generation, wrapped, created_at"
    };
}

row! {
    /// The key of one mailbox.
    MailboxKeyRow {
        directory_id: text, mailbox_id: text, organization_id: text, generation: int, wrapped: bytes, created_at: int,
    }
}

row! {
    /// How many mailboxes have their key wrapped under a generation.
    GenerationCount { generation: int, mailboxes: int, }
}

/// Which organization: the ids of its directory and of itself.
pub type Of<'a> = (&'a str, &'a str);

statements! {
    INSERT = concat!("INSERT INTO mailbox_keys (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6) \
              ON CONFLICT DO NOTHING");
    GET = concat!("SELECT ", columns!(), " FROM mailbox_keys WHERE directory_id = $1 AND mailbox_id = $2");
    UNDER = concat!("SELECT ", columns!(), " FROM mailbox_keys WHERE directory_id = $1 AND organization_id = $2 \
             AND generation = $3 AND mailbox_id > $4 ORDER BY mailbox_id LIMIT $5");
    REWRAP = "UPDATE mailbox_keys SET generation = $3, wrapped = $4 \
              WHERE directory_id = $1 AND mailbox_id = $2 AND generation = $5";
    COUNTS = "SELECT generation, COUNT(*) FROM mailbox_keys WHERE directory_id = $1 AND organization_id = $2 \
              GROUP BY generation ORDER BY generation DESC";
    DELETE = "DELETE FROM mailbox_keys WHERE directory_id = $1 AND mailbox_id = $2";
    DELETE_OF_ORGANIZATION = "DELETE FROM mailbox_keys WHERE directory_id = $1 AND organization_id = $2";
}

/// Adds the key of a mailbox; false when it has one.
pub fn insert(tx: &mut Tx<'_>, row: &MailboxKeyRow) -> Result<bool, StoreError> {
    let added = tx.execute(
        INSERT,
        params![
            &row.directory_id,
            &row.mailbox_id,
            &row.organization_id,
            row.generation,
            row.wrapped.as_slice(),
            row.created_at,
        ],
    )?;
    Ok(added == 1)
}

/// The key of a mailbox.
pub fn get(tx: &mut Tx<'_>, directory_id: &str, mailbox_id: &str) -> Result<Option<MailboxKeyRow>, StoreError> {
    tx.opt(GET, params![directory_id, mailbox_id], MailboxKeyRow::read)
}

/// Some of the keys that are wrapped under a generation, those of mailboxes after an id.
pub fn under(
    tx: &mut Tx<'_>,
    (directory_id, of): Of<'_>,
    (generation, after): (i64, &str),
    limit: i64,
) -> Result<Vec<MailboxKeyRow>, StoreError> {
    tx.all(UNDER, params![directory_id, of, generation, after, limit], MailboxKeyRow::read)
}

/// Puts the same key, wrapped anew, in the place of what was wrapped under `former`; false when that is gone.
pub fn rewrap(tx: &mut Tx<'_>, row: &MailboxKeyRow, former: i64) -> Result<bool, StoreError> {
    let values = params![&row.directory_id, &row.mailbox_id, row.generation, row.wrapped.as_slice(), former];
    Ok(tx.execute(REWRAP, values)? == 1)
}

/// How many keys of an organization are wrapped under each generation, the highest first.
pub fn counts(tx: &mut Tx<'_>, (directory_id, of): Of<'_>) -> Result<Vec<GenerationCount>, StoreError> {
    tx.all(COUNTS, params![directory_id, of], GenerationCount::read)
}

/// Removes the key of a mailbox, and with it all that was ever in it; false when it had none.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, mailbox_id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![directory_id, mailbox_id])? == 1)
}

/// Removes the keys of every mailbox of an organization; says how many there were.
pub fn delete_of_organization(tx: &mut Tx<'_>, (directory_id, of): Of<'_>) -> Result<u64, StoreError> {
    tx.execute(DELETE_OF_ORGANIZATION, params![directory_id, of])
}
