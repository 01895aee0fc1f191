//! Trying policies out: whether a text can be kept, what one would decide, and what one may name.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use reeve_domain::policies::{self, Flaw, Question, Validation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, ok};
use crate::document;
use crate::door::Door;
use crate::extract::{Caller, InBody};
use crate::list::Items;
use crate::names::named;
use crate::policy::{Permission, need_rights};
use crate::refusals::Refusal;
use crate::words::Effect;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(validate_policy))
        .routes(routes!(test_policy))
        .routes(routes!(list_policy_actions))
}

/// What is to be checked; exactly one of the two is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"cedar": "permit (principal, action == Action::\"show_user\", resource);"}))]
pub(crate) struct PolicyText {
    /// Permissions.
    #[schema(min_items = 1, max_items = 50)]
    permissions: Option<Vec<Permission>>,
    /// A text in Cedar.
    #[schema(example = "permit (principal, action == Action::\"show_user\", resource);")]
    cedar: Option<String>,
}

/// Whether a policy could be kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyValidation {
    /// Whether it could.
    valid: bool,
    /// The policy in Cedar: as it was compiled from permissions, or as it was given.
    #[schema(example = "permit (principal, action == Action::\"show_user\", resource);")]
    cedar: String,
    /// What is wrong with it.
    problems: Vec<PolicyProblem>,
}

/// What is wrong with a policy, and where.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyProblem {
    /// The line, from 1; null where it is not known.
    #[schema(required = true, minimum = 1, example = 1)]
    line: Option<usize>,
    /// The column, from 1; null where it is not known.
    #[schema(required = true, minimum = 1, example = 19)]
    column: Option<usize>,
    /// What is wrong.
    #[schema(example = "there is no action \"show_userr\"")]
    message: String,
    /// What would be right, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "did you mean \"show_user\"?")]
    help: Option<String>,
}

impl From<Flaw> for PolicyProblem {
    fn from(flaw: Flaw) -> Self {
        let Flaw { line, column, message, help } = flaw;
        Self { line, column, message, help }
    }
}

impl From<Validation> for PolicyValidation {
    fn from(validation: Validation) -> Self {
        Self {
            valid: validation.flaws.is_empty(),
            cedar: validation.cedar,
            problems: validation.flaws.into_iter().map(PolicyProblem::from).collect(),
        }
    }
}

/// Validate a policy
///
/// Says everything that is wrong with a policy, and keeps nothing.
#[utoipa::path(
    post, path = "/api/v1/policies/validate", tag = "Policies", request_body = PolicyText,
    responses((status = 200, description = "Whether it could be kept.", body = PolicyValidation)),
    extensions(("x-problem-codes" = json!(["policy_refused"]))),
)]
pub(crate) async fn validate_policy(Caller(ctx): Caller, InBody(body): InBody<PolicyText>) -> Answer {
    let rights = need_rights(body.permissions, body.cedar)?;
    ok(&PolicyValidation::from(policies::validate_policy(&ctx, rights).await?))
}

/// Whether an administrator may do something to something.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "administrator": "grace@example.com", "action": "reset_password",
    "resource": {"type": "user", "id": "ada", "organization": "acme"}
}))]
pub(crate) struct PolicyQuestion {
    /// Id or username of the administrator.
    #[schema(max_length = 256, example = "grace@example.com")]
    administrator: String,
    /// What is to be done: the `operationId` of an operation.
    #[schema(max_length = 64, example = "reset_password")]
    action: String,
    /// What it is to be done to.
    resource: PolicyResource,
    /// The address from which it would be done, for policies that look at it.
    #[schema(max_length = 64, example = "192.0.2.7")]
    source_address: Option<String>,
}

/// The thing that a question is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyResource {
    /// The kind of thing.
    #[serde(rename = "type")]
    #[schema(max_length = 64, example = "user")]
    kind: String,
    /// Its id or name.
    #[schema(max_length = 256, example = "ada")]
    id: String,
    /// Id or alias of the organization that it is in, where it is in one.
    #[schema(max_length = 256, example = "acme")]
    organization: Option<String>,
}

