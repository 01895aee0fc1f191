//! Resources: CreateResource, DescribeResource, ListResources, UpdateResource, DeleteResource, and their delegates:
//! AssociateDelegateToResource, DisassociateDelegateFromResource, ListResourceDelegates.

use reeve_base::names::{ResourceDescription, ResourceName};
use reeve_domain::Error;
use reeve_domain::resources::{
    self, BookingEdit, BookingOptions, Delegate, NewResource, Resource, ResourceEdit, ResourceFilter, ResourceRef,
};

use super::entities::entity;
use super::words::{ENTITY_STATES, ENTITY_TYPES, RESOURCE_TYPES, StateFilter, one_filter, word};
use crate::call::{Call, Paging};
use crate::faults::{Fault, Kind};
use crate::input::Members;
use crate::output::Output;
use crate::shapes;

/// What a list can be narrowed by.
const FILTERS: [&str; 3] = ["NamePrefix", "PrimaryEmailPrefix", "State"];

fn resource(input: &Members<'_>) -> Result<ResourceRef, Fault> {
    entity(input, "ResourceId")
}

pub(super) async fn create(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let organization = call.organization()?;
    let description = input.optional_text("Description", &shapes::RESOURCE_DESCRIPTION)?;
    let new = NewResource {
        name: ResourceName::parse("name", input.text("Name", &shapes::RESOURCE_NAME)?)?,
        kind: input.word("Type", &RESOURCE_TYPES)?,
        description: description.map(|text| ResourceDescription::parse("description", text)).transpose()?,
        booking: None,
        hidden: input.optional_flag("HiddenFromGlobalAddressList")?.unwrap_or_default(),
        email: None,
    };
    let created = resources::create_resource(&call.ctx, organization, new).await?;
    Ok(Output::empty().with("ResourceId", created.resource.id.as_str()))
}

pub(super) async fn describe(call: Call) -> Result<Output, Fault> {
    let (organization, resource) = (call.organization()?, resource(&call.input())?);
    let resource = resources::show_resource(&call.ctx, organization, resource).await?;
    let booking = Output::empty()
        .with("AutoAcceptRequests", resource.booking.auto_accept)
        .with("AutoDeclineRecurringRequests", resource.booking.auto_decline_recurring)
        .with("AutoDeclineConflictingRequests", resource.booking.auto_decline_conflicting);
    Ok(Output::empty()
        .with("ResourceId", resource.id.as_str())
        .with("Email", resource.email)
        .with("Name", resource.name)
        .with("Type", word(&RESOURCE_TYPES, resource.kind))
        .with("BookingOptions", booking)
        .with("State", word(&ENTITY_STATES, Some(resource.state)))
        .with("EnabledDate", resource.enabled_at)
        .with("DisabledDate", resource.disabled_at)
        .with("Description", resource.description)
        .with("HiddenFromGlobalAddressList", resource.hidden))
}

pub(super) async fn list(call: Call) -> Result<Output, Fault> {
    let organization = call.organization()?;
    let (filter, wanted) = filter(&call.input())?;
    let Paging { request, list } = call.paging()?;
    one_filter(&call.input(), &FILTERS)?;
    let page = resources::list_resources(&call.ctx, organization, filter, request).await?;
    if wanted == StateFilter::Deleted {
        return Ok(Output::empty().with("Resources", Vec::<Output>::new()));
    }
    let next = call.next_token(&list, page.next_cursor)?;
    let summary = |resource: Resource| {
        Output::empty()
            .with("Id", resource.id.as_str())
            .with("Email", resource.email)
            .with("Name", resource.name)
            .with("Type", word(&RESOURCE_TYPES, resource.kind))
            .with("State", word(&ENTITY_STATES, Some(resource.state)))
            .with("EnabledDate", resource.enabled_at)
            .with("DisabledDate", resource.disabled_at)
            .with("Description", resource.description)
    };
    let resources: Vec<_> = page.items.into_iter().map(summary).collect();
    Ok(Output::empty().with("Resources", resources).with("NextToken", next))
}

