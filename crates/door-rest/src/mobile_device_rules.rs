//! Rules about mobile devices: which may synchronize over ActiveSync, by what they report of themselves.

use std::sync::Arc;

use http::StatusCode;
use reeve_base::ids::MobileDeviceRuleId;
use reeve_base::names::Label;
use reeve_domain::mobile_devices::{
    self, Device, DeviceAnswer, DeviceConditions, NewMobileDeviceRule as NewDomainRule,
};
use reeve_domain::organizations::OrganizationRef;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, json, no_content, ok, replayed, tagged};
use crate::document::{IdempotencyKey, IfMatch};
use crate::door::Door;
use crate::extract::{Caller, ClientTokenInBody, InBody, InPath, Keyed};
use crate::list::Items;
use crate::organizations::{OrganizationPath, reference};
use crate::refusals::Refusal;
use crate::rules::{condition, description, device_text, texts};
use crate::words::RuleEffect;

/// The routes of this resource.
pub(crate) fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::default()
        .routes(routes!(list_mobile_device_rules, create_mobile_device_rule))
        .routes(routes!(edit_mobile_device_rule, delete_mobile_device_rule))
        .routes(routes!(test_mobile_device_access))
}

/// A rule of an organization about mobile devices.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct MobileDeviceRulePath {
    /// Id or alias of the organization.
    #[param(example = "acme")]
    organization: String,
    /// Id of the rule; `default` for the one that the organization began with.
    #[param(min_length = 1, max_length = 64, pattern = "^[a-zA-Z0-9_-]+$", example = "default")]
    rule: String,
}

impl MobileDeviceRulePath {
    fn references(&self) -> Result<(OrganizationRef, MobileDeviceRuleId), Refusal> {
        Ok((reference(&self.organization)?, self.rule.parse()?))
    }
}

/// A rule about mobile devices.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MobileDeviceRule {
    /// Id; names the rule for ever.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84")]
    rule_id: String,
    /// Name; others may have the same.
    #[schema(example = "No old phones")]
    name: String,
    /// What it says.
    effect: RuleEffect,
    /// What it is for.
    #[schema(required = true, example = "Their makers no longer mend them")]
    description: Option<String>,
    #[serde(flatten)]
    conditions: MobileDeviceConditions,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Goes up with every change.
    #[schema(example = 1)]
    version: i64,
}

/// When a rule about mobile devices speaks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MobileDeviceConditions {
    /// How the types of devices begin that it speaks of; all when there are none.
    #[schema(example = json!([]))]
    device_types: Vec<String>,
    /// How the types of devices begin that it does not speak of.
    #[schema(example = json!([]))]
    not_device_types: Vec<String>,
    /// How the models of devices begin that it speaks of; all when there are none.
    #[schema(example = json!([]))]
    device_models: Vec<String>,
    /// How the models of devices begin that it does not speak of.
    #[schema(example = json!([]))]
    not_device_models: Vec<String>,
    /// How the operating systems of devices begin that it speaks of; all when there are none.
    #[schema(example = json!(["Android 8", "Android 9"]))]
    device_operating_systems: Vec<String>,
    /// How the operating systems of devices begin that it does not speak of.
    #[schema(example = json!([]))]
    not_device_operating_systems: Vec<String>,
    /// How the user agents of devices begin that it speaks of; all when there are none.
    #[schema(example = json!([]))]
    device_user_agents: Vec<String>,
    /// How the user agents of devices begin that it does not speak of.
    #[schema(example = json!([]))]
    not_device_user_agents: Vec<String>,
}

impl From<mobile_devices::MobileDeviceRule> for MobileDeviceRule {
    fn from(rule: mobile_devices::MobileDeviceRule) -> Self {
        let DeviceConditions { types, models, operating_systems, user_agents } = &rule.conditions;
        Self {
            rule_id: rule.id.to_string(),
            name: rule.name,
            effect: rule.effect.into(),
            description: rule.description,
            conditions: MobileDeviceConditions {
                device_types: texts(&types.any_of),
                not_device_types: texts(&types.none_of),
                device_models: texts(&models.any_of),
                not_device_models: texts(&models.none_of),
                device_operating_systems: texts(&operating_systems.any_of),
                not_device_operating_systems: texts(&operating_systems.none_of),
                device_user_agents: texts(&user_agents.any_of),
                not_device_user_agents: texts(&user_agents.none_of),
            },
            created_at: rule.created_at.to_rfc3339(),
            updated_at: rule.updated_at.to_rfc3339(),
            version: rule.version,
        }
    }
}

