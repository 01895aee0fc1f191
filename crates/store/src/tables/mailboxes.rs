//! Mailboxes: where mail will live, keyed by the user's id. Sharded by `directory_id`.

use crate::{StoreError, Tx};

row! {
    /// One mailbox.
    MailboxRow {
        directory_id: text, mailbox_id: text, organization_id: text, state: text, quota_mb: int,
        provisioned_at: int, purge_at: opt_int,
    }
}

statements! {
    PUT = "INSERT INTO mailboxes (directory_id, mailbox_id, organization_id, state, quota_mb, provisioned_at, purge_at) \
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (directory_id, mailbox_id) DO UPDATE \
           SET organization_id = excluded.organization_id, state = excluded.state, quota_mb = excluded.quota_mb, \
               provisioned_at = excluded.provisioned_at, purge_at = excluded.purge_at";
    GET = "SELECT directory_id, mailbox_id, organization_id, state, quota_mb, provisioned_at, purge_at \
           FROM mailboxes WHERE directory_id = $1 AND mailbox_id = $2";
    DUE = "SELECT directory_id, mailbox_id, organization_id, state, quota_mb, provisioned_at, purge_at FROM mailboxes \
           WHERE directory_id = $1 AND state = 'retained' AND purge_at < $2 ORDER BY mailbox_id LIMIT $3";
    DELETE = "DELETE FROM mailboxes WHERE directory_id = $1 AND mailbox_id = $2";
    DELETE_OF_ORGANIZATION = "DELETE FROM mailboxes WHERE directory_id = $1 AND organization_id = $2";
}

/// Writes a mailbox, over whatever stood there.
pub fn put(tx: &mut Tx<'_>, row: &MailboxRow) -> Result<(), StoreError> {
    tx.execute(
        PUT,
        params![
            &row.directory_id,
            &row.mailbox_id,
            &row.organization_id,
            &row.state,
            row.quota_mb,
            row.provisioned_at,
            row.purge_at,
        ],
    )
    .map(drop)
}

/// The mailbox with this id.
pub fn get(tx: &mut Tx<'_>, directory_id: &str, mailbox_id: &str) -> Result<Option<MailboxRow>, StoreError> {
    tx.opt(GET, params![directory_id, mailbox_id], MailboxRow::read)
}

/// Some of the retained mailboxes of a directory whose time has come.
pub fn due(tx: &mut Tx<'_>, directory_id: &str, now: i64, limit: i64) -> Result<Vec<MailboxRow>, StoreError> {
    tx.all(DUE, params![directory_id, now, limit], MailboxRow::read)
}

/// Removes a mailbox.
pub fn delete(tx: &mut Tx<'_>, directory_id: &str, mailbox_id: &str) -> Result<(), StoreError> {
    tx.execute(DELETE, params![directory_id, mailbox_id]).map(drop)
}

/// Removes every mailbox of an organization.
pub fn delete_of_organization(tx: &mut Tx<'_>, directory_id: &str, organization_id: &str) -> Result<u64, StoreError> {
    tx.execute(DELETE_OF_ORGANIZATION, params![directory_id, organization_id])
}
