//! How an organization handles mail: PutRetentionPolicy, GetDefaultRetentionPolicy, DeleteRetentionPolicy,
//! PutInboundDmarcSettings, DescribeInboundDmarcSettings, and the configuration of e-mail monitoring.

use reeve_base::names::{Description, RuleName};
use reeve_domain::mail_settings::{self, EmailMonitoring, InboundDmarc};
use reeve_domain::retention::{self, Folder, FolderRule, NewRetentionPolicy, RetentionAction, Which};

use super::words::word;
use crate::call::Call;
use crate::faults::Fault;
use crate::input::Members;
use crate::output::Output;
use crate::shapes::{self, SOME};

/// Folders, in the words of the API.
const FOLDERS: [(&str, Folder); 5] = [
    ("INBOX", Folder::Inbox),
    ("DELETED_ITEMS", Folder::DeletedItems),
    ("SENT_ITEMS", Folder::SentItems),
    ("DRAFTS", Folder::Drafts),
    ("JUNK_EMAIL", Folder::JunkEmail),
];

/// What becomes of mail, in the words of the API.
const ACTIONS: [(&str, RetentionAction); 3] = [
    ("NONE", RetentionAction::None),
    ("DELETE", RetentionAction::Delete),
    ("PERMANENTLY_DELETE", RetentionAction::PermanentlyDelete),
];

fn folder_rule(folder: &Members<'_>) -> Result<FolderRule, Fault> {
    Ok(FolderRule {
        folder: folder.word("Name", &FOLDERS)?,
        action: folder.word("Action", &ACTIONS)?,
        days: folder
            .optional_number("Period", &shapes::RETENTION_PERIOD)?
            .map(u32::try_from)
            .transpose()
            .map_err(|_| Fault::internal("what is at most 730 days is a number of days"))?,
    })
}

pub(super) async fn put_retention(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let id = input.optional_text("Id", &shapes::SHORT_STRING)?;
    let description = input.optional_text("Description", &shapes::POLICY_DESCRIPTION)?;
    let folders = input.structures("FolderConfigurations", &SOME)?;
    let new = NewRetentionPolicy {
        which: id.map(str::parse).transpose()?.map_or(Which::New, Which::Named),
        name: RuleName::parse("name", input.text("Name", &shapes::SHORT_STRING)?)?,
        description: description.map(|text| Description::parse("description", text)).transpose()?,
        folders: folders.iter().map(folder_rule).collect::<Result<_, _>>()?,
    };
    retention::put_retention_policy(&call.ctx, organization, new).await?;
    Ok(Output::empty())
}

pub(super) async fn get_retention(call: Call) -> Result<Output, Fault> {
    let policy = retention::show_retention_policy(&call.ctx, call.organization()?).await?;
    let folders = policy.folders.iter().map(|rule| {
        Output::empty()
            .with("Name", word(&FOLDERS, rule.folder))
            .with("Action", word(&ACTIONS, rule.action))
            .with("Period", rule.days.map(i64::from))
    });
    Ok(Output::empty()
        .with("Id", policy.id.as_str())
        .with("Name", policy.name.as_str())
        .with("Description", policy.description.as_deref())
        .with("FolderConfigurations", folders.collect::<Vec<_>>()))
}

pub(super) async fn delete_retention(call: Call) -> Result<Output, Fault> {
    let organization = call.organization()?;
    let id = call.input().text("Id", &shapes::SHORT_STRING)?.parse()?;
    retention::delete_retention_policy(&call.ctx, organization, Some(id)).await?;
    Ok(Output::empty())
}

pub(super) async fn put_dmarc(call: Call) -> Result<Output, Fault> {
    let organization = call.organization()?;
    let dmarc = InboundDmarc { enforced: call.input().flag("Enforced")? };
    mail_settings::set_inbound_dmarc(&call.ctx, organization, dmarc).await?;
    Ok(Output::empty())
}

pub(super) async fn describe_dmarc(call: Call) -> Result<Output, Fault> {
    let dmarc = mail_settings::show_inbound_dmarc(&call.ctx, call.organization()?).await?;
    Ok(Output::empty().with("Enforced", dmarc.enforced))
}

pub(super) async fn put_monitoring(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let monitoring = EmailMonitoring {
        log_group_arn: input.text("LogGroupArn", &shapes::LOG_GROUP_ARN)?.to_owned(),
        role_arn: input.optional_text("RoleArn", &shapes::ROLE_ARN)?.map(str::to_owned),
    };
    mail_settings::set_email_monitoring(&call.ctx, organization, monitoring).await?;
    Ok(Output::empty())
}

pub(super) async fn describe_monitoring(call: Call) -> Result<Output, Fault> {
    let monitoring = mail_settings::show_email_monitoring(&call.ctx, call.organization()?).await?;
    Ok(Output::empty().with("LogGroupArn", monitoring.log_group_arn).with("RoleArn", monitoring.role_arn))
}

pub(super) async fn delete_monitoring(call: Call) -> Result<Output, Fault> {
    mail_settings::remove_email_monitoring(&call.ctx, call.organization()?).await?;
    Ok(Output::empty())
}