fn filter(input: &Members<'_>) -> Result<(ResourceFilter, StateFilter), Fault> {
    let Some(filters) = input.optional_structure("Filters")? else {
        return Ok((ResourceFilter::default(), StateFilter::Any));
    };
    let text = |name: &str| Ok::<_, Fault>(filters.optional_text(name, &shapes::STRING)?.map(str::to_owned));
    let wanted = StateFilter::read(&filters)?;
    let filter = ResourceFilter {
        state: wanted.state(),
        name_prefix: text("NamePrefix")?,
        email_prefix: text("PrimaryEmailPrefix")?,
        ..ResourceFilter::default()
    };
    Ok((filter, wanted))
}

pub(super) async fn update(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, resource) = (call.organization()?, resource(&input)?);
    let name = input.optional_text("Name", &shapes::RESOURCE_NAME)?;
    let description = input.optional_text("Description", &shapes::NEW_RESOURCE_DESCRIPTION)?;
    let edit = ResourceEdit {
        name: name.map(|name| ResourceName::parse("name", name)).transpose()?,
        kind: input.optional_word("Type", &RESOURCE_TYPES)?,
        description: description.map(|text| ResourceDescription::parse("description", text)).transpose()?,
        booking: booking(&input)?,
        hidden: input.optional_flag("HiddenFromGlobalAddressList")?,
    };
    match resources::edit_resource(&call.ctx, organization, resource, edit).await {
        Ok(_) => Ok(Output::empty()),
        // A resource that nobody answers for: this error has no other use in the whole API.
        Err(Error::Conflict { why }) => Err(Fault::new(Kind::InvalidConfiguration, why)),
        Err(error) => Err(error.into()),
    }
}

/// All three options, when any is given: a flag that is left out is false on the wire.
fn booking(input: &Members<'_>) -> Result<BookingEdit, Fault> {
    let Some(options) = input.optional_structure("BookingOptions")? else { return Ok(BookingEdit::default()) };
    let flag = |name: &str| Ok::<_, Fault>(options.optional_flag(name)?.unwrap_or_default());
    Ok(BookingEdit::from(BookingOptions {
        auto_accept: flag("AutoAcceptRequests")?,
        auto_decline_recurring: flag("AutoDeclineRecurringRequests")?,
        auto_decline_conflicting: flag("AutoDeclineConflictingRequests")?,
    }))
}

pub(super) async fn delete(call: Call) -> Result<Output, Fault> {
    // By id or name: the documentation leaves addresses out where something goes for good.
    let resource = ResourceRef::by_id_or_name(call.input().text("ResourceId", &shapes::ENTITY_IDENTIFIER)?);
    let organization = call.organization()?;
    resources::delete_resource(&call.ctx, organization, resource).await?;
    Ok(Output::empty())
}

pub(super) async fn add_delegate(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, resource) = (call.organization()?, resource(&input)?);
    resources::add_resource_delegate(&call.ctx, organization, resource, entity(&input, "EntityId")?).await?;
    Ok(Output::empty())
}

pub(super) async fn remove_delegate(call: Call) -> Result<Output, Fault> {
    let input = call.input();
    let (organization, resource) = (call.organization()?, resource(&input)?);
    resources::remove_resource_delegate(&call.ctx, organization, resource, entity(&input, "EntityId")?).await?;
    Ok(Output::empty())
}

pub(super) async fn list_delegates(call: Call) -> Result<Output, Fault> {
    let (organization, resource) = (call.organization()?, resource(&call.input())?);
    let Paging { request, list } = call.paging()?;
    let page = resources::list_resource_delegates(&call.ctx, organization, resource, request).await?;
    let next = call.next_token(&list, page.next_cursor)?;
    let delegate = |delegate: Delegate| {
        Output::empty().with("Id", delegate.entity.id).with("Type", word(&ENTITY_TYPES, delegate.entity.kind))
    };
    let delegates: Vec<_> = page.items.into_iter().map(delegate).collect();
    Ok(Output::empty().with("Delegates", delegates).with("NextToken", next))
}
