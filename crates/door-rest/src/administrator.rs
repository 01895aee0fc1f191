//! An administrator as every answer shows one, how paths name one, and how policies are attached to one.

use reeve_domain::administrators::{self, AdministratorRef};
use reeve_domain::policies::{Attachment, NewAttachment, PolicyName};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, ok, tagged};
use crate::names::{named, named_all};
use crate::refusals::Refusal;
use crate::user::moment;
use crate::words::{AdministratorRole, AdministratorStatus};

/// An administrator of the account.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AdministratorPath {
    /// Id or username of the administrator, or `me` for oneself.
    #[param(example = "grace@example.com")]
    administrator: String,
}

impl AdministratorPath {
    /// The administrator whom the path names.
    pub(crate) fn reference(&self) -> Result<AdministratorRef, Refusal> {
        Ok(self.administrator.parse()?)
    }
}

/// An administrator.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Administrator {
    /// Id.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")]
    administrator_id: String,
    /// Username, an e-mail address; never changes.
    #[schema(example = "grace@example.com")]
    username: String,
    /// First name.
    #[schema(example = "Grace")]
    first_name: String,
    /// Last name.
    #[schema(example = "Hopper")]
    last_name: String,
    /// What the administrator may do in principle.
    role: AdministratorRole,
    /// Whether the administrator may sign in.
    status: AdministratorStatus,
    /// Since when the password is known to be known from breaches, as a sign-in showed; absent while it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    password_breached_at: Option<String>,
    /// Until when wrong passwords keep the administrator out, if they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    locked_until: Option<String>,
    /// Which second factors they have.
    second_factors: FactorCounts,
    /// Whether an API password and access keys of theirs open anything.
    api_access: bool,
    /// What is known of their API password; null when there is none.
    #[schema(required = true)]
    api_password: Option<ApiPassword>,
    /// What they may do besides looking after what they created, if they are no account admin.
    policies: Vec<PolicyAttachment>,
    /// When they were added.
    #[schema(format = DateTime)]
    created_at: String,
    /// When they were last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When they last signed in, if ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    last_sign_in_at: Option<String>,
    /// Goes up with every change; the ETag.
    #[schema(example = 3)]
    pub(crate) version: i64,
}

/// Which second factors an administrator has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FactorCounts {
    /// Whether they have a generator of one-time codes.
    totp: bool,
    /// How many passkeys they have.
    #[schema(example = 2)]
    passkeys: usize,
}

/// What is known of an API password.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiPassword {
    /// When it was set.
    #[schema(format = DateTime)]
    changed_at: String,
    /// When it was last used, to the minute, if ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    last_used_at: Option<String>,
    /// Name of the policy beyond which it never reaches, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "read-only")]
    limit_policy: Option<String>,
}

/// A policy that an administrator has, and where.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyAttachment {
    /// Id of the policy.
    #[schema(example = "help-desk")]
    policy_id: String,
    /// Its name.
    #[schema(example = "help-desk")]
    name: String,
    /// Ids of the organizations in which alone it holds; when empty, it holds wherever it says.
    #[schema(example = json!(["m-0f1e2d3c4b5a69788796a5b4c3d2e1f0"]))]
    organizations: Vec<String>,
}

impl From<administrators::Administrator> for Administrator {
    fn from(administrator: administrators::Administrator) -> Self {
        Self {
            administrator_id: administrator.id.to_string(),
            username: administrator.username,
            first_name: administrator.first_name,
            last_name: administrator.last_name,
            role: administrator.role.into(),
            status: administrator.status.into(),
            password_breached_at: moment(administrator.password_breached_at),
            locked_until: moment(administrator.locked_until),
            second_factors: FactorCounts { totp: administrator.has_totp, passkeys: administrator.passkeys },
            api_access: administrator.api_access,
            api_password: administrator.api_password.map(ApiPassword::from),
            policies: administrator.policies.into_iter().map(PolicyAttachment::from).collect(),
            created_at: administrator.created_at.to_rfc3339(),
            updated_at: administrator.updated_at.to_rfc3339(),
            last_sign_in_at: moment(administrator.last_sign_in_at),
            version: administrator.version,
        }
    }
}

impl From<administrators::ApiPassword> for ApiPassword {
    fn from(password: administrators::ApiPassword) -> Self {
        Self {
            changed_at: password.set_at.to_rfc3339(),
            last_used_at: moment(password.last_used_at),
            limit_policy: limit(password.limit_policy),
        }
    }
}

impl From<Attachment> for PolicyAttachment {
    fn from(attachment: Attachment) -> Self {
        Self {
            policy_id: attachment.policy.id.to_string(),
            name: attachment.policy.name,
            organizations: attachment.organizations.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The policy that limits a credential, by name.
pub(crate) fn limit(policy: Option<PolicyName>) -> Option<String> {
    policy.map(|policy| policy.name)
}

/// A policy to attach.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"policy": "organization-owner", "organizations": ["acme"]}))]
pub(crate) struct NewPolicyAttachment {
    /// Id or name of the policy.
    #[schema(max_length = 256, example = "organization-owner")]
    policy: String,
    /// Ids or aliases of the organizations in which alone it is to hold. Only ready-made policies take them, and
    /// `organization-owner` needs them.
    #[schema(max_items = 50, example = json!(["acme"]))]
    organizations: Option<Vec<String>>,
}

impl NewPolicyAttachment {
    fn parse(self) -> Result<NewAttachment, Refusal> {
        let organizations = self.organizations.unwrap_or_default();
        Ok(NewAttachment {
            policy: named("policy", &self.policy)?,
            organizations: named_all("organizations", &organizations)?,
        })
    }
}

/// Policies to attach, checked.
pub(crate) fn attachments(wanted: Vec<NewPolicyAttachment>) -> Result<Vec<NewAttachment>, Refusal> {
    wanted.into_iter().map(NewPolicyAttachment::parse).collect()
}

/// An answer that shows one administrator.
pub(crate) fn shown(administrator: administrators::Administrator) -> Answer {
    let administrator = Administrator::from(administrator);
    tagged(ok(&administrator)?, administrator.version)
}
