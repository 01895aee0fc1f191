//! Showing the mailbox of a user (GetMailboxDetails).

use reeve_store::tables::mailboxes as rows;

use super::MailboxDetails;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SHOW_MAILBOX;
use crate::organizations::{Needs, OrganizationRef};
use crate::users::{self, UserRef};

/// Shows the mailbox of a user, also while it is only kept.
///
/// Errors: `NotFound` for a user who has none.
pub async fn show_mailbox(ctx: &Ctx, organization: OrganizationRef, user: UserRef) -> Result<MailboxDetails, Error> {
    ctx.read(move |tx, ctx| {
        let (_, row) = users::find_in(tx, ctx, &SHOW_MAILBOX, (&organization, &user), Needs::Present)?;
        let mailbox = rows::get(tx, &row.directory_id, &row.user_id)?;
        MailboxDetails::from_row(ctx, mailbox).ok_or_else(|| Error::not_found("mailbox", &user))
    })
    .await
}
