//! Policies: what general administrators may do, and how far an API credential reaches.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::names::{ProfileText, Title};
use reeve_domain::policies::{self, NewPolicy as NewDomainPolicy, PolicyEdit as DomainEdit};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, located, no_content, ok, replayed, tagged};
use crate::document::{IdempotencyKey, IfMatch, IfNoneMatch};
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InBody, InPath, InQuery, Keyed};
use crate::list::{List, page};
use crate::policy::{Permission, Policy, PolicyPath, need_rights, rights, shown};
use crate::profile::given;
use crate::refusals::Refusal;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default().routes(routes!(list_policies, create_policy)).routes(routes!(
        show_policy,
        edit_policy,
        delete_policy
    ))
}

/// Which policies are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PoliciesQuery {
    /// Only those whose name begins so, case and accents aside.
    #[param(max_length = 256, example = "help")]
    search: Option<String>,
    /// Items of a page at most; 50 when unsaid.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List policies
///
/// Those that came with Reeve first, then the account's own by name.
#[utoipa::path(
    get, path = "/api/v1/policies", tag = "Policies", params(PoliciesQuery),
    responses((status = 200, description = "A page of policies.", body = List<Policy>)),
)]
pub(crate) async fn list_policies(Caller(ctx): Caller, InQuery(query): InQuery<PoliciesQuery>) -> Answer {
    let page = policies::list_policies(&ctx, query.search, page(query.limit, query.cursor)).await?;
    ok(&List::of(page, Policy::from))
}

/// A policy that is to be; exactly one of `permissions` and `cedar` is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Acme's people", "description": "looks after the people of Acme",
    "permissions": [{"resource_type": "user", "actions": ["read", "update"], "organizations": ["acme"]}]
}))]
pub(crate) struct NewPolicy {
    /// Name; unique in the account, case aside.
    #[schema(min_length = 1, max_length = 256, example = "Acme's people")]
    name: String,
    /// What it is for.
    #[schema(max_length = 256, example = "looks after the people of Acme")]
    description: Option<String>,
    /// What it is to grant.
    #[schema(min_items = 1, max_items = 50)]
    permissions: Option<Vec<Permission>>,
    /// What it is to grant and to forbid, in Cedar.
    #[schema(example = "permit (principal, action == Action::\"show_user\", resource);")]
    cedar: Option<String>,
}

impl ClientTokenInBody for NewPolicy {}

impl NewPolicy {
    fn parse(self) -> Result<NewDomainPolicy, Refusal> {
        Ok(NewDomainPolicy {
            name: Title::parse("name", &self.name)?,
            description: ProfileText::parse("description", &self.description.unwrap_or_default())?,
            rights: need_rights(self.permissions, self.cedar)?,
        })
    }
}

/// Create a policy
///
/// It is checked whole before it is kept: what Cedar cannot read, or what names a thing that there is not, is refused
/// with its line and column.
#[utoipa::path(
    post, path = "/api/v1/policies", tag = "Policies", params(IdempotencyKey), request_body = NewPolicy,
    responses((status = 201, description = "The policy was made.", body = Policy, headers(
        ("Location" = String, description = "Where the policy is found."),
        ("ETag" = String, description = "The version of the policy."),
    ))),
    extensions(("x-problem-codes" = json!(["policy_refused", "name_taken", "limit_reached"]))),
)]
pub(crate) async fn create_policy(Keyed(ctx, body): Keyed<NewPolicy>) -> Answer {
    let created = policies::create_policy(&ctx, body.parse()?).await?;
    let policy = created.policy;
    let place = format!("/api/v1/policies/{}", policy.id);
    let version = policy.version;
    let answer = located(json(StatusCode::CREATED, &Policy::from(policy))?, &place)?;
    tagged(replayed(answer, created.replayed), version)
}

/// Show a policy
///
/// A policy whose name is `actions`, `test` or `validate` is named by id, since those words are paths of their own.
#[utoipa::path(
    get, path = "/api/v1/policies/{policy}", tag = "Policies", params(PolicyPath, IfNoneMatch),
    responses((status = 200, description = "The policy.", body = Policy, headers(
        ("ETag" = String, description = "The version of the policy."),
    ))),
)]
pub(crate) async fn show_policy(Caller(ctx): Caller, InPath(path): InPath<PolicyPath>) -> Answer {
    shown(policies::show_policy(&ctx, path.reference()?).await?)
}

/// A change of a policy. What is left out stays; null is refused. At most one of `permissions` and `cedar` is given,
/// and takes the place of whatever the policy granted before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"description": "looks after the people of Acme and Globex"}))]
pub(crate) struct PolicyEdit {
    /// Name; unique in the account, case aside.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 256, example = "Acme's people")]
    name: Option<String>,
    /// What it is for.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 256, example = "looks after the people of Acme")]
    description: Option<String>,
    /// What it is to grant.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Permission>, required = false, min_items = 1, max_items = 50)]
    permissions: Option<Vec<Permission>>,
    /// What it is to grant and to forbid, in Cedar.
    #[serde(default, deserialize_with = "given")]
    #[schema(
        value_type = String, required = false,
        example = "permit (principal, action == Action::\"show_user\", resource);"
    )]
    cedar: Option<String>,
}

impl PolicyEdit {
    fn parse(self) -> Result<DomainEdit, Refusal> {
        Ok(DomainEdit {
            name: self.name.map(|name| Title::parse("name", &name)).transpose()?,
            description: self.description.map(|text| ProfileText::parse("description", &text)).transpose()?,
            rights: rights(self.permissions, self.cedar)?,
        })
    }
}

/// Edit a policy
///
/// Whoever has it may do at once what it says from now on. Those that came with Reeve do not change.
#[utoipa::path(
    patch, path = "/api/v1/policies/{policy}", tag = "Policies", params(PolicyPath, IfMatch),
    request_body = PolicyEdit,
    responses((status = 200, description = "The policy as it is now.", body = Policy, headers(
        ("ETag" = String, description = "The version of the policy."),
    ))),
    extensions(("x-problem-codes" = json!(["policy_refused", "name_taken", "reserved"]))),
)]
pub(crate) async fn edit_policy(
    Caller(ctx): Caller,
    InPath(path): InPath<PolicyPath>,
    InBody(body): InBody<PolicyEdit>,
) -> Answer {
    shown(policies::edit_policy(&ctx, path.reference()?, body.parse()?).await?)
}

/// Delete a policy
///
/// Only one that nobody has and that limits no credential.
#[utoipa::path(
    delete, path = "/api/v1/policies/{policy}", tag = "Policies", params(PolicyPath, IfMatch),
    responses((status = 204, description = "The policy is gone.")),
    extensions(("x-problem-codes" = json!(["reserved", "conflict"]))),
)]
pub(crate) async fn delete_policy(Caller(ctx): Caller, InPath(path): InPath<PolicyPath>) -> Answer {
    policies::delete_policy(&ctx, path.reference()?).await?;
    no_content()
}
