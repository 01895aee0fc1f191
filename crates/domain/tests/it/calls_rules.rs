//! One call of every operation on rules: access control, mobile devices, impersonation. Also the words that tests of
//! rules are written in.

use reeve_base::ids::{ImpersonationRoleId, ImpersonationRuleId, MobileDeviceRuleId, UserId};
use reeve_base::names::{Description, DeviceId, DeviceText, Label, Network, RuleName};
use reeve_domain::access_control::{self, AccessConditions, AccessQuestion, NewAccessControlRule, Protocol, Who};
use reeve_domain::effect::{Condition, Effect};
use reeve_domain::impersonation::{self, ImpersonationKind, NewImpersonationRole, NewImpersonationRule};
use reeve_domain::mobile_devices::{self, Device, NewMobileDeviceOverride, NewMobileDeviceRule, OverrideFilter};
use reeve_domain::users::UserRef;
use reeve_domain::{Ctx, Error};

use crate::calls::Target;
use crate::harness::{first, user_ref};
use crate::org::Org;

/// A device that somebody has.
pub(crate) const PHONE: &str = "ApplDNPK1234F18X";

pub(crate) fn rule_name(name: &str) -> RuleName {
    RuleName::parse("name", name).unwrap()
}

pub(crate) fn label(name: &str) -> Label {
    Label::parse("name", name).unwrap()
}

pub(crate) fn description(text: &str) -> Description {
    Description::parse("description", text).unwrap()
}

pub(crate) fn device_id(id: &str) -> DeviceId {
    DeviceId::parse("device_id", id).unwrap()
}

pub(crate) fn ranges(blocks: &[&str]) -> Vec<Network> {
    blocks.iter().map(|block| Network::parse("ip_ranges", block).unwrap()).collect()
}

pub(crate) fn device_texts(values: &[&str]) -> Vec<DeviceText> {
    values.iter().map(|value| DeviceText::parse("device_types", value).unwrap()).collect()
}

pub(crate) fn user_refs(users: &[&str]) -> Vec<UserRef> {
    users.iter().map(|user| user_ref(user)).collect()
}

pub(crate) fn any_of<T>(any_of: Vec<T>) -> Condition<T> {
    Condition { any_of, none_of: Vec::new() }
}

pub(crate) fn none_of<T>(none_of: Vec<T>) -> Condition<T> {
    Condition { any_of: Vec::new(), none_of }
}

/// An access control rule that speaks of everybody.
pub(crate) fn access_rule(name: &str, effect: Effect) -> NewAccessControlRule {
    NewAccessControlRule { name: rule_name(name), effect, description: None, conditions: AccessConditions::default() }
}

/// A rule that speaks of every device.
pub(crate) fn device_rule(name: &str, effect: Effect) -> NewMobileDeviceRule {
    NewMobileDeviceRule { name: label(name), effect, description: None, conditions: Default::default() }
}

/// A role that may act as nobody.
pub(crate) fn role(name: &str) -> NewImpersonationRole {
    NewImpersonationRole { name: label(name), kind: ImpersonationKind::ReadOnly, description: None, rules: Vec::new() }
}

/// A rule of a role that speaks of every user.
pub(crate) fn role_rule(id: &str, effect: Effect) -> NewImpersonationRule {
    NewImpersonationRule {
        id: id.parse::<ImpersonationRuleId>().unwrap(),
        name: None,
        description: None,
        effect,
        targets: Condition::default(),
    }
}

pub(crate) fn override_of(device: &str, effect: Effect) -> NewMobileDeviceOverride {
    NewMobileDeviceOverride { device_id: device_id(device), effect, description: None }
}

/// Gives an organization a role, and a user of it an override.
pub(crate) async fn rules_of(org: &Org<'_>, user: &UserId) -> ImpersonationRoleId {
    let put = override_of(PHONE, Effect::Deny);
    mobile_devices::put_mobile_device_override(&org.ctx, org.id(), user.into(), put).await.unwrap();
    impersonation::create_impersonation_role(&org.ctx, org.id(), role("archive")).await.unwrap().role.id
}

