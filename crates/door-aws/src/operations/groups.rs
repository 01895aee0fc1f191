//! Groups: CreateGroup, DescribeGroup, ListGroups, UpdateGroup, DeleteGroup, and their members:
//! AssociateMemberToGroup, DisassociateMemberFromGroup, ListGroupMembers.

use reeve_base::names::GroupName;
use reeve_domain::groups::{self, Group, GroupEdit, GroupFilter, GroupRef, Member, NewGroup};

use super::entities::entity;
use super::words::{ENTITY_STATES, ENTITY_TYPES, StateFilter, one_filter, word};
use crate::call::{Call, Paging};
use crate::faults::Fault;
use crate::input::Members;
use crate::output::Output;
use crate::shapes;

/// What a list can be narrowed by.
const FILTERS: [&str; 3] = ["NamePrefix", "PrimaryEmailPrefix", "State"];

fn group(input: &Members<'_>) -> Result<GroupRef, Fault> {
    entity(input, "GroupId")
}

pub(super) async fn create(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let new = NewGroup {
        name: GroupName::parse("name", input.text("Name", &shapes::GROUP_NAME)?)?,
        hidden: input.optional_flag("HiddenFromGlobalAddressList")?.unwrap_or_default(),
        email: None,
    };
    let created = groups::create_group(&call.ctx, organization, new).await?;
    Ok(Output::empty().with("GroupId", created.group.id.as_str()))
}

pub(super) async fn describe(call: Call) -> Result<Output, Fault> {
    let (organization, group) = (call.organization()?, group(&call.input())?);
    let group = groups::show_group(&call.ctx, organization, group).await?;
    Ok(Output::empty()
        .with("GroupId", group.id.as_str())
        .with("Name", group.name)
        .with("Email", group.email)
        .with("State", word(&ENTITY_STATES, Some(group.state)))
        .with("EnabledDate", group.enabled_at)
        .with("DisabledDate", group.disabled_at)
        .with("HiddenFromGlobalAddressList", group.hidden))
}

pub(super) async fn list(call: Call) -> Result<Output, Fault> {
    let organization = call.organization()?;
    let (filter, wanted) = filter(&call.input())?;
    let Paging { request, list } = call.paging()?;
    one_filter(&call.input(), &FILTERS)?;
    let page = groups::list_groups(&call.ctx, organization, filter, request).await?;
    if wanted == StateFilter::Deleted {
        return Ok(Output::empty().with("Groups", Vec::<Output>::new()));
    }
    let next = call.next_token(&list, page.next_cursor)?;
    let summary = |group: Group| {
        Output::empty()
            .with("Id", group.id.as_str())
            .with("Email", group.email)
            .with("Name", group.name)
            .with("State", word(&ENTITY_STATES, Some(group.state)))
            .with("EnabledDate", group.enabled_at)
            .with("DisabledDate", group.disabled_at)
    };
    let groups: Vec<_> = page.items.into_iter().map(summary).collect();
    Ok(Output::empty().with("Groups", groups).with("NextToken", next))
}

fn filter(input: &Members<'_>) -> Result<(GroupFilter, StateFilter), Fault> {
    let Some(filters) = input.optional_structure("Filters")? else {
        return Ok((GroupFilter::default(), StateFilter::Any));
    };
    let text = |name: &str| Ok::<_, Fault>(filters.optional_text(name, &shapes::STRING)?.map(str::to_owned));
    let wanted = StateFilter::read(&filters)?;
    let filter = GroupFilter {
        state: wanted.state(),
        name_prefix: text("NamePrefix")?,
        email_prefix: text("PrimaryEmailPrefix")?,
        ..GroupFilter::default()
    };
    Ok((filter, wanted))
}

pub(super) async fn update(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, group) = (call.organization()?, group(&input)?);
    let edit = GroupEdit { hidden: input.optional_flag("HiddenFromGlobalAddressList")? };
    groups::edit_group(&call.ctx, organization, group, edit).await?;
    Ok(Output::empty())
}

pub(super) async fn delete(call: Call) -> Result<Output, Fault> {
    // By id or name: the documentation leaves addresses out where something goes for good.
    let group = GroupRef::by_id_or_name(call.input().text("GroupId", &shapes::ENTITY_IDENTIFIER)?);
    let organization = call.organization()?;
    groups::delete_group(&call.ctx, organization, group).await?;
    Ok(Output::empty())
}

pub(super) async fn add_member(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, group) = (call.organization()?, group(&input)?);
    groups::add_group_member(&call.ctx, organization, group, entity(&input, "MemberId")?).await?;
    Ok(Output::empty())
}

pub(super) async fn remove_member(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, group) = (call.organization()?, group(&input)?);
    groups::remove_group_member(&call.ctx, organization, group, entity(&input, "MemberId")?).await?;
    Ok(Output::empty())
}

pub(super) async fn list_members(call: Call) -> Result<Output, Fault> {
    let (organization, group) = (call.organization()?, group(&call.input())?);
    let Paging { request, list } = call.paging()?;
    let page = groups::list_group_members(&call.ctx, organization, group, request).await?;
    let next = call.next_token(&list, page.next_cursor)?;
    let member = |member: Member| {
        Output::empty()
            .with("Id", member.entity.id)
            .with("Name", member.entity.name)
            .with("Type", word(&ENTITY_TYPES, member.entity.kind))
            .with("State", word(&ENTITY_STATES, Some(member.entity.state)))
            .with("EnabledDate", member.enabled_at)
            .with("DisabledDate", member.disabled_at)
    };
    let members: Vec<_> = page.items.into_iter().map(member).collect();
    Ok(Output::empty().with("Members", members).with("NextToken", next))
}
