//! Impersonation roles: by which programs act as users, as which of them, and how far.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::ids::{ImpersonationRoleId, ImpersonationRuleId};
use reeve_base::names::Label;
use reeve_domain::impersonation::{
    self, NewImpersonationRole as NewDomainRole, NewImpersonationRule as NewDomainRule, RoleAnswer,
};
use reeve_domain::organizations::OrganizationRef;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, located, no_content, ok, replayed, tagged};
use crate::document::{IdempotencyKey, IfMatch, IfNoneMatch};
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InBody, InPath, InQuery, Keyed};
use crate::list::{List, PageQuery};
use crate::names::named;
use crate::organizations::{OrganizationPath, reference};
use crate::refusals::Refusal;
use crate::rules::{condition, description, texts};
use crate::words::{ImpersonationKind, RuleEffect};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_impersonation_roles, create_impersonation_role))
        .routes(routes!(show_impersonation_role, edit_impersonation_role, delete_impersonation_role))
        .routes(routes!(test_impersonation_role))
}

/// An impersonation role of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ImpersonationRolePath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id of the role.
    #[param(
        min_length = 1,
        max_length = 64,
        pattern = "^[a-zA-Z0-9_-]+$",
        example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84"
    )]
    role: String,
}

impl ImpersonationRolePath {
    fn references(&self) -> Result<(OrganizationRef, ImpersonationRoleId), Refusal> {
        Ok((reference(&self.organization)?, self.role.parse()?))
    }
}

/// A role by which programs act as users.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImpersonationRole {
    /// Id; names the role for ever.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84")]
    impersonation_role_id: String,
    /// Name; unique in the organization, case aside.
    #[schema(example = "Archive")]
    name: String,
    /// How far it reaches into a mailbox.
    kind: ImpersonationKind,
    /// What it is for.
    #[schema(required = true, example = "Copies every mailbox at night")]
    description: Option<String>,
    /// As whom it may act.
    rules: Vec<ImpersonationRule>,
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

/// A rule of a role.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImpersonationRule {
    /// Id; unique in the role.
    #[schema(example = "everybody")]
    rule_id: String,
    /// Name.
    #[schema(required = true, example = "Everybody")]
    name: Option<String>,
    /// What it is for.
    #[schema(required = true, example = "but for the board")]
    description: Option<String>,
    /// What it says.
    effect: RuleEffect,
    /// Ids of the users that it speaks of; everybody when there are none.
    #[schema(example = json!([]))]
    target_users: Vec<String>,
    /// Ids of users that it does not speak of.
    #[schema(example = json!(["019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80"]))]
    not_target_users: Vec<String>,
}

impl From<impersonation::ImpersonationRole> for ImpersonationRole {
    fn from(role: impersonation::ImpersonationRole) -> Self {
        Self {
            impersonation_role_id: role.id.to_string(),
            name: role.name,
            kind: role.kind.into(),
            description: role.description,
            rules: role.rules.into_iter().map(ImpersonationRule::from).collect(),
            created_at: role.created_at.to_rfc3339(),
            updated_at: role.updated_at.to_rfc3339(),
            version: role.version,
        }
    }
}

impl From<impersonation::ImpersonationRule> for ImpersonationRule {
    fn from(rule: impersonation::ImpersonationRule) -> Self {
        Self {
            rule_id: rule.id.to_string(),
            name: rule.name,
            description: rule.description,
            effect: rule.effect.into(),
            target_users: texts(&rule.targets.any_of),
            not_target_users: texts(&rule.targets.none_of),
        }
    }
}

