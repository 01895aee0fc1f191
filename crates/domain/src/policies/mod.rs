//! Policies: what general administrators may do, written in a simple form or in Cedar (row A9).
//!
//! Only account admins make and give them, so nobody can grant what they do not hold. A policy never reaches beyond
//! its account, nor into administration.

mod attachments;
mod create_policy;
mod delete_policy;
mod edit_policy;
mod holders;
mod list_policies;
mod ready_made;
mod rights;
mod test_policy;
mod validate_policy;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use quick_cache::sync::Cache;
use reeve_base::ids::{OrganizationId, PolicyId};
use reeve_base::limits::POLICY_BYTES_PER_ADMINISTRATOR_MAX;
use reeve_base::{Invalid, Timestamp, text};
use reeve_store::Tx;
use reeve_store::tables::policies::{self, AttachmentRow, PolicyRow};

use crate::access::Standing;
use crate::cedar::Compiled;
use crate::ctx::{Ctx, Deciding, stored};
use crate::error::Error;
use crate::organizations::OrganizationRef;

pub use crate::cedar::{Flaw, schema_text};
pub use attachments::{attach_policy, detach_policy};
pub(crate) use attachments::{attachments, replace_attachments};
pub use create_policy::{CreatedPolicy, NewPolicy, create_policy};
pub use delete_policy::delete_policy;
pub use edit_policy::{PolicyEdit, edit_policy};
pub use holders::{Holder, list_policy_holders};
pub use list_policies::{list_policies, show_policy};
pub use test_policy::{Answer, Effect, Question, test_policy};
pub use validate_policy::{PolicyAction, Validation, list_policy_actions, validate_policy};

/// Compiled policies kept: one entry for each general administrator who is at work.
const COMPILED_MAX: usize = 4_096;

/// The compiled policies of administrators and limits, each as of a version of the account's policies.
pub(crate) struct CompiledPolicies(Cache<(String, i64), Arc<Compiled>>);

impl CompiledPolicies {
    pub(crate) fn new() -> Self {
        Self(Cache::new(COMPILED_MAX))
    }
}

/// How a caller names a policy: by id or by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRef(String);

impl FromStr for PolicyRef {
    type Err = Invalid;

    /// Anything can be sought; what is neither id nor name is simply not found.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PolicyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a policy comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// It comes with Reeve and cannot be edited.
    ReadyMade,
    /// It was made of permissions.
    Simple,
    /// It was written in Cedar.
    Advanced,
}

impl PolicyKind {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::ReadyMade => "ready_made",
            Self::Simple => "simple",
            Self::Advanced => "advanced",
        }
    }
}

/// One permission of the simple form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// The kind of thing: `user`, `organization`, … or `*`.
    pub resource_type: String,
    /// Names of operations, `read`, `create`, `update`, `delete`, `secret`, or `*`.
    pub actions: Vec<String>,
    /// Ids, or `*` alone.
    pub resources: Vec<String>,
    /// Organizations under which everything of the kind is meant, instead of `resources`.
    pub organizations: Vec<String>,
}

/// What a policy is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rights {
    /// Permissions of the simple form.
    Permissions(Vec<Permission>),
    /// Cedar text.
    Cedar(String),
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its id.
    pub id: PolicyId,
    /// Its name, unique in the account.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Where it comes from.
    pub kind: PolicyKind,
    /// Its permissions, where it was made of some.
    pub permissions: Option<Vec<Permission>>,
    /// What is evaluated.
    pub cedar: String,
    /// How many administrators have it.
    pub attached: u64,
    /// When it was made; never for ready-made ones.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// Goes up with every change.
    pub version: i64,
}

/// A policy by id and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyName {
    /// Its id.
    pub id: PolicyId,
    /// Its name.
    pub name: String,
}

/// A policy that an administrator has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Which.
    pub policy: PolicyName,
    /// In which organizations; empty for wherever the policy says.
    pub organizations: Vec<OrganizationId>,
}

/// A policy that an administrator is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// Which.
    pub policy: PolicyRef,
    /// In which organizations; only for ready-made policies.
    pub organizations: Vec<OrganizationRef>,
}

impl Policy {
    fn from_row(tx: &mut Tx<'_>, row: PolicyRow) -> Result<Self, Error> {
        let permissions = rights::read(&row.permissions)?;
        Ok(Self {
            id: stored(row.policy_id.parse())?,
            attached: count(tx, &row.account_id, &row.policy_id)?,
            kind: if permissions.is_some() { PolicyKind::Simple } else { PolicyKind::Advanced },
            permissions,
            name: row.name,
            description: row.description,
            cedar: row.cedar,
            created_at: Some(Timestamp::from_millis(row.created_at)),
            updated_at: Some(Timestamp::from_millis(row.updated_at)),
            version: row.version,
        })
    }

    fn ready_made(tx: &mut Tx<'_>, account_id: &str, one: &ready_made::ReadyMade) -> Result<Self, Error> {
        Ok(Self {
            id: stored(one.id.parse())?,
            name: one.name.to_owned(),
            description: one.description.to_owned(),
            kind: PolicyKind::ReadyMade,
            permissions: None,
            cedar: one.cedar(&[]),
            attached: count(tx, account_id, one.id)?,
            created_at: None,
            updated_at: None,
            version: 1,
        })
    }
}

