//! Who may act for whom: permissions on the mailbox, or the address, of a user, group or resource.

use std::sync::Arc;

use reeve_domain::mailboxes;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, no_content, ok};
use crate::door::Door;
use crate::entities::EntityPath;
use crate::entity::Entity;
use crate::extract::{Caller, InBody, InPath, InQuery};
use crate::list::{List, PageQuery};
use crate::organizations::reference;
use crate::words::MailboxPermission;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_mailbox_permissions))
        .routes(routes!(put_mailbox_permissions, delete_mailbox_permissions))
}

/// Somebody who may act for another.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct GranteePath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id, name or address of the user, group or resource whose mailbox or address it is.
    #[param(example = "ada")]
    entity: String,
    /// Id, name or address of the user, group or resource who may act for it.
    #[param(example = "bob")]
    grantee: String,
}

/// What a user, group or resource may do for another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Grant {
    #[serde(flatten)]
    grantee: Entity,
    /// What it may do.
    #[schema(example = json!(["send_on_behalf"]))]
    permissions: Vec<MailboxPermission>,
    /// When it was first given any of these.
    #[schema(format = DateTime)]
    granted_at: String,
    /// When this was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<mailboxes::Grant> for Grant {
    fn from(grant: mailboxes::Grant) -> Self {
        Self {
            grantee: grant.grantee.into(),
            permissions: grant.permissions.into_iter().map(MailboxPermission::from).collect(),
            granted_at: grant.granted_at.to_rfc3339(),
            updated_at: grant.updated_at.to_rfc3339(),
        }
    }
}

/// List the permissions on a mailbox
///
/// Who may act for a user, group or resource, by name, each with what they may do. What a group may do, its members may,
/// and those of the groups within it.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/entities/{entity}/permissions", tag = "Mailboxes",
    params(EntityPath, PageQuery),
    responses((status = 200, description = "A page of those who may act.", body = List<Grant>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_mailbox_permissions(
    Caller(ctx): Caller,
    InPath(path): InPath<EntityPath>,
    InQuery(query): InQuery<PageQuery>,
) -> Answer {
    let (organization, entity) = path.references()?;
    let page = mailboxes::list_mailbox_permissions(&ctx, organization, entity, query.page()).await?;
    ok(&List::of(page, Grant::from))
}

/// What somebody may do for another from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"permissions": ["send_on_behalf"]}))]
pub(crate) struct MailboxPermissions {
    /// All that they may do; none takes away what they could.
    permissions: Vec<MailboxPermission>,
}

/// Put permissions on a mailbox
///
/// Says what one may do for another, in the place of what was said before. `full_access` opens the whole mailbox and is
/// neither for groups nor on one; with `send_as` mail shows the owner alone, with `send_on_behalf` both. An empty list
/// takes every permission away.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/entities/{entity}/permissions/{grantee}", tag = "Mailboxes",
    params(GranteePath), request_body = MailboxPermissions,
    responses(
        (status = 200, description = "What they may do now.", body = Grant),
        (status = 204, description = "They may do nothing any more."),
    ),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state", "limit_reached", "reserved"]))),
)]
pub(crate) async fn put_mailbox_permissions(
    Caller(ctx): Caller,
    InPath(path): InPath<GranteePath>,
    InBody(body): InBody<MailboxPermissions>,
) -> Answer {
    let (owner, grantee) = (path.entity.parse()?, path.grantee.parse()?);
    let permissions = body.permissions.into_iter().map(Into::into).collect();
    let organization = reference(&path.organization)?;
    match mailboxes::put_mailbox_permissions(&ctx, organization, owner, grantee, permissions).await? {
        Some(grant) => ok(&Grant::from(grant)),
        None => no_content(),
    }
}

/// Delete permissions on a mailbox
///
/// Takes every permission away that one had for another. Where there is none, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/entities/{entity}/permissions/{grantee}", tag = "Mailboxes",
    params(GranteePath),
    responses((status = 204, description = "They may do nothing.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn delete_mailbox_permissions(Caller(ctx): Caller, InPath(path): InPath<GranteePath>) -> Answer {
    let (owner, grantee) = (path.entity.parse()?, path.grantee.parse()?);
    mailboxes::delete_mailbox_permissions(&ctx, reference(&path.organization)?, owner, grantee).await?;
    no_content()
}
