//! Mobile devices: CreateMobileDeviceAccessRule, UpdateMobileDeviceAccessRule, DeleteMobileDeviceAccessRule,
//! ListMobileDeviceAccessRules, GetMobileDeviceAccessEffect, and the overrides for single devices.

use reeve_base::ids::MobileDeviceRuleId;
use reeve_base::names::{Description, DeviceId, DeviceText, Label};
use reeve_domain::effect::Condition;
use reeve_domain::mobile_devices::{
    self, Device, DeviceConditions, MobileDeviceOverride, MobileDeviceRule, NewMobileDeviceOverride,
    NewMobileDeviceRule, OverrideFilter,
};
use reeve_domain::users::UserRef;

use super::access_rules::some;
use super::words::{EFFECTS, word};
use crate::call::{Call, Paging};
use crate::faults::Fault;
use crate::input::Members;
use crate::output::Output;
use crate::shapes::{self, ONE_TO_TEN};

fn device_text(text: &str) -> Result<DeviceText, Fault> {
    Ok(DeviceText::parse("device", text)?)
}

fn condition(input: &Members<'_>, [any_of, none_of]: [&str; 2]) -> Result<Condition<DeviceText>, Fault> {
    let values = |member| {
        let texts = input.texts(member, &ONE_TO_TEN, &shapes::DEVICE_PROPERTY)?;
        texts.into_iter().map(device_text).collect::<Result<Vec<_>, Fault>>()
    };
    Ok(Condition { any_of: values(any_of)?, none_of: values(none_of)? })
}

fn description(input: &Members<'_>) -> Result<Option<Description>, Fault> {
    let text = input.optional_text("Description", &shapes::MOBILE_DEVICE_RULE_DESCRIPTION)?;
    Ok(text.map(|text| Description::parse("description", text)).transpose()?)
}

fn new_rule(input: &Members<'_>) -> Result<NewMobileDeviceRule, Fault> {
    Ok(NewMobileDeviceRule {
        name: Label::parse("name", input.text("Name", &shapes::MOBILE_DEVICE_RULE_NAME)?)?,
        effect: input.word("Effect", &EFFECTS)?,
        description: description(input)?,
        conditions: DeviceConditions {
            types: condition(input, ["DeviceTypes", "NotDeviceTypes"])?,
            models: condition(input, ["DeviceModels", "NotDeviceModels"])?,
            operating_systems: condition(input, ["DeviceOperatingSystems", "NotDeviceOperatingSystems"])?,
            user_agents: condition(input, ["DeviceUserAgents", "NotDeviceUserAgents"])?,
        },
    })
}

fn rule_id(input: &Members<'_>) -> Result<MobileDeviceRuleId, Fault> {
    Ok(input.text("MobileDeviceAccessRuleId", &shapes::MOBILE_DEVICE_RULE_ID)?.parse()?)
}

pub(super) async fn create(call: Call) -> Result<Output, Fault> {
    let (organization, new) = (call.organization()?, new_rule(&call.input())?);
    let created = mobile_devices::create_mobile_device_rule(&call.keyed()?, organization, new).await?;
    Ok(Output::empty().with("MobileDeviceAccessRuleId", created.rule.id.as_str()))
}

pub(super) async fn update(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, rule, new) = (call.organization()?, rule_id(&input)?, new_rule(&input)?);
    mobile_devices::edit_mobile_device_rule(&call.ctx, organization, rule, new).await?;
    Ok(Output::empty())
}

pub(super) async fn delete(call: Call) -> Result<Output, Fault> {
    let (organization, rule) = (call.organization()?, rule_id(&call.input())?);
    mobile_devices::delete_mobile_device_rule(&call.ctx, organization, rule).await?;
    Ok(Output::empty())
}

pub(super) async fn list(call: Call) -> Result<Output, Fault> {
    let rules = mobile_devices::list_mobile_device_rules(&call.ctx, call.organization()?).await?;
    Ok(Output::empty().with("Rules", rules.into_iter().map(rule).collect::<Vec<_>>()))
}

