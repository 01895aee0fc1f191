//! The retention policy of an organization: how long mail stays in which folder.

use std::sync::Arc;

use reeve_base::names::RuleName;
use reeve_domain::retention::{self, FolderRule as DomainRule, NewRetentionPolicy as NewDomainPolicy, Which};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, no_content, ok, tagged};
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::organizations::OrganizationPath;
use crate::refusals::Refusal;
use crate::rules::description;
use crate::words::{Folder, RetentionAction};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(show_retention_policy, put_retention_policy, delete_retention_policy))
}

/// What a policy says about one folder; folders inside it are not meant.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FolderRule {
    /// Which folder.
    folder: Folder,
    /// What becomes of mail there.
    action: RetentionAction,
    /// After how many days; must be given where mail is deleted.
    #[schema(required = false, minimum = 1, maximum = 730, example = 30)]
    days: Option<u32>,
}

impl From<DomainRule> for FolderRule {
    fn from(rule: DomainRule) -> Self {
        Self { folder: rule.folder.into(), action: rule.action.into(), days: rule.days }
    }
}

impl From<FolderRule> for DomainRule {
    fn from(rule: FolderRule) -> Self {
        Self { folder: rule.folder.into(), action: rule.action.into(), days: rule.days }
    }
}

/// How long mail is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionPolicy {
    /// Id.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a90")]
    retention_policy_id: String,
    /// Name.
    #[schema(example = "standard")]
    name: String,
    /// What it is for.
    #[schema(required = true, example = "For everybody")]
    description: Option<String>,
    /// What it says, each folder at most once; a folder that is not named keeps its mail.
    folders: Vec<FolderRule>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Goes up with every change; the ETag.
    #[schema(example = 1)]
    version: i64,
}

impl From<retention::RetentionPolicy> for RetentionPolicy {
    fn from(policy: retention::RetentionPolicy) -> Self {
        Self {
            retention_policy_id: policy.id.to_string(),
            name: policy.name,
            description: policy.description,
            folders: policy.folders.into_iter().map(FolderRule::from).collect(),
            created_at: policy.created_at.to_rfc3339(),
            updated_at: policy.updated_at.to_rfc3339(),
            version: policy.version,
        }
    }
}

fn shown(policy: retention::RetentionPolicy) -> Answer {
    let version = policy.version;
    tagged(ok(&RetentionPolicy::from(policy))?, version)
}

/// Show the retention policy
///
/// An organization has one or none; without one, mail stays for ever.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/retention-policy", tag = "Mail settings",
    params(OrganizationPath),
    responses((status = 200, description = "The policy.", body = RetentionPolicy, headers(
        ("ETag" = String, description = "The version of the policy."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_retention_policy(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    shown(retention::show_retention_policy(&ctx, path.reference()?).await?)
}

/// What a retention policy is to be, as a whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "standard", "description": "For everybody", "folders": [
        {"folder": "deleted_items", "action": "permanently_delete", "days": 30},
        {"folder": "junk_email", "action": "delete", "days": 14}
    ]
}))]
pub(crate) struct NewRetentionPolicy {
    /// Name: letters, digits, `_` and `-`.
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-zA-Z0-9_-]+$", example = "standard")]
    name: String,
    /// What it is for.
    #[schema(max_length = 256, example = "For everybody")]
    description: Option<String>,
    /// What it says, each folder at most once.
    #[schema(max_items = 5)]
    folders: Vec<FolderRule>,
}

impl NewRetentionPolicy {
    fn parse(self) -> Result<NewDomainPolicy, Refusal> {
        Ok(NewDomainPolicy {
            which: Which::Only,
            name: RuleName::parse("name", &self.name)?,
            description: description(self.description)?,
            folders: self.folders.into_iter().map(DomainRule::from).collect(),
        })
    }
}

/// Put the retention policy
///
/// Makes the policy, or puts it in the place of the one that is there. It is kept from now on, and obeyed once there is
/// mail.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/retention-policy", tag = "Mail settings",
    params(OrganizationPath, IfMatch), request_body = NewRetentionPolicy,
    responses((status = 200, description = "The policy as it is now.", body = RetentionPolicy, headers(
        ("ETag" = String, description = "The version of the policy."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn put_retention_policy(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<NewRetentionPolicy>,
) -> Answer {
    shown(retention::put_retention_policy(&ctx, path.reference()?, body.parse()?).await?)
}

/// Delete the retention policy
///
/// Mail stays for ever. Where there is no policy, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/retention-policy", tag = "Mail settings",
    params(OrganizationPath, IfMatch),
    responses((status = 204, description = "There is no policy.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn delete_retention_policy(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    retention::delete_retention_policy(&ctx, path.reference()?, None).await?;
    no_content()
}