/// List mobile device rules
///
/// All rules of an organization about mobile devices by name; there are never more than 10. They have no order: a rule
/// that denies is stronger than all that allow, and a device that none allows is kept out.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organization}/mobile-device-rules", tag = "Mobile devices",
    params(OrganizationPath),
    responses((status = 200, description = "The rules.", body = Items<MobileDeviceRule>)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn list_mobile_device_rules(Caller(ctx): Caller, InPath(path): InPath<OrganizationPath>) -> Answer {
    let rules = mobile_devices::list_mobile_device_rules(&ctx, path.reference()?).await?;
    ok(&Items { items: rules.into_iter().map(MobileDeviceRule::from).collect() })
}

/// What a rule is to be, as a whole. It speaks where all conditions hold that are given; each holds for a device whose
/// property begins with one of its values, case aside, and those that begin with `not_` for one whose property begins with
/// none of them. `$NONE` stands for a property that the device does not report; a condition with `not_` never holds for
/// such a device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "No old phones", "effect": "deny", "device_operating_systems": ["Android 8", "Android 9"]
}))]
pub(crate) struct NewMobileDeviceRule {
    /// Name; others may have the same.
    #[schema(min_length = 1, max_length = 64, example = "No old phones")]
    name: String,
    /// What it says.
    effect: RuleEffect,
    /// What it is for.
    #[schema(max_length = 256, example = "Their makers no longer mend them")]
    description: Option<String>,
    /// How the types of devices begin that it speaks of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["iPhone"]))]
    device_types: Vec<String>,
    /// How the types of devices begin that it does not speak of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["iPhone"]))]
    not_device_types: Vec<String>,
    /// How the models of devices begin that it speaks of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["iPhone15"]))]
    device_models: Vec<String>,
    /// How the models of devices begin that it does not speak of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["iPhone15"]))]
    not_device_models: Vec<String>,
    /// How the operating systems of devices begin that it speaks of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["Android 8", "Android 9"]))]
    device_operating_systems: Vec<String>,
    /// How the operating systems of devices begin that it does not speak of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["iOS 18"]))]
    not_device_operating_systems: Vec<String>,
    /// How the user agents of devices begin that it speaks of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["Android-Mail/"]))]
    device_user_agents: Vec<String>,
    /// How the user agents of devices begin that it does not speak of.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["Android-Mail/"]))]
    not_device_user_agents: Vec<String>,
}

impl ClientTokenInBody for NewMobileDeviceRule {}

impl NewMobileDeviceRule {
    fn parse(self) -> Result<NewDomainRule, Refusal> {
        let conditions = DeviceConditions {
            types: condition(
                ("device_types", &self.device_types),
                ("not_device_types", &self.not_device_types),
                device_text,
            )?,
            models: condition(
                ("device_models", &self.device_models),
                ("not_device_models", &self.not_device_models),
                device_text,
            )?,
            operating_systems: condition(
                ("device_operating_systems", &self.device_operating_systems),
                ("not_device_operating_systems", &self.not_device_operating_systems),
                device_text,
            )?,
            user_agents: condition(
                ("device_user_agents", &self.device_user_agents),
                ("not_device_user_agents", &self.not_device_user_agents),
                device_text,
            )?,
        };
        Ok(NewDomainRule {
            name: Label::parse("name", &self.name)?,
            effect: self.effect.into(),
            description: description(self.description)?,
            conditions,
        })
    }
}

