//! Access control rules: who may reach mailboxes over which protocol and from where.

use std::sync::Arc;

use reeve_base::ids::ImpersonationRoleId;
use reeve_base::names::{Network, RuleName};
use reeve_domain::access_control::{
    self, AccessAnswer, AccessConditions, AccessQuestion, NewAccessControlRule as NewDomainRule, Who,
};
use reeve_domain::effect::Condition;
use reeve_domain::users::UserRef;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, no_content, ok, tagged};
use crate::document::IfMatch;
use crate::door::Door;
use crate::extract::{Caller, InBody, InPath};
use crate::list::Items;
use crate::names::named;
use crate::organizations::{OrganizationPath, reference};
use crate::refusals::Refusal;
use crate::rules::{condition, description, in_field, texts};
use crate::user::moment;
use crate::words::{Protocol, RuleEffect};

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_access_control_rules))
        .routes(routes!(put_access_control_rule, delete_access_control_rule))
        .routes(routes!(test_access_control))
}

/// An access control rule of an organization.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AccessControlRulePath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Name of the rule: 1 to 64 letters, digits, `_` and `-`. Two names that differ in case are two rules.
    #[param(min_length = 1, max_length = 64, pattern = "^[a-zA-Z0-9_-]+$", example = "office-only")]
    rule: String,
}

/// A rule about who may reach mailboxes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessControlRule {
    /// Name; tells the rule apart.
    #[schema(example = "office-only")]
    name: String,
    /// What it says.
    effect: RuleEffect,
    /// What it is for.
    #[schema(required = true, example = "IMAP and SMTP from the office only")]
    description: Option<String>,
    /// Blocks of addresses; it speaks of who comes from one of them. Of everybody when there are none.
    #[schema(example = json!([]))]
    ip_ranges: Vec<String>,
    /// Blocks of addresses; it does not speak of who comes from one of them.
    #[schema(example = json!(["192.0.2.0/24", "2001:db8::/32"]))]
    not_ip_ranges: Vec<String>,
    /// Protocols that it speaks of; all when there are none.
    #[schema(example = json!(["IMAP", "SMTP"]))]
    protocols: Vec<Protocol>,
    /// Protocols that it does not speak of.
    #[schema(example = json!([]))]
    not_protocols: Vec<Protocol>,
    /// Ids of the users that it speaks of; everybody when there are none.
    #[schema(example = json!([]))]
    users: Vec<String>,
    /// Ids of users that it does not speak of.
    #[schema(example = json!([]))]
    not_users: Vec<String>,
    /// Ids of the impersonation roles that it speaks of; everybody when there are none.
    #[schema(example = json!([]))]
    impersonation_roles: Vec<String>,
    /// Ids of impersonation roles that it does not speak of.
    #[schema(example = json!([]))]
    not_impersonation_roles: Vec<String>,
    /// When it was made; null for the rule that the organization began with.
    #[schema(required = true, format = DateTime)]
    created_at: Option<String>,
    /// When it was last changed; null for that rule while nobody has.
    #[schema(required = true, format = DateTime)]
    updated_at: Option<String>,
    /// Goes up with every change.
    #[schema(example = 1)]
    version: i64,
}

impl From<access_control::AccessControlRule> for AccessControlRule {
    fn from(rule: access_control::AccessControlRule) -> Self {
        let AccessConditions { ip_ranges, protocols, users, impersonation_roles } = rule.conditions;
        let words = |protocols: Vec<access_control::Protocol>| protocols.into_iter().map(Protocol::from).collect();
        Self {
            name: rule.name,
            effect: rule.effect.into(),
            description: rule.description,
            ip_ranges: texts(&ip_ranges.any_of),
            not_ip_ranges: texts(&ip_ranges.none_of),
            protocols: words(protocols.any_of),
            not_protocols: words(protocols.none_of),
            users: texts(&users.any_of),
            not_users: texts(&users.none_of),
            impersonation_roles: texts(&impersonation_roles.any_of),
            not_impersonation_roles: texts(&impersonation_roles.none_of),
            created_at: moment(rule.created_at),
            updated_at: moment(rule.updated_at),
            version: rule.version,
        }
    }
}

