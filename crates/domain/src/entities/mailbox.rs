//! The mailbox of a user or a resource: provisioned when it is enabled, kept for a while after it is disabled.

use reeve_base::Timestamp;
use reeve_base::limits::{MAILBOX_QUOTA_MB_DEFAULT, MAILBOX_RETENTION};
use reeve_store::Tx;
use reeve_store::tables::mailbox_keys;
use reeve_store::tables::mailboxes::{self, MailboxRow};
use reeve_store::tables::organizations::OrganizationRow;

use super::Holder;
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::PURGE_MAILBOX;

/// Whether a mailbox is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailboxState {
    /// It receives.
    Active,
    /// It is kept until its time comes, and comes back when its owner is enabled again.
    Retained,
}

impl MailboxState {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retained => "retained",
        }
    }
}

/// Where mail lives; keyed by the id of its owner, never by an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Whether it is in use.
    pub state: MailboxState,
    /// When it was made.
    pub provisioned_at: Timestamp,
    /// When it will be removed, if it is retained.
    pub purge_at: Option<Timestamp>,
    /// What it may hold, in MB.
    pub quota_mb: i64,
}

impl Mailbox {
    pub(crate) fn from_row(row: &MailboxRow) -> Self {
        Self {
            state: if row.state == "active" { MailboxState::Active } else { MailboxState::Retained },
            provisioned_at: Timestamp::from_millis(row.provisioned_at),
            purge_at: row.purge_at.map(Timestamp::from_millis),
            quota_mb: row.quota_mb,
        }
    }
}

/// Gives an entity its mailbox: the one it had while that is kept, or a new one.
pub(crate) fn provision(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    holder: Holder<'_>,
) -> Result<(), Error> {
    let now = ctx.now().millis();
    // Who was never enabled never had one; new users are many, and need not be asked.
    let there = match holder.enabled_at {
        Some(_) => mailboxes::get(tx, holder.directory_id, holder.id)?,
        None => None,
    };
    let (kept, over) = match there {
        Some(row) if row.purge_at.is_some_and(|at| at <= now) => (None, Some(row)),
        there => (there, None),
    };
    if let Some(over) = over {
        // Housekeeping was not there yet: what is in the old one is not for the new one.
        purge(tx, ctx, organization, (&over, holder.name))?;
    }
    let row = MailboxRow {
        directory_id: holder.directory_id.to_owned(),
        mailbox_id: holder.id.to_owned(),
        organization_id: organization.organization_id.clone(),
        state: MailboxState::Active.word().to_owned(),
        quota_mb: kept.as_ref().map_or(MAILBOX_QUOTA_MB_DEFAULT, |row| row.quota_mb),
        provisioned_at: kept.map_or(now, |row| row.provisioned_at),
        purge_at: None,
    };
    Ok(mailboxes::put(tx, &row)?)
}

/// Starts the time for which the mailbox of an entity that is disabled or gone is kept.
pub(crate) fn retain(tx: &mut Tx<'_>, ctx: &Ctx, holder: Holder<'_>) -> Result<(), Error> {
    let Some(mut row) = mailboxes::get(tx, holder.directory_id, holder.id)? else { return Ok(()) };
    if row.purge_at.is_none() {
        MailboxState::Retained.word().clone_into(&mut row.state);
        row.purge_at = Some(ctx.now().plus(MAILBOX_RETENTION).millis());
        mailboxes::put(tx, &row)?;
    }
    Ok(())
}

/// Removes a retained mailbox whose time has come, and the key without which nothing that was in it can be read.
pub(crate) fn purge(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    organization: &OrganizationRow,
    (row, name): (&MailboxRow, &str),
) -> Result<(), Error> {
    mailbox_keys::delete(tx, &row.directory_id, &row.mailbox_id)?;
    mailboxes::delete(tx, &row.directory_id, &row.mailbox_id)?;
    let over = row.purge_at.map(|at| Timestamp::from_millis(at).to_string()).unwrap_or_default();
    let changes = [Change::moved("state", row.state.as_str(), "removed"), Change::gone("purge_at", over)];
    audit::record(tx, ctx, &PURGE_MAILBOX, Subject::within(organization, &row.mailbox_id, name), &changes)
}