/// Create a mobile device rule
///
/// Reeve does not speak ActiveSync yet: until it does, rules are kept and can be tested, and no device meets them.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/mobile-device-rules", tag = "Mobile devices",
    params(OrganizationPath, IdempotencyKey), request_body = NewMobileDeviceRule,
    responses((status = 201, description = "The rule was made.", body = MobileDeviceRule, headers(
        ("ETag" = String, description = "The version of the rule."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state", "limit_reached"]))),
)]
pub(crate) async fn create_mobile_device_rule(
    InPath(path): InPath<OrganizationPath>,
    Keyed(ctx, body): Keyed<NewMobileDeviceRule>,
) -> Answer {
    let created = mobile_devices::create_mobile_device_rule(&ctx, path.reference()?, body.parse()?).await?;
    let version = created.rule.version;
    let answer = json(StatusCode::CREATED, &MobileDeviceRule::from(created.rule))?;
    tagged(replayed(answer, created.replayed), version)
}

/// Replace a mobile device rule
///
/// Nothing stays of what the rule was.
#[utoipa::path(
    put, path = "/api/v1/organizations/{organization}/mobile-device-rules/{rule}", tag = "Mobile devices",
    params(MobileDeviceRulePath, IfMatch), request_body = NewMobileDeviceRule,
    responses((status = 200, description = "The rule as it is now.", body = MobileDeviceRule, headers(
        ("ETag" = String, description = "The version of the rule."),
    ))),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn edit_mobile_device_rule(
    Caller(ctx): Caller,
    InPath(path): InPath<MobileDeviceRulePath>,
    InBody(body): InBody<NewMobileDeviceRule>,
) -> Answer {
    let (organization, rule) = path.references()?;
    let rule = mobile_devices::edit_mobile_device_rule(&ctx, organization, rule, body.parse()?).await?;
    let version = rule.version;
    tagged(ok(&MobileDeviceRule::from(rule))?, version)
}

/// Delete a mobile device rule
///
/// Without the last rule, no device synchronizes any more but for those with an override. Where there is no such rule, the
/// call succeeds.
#[utoipa::path(
    delete, path = "/api/v1/organizations/{organization}/mobile-device-rules/{rule}", tag = "Mobile devices",
    params(MobileDeviceRulePath, IfMatch),
    responses((status = 204, description = "There is no such rule.")),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn delete_mobile_device_rule(
    Caller(ctx): Caller,
    InPath(path): InPath<MobileDeviceRulePath>,
) -> Answer {
    let (organization, rule) = path.references()?;
    mobile_devices::delete_mobile_device_rule(&ctx, organization, rule).await?;
    no_content()
}

/// What a device reports of itself; what it does not is left out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"device_type": "iPhone", "device_operating_system": "iOS 18.1 22B83"}))]
pub(crate) struct MobileDeviceTest {
    /// Its type.
    #[schema(min_length = 1, max_length = 256, example = "iPhone")]
    device_type: Option<String>,
    /// Its model.
    #[schema(min_length = 1, max_length = 256, example = "iPhone15C2")]
    device_model: Option<String>,
    /// Its operating system.
    #[schema(min_length = 1, max_length = 256, example = "iOS 18.1 22B83")]
    device_operating_system: Option<String>,
    /// The user agent of its mail program.
    #[schema(min_length = 1, max_length = 256, example = "Apple-iPhone15C2/2202.83")]
    device_user_agent: Option<String>,
}

/// What the rules say of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MobileDeviceEffect {
    /// Whether they let it synchronize.
    effect: RuleEffect,
    /// The rules that bring it about; none when no rule speaks, and so no device gets in.
    rules: Vec<MatchedMobileDeviceRule>,
}

/// A rule about mobile devices that decided.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchedMobileDeviceRule {
    /// Id.
    #[schema(example = "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a84")]
    rule_id: String,
    /// Name.
    #[schema(example = "No old phones")]
    name: String,
}

impl From<DeviceAnswer> for MobileDeviceEffect {
    fn from(answer: DeviceAnswer) -> Self {
        let named =
            |(id, name): (MobileDeviceRuleId, String)| MatchedMobileDeviceRule { rule_id: id.to_string(), name };
        Self { effect: answer.effect.into(), rules: answer.matched.into_iter().map(named).collect() }
    }
}

/// Test mobile device access
///
/// Says whether the rules would let a device synchronize. Overrides for single devices of single users are not asked.
#[utoipa::path(
    post, path = "/api/v1/organizations/{organization}/mobile-device-tests", tag = "Mobile devices",
    params(OrganizationPath), request_body = MobileDeviceTest,
    responses((status = 200, description = "What the rules say.", body = MobileDeviceEffect)),
    extensions(("x-problem-codes" = json!(["organization_state"]))),
)]
pub(crate) async fn test_mobile_device_access(
    Caller(ctx): Caller,
    InPath(path): InPath<OrganizationPath>,
    InBody(body): InBody<MobileDeviceTest>,
) -> Answer {
    let reported = |field, text: Option<String>| text.map(|text| device_text(field, &text)).transpose();
    let device = Device {
        device_type: reported("device_type", body.device_type)?,
        model: reported("device_model", body.device_model)?,
        operating_system: reported("device_operating_system", body.device_operating_system)?,
        user_agent: reported("device_user_agent", body.device_user_agent)?,
    };
    ok(&MobileDeviceEffect::from(mobile_devices::test_mobile_device_access(&ctx, path.reference()?, device).await?))
}
