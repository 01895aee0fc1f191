//! Changing what the mailbox of a user may hold (UpdateMailboxQuota).

use reeve_base::limits::MAILBOX_QUOTA_MB_MAX;
use reeve_store::tables::mailboxes as rows;

use super::MailboxDetails;
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::entities::{EntityState, save_touched};
use crate::error::Error;
use crate::operations::SET_MAILBOX_QUOTA;
use crate::organizations::{Needs, OrganizationRef};
use crate::users::{self, UserRef, refuse_system_user};

/// Sets what the mailbox of an enabled user may hold. The quota shows in the user too, whose version goes up.
///
/// Errors: `Invalid` beyond the least and the greatest quota, `WrongState` unless enabled, `NotFound` for a user who has
/// no mailbox, `Reserved` for system users.
pub async fn set_mailbox_quota(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    quota_mb: i64,
) -> Result<MailboxDetails, Error> {
    if !(1..=MAILBOX_QUOTA_MB_MAX).contains(&quota_mb) {
        return Err(Error::invalid("quota_mb", format!("must be between 1 and {MAILBOX_QUOTA_MB_MAX}")));
    }
    ctx.write(move |tx, ctx| {
        let sought = (&organization, &user);
        let (organization, row) = users::find_in(tx, ctx, &SET_MAILBOX_QUOTA, sought, Needs::Usable)?;
        ctx.check_version(row.version)?;
        refuse_system_user(&row)?;
        if row.state != EntityState::Enabled.word() {
            return Err(Error::WrongState { is: row.state, needs: "enabled; enable the user first".to_owned() });
        }
        let absent = || Error::not_found("mailbox", &user);
        let mut mailbox = rows::get(tx, &row.directory_id, &row.user_id)?.ok_or_else(absent)?;
        if mailbox.purge_at.is_some() {
            return Err(absent());
        }
        if mailbox.quota_mb != quota_mb {
            let changes = [Change::moved("quota_mb", mailbox.quota_mb.to_string(), quota_mb.to_string())];
            mailbox.quota_mb = quota_mb;
            rows::put(tx, &mailbox)?;
            save_touched(tx, ctx, &mut row.clone(), &row)?;
            let subject = Subject::within(&organization, &row.user_id, &row.name);
            audit::record(tx, ctx, &SET_MAILBOX_QUOTA, subject, &changes)?;
        }
        MailboxDetails::from_row(ctx, Some(mailbox)).ok_or_else(absent)
    })
    .await
}