/// List impersonation roles
///
/// By name.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/impersonation-roles", tag = "Impersonation",
    params(OrganizationPath, PageQuery),
    responses((status = 200, description = "A page of roles.", body = List<ImpersonationRole>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_impersonation_roles(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InQuery(query): InQuery<PageQuery>,
) -> Answer {
    let page = impersonation::list_impersonation_roles(&ctx, path.reference()?, query.page()).await?;
    ok(&List::of(page, ImpersonationRole::from))
}

/// What a role is to be, as a whole. It may act as those users whom a rule allows and none denies; without rules, as
/// nobody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Archive", "kind": "read_only", "description": "Copies every mailbox at night",
    "rules": [{"rule_id": "everybody", "effect": "allow"}]
}))]
pub(crate) struct NewImpersonationRole {
    /// Name; unique in the organization, case aside.
    #[schema(min_length = 1, max_length = 64, example = "Archive")]
    name: String,
    /// How far it reaches into a mailbox.
    kind: ImpersonationKind,
    /// What it is for.
    #[schema(max_length = 256, example = "Copies every mailbox at night")]
    description: Option<String>,
    /// As whom it may act.
    #[serde(default)]
    #[schema(max_items = 10)]
    rules: Vec<NewImpersonationRule>,
}

/// A rule of a role that is to be. It speaks of a user who is one of `target_users`, or where there are none of anybody, and
/// who is none of `not_target_users`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewImpersonationRule {
    /// Id; unique in the role.
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-zA-Z0-9_-]+$", example = "everybody")]
    rule_id: String,
    /// Name.
    #[schema(max_length = 64, example = "Everybody")]
    name: Option<String>,
    /// What it is for.
    #[schema(max_length = 256, example = "but for the board")]
    description: Option<String>,
    /// What it says.
    effect: RuleEffect,
    /// Ids, usernames or addresses of the users that it speaks of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!([]))]
    target_users: Vec<String>,
    /// Ids, usernames or addresses of users that it does not speak of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!([]))]
    not_target_users: Vec<String>,
}

impl ClientTokenInBody for NewImpersonationRole {}

impl NewImpersonationRole {
    fn parse(self) -> Result<NewDomainRole, Refusal> {
        Ok(NewDomainRole {
            name: Label::parse("name", &self.name)?,
            kind: self.kind.into(),
            description: description(self.description)?,
            rules: self.rules.into_iter().map(NewImpersonationRule::parse).collect::<Result<_, _>>()?,
        })
    }
}

impl NewImpersonationRule {
    fn parse(self) -> Result<NewDomainRule, Refusal> {
        let name = self.name.filter(|name| !name.is_empty());
        Ok(NewDomainRule {
            id: self.rule_id.parse()?,
            name: name.map(|name| Label::parse("name", &name)).transpose()?,
            description: description(self.description)?,
            effect: self.effect.into(),
            targets: condition(
                ("target_users", &self.target_users),
                ("not_target_users", &self.not_target_users),
                named,
            )?,
        })
    }
}

