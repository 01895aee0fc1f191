//! The retention policy of an organization: how long mail stays in which folder of its mailboxes.
//!
//! An organization has one or none. It is kept here; whoever moves mail obeys it.

mod delete_retention_policy;
mod put_retention_policy;
mod show_retention_policy;

use std::str::FromStr;

use reeve_base::ids::RetentionPolicyId;
use reeve_base::{Invalid, Timestamp};
use reeve_store::Tx;
use reeve_store::tables::organization_documents::{self as rows, DocumentRow};
use serde_json::Value;

use crate::ctx::stored;
use crate::documents::Body;
use crate::error::Error;

pub use delete_retention_policy::delete_retention_policy;
pub use put_retention_policy::{NewRetentionPolicy, Which, put_retention_policy};
pub use show_retention_policy::show_retention_policy;

/// The kind of document that a policy is; all have the same key, so that there is one.
const KIND: &str = "retention_policy";

/// That key.
const KEY: &str = "default";

/// What refusals call it.
const WHAT: &str = "retention policy";

/// A folder that every mailbox has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// Where mail arrives.
    Inbox,
    /// Where mail goes that was deleted.
    DeletedItems,
    /// Where a copy of sent mail lies.
    SentItems,
    /// Where mail lies that is being written.
    Drafts,
    /// Where mail goes that nobody asked for.
    JunkEmail,
}

impl Folder {
    /// Every folder, in the order in which policies show them.
    pub const ALL: [Self; 5] = [Self::Inbox, Self::DeletedItems, Self::SentItems, Self::Drafts, Self::JunkEmail];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::DeletedItems => "deleted_items",
            Self::SentItems => "sent_items",
            Self::Drafts => "drafts",
            Self::JunkEmail => "junk_email",
        }
    }
}

impl FromStr for Folder {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|folder| folder.word() == text)
            .ok_or_else(|| Invalid::new("folder", format!("must be one of {}", Self::ALL.map(Self::word).join(", "))))
    }
}

/// What becomes of mail whose time in a folder is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetentionAction {
    /// Nothing: it stays.
    None,
    /// It is deleted, and its owner can take it back for a while.
    Delete,
    /// It is gone.
    PermanentlyDelete,
}

impl RetentionAction {
    /// Every action.
    pub const ALL: [Self; 3] = [Self::None, Self::Delete, Self::PermanentlyDelete];

    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Delete => "delete",
            Self::PermanentlyDelete => "permanently_delete",
        }
    }
}

impl FromStr for RetentionAction {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|action| action.word() == text)
            .ok_or_else(|| Invalid::new("action", format!("must be one of {}", Self::ALL.map(Self::word).join(", "))))
    }
}

/// What a policy says about one folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderRule {
    /// Which folder; those inside it are not meant.
    pub folder: Folder,
    /// What becomes of mail there.
    pub action: RetentionAction,
    /// After how many days.
    pub days: Option<u32>,
}

/// The retention policy of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// Its id.
    pub id: RetentionPolicyId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it says, each folder at most once; a folder that is not named keeps its mail.
    pub folders: Vec<FolderRule>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Goes up with every change.
    pub version: i64,
}

impl RetentionPolicy {
    fn from_row(row: &DocumentRow) -> Result<Self, Error> {
        let body = Body::read(&row.body)?;
        let folders = Folder::ALL.into_iter().filter_map(|folder| Some((folder, body.get(folder.word())?)));
        Ok(Self {
            id: stored(row.document_id.parse())?,
            name: body.text("name")?.to_owned(),
            description: body.optional_text("description"),
            folders: folders.map(|(folder, rule)| read_rule(folder, rule)).collect::<Result<_, _>>()?,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            version: row.version,
        })
    }
}

/// A rule as it is kept and shown in events: `delete after 30 days`.
fn write_rule(rule: &FolderRule) -> String {
    match rule.days {
        Some(days) => format!("{} after {days} days", rule.action.word()),
        None => rule.action.word().to_owned(),
    }
}

fn read_rule(folder: Folder, rule: &Value) -> Result<FolderRule, Error> {
    let text = rule.as_str().unwrap_or_default();
    let (action, days) = match text.strip_suffix(" days").and_then(|text| text.split_once(" after ")) {
        Some((action, days)) => (action, Some(stored(days.parse())?)),
        None => (text, None),
    };
    Ok(FolderRule { folder, action: stored(action.parse())?, days })
}

/// The policy of an organization.
fn only(tx: &mut Tx<'_>, organization_id: &str) -> Result<Option<DocumentRow>, Error> {
    Ok(rows::by_name_key(tx, (organization_id, KIND), KEY)?)
}
