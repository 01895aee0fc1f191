//! Access control rules: PutAccessControlRule, DeleteAccessControlRule, ListAccessControlRules, GetAccessControlEffect.

use std::net::IpAddr;

use reeve_base::names::{Description, Network, RuleName};
use reeve_domain::access_control::{
    self, AccessConditions, AccessControlRule, AccessQuestion, NewAccessControlRule, Protocol, Who,
};
use reeve_domain::effect::Condition;
use reeve_domain::users::UserRef;

use super::words::{EFFECTS, word};
use crate::call::Call;
use crate::faults::Fault;
use crate::input::Members;
use crate::output::Output;
use crate::shapes::{self, IP_RANGES, List, Text, UP_TO_TEN};

fn name(call: &Call) -> Result<RuleName, Fault> {
    Ok(RuleName::parse("name", call.input().text("Name", &shapes::ACCESS_RULE_NAME)?)?)
}

/// Reads a condition from the member that says what must be and the one that says what must not.
fn condition<T>(
    input: &Members<'_>,
    [any_of, none_of]: [&str; 2],
    (list, shape): (&List, &Text),
    read: impl Fn(&str) -> Result<T, Fault>,
) -> Result<Condition<T>, Fault> {
    let values = |member| input.texts(member, list, shape)?.into_iter().map(&read).collect::<Result<Vec<T>, Fault>>();
    Ok(Condition { any_of: values(any_of)?, none_of: values(none_of)? })
}

fn conditions(input: &Members<'_>) -> Result<AccessConditions<UserRef>, Fault> {
    let (ranges, actions) = ((&IP_RANGES, &shapes::IP_RANGE), (&UP_TO_TEN, &shapes::ACCESS_RULE_ACTION));
    let (users, roles) = ((&UP_TO_TEN, &shapes::WORKMAIL_IDENTIFIER), (&UP_TO_TEN, &shapes::IMPERSONATION_ROLE_ID));
    Ok(AccessConditions {
        ip_ranges: condition(input, ["IpRanges", "NotIpRanges"], ranges, |text| {
            Ok(Network::parse("ip_ranges", text)?)
        })?,
        protocols: condition(input, ["Actions", "NotActions"], actions, protocol)?,
        users: condition(input, ["UserIds", "NotUserIds"], users, |text| Ok(UserRef::by_id(text)))?,
        impersonation_roles: condition(input, ["ImpersonationRoleIds", "NotImpersonationRoleIds"], roles, |text| {
            Ok(text.parse()?)
        })?,
    })
}

/// The model takes any word here, the service only those that it knows.
fn protocol(text: &str) -> Result<Protocol, Fault> {
    Ok(text.parse()?)
}

pub(super) async fn put(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let description = input.text("Description", &shapes::ACCESS_RULE_DESCRIPTION)?;
    let description = Some(description).filter(|text| !text.is_empty());
    let new = NewAccessControlRule {
        name: name(&call)?,
        effect: input.word("Effect", &EFFECTS)?,
        description: description.map(|text| Description::parse("description", text)).transpose()?,
        conditions: conditions(&input)?,
    };
    access_control::put_access_control_rule(&call.ctx, organization, new).await?;
    Ok(Output::empty())
}

pub(super) async fn delete(call: Call) -> Result<Output, Fault> {
    access_control::delete_access_control_rule(&call.ctx, call.organization()?, name(&call)?).await?;
    Ok(Output::empty())
}

pub(super) async fn list(call: Call) -> Result<Output, Fault> {
    let rules = access_control::list_access_control_rules(&call.ctx, call.organization()?).await?;
    Ok(Output::empty().with("Rules", rules.into_iter().map(rule).collect::<Vec<_>>()))
}

fn rule(rule: AccessControlRule) -> Output {
    let AccessConditions { ip_ranges, protocols, users, impersonation_roles } = rule.conditions;
    let epoch = reeve_base::Timestamp::from_millis(0);
    Output::empty()
        .with("Name", rule.name)
        .with("Effect", word(&EFFECTS, rule.effect))
        .with("Description", rule.description.unwrap_or_default())
        .with("IpRanges", some(&ip_ranges.any_of))
        .with("NotIpRanges", some(&ip_ranges.none_of))
        .with("Actions", some(&protocols.any_of))
        .with("NotActions", some(&protocols.none_of))
        .with("UserIds", some(&users.any_of))
        .with("NotUserIds", some(&users.none_of))
        .with("ImpersonationRoleIds", some(&impersonation_roles.any_of))
        .with("NotImpersonationRoleIds", some(&impersonation_roles.none_of))
        // The rule that an organization begins with shows the epoch, as it does at AWS.
        .with("DateCreated", rule.created_at.unwrap_or(epoch))
        .with("DateModified", rule.updated_at.unwrap_or(epoch))
}

/// The values of a condition, where it has some.
pub(super) fn some<T: ToString>(values: &[T]) -> Option<Vec<String>> {
    let texts: Vec<_> = values.iter().map(ToString::to_string).collect();
    Some(texts).filter(|texts| !texts.is_empty())
}

pub(super) async fn effect(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let address = IpAddr::from(input.ipv4("IpAddress")?);
    let protocol = protocol(input.text("Action", &shapes::ACCESS_RULE_ACTION)?)?;
    let user = input.optional_text("UserId", &shapes::WORKMAIL_IDENTIFIER)?;
    let role = input.optional_text("ImpersonationRoleId", &shapes::IMPERSONATION_ROLE_ID)?;
    let who = match (user, role) {
        (Some(user), None) => Who::User(UserRef::by_id(user)),
        (None, Some(role)) => Who::Role(role.parse()?),
        _ => return Err(Fault::invalid("exactly one of 'userId' and 'impersonationRoleId' must be given")),
    };
    let question = AccessQuestion { address, protocol, who };
    let answer = access_control::test_access_control(&call.ctx, organization, question).await?;
    Ok(Output::empty().with("Effect", word(&EFFECTS, answer.effect)).with("MatchedRules", answer.matched))
}