/// Create an impersonation role
///
/// The users whom its rules name must be enabled. Reeve hands out no tokens for roles yet: until it does, roles are kept and
/// can be tested, and no program acts by them.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/impersonation-roles", tag = "Impersonation",
    params(OrganizationPath, IdempotencyKey), request_body = NewImpersonationRole,
    responses((status = 201, description = "The role was made.", body = ImpersonationRole, headers(
        ("Location" = String, description = "Where the role is found."),
        ("ETag" = String, description = "The version of the role."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state", "limit_reached"]))),
)]
pub(crate) async fn create_impersonation_role(
    InPath(path): InPath<OrganizationPath>,
    Keyed(ctx, body): Keyed<NewImpersonationRole>,
) -> Answer {
    let created = impersonation::create_impersonation_role(&ctx, path.reference()?, body.parse()?).await?;
    let place = format!("/api/v1/organizations/{}/impersonation-roles/{}", path.name(), created.role.id);
    let version = created.role.version;
    let answer = located(json(StatusCode::CREATED, &ImpersonationRole::from(created.role))?, &place)?;
    tagged(replayed(answer, created.replayed), version)
}

/// Show an impersonation role
///
/// With all of its rules.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/impersonation-roles/{role}", tag = "Impersonation",
    params(ImpersonationRolePath, IfNoneMatch),
    responses((status = 200, description = "The role.", body = ImpersonationRole, headers(
        ("ETag" = String, description = "The version of the role."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn show_impersonation_role(
    Caller(ctx): Caller,
    InPath(path): InPath<ImpersonationRolePath>,
) -> Answer {
    let (organization, role) = path.references()?;
    shown(impersonation::show_impersonation_role(&ctx, organization, role).await?)
}

/// Replace an impersonation role
///
/// Name, kind, description and all rules; nothing stays of what the role was.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/impersonation-roles/{role}", tag = "Impersonation",
    params(ImpersonationRolePath, IfMatch), request_body = NewImpersonationRole,
    responses((status = 200, description = "The role as it is now.", body = ImpersonationRole, headers(
        ("ETag" = String, description = "The version of the role."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state"]))),
)]
pub(crate) async fn edit_impersonation_role(
    Caller(ctx): Caller,
    InPath(path): InPath<ImpersonationRolePath>,
    InBody(body): InBody<NewImpersonationRole>,
) -> Answer {
    let (organization, role) = path.references()?;
    shown(impersonation::edit_impersonation_role(&ctx, organization, role, body.parse()?).await?)
}

/// Delete an impersonation role
///
/// Access control rules that name it speak of nobody from then on. Where there is no such role, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/impersonation-roles/{role}", tag = "Impersonation",
    params(ImpersonationRolePath, IfMatch),
    responses((status = 204, description = "There is no such role.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn delete_impersonation_role(
    Caller(ctx): Caller,
    InPath(path): InPath<ImpersonationRolePath>,
) -> Answer {
    let (organization, role) = path.references()?;
    impersonation::delete_impersonation_role(&ctx, organization, role).await?;
    no_content()
}

/// A user as whom a program would act.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"user": "ada"}))]
pub(crate) struct ImpersonationTest {
    /// Id, username or address of the user.
    #[schema(max_length = 256, example = "ada")]
    user: String,
}

/// What the rules of a role say of a user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImpersonationEffect {
    /// How far the role reaches into a mailbox.
    kind: ImpersonationKind,
    /// Whether it may act as the user.
    effect: RuleEffect,
    /// The rules that bring it about; none when no rule speaks of the user.
    rules: Vec<MatchedImpersonationRule>,
}

/// A rule of a role that decided.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchedImpersonationRule {
    /// Id.
    #[schema(example = "everybody")]
    rule_id: String,
    /// Name.
    #[schema(required = true, example = "Everybody")]
    name: Option<String>,
}

impl From<RoleAnswer> for ImpersonationEffect {
    fn from(answer: RoleAnswer) -> Self {
        let named = |(id, name): (ImpersonationRuleId, Option<String>)| MatchedImpersonationRule {
            rule_id: id.to_string(),
            name,
        };
        let rules = answer.matched.into_iter().map(named).collect();
        Self { kind: answer.kind.into(), effect: answer.effect.into(), rules }
    }
}

/// Test an impersonation role
///
/// Says whether a role may act as a user.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/impersonation-roles/{role}/tests", tag = "Impersonation",
    params(ImpersonationRolePath), request_body = ImpersonationTest,
    responses((status = 200, description = "What its rules say.", body = ImpersonationEffect)),
    extensions(("x-problem-codes" = json!(["organization_state", "wrong_state"]))),
)]
pub(crate) async fn test_impersonation_role(
    Caller(ctx): Caller,
    InPath(path): InPath<ImpersonationRolePath>,
    InBody(body): InBody<ImpersonationTest>,
) -> Answer {
    let (organization, role) = path.references()?;
    let user = named("user", &body.user)?;
    ok(&ImpersonationEffect::from(impersonation::test_impersonation_role(&ctx, organization, role, user).await?))
}

fn shown(role: impersonation::ImpersonationRole) -> Answer {
    let version = role.version;
    tagged(ok(&ImpersonationRole::from(role))?, version)
}