/// List access control rules
///
/// All rules of an organization by name; there are never more than 10. They have no order: a rule that denies is
/// stronger than all that allow, and who is allowed by none is kept out. They come on top of passwords, and are not about
/// administrators.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/access-control-rules", tag = "Access control",
    params(OrganizationPath),
    responses((status = 200, description = "The rules.", body = Items<AccessControlRule>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_access_control_rules(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    let rules = access_control::list_access_control_rules(&ctx, path.reference()?).await?;
    ok(&Items { items: rules.into_iter().map(AccessControlRule::from).collect() })
}

/// What a rule is to be, as a whole. It speaks where all conditions hold that are given; each holds for one of its values,
/// and those that begin with `not_` for none of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "effect": "deny", "description": "IMAP and SMTP from the office only",
    "protocols": ["IMAP", "SMTP"], "not_ip_ranges": ["192.0.2.0/24", "2001:db8::/32"]
}))]
pub(crate) struct NewAccessControlRule {
    /// What it says.
    effect: RuleEffect,
    /// What it is for.
    #[schema(max_length = 256, example = "IMAP and SMTP from the office only")]
    description: Option<String>,
    /// Blocks of addresses that it speaks of.
    #[serde(default)]
    #[schema(max_items = 1024, example = json!(["192.0.2.0/24"]))]
    ip_ranges: Vec<String>,
    /// Blocks of addresses that it does not speak of.
    #[serde(default)]
    #[schema(max_items = 1024, example = json!(["192.0.2.0/24"]))]
    not_ip_ranges: Vec<String>,
    /// Protocols that it speaks of.
    #[serde(default)]
    #[schema(max_items = 10)]
    protocols: Vec<Protocol>,
    /// Protocols that it does not speak of.
    #[serde(default)]
    #[schema(max_items = 10)]
    not_protocols: Vec<Protocol>,
    /// Ids, usernames or addresses of users that it speaks of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["ada"]))]
    users: Vec<String>,
    /// Ids, usernames or addresses of users that it does not speak of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["ada"]))]
    not_users: Vec<String>,
    /// Ids of impersonation roles that it speaks of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84"]))]
    impersonation_roles: Vec<String>,
    /// Ids of impersonation roles that it does not speak of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84"]))]
    not_impersonation_roles: Vec<String>,
}

impl NewAccessControlRule {
    fn parse(self, name: RuleName) -> Result<NewDomainRule, Refusal> {
        let words = |protocols: Vec<Protocol>| protocols.into_iter().map(Into::into).collect();
        let conditions = AccessConditions {
            ip_ranges: condition(
                ("ip_ranges", &self.ip_ranges),
                ("not_ip_ranges", &self.not_ip_ranges),
                |field, text| Ok(Network::parse(field, text)?),
            )?,
            protocols: Condition { any_of: words(self.protocols), none_of: words(self.not_protocols) },
            users: condition(("users", &self.users), ("not_users", &self.not_users), named::<UserRef>)?,
            impersonation_roles: condition(
                ("impersonation_roles", &self.impersonation_roles),
                ("not_impersonation_roles", &self.not_impersonation_roles),
                role,
            )?,
        };
        let description = description(self.description)?;
        Ok(NewDomainRule { name, effect: self.effect.into(), description, conditions })
    }
}

/// Reads the id of an impersonation role in a body.
fn role(field: &'static str, text: &str) -> Result<ImpersonationRoleId, Refusal> {
    in_field(field, text.parse())
}

