//! Impersonation roles: CreateImpersonationRole, UpdateImpersonationRole, DeleteImpersonationRole, GetImpersonationRole,
//! ListImpersonationRoles, GetImpersonationRoleEffect.

use reeve_base::ids::ImpersonationRoleId;
use reeve_base::names::{Description, Label};
use reeve_domain::effect::Condition;
use reeve_domain::impersonation::{
    self, ImpersonationKind, ImpersonationRole, ImpersonationRule, NewImpersonationRole, NewImpersonationRule,
};
use reeve_domain::users::UserRef;

use super::access_rules::some;
use super::words::{EFFECTS, word};
use crate::call::{Call, Paging};
use crate::faults::Fault;
use crate::input::Members;
use crate::output::Output;
use crate::shapes::{self, ONE_TO_TEN, UP_TO_TEN};

/// How far a role reaches, in the words of the API.
const KINDS: [(&str, ImpersonationKind); 2] =
    [("FULL_ACCESS", ImpersonationKind::FullAccess), ("READ_ONLY", ImpersonationKind::ReadOnly)];

fn role_id(input: &Members<'_>) -> Result<ImpersonationRoleId, Fault> {
    Ok(input.text("ImpersonationRoleId", &shapes::IMPERSONATION_ROLE_ID)?.parse()?)
}

fn description(input: &Members<'_>) -> Result<Option<Description>, Fault> {
    let text = input.optional_text("Description", &shapes::IMPERSONATION_DESCRIPTION)?;
    Ok(text.map(|text| Description::parse("description", text)).transpose()?)
}

fn new_role(input: &Members<'_>) -> Result<NewImpersonationRole, Fault> {
    let rules = input.structures("Rules", &UP_TO_TEN)?;
    Ok(NewImpersonationRole {
        name: Label::parse("name", input.text("Name", &shapes::IMPERSONATION_ROLE_NAME)?)?,
        kind: input.word("Type", &KINDS)?,
        description: description(input)?,
        rules: rules.iter().map(new_rule).collect::<Result<_, _>>()?,
    })
}

fn new_rule(rule: &Members<'_>) -> Result<NewImpersonationRule, Fault> {
    let name = rule.optional_text("Name", &shapes::IMPERSONATION_RULE_NAME)?;
    let users = |member| {
        let users = rule.texts(member, &ONE_TO_TEN, &shapes::ENTITY_IDENTIFIER)?;
        users.into_iter().map(|user| Ok(user.parse::<UserRef>()?)).collect::<Result<_, Fault>>()
    };
    Ok(NewImpersonationRule {
        id: rule.text("ImpersonationRuleId", &shapes::IMPERSONATION_RULE_ID)?.parse()?,
        name: name.map(|name| Label::parse("name", name)).transpose()?,
        description: description(rule)?,
        effect: rule.word("Effect", &EFFECTS)?,
        targets: Condition { any_of: users("TargetUsers")?, none_of: users("NotTargetUsers")? },
    })
}

pub(super) async fn create(call: Call) -> Result<Output, Fault> {
    let (organization, new) = (call.organization()?, new_role(&call.input())?);
    let created = impersonation::create_impersonation_role(&call.keyed()?, organization, new).await?;
    Ok(Output::empty().with("ImpersonationRoleId", created.role.id.as_str()))
}

pub(super) async fn update(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, role, new) = (call.organization()?, role_id(&input)?, new_role(&input)?);
    impersonation::edit_impersonation_role(&call.ctx, organization, role, new).await?;
    Ok(Output::empty())
}

pub(super) async fn delete(call: Call) -> Result<Output, Fault> {
    let (organization, role) = (call.organization()?, role_id(&call.input())?);
    impersonation::delete_impersonation_role(&call.ctx, organization, role).await?;
    Ok(Output::empty())
}

pub(super) async fn get(call: Call) -> Result<Output, Fault> {
    let (organization, role) = (call.organization()?, role_id(&call.input())?);
    let role = impersonation::show_impersonation_role(&call.ctx, organization, role).await?;
    let rules: Vec<_> = role.rules.iter().map(rule).collect();
    Ok(summary(&role).with("Description", role.description.as_deref()).with("Rules", rules))
}

fn summary(role: &ImpersonationRole) -> Output {
    Output::empty()
        .with("ImpersonationRoleId", role.id.as_str())
        .with("Name", role.name.as_str())
        .with("Type", word(&KINDS, role.kind))
        .with("DateCreated", role.created_at)
        .with("DateModified", role.updated_at)
}

fn rule(rule: &ImpersonationRule) -> Output {
    Output::empty()
        .with("ImpersonationRuleId", rule.id.as_str())
        .with("Name", rule.name.as_deref())
        .with("Description", rule.description.as_deref())
        .with("Effect", word(&EFFECTS, rule.effect))
        .with("TargetUsers", some(&rule.targets.any_of))
        .with("NotTargetUsers", some(&rule.targets.none_of))
}

pub(super) async fn list(call: Call) -> Result<Output, Fault> {
    let organization = call.organization()?;
    let Paging { request, list } = call.paging()?;
    let page = impersonation::list_impersonation_roles(&call.ctx, organization, request).await?;
    let next = call.next_token(&list, page.next_cursor)?;
    let roles: Vec<_> = page.items.iter().map(summary).collect();
    Ok(Output::empty().with("Roles", roles).with("NextToken", next))
}

pub(super) async fn effect(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, role) = (call.organization()?, role_id(&input)?);
    let user: UserRef = input.text("TargetUser", &shapes::ENTITY_IDENTIFIER)?.parse()?;
    let answer = impersonation::test_impersonation_role(&call.ctx, organization, role, user).await?;
    let matched = answer.matched.into_iter();
    let matched = matched
        .map(|(id, name)| Output::empty().with("ImpersonationRuleId", id.as_str()).with("Name", name))
        .collect::<Vec<_>>();
    Ok(Output::empty()
        .with("Type", word(&KINDS, answer.kind))
        .with("Effect", word(&EFFECTS, answer.effect))
        .with("MatchedRules", matched))
}