impl PolicyQuestion {
    fn parse(self) -> Result<Question, Refusal> {
        for (field, text) in [("action", &self.action), ("type", &self.resource.kind), ("id", &self.resource.id)] {
            if text.chars().any(char::is_control) {
                return Err(Refusal::invalid(field, "must not hold control characters"));
            }
        }
        Ok(Question {
            administrator: named("administrator", &self.administrator)?,
            action: self.action,
            resource_type: self.resource.kind,
            resource: self.resource.id,
            organization: self.resource.organization.map(|name| named("organization", &name)).transpose()?,
            source_address: self.source_address,
        })
    }
}

/// What would be decided, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyDecision {
    /// Whether the administrator may.
    decision: Decision,
    /// A sentence that says why.
    #[schema(example = "the policy help-desk permits it")]
    because: String,
    /// The policies that decide.
    policies: Vec<DecidingPolicy>,
}

/// Whether somebody may.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    /// They may.
    Allow,
    /// They may not.
    Deny,
}

/// A policy that decides.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecidingPolicy {
    /// Id of the policy.
    #[schema(example = "help-desk")]
    policy_id: String,
    /// Its name.
    #[schema(example = "help-desk")]
    name: String,
    /// What it says.
    effect: Effect,
}

impl From<policies::Answer> for PolicyDecision {
    fn from(answer: policies::Answer) -> Self {
        let policies = answer.policies.into_iter().map(|(policy, effect)| DecidingPolicy {
            policy_id: policy.id.to_string(),
            name: policy.name,
            effect: effect.into(),
        });
        Self {
            decision: if answer.allowed { Decision::Allow } else { Decision::Deny },
            because: answer.because,
            policies: policies.collect(),
        }
    }
}

/// Test policies
///
/// Says whether an administrator may do something to something, and which policy decides. Nothing is done.
#[utoipa::path(
    post, path = "/api/v1/policies/test", tag = "Policies", request_body = PolicyQuestion,
    responses((status = 200, description = "What would be decided.", body = PolicyDecision)),
)]
pub(crate) async fn test_policy(Caller(ctx): Caller, InBody(body): InBody<PolicyQuestion>) -> Answer {
    ok(&PolicyDecision::from(policies::test_policy(&ctx, body.parse()?).await?))
}

/// What the document calls an operation.
fn summary(operation: &str) -> &'static str {
    static SUMMARIES: OnceLock<HashMap<String, String>> = OnceLock::new();
    SUMMARIES.get_or_init(document::summaries).get(operation).map_or("", String::as_str)
}

/// Something that a policy can speak of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyAction {
    /// Its name: the `operationId` of an operation.
    #[schema(example = "reset_password")]
    action: String,
    /// The kind of thing that it is done to.
    #[schema(example = "user")]
    resource_type: String,
    /// What it does.
    #[schema(example = "Reset the password of a user")]
    description: String,
    /// The names under which a policy can speak of it together with others.
    #[schema(example = json!(["secret"]))]
    groups: Vec<String>,
}

/// List what policies can speak of
///
/// Every action that can be named in a policy, with what it is done to.
#[utoipa::path(
    get, path = "/api/v1/policies/actions", tag = "Policies",
    responses((status = 200, description = "The actions.", body = Items<PolicyAction>)),
)]
pub(crate) async fn list_policy_actions(Caller(ctx): Caller) -> Answer {
    let actions = policies::list_policy_actions(&ctx).await?;
    let items = actions.into_iter().map(|action| PolicyAction {
        action: action.name.to_owned(),
        resource_type: action.resource_type.to_owned(),
        description: summary(action.name).to_owned(),
        groups: action.groups,
    });
    ok(&Items { items: items.collect() })
}
