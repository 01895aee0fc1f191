//! Asking what the rules say of a device (GetMobileDeviceAccessEffect), by the evaluation that devices will meet.
//! Overrides are of users, and not asked.

use reeve_base::ids::MobileDeviceRuleId;
use reeve_base::names::DeviceText;

use super::{DeviceConditions, MobileDeviceRule, NOT_REPORTED, all};
use crate::ctx::Ctx;
use crate::effect::{Condition, Effect, outcome};
use crate::error::Error;
use crate::operations::TEST_MOBILE_DEVICE_ACCESS;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// What a device reports of itself; `None` for what it does not.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// What kind of device it is.
    pub device_type: Option<DeviceText>,
    /// Its model.
    pub model: Option<DeviceText>,
    /// Its operating system.
    pub operating_system: Option<DeviceText>,
    /// The user agent of its mail program.
    pub user_agent: Option<DeviceText>,
}

/// What the rules would say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAnswer {
    /// Whether the device would be let in.
    pub effect: Effect,
    /// The rules that bring it about, by id and name; none when no rule speaks.
    pub matched: Vec<(MobileDeviceRuleId, String)>,
}

/// Says whether the rules would let a device in.
pub async fn test_mobile_device_access(
    ctx: &Ctx,
    organization: OrganizationRef,
    device: Device,
) -> Result<DeviceAnswer, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &TEST_MOBILE_DEVICE_ACCESS, &organization, Needs::Present)?;
        let rules = all(tx, &organization.organization_id)?;
        let speaking = rules.into_iter().filter(|rule| rule.conditions.hold(&device));
        let named = |rule: MobileDeviceRule| (rule.effect, (rule.id, rule.name));
        let (effect, matched) = outcome(speaking.map(named).collect());
        Ok(DeviceAnswer { effect, matched })
    })
    .await
}

impl DeviceConditions {
    /// Whether all of them hold for a device.
    fn hold(&self, device: &Device) -> bool {
        holds(&self.types, device.device_type.as_ref())
            && holds(&self.models, device.model.as_ref())
            && holds(&self.operating_systems, device.operating_system.as_ref())
            && holds(&self.user_agents, device.user_agent.as_ref())
    }
}

/// Whether a condition holds for what a device reports. What it does not report is met by [`NOT_REPORTED`] alone, and
/// never by a condition that only says what is not meant; nor does a device meet it that reports these very letters.
fn holds(condition: &Condition<DeviceText>, reported: Option<&DeviceText>) -> bool {
    let Some(reported) = reported else {
        let meant = condition.any_of.is_empty() || condition.any_of.iter().any(|value| value.as_str() == NOT_REPORTED);
        return meant && condition.none_of.is_empty();
    };
    let reported = reported.as_str().to_lowercase();
    condition.holds(|value| value.as_str() != NOT_REPORTED && reported.starts_with(&value.as_str().to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Vec<DeviceText> {
        values.iter().map(|value| DeviceText::parse("value", value).unwrap()).collect()
    }

    #[test]
    fn a_property_is_met_by_how_it_begins_case_aside() {
        for (any_of, none_of, reported, expected) in [
            (&[][..], &[][..], Some("iPhone15,2"), true),
            (&[], &[], None, true),
            (&["iPhone"], &[], Some("iPhone15,2"), true),
            (&["IPHONE15"], &[], Some("iphone15,2"), true),
            (&["ÉTOILE"], &[], Some("étoile 2"), true),
            (&["Phone"], &[], Some("iPhone15,2"), false),
            (&["iPhone15,2 Pro"], &[], Some("iPhone15,2"), false),
            (&["iPad", "iPhone"], &[], Some("iPhone"), true),
            (&["iPad"], &[], Some("iPhone"), false),
            (&["iPhone"], &[], None, false),
            (&["$NONE"], &[], None, true),
            (&["iPad", "$NONE"], &[], None, true),
            (&["$NONE"], &[], Some("iPhone"), false),
            (&["$NONE"], &[], Some("$NONE"), false),
            (&["$none"], &[], None, false),
            (&["$none"], &[], Some("$NONE of your business"), true),
            (&[], &["iPhone"], Some("iPhone15,2"), false),
            (&[], &["iPhone"], Some("Pixel"), true),
            (&[], &["iPhone"], None, false),
            (&[], &["$NONE"], None, false),
            (&[], &["$NONE"], Some("Pixel"), true),
            (&["$NONE"], &["iPhone"], None, false),
            (&["iPhone"], &["iPhone15"], Some("iPhone15,2"), false),
            (&["iPhone"], &["iPhone15"], Some("iPhone14,1"), true),
        ] {
            let condition = Condition { any_of: texts(any_of), none_of: texts(none_of) };
            let device = reported.map(|text| DeviceText::parse("device", text).unwrap());
            assert_eq!(holds(&condition, device.as_ref()), expected, "{any_of:?} {none_of:?} {reported:?}");
        }
    }
}
