//! What concerns users, groups and resources alike: RegisterToWorkMail, DeregisterFromWorkMail, CreateAlias, DeleteAlias,
//! ListAliases, UpdatePrimaryEmailAddress, DescribeEntity, ListGroupsForEntity.

use reeve_base::names::EmailAddress;
use reeve_domain::Error;
use reeve_domain::entities::{self, Alias, EntityRef, NamedGroup};

use super::words::{ENTITY_TYPES, word};
use crate::call::{Call, Paging};
use crate::faults::{Fault, Kind};
use crate::input::Members;
use crate::output::Output;
use crate::shapes;

/// An entity that the input names by id, name or address.
pub(super) fn entity(input: &Members<'_>, member: &str) -> Result<EntityRef, Fault> {
    Ok(input.text(member, &shapes::ENTITY_IDENTIFIER)?.parse()?)
}

/// An entity that the input names by its id alone.
fn entity_by_id(input: &Members<'_>) -> Result<EntityRef, Fault> {
    Ok(EntityRef::by_id(input.text("EntityId", &shapes::WORKMAIL_IDENTIFIER)?))
}

fn address(input: &Members<'_>, member: &str, field: &'static str) -> Result<EmailAddress, Fault> {
    Ok(EmailAddress::parse(field, input.text(member, &shapes::EMAIL_ADDRESS)?)?)
}

pub(super) async fn register(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let entity = EntityRef::by_id_or_name(input.text("EntityId", &shapes::ENTITY_IDENTIFIER)?);
    let email = address(&input, "Email", "email")?;
    match entities::enable(&call.ctx, organization, entity, email).await {
        Ok(()) => Ok(Output::empty()),
        // There is one state in which an entity cannot be enabled: with another address.
        Err(error @ Error::WrongState { .. }) => Err(Fault::new(Kind::EntityAlreadyRegistered, error.to_string())),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn deregister(call: Call) -> Result<Output, Fault> {
    let (organization, entity) = (call.organization()?, entity(&call.input(), "EntityId")?);
    entities::disable(&call.ctx, organization, entity).await?;
    Ok(Output::empty())
}

pub(super) async fn create_alias(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, entity) = (call.organization()?, entity_by_id(&input)?);
    entities::add_alias(&call.ctx, organization, entity, address(&input, "Alias", "alias")?).await?;
    Ok(Output::empty())
}

pub(super) async fn delete_alias(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, entity) = (call.organization()?, entity_by_id(&input)?);
    entities::remove_alias(&call.ctx, organization, entity, address(&input, "Alias", "alias")?).await?;
    Ok(Output::empty())
}

pub(super) async fn list_aliases(call: Call) -> Result<Output, Fault> {
    let (organization, entity) = (call.organization()?, entity_by_id(&call.input())?);
    let Paging { request, list } = call.paging()?;
    let page = entities::list_aliases(&call.ctx, organization, entity, request).await?;
    let next = call.next_token(&list, page.next_cursor)?;
    let aliases: Vec<_> = page.items.into_iter().map(|alias: Alias| alias.address).collect();
    Ok(Output::empty().with("Aliases", aliases).with("NextToken", next))
}

pub(super) async fn update_primary_address(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, entity) = (call.organization()?, entity(&input, "EntityId")?);
    entities::set_default_address(&call.ctx, organization, entity, address(&input, "Email", "email")?).await?;
    Ok(Output::empty())
}

pub(super) async fn describe(call: Call) -> Result<Output, Fault> {
    let (organization, email) = (call.organization()?, address(&call.input(), "Email", "email")?);
    let entity = entities::find_entity(&call.ctx, organization, email).await?;
    Ok(Output::empty()
        .with("EntityId", entity.id)
        .with("Name", entity.name)
        .with("Type", word(&ENTITY_TYPES, entity.kind)))
}

pub(super) async fn list_groups(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, entity) = (call.organization()?, entity(&input, "EntityId")?);
    let prefix = match input.optional_structure("Filters")? {
        Some(filters) => filters.optional_text("GroupNamePrefix", &shapes::STRING)?.map(str::to_owned),
        None => None,
    };
    let Paging { request, list } = call.paging()?;
    let page = entities::list_groups_of_entity(&call.ctx, organization, entity, prefix, request).await?;
    let next = call.next_token(&list, page.next_cursor)?;
    let group = |group: NamedGroup| Output::empty().with("GroupId", group.id.as_str()).with("GroupName", group.name);
    let groups: Vec<_> = page.items.into_iter().map(group).collect();
    Ok(Output::empty().with("Groups", groups).with("NextToken", next))
}