/// Everything that can be seen of the rules of an organization.
pub(crate) async fn rules_dump(org: &Org<'_>) -> String {
    let (ctx, many) = (&org.ctx, || first(1_000));
    let access = access_control::list_access_control_rules(ctx, org.id()).await.unwrap();
    let devices = mobile_devices::list_mobile_device_rules(ctx, org.id()).await.unwrap();
    let any = OverrideFilter::default();
    let overrides = mobile_devices::list_mobile_device_overrides(ctx, org.id(), any, many()).await.unwrap().items;
    let roles = impersonation::list_impersonation_roles(ctx, org.id(), many()).await.unwrap().items;
    format!("{access:?} {devices:?} {overrides:?} {roles:?}")
}

/// Calls an operation on rules.
pub(crate) async fn call_on_rules(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let (org, user) = (target.org.clone(), target.enabled.clone());
    Some(match name {
        "list_access_control_rules" => access_control::list_access_control_rules(ctx, org).await.map(drop),
        "put_access_control_rule" => {
            access_control::put_access_control_rule(ctx, org, access_rule("fresh", Effect::Deny)).await.map(drop)
        }
        "delete_access_control_rule" => {
            access_control::delete_access_control_rule(ctx, org, rule_name("default")).await
        }
        "test_access_control" => {
            let address = "192.0.2.7".parse().unwrap();
            let question = AccessQuestion { address, protocol: Protocol::Imap, who: Who::User(user) };
            access_control::test_access_control(ctx, org, question).await.map(drop)
        }
        _ => return call_on_devices(name, ctx, target).await,
    })
}

async fn call_on_devices(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let (org, user) = (target.org.clone(), target.enabled.clone());
    let default = || "default".parse::<MobileDeviceRuleId>().unwrap();
    Some(match name {
        "list_mobile_device_rules" => mobile_devices::list_mobile_device_rules(ctx, org).await.map(drop),
        "create_mobile_device_rule" => {
            mobile_devices::create_mobile_device_rule(ctx, org, device_rule("fresh", Effect::Deny)).await.map(drop)
        }
        "edit_mobile_device_rule" => {
            let new = device_rule("edited", Effect::Deny);
            mobile_devices::edit_mobile_device_rule(ctx, org, default(), new).await.map(drop)
        }
        "delete_mobile_device_rule" => mobile_devices::delete_mobile_device_rule(ctx, org, default()).await,
        "test_mobile_device_access" => {
            mobile_devices::test_mobile_device_access(ctx, org, Device::default()).await.map(drop)
        }
        "list_mobile_device_overrides" => {
            let filter = OverrideFilter { user: Some(user), device_id: None };
            mobile_devices::list_mobile_device_overrides(ctx, org, filter, first(10)).await.map(drop)
        }
        "show_mobile_device_override" => {
            mobile_devices::show_mobile_device_override(ctx, org, user, device_id(PHONE)).await.map(drop)
        }
        "put_mobile_device_override" => {
            let put = override_of(PHONE, Effect::Allow);
            mobile_devices::put_mobile_device_override(ctx, org, user, put).await.map(drop)
        }
        "delete_mobile_device_override" => {
            mobile_devices::delete_mobile_device_override(ctx, org, user, device_id(PHONE)).await
        }
        _ => return call_on_roles(name, ctx, target).await,
    })
}

async fn call_on_roles(name: &str, ctx: &Ctx, target: &Target) -> Option<Result<(), Error>> {
    let (org, id) = (target.org.clone(), target.role.clone());
    Some(match name {
        "list_impersonation_roles" => impersonation::list_impersonation_roles(ctx, org, first(10)).await.map(drop),
        "show_impersonation_role" => impersonation::show_impersonation_role(ctx, org, id).await.map(drop),
        "create_impersonation_role" => {
            impersonation::create_impersonation_role(ctx, org, role("fresh")).await.map(drop)
        }
        "edit_impersonation_role" => {
            impersonation::edit_impersonation_role(ctx, org, id, role("edited")).await.map(drop)
        }
        "delete_impersonation_role" => impersonation::delete_impersonation_role(ctx, org, id).await,
        "test_impersonation_role" => {
            impersonation::test_impersonation_role(ctx, org, id, target.enabled.clone()).await.map(drop)
        }
        _ => return None,
    })
}