/// Put an access control rule
///
/// Makes the rule, or puts it in the place of the one that has its name. It holds from the next sign-in on. Whoever
/// allows `WindowsOutlook` allows `AutoDiscover` and `EWS` as well, or Outlook does not find its way.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/access-control-rules/{rule}", tag = "Access control",
    params(AccessControlRulePath, IfMatch), request_body = NewAccessControlRule,
    responses((status = 200, description = "The rule as it is now.", body = AccessControlRule, headers(
        ("ETag" = String, description = "The version of the rule."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state", "limit_reached"]))),
)]
pub(crate) async fn put_access_control_rule(
    Caller(ctx): Caller,
    InPath(path): InPath<AccessControlRulePath>,
    InBody(body): InBody<NewAccessControlRule>,
) -> Answer {
    let new = body.parse(RuleName::parse("rule", &path.rule)?)?;
    let rule = access_control::put_access_control_rule(&ctx, reference(&path.organization)?, new).await?;
    let version = rule.version;
    tagged(ok(&AccessControlRule::from(rule))?, version)
}

/// Delete an access control rule
///
/// Without the last rule, nobody reaches a mailbox any more. Where there is no such rule, the call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/access-control-rules/{rule}", tag = "Access control",
    params(AccessControlRulePath, IfMatch),
    responses((status = 204, description = "There is no such rule.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn delete_access_control_rule(
    Caller(ctx): Caller,
    InPath(path): InPath<AccessControlRulePath>,
) -> Answer {
    let name = RuleName::parse("rule", &path.rule)?;
    access_control::delete_access_control_rule(&ctx, reference(&path.organization)?, name).await?;
    no_content()
}

/// Somebody who would come to a mailbox; exactly one of `user` and `impersonation_role` is given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"protocol": "IMAP", "source_address": "203.0.113.9", "user": "ada"}))]
pub(crate) struct AccessControlTest {
    /// Over which protocol; `EWS` for an impersonation role.
    protocol: Protocol,
    /// From which address.
    #[schema(max_length = 64, example = "203.0.113.9")]
    source_address: String,
    /// Id, username or address of the user.
    #[schema(max_length = 256, example = "ada")]
    user: Option<String>,
    /// Id of the impersonation role by which a program would come.
    #[schema(max_length = 64, example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84")]
    impersonation_role: Option<String>,
}

/// What the rules say of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessControlEffect {
    /// Whether they let it through.
    effect: RuleEffect,
    /// Names of the rules that bring it about; none when no rule speaks, and so nobody gets in.
    #[schema(example = json!(["office-only"]))]
    rules: Vec<String>,
}

impl From<AccessAnswer> for AccessControlEffect {
    fn from(answer: AccessAnswer) -> Self {
        Self { effect: answer.effect.into(), rules: answer.matched }
    }
}

/// Test access control
///
/// Says whether the rules would let somebody in, by the evaluation that sign-ins meet. Passwords and states are not asked.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/access-control-tests", tag = "Access control",
    params(OrganizationPath), request_body = AccessControlTest,
    responses((status = 200, description = "What the rules say.", body = AccessControlEffect)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn test_access_control(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<AccessControlTest>,
) -> Answer {
    let who = match (body.user, body.impersonation_role) {
        (Some(user), None) => Who::User(named("user", &user)?),
        (None, Some(id)) => Who::Role(role("impersonation_role", &id)?),
        _ => return Err(Refusal::invalid("user", "give either a user, or an impersonation_role")),
    };
    let address = address(&body.source_address)?;
    let question = AccessQuestion { address, protocol: body.protocol.into(), who };
    ok(&AccessControlEffect::from(access_control::test_access_control(&ctx, path.reference()?, question).await?))
}

/// Reads the address from which somebody comes.
pub(crate) fn address(text: &str) -> Result<std::net::IpAddr, Refusal> {
    let why = "must be an IP address such as 192.0.2.7 or 2001:db8::7";
    text.parse().map_err(|_| Refusal::invalid("source_address", why))
}
