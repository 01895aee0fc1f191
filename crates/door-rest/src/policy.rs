//! A policy as every answer shows one, how paths name one, and what it grants, as bodies say it.

use reeve_domain::policies::{self, PolicyRef, Rights};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, ok, tagged};
use crate::refusals::Refusal;
use crate::user::moment;
use crate::words::PolicyKind;

/// A policy of the account.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PolicyPath {
    /// Id or name of the policy.
    #[param(example = "help-desk")]
    policy: String,
}

impl PolicyPath {
    /// The policy that the path names.
    pub(crate) fn reference(&self) -> Result<PolicyRef, Refusal> {
        Ok(self.policy.parse()?)
    }
}

/// Who may do what.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Policy {
    /// Id; that of a ready-made policy is its name.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84")]
    policy_id: String,
    /// Name; unique in the account, case aside.
    #[schema(example = "Acme's people")]
    name: String,
    /// What it is for.
    #[schema(example = "looks after the people of Acme")]
    description: String,
    /// Whether it came with Reeve, was put together from permissions, or is a text in Cedar.
    kind: PolicyKind,
    /// What it grants; null when it is a text in Cedar.
    #[schema(required = true)]
    permissions: Option<Vec<Permission>>,
    /// What is decided by, in Cedar.
    #[schema(example = "permit (principal, action == Action::\"show_user\", resource);")]
    pub(crate) cedar: String,
    /// How many administrators have it.
    #[schema(example = 2)]
    attached: u64,
    /// When it was made, unless it came with Reeve.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    created_at: Option<String>,
    /// When it was last changed, unless it came with Reeve.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    updated_at: Option<String>,
    /// Goes up with every change; the ETag.
    #[schema(example = 1)]
    pub(crate) version: i64,
}

impl From<policies::Policy> for Policy {
    fn from(policy: policies::Policy) -> Self {
        let permissions = policy.permissions.map(|all| all.into_iter().map(Permission::from).collect());
        Self {
            policy_id: policy.id.to_string(),
            name: policy.name,
            description: policy.description,
            kind: policy.kind.into(),
            permissions,
            cedar: policy.cedar,
            attached: policy.attached,
            created_at: moment(policy.created_at),
            updated_at: moment(policy.updated_at),
            version: policy.version,
        }
    }
}

/// An answer that shows one policy.
pub(crate) fn shown(policy: policies::Policy) -> Answer {
    let policy = Policy::from(policy);
    tagged(ok(&policy)?, policy.version)
}

/// What a policy grants on things of one kind; exactly one of `resources` and `organizations` is given.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"resource_type": "user", "actions": ["read", "reset_password"], "organizations": ["acme"]}))]
pub(crate) struct Permission {
    /// The kind of thing: `organization`, `domain`, `directory`, `user`, `job`, `event`, or `*` for any.
    #[schema(max_length = 64, example = "user")]
    resource_type: String,
    /// What may be done: the `operationId` of an operation, one of `read`, `create`, `update`, `delete` and `secret`, or
    /// `*` for anything; `GET /policies/actions` lists them.
    #[schema(min_items = 1, max_items = 200, example = json!(["read", "reset_password"]))]
    actions: Vec<String>,
    /// Ids of the things, or `*` for every one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 200, example = json!(["*"]))]
    resources: Vec<String>,
    /// Ids or aliases of organizations: every thing of the kind that is under them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 200, example = json!(["acme"]))]
    organizations: Vec<String>,
}

impl From<policies::Permission> for Permission {
    fn from(permission: policies::Permission) -> Self {
        let policies::Permission { resource_type, actions, resources, organizations } = permission;
        Self { resource_type, actions, resources, organizations }
    }
}

impl From<Permission> for policies::Permission {
    fn from(permission: Permission) -> Self {
        let Permission { resource_type, actions, resources, organizations } = permission;
        Self { resource_type, actions, resources, organizations }
    }
}

/// What a policy is to grant, if anything is said of it.
pub(crate) fn rights(permissions: Option<Vec<Permission>>, cedar: Option<String>) -> Result<Option<Rights>, Refusal> {
    match (permissions, cedar) {
        (None, None) => Ok(None),
        (Some(permissions), None) => Ok(Some(Rights::Permissions(permissions.into_iter().map(Into::into).collect()))),
        (None, Some(text)) => Ok(Some(Rights::Cedar(text))),
        (Some(_), Some(_)) => {
            Err(Refusal::invalid("cedar", "cannot be given together with permissions; leave one of the two out"))
        }
    }
}

/// What a policy is to grant, which must be said.
pub(crate) fn need_rights(permissions: Option<Vec<Permission>>, cedar: Option<String>) -> Result<Rights, Refusal> {
    rights(permissions, cedar)?
        .ok_or_else(|| Refusal::invalid("permissions", "must be given, unless cedar is given instead"))
}