fn count(tx: &mut Tx<'_>, account_id: &str, policy_id: &str) -> Result<u64, Error> {
    Ok(u64::try_from(policies::count_holders(tx, account_id, policy_id)?).unwrap_or(0))
}

/// A policy as it was found.
enum Found {
    ReadyMade(&'static ready_made::ReadyMade),
    Row(Box<PolicyRow>),
}

/// Finds a policy of an account: ready-made ones first, whose names nobody else's policy can have.
fn find(tx: &mut Tx<'_>, account_id: &str, reference: &PolicyRef) -> Result<Found, Error> {
    let unseen = || Error::not_found("policy", reference);
    if let Some(one) = ready_made::find(&reference.0) {
        return Ok(Found::ReadyMade(one));
    }
    // No name holds a control character, and a database refuses to be asked for some of them.
    if reference.0.contains(char::is_control) {
        return Err(unseen());
    }
    let by_id = policies::by_id(tx, account_id, &reference.0)?;
    let row = match by_id {
        Some(row) => Some(row),
        None => policies::by_key(tx, account_id, &text::fold(&reference.0))?,
    };
    row.map(|row| Found::Row(Box::new(row))).ok_or_else(unseen)
}

impl Found {
    fn name(&self) -> Result<PolicyName, Error> {
        let (id, name) = match self {
            Self::ReadyMade(one) => (one.id, one.name),
            Self::Row(row) => (row.policy_id.as_str(), row.name.as_str()),
        };
        Ok(PolicyName { id: stored(id.parse())?, name: name.to_owned() })
    }

    /// The row of one that can be changed.
    fn editable(self) -> Result<PolicyRow, Error> {
        match self {
            Self::ReadyMade(one) => Err(Error::Reserved { name: one.name.to_owned() }),
            Self::Row(row) => Ok(*row),
        }
    }
}

/// The id and the name of a policy that was named. Errors: `NotFound`.
pub(crate) fn named(tx: &mut Tx<'_>, account_id: &str, reference: &PolicyRef) -> Result<PolicyName, Error> {
    find(tx, account_id, reference)?.name()
}

/// The name of a stored policy id; `None` for an empty one.
pub(crate) fn name_of(tx: &mut Tx<'_>, account_id: &str, policy_id: &str) -> Result<Option<PolicyName>, Error> {
    if policy_id.is_empty() {
        return Ok(None);
    }
    named(tx, account_id, &PolicyRef(policy_id.to_owned())).map(Some)
}

/// The compiled policies of a general administrator.
pub(crate) fn compiled_of(tx: &mut Tx<'_>, ctx: &Ctx, standing: &Standing) -> Result<Arc<Compiled>, Error> {
    let key = (standing.administrator_id.clone(), standing.policies_version);
    let kept = &ctx.deployment().policies.0;
    if let Some(compiled) = kept.get(&key) {
        return Ok(compiled);
    }
    let rows = policies::of(tx, &standing.administrator_id)?;
    let sources = rows.into_iter().map(source).collect::<Result<_, Error>>()?;
    let compiled = Arc::new(Compiled::new(sources, true).map_err(Error::internal)?);
    kept.insert(key, Arc::clone(&compiled));
    Ok(compiled)
}

/// The compiled policy that limits a credential. One that is gone lets nothing through.
pub(crate) fn compiled_limit(tx: &mut Tx<'_>, ctx: &Ctx, standing: &Standing) -> Result<Arc<Compiled>, Error> {
    let key = (format!("{}/{}", standing.account_id, standing.limit_policy), standing.policies_version);
    let kept = &ctx.deployment().policies.0;
    if let Some(compiled) = kept.get(&key) {
        return Ok(compiled);
    }
    let source = match find(tx, &standing.account_id, &PolicyRef(standing.limit_policy.clone())) {
        Ok(Found::ReadyMade(one)) => Some((deciding(one.id, one.name), one.cedar(&[]))),
        Ok(Found::Row(row)) => Some((deciding(&row.policy_id, &row.name), row.cedar)),
        Err(Error::NotFound { .. }) => None,
        Err(other) => return Err(other),
    };
    let compiled = Arc::new(Compiled::new(source.into_iter().collect(), false).map_err(Error::internal)?);
    kept.insert(key, Arc::clone(&compiled));
    Ok(compiled)
}

fn source(row: AttachmentRow) -> Result<(Deciding, String), Error> {
    let organizations: Vec<&str> = row.organizations.split_whitespace().collect();
    match (row.name, row.cedar, ready_made::find(&row.policy_id)) {
        (_, _, Some(one)) => Ok((deciding(one.id, one.name), one.cedar(&organizations))),
        (Some(name), Some(cedar), None) => Ok((deciding(&row.policy_id, &name), cedar)),
        _ => Err(Error::internal("an administrator has a policy that never was")),
    }
}

/// Refuses when the policies of somebody are longer together than can be read in the time that others may wait.
fn need_brevity(tx: &mut Tx<'_>, administrator_id: &str) -> Result<(), Error> {
    let mut octets = 0;
    for row in policies::of(tx, administrator_id)? {
        octets += source(row)?.1.len();
    }
    let limit = POLICY_BYTES_PER_ADMINISTRATOR_MAX;
    if octets <= limit {
        return Ok(());
    }
    Err(Error::LimitReached { what: "octets of Cedar in all policies of one administrator", limit })
}

fn deciding(id: &str, name: &str) -> Deciding {
    Deciding { policy_id: id.to_owned(), name: name.to_owned() }
}
