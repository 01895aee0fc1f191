//! The mailbox of a user: what it holds, and what it may hold.

use std::sync::Arc;

use reeve_domain::mailboxes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, ok};
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::user::{UserPath, moment};
use crate::words::MailboxState;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(show_mailbox, set_mailbox_quota))
}

/// A mailbox with what is in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailboxDetails {
    /// Whether it is in use, or kept for a user who was disabled.
    state: MailboxState,
    /// What it may hold, in MB.
    #[schema(minimum = 1, maximum = 51_200, example = 51200)]
    quota_mb: i64,
    /// What it holds, in octets.
    #[schema(minimum = 0, example = 0)]
    size_bytes: i64,
    /// When it was made.
    #[schema(format = DateTime)]
    provisioned_at: String,
    /// When it will be removed, if it is retained.
    #[schema(required = true, format = DateTime)]
    purge_at: Option<String>,
}

impl From<mailboxes::MailboxDetails> for MailboxDetails {
    fn from(mailbox: mailboxes::MailboxDetails) -> Self {
        Self {
            state: mailbox.state.into(),
            quota_mb: mailbox.quota_mb,
            size_bytes: mailbox.size_bytes,
            provisioned_at: mailbox.provisioned_at.to_rfc3339(),
            purge_at: moment(mailbox.purge_at),
        }
    }
}

/// Show the mailbox of a user
///
/// What it may hold and what is in it. A user who has no mailbox, also none that is still kept, has none to show.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/users/{user}/mailbox", tag = "Mailboxes",
    params(UserPath),
    responses((status = 200, description = "The mailbox.", body = MailboxDetails)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_mailbox(Caller(ctx): Caller, InPath(path): InPath<UserPath>) -> Answer {
    let (organization, user) = path.references()?;
    ok(&MailboxDetails::from(mailboxes::show_mailbox(&ctx, organization, user).await?))
}

/// What a mailbox may hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"quota_mb": 10240}))]
pub(crate) struct MailboxQuota {
    /// MB.
    #[schema(minimum = 1, maximum = 51_200, example = 10240)]
    quota_mb: i64,
}

/// Set the quota of a mailbox
///
/// Says what the mailbox of an enabled user may hold. The version that `If-Match` names is the user's.
#[utoipa::path(
    patch, path = "/api/v1/organizations/{organization}/users/{user}/mailbox", tag = "Mailboxes",
    params(UserPath, IfMatch), request_body = MailboxQuota,
    responses((status = 200, description = "The mailbox as it is now.", body = MailboxDetails)),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state", "reserved"]))),
)]
pub(crate) async fn set_mailbox_quota(
    Caller(ctx): Caller,
    InPath(path): InPath<UserPath>,
    InBody(body): InBody<MailboxQuota>,
) -> Answer {
    let (organization, user) = path.references()?;
    ok(&MailboxDetails::from(mailboxes::set_mailbox_quota(&ctx, organization, user, body.quota_mb).await?))
}