fn rule(rule: MobileDeviceRule) -> Output {
    let DeviceConditions { types, models, operating_systems, user_agents } = rule.conditions;
    Output::empty()
        .with("MobileDeviceAccessRuleId", rule.id.as_str())
        .with("Name", rule.name)
        .with("Description", rule.description)
        .with("Effect", word(&EFFECTS, rule.effect))
        .with("DeviceTypes", some(&types.any_of))
        .with("NotDeviceTypes", some(&types.none_of))
        .with("DeviceModels", some(&models.any_of))
        .with("NotDeviceModels", some(&models.none_of))
        .with("DeviceOperatingSystems", some(&operating_systems.any_of))
        .with("NotDeviceOperatingSystems", some(&operating_systems.none_of))
        .with("DeviceUserAgents", some(&user_agents.any_of))
        .with("NotDeviceUserAgents", some(&user_agents.none_of))
        .with("DateCreated", rule.created_at)
        .with("DateModified", rule.updated_at)
}

pub(super) async fn effect(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let property = |member| input.optional_text(member, &shapes::DEVICE_PROPERTY)?.map(device_text).transpose();
    let device = Device {
        device_type: property("DeviceType")?,
        model: property("DeviceModel")?,
        operating_system: property("DeviceOperatingSystem")?,
        user_agent: property("DeviceUserAgent")?,
    };
    let answer = mobile_devices::test_mobile_device_access(&call.ctx, organization, device).await?;
    let matched = answer.matched.into_iter();
    let matched = matched
        .map(|(id, name)| Output::empty().with("MobileDeviceAccessRuleId", id.as_str()).with("Name", name))
        .collect::<Vec<_>>();
    Ok(Output::empty().with("Effect", word(&EFFECTS, answer.effect)).with("MatchedRules", matched))
}

fn user(input: &Members<'_>) -> Result<UserRef, Fault> {
    Ok(input.text("UserId", &shapes::ENTITY_IDENTIFIER)?.parse()?)
}

fn device_id(input: &Members<'_>) -> Result<DeviceId, Fault> {
    Ok(DeviceId::parse("device_id", input.text("DeviceId", &shapes::DEVICE_ID)?)?)
}

pub(super) async fn put_override(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, user) = (call.organization()?, user(&input)?);
    let new = NewMobileDeviceOverride {
        device_id: device_id(&input)?,
        effect: input.word("Effect", &EFFECTS)?,
        description: description(&input)?,
    };
    mobile_devices::put_mobile_device_override(&call.ctx, organization, user, new).await?;
    Ok(Output::empty())
}

pub(super) async fn get_override(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, user, device) = (call.organization()?, user(&input)?, device_id(&input)?);
    let found = mobile_devices::show_mobile_device_override(&call.ctx, organization, user, device).await?;
    Ok(of_device(found))
}

fn of_device(of: MobileDeviceOverride) -> Output {
    Output::empty()
        .with("UserId", of.user_id.as_str())
        .with("DeviceId", of.device_id)
        .with("Effect", word(&EFFECTS, of.effect))
        .with("Description", of.description)
        .with("DateCreated", of.created_at)
        .with("DateModified", of.updated_at)
}

pub(super) async fn delete_override(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, user, device) = (call.organization()?, user(&input)?, device_id(&input)?);
    mobile_devices::delete_mobile_device_override(&call.ctx, organization, user, device).await?;
    Ok(Output::empty())
}

pub(super) async fn list_overrides(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let user = input.optional_text("UserId", &shapes::ENTITY_IDENTIFIER)?;
    let device = input.optional_text("DeviceId", &shapes::DEVICE_ID)?;
    let filter = OverrideFilter {
        user: user.map(str::parse).transpose()?,
        device_id: device.map(|id| DeviceId::parse("device_id", id)).transpose()?,
    };
    let Paging { request, list } = call.paging()?;
    let page = mobile_devices::list_mobile_device_overrides(&call.ctx, organization, filter, request).await?;
    let next = call.next_token(&list, page.next_cursor)?;
    let overrides: Vec<_> = page.items.into_iter().map(of_device).collect();
    Ok(Output::empty().with("Overrides", overrides).with("NextToken", next))
}
