//! Mailboxes: GetMailboxDetails, UpdateMailboxQuota, and who else may use them: PutMailboxPermissions,
//! DeleteMailboxPermissions, ListMailboxPermissions.

use reeve_domain::entities::EntityKind;
use reeve_domain::mailboxes::{self, Grant, Permission};

use super::entities::entity;
use super::words::{ENTITY_TYPES, word};
use crate::call::{Call, Paging};
use crate::faults::Fault;
use crate::output::Output;
use crate::shapes;

/// Octets of one MB of a quota, of which 51,200 are 50 GB.
const MB: f64 = 1_048_576.0;

/// Rights on a mailbox.
const PERMISSION_TYPES: [(&str, Permission); 3] = [
    ("FULL_ACCESS", Permission::FullAccess),
    ("SEND_AS", Permission::SendAs),
    ("SEND_ON_BEHALF", Permission::SendOnBehalf),
];

pub(super) async fn details(call: Call) -> Result<Output, Fault> {
    let (organization, user) = (call.organization()?, entity(&call.input(), "UserId")?);
    let mailbox = mailboxes::show_mailbox(&call.ctx, organization, user).await?;
    Ok(Output::empty().with("MailboxQuota", mailbox.quota_mb).with("MailboxSize", mailbox.size_bytes as f64 / MB))
}

pub(super) async fn update_quota(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, user) = (call.organization()?, entity(&input, "UserId")?);
    let quota = input.number("MailboxQuota", &shapes::MAILBOX_QUOTA)?;
    mailboxes::set_mailbox_quota(&call.ctx, organization, user, quota).await?;
    Ok(Output::empty())
}

pub(super) async fn put_permissions(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let (owner, grantee) = (entity(&input, "EntityId")?, entity(&input, "GranteeId")?);
    let permissions = input.words("PermissionValues", &shapes::SOME, &PERMISSION_TYPES)?;
    mailboxes::put_mailbox_permissions(&call.ctx, organization, owner, grantee, permissions).await?;
    Ok(Output::empty())
}

pub(super) async fn delete_permissions(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let (owner, grantee) = (entity(&input, "EntityId")?, entity(&input, "GranteeId")?);
    mailboxes::delete_mailbox_permissions(&call.ctx, organization, owner, grantee).await?;
    Ok(Output::empty())
}

pub(super) async fn list_permissions(call: Call) -> Result<Output, Fault> {
    let (organization, owner) = (call.organization()?, entity(&call.input(), "EntityId")?);
    let Paging { request, list } = call.paging()?;
    let page = mailboxes::list_mailbox_permissions(&call.ctx, organization, owner, request).await?;
    let next = call.next_token(&list, page.next_cursor)?;
    let permissions: Vec<_> = page.items.into_iter().map(grant).collect();
    Ok(Output::empty().with("Permissions", permissions).with("NextToken", next))
}

fn grant(grant: Grant) -> Output {
    // The API knows groups and users; a resource holds rights as a user does.
    let kind = match grant.grantee.kind {
        EntityKind::Group => EntityKind::Group,
        EntityKind::User | EntityKind::Resource => EntityKind::User,
    };
    let values: Vec<_> = grant.permissions.into_iter().map(|right| word(&PERMISSION_TYPES, right)).collect();
    Output::empty()
        .with("GranteeId", grant.grantee.id)
        .with("GranteeType", word(&ENTITY_TYPES, kind))
        .with("PermissionValues", values)
}
