//! Tags of organizations: TagResource, UntagResource, ListTagsForResource.

use reeve_domain::organizations::{self, OrganizationRef, Tag};

use crate::call::Call;
use crate::faults::{Fault, Kind};
use crate::input::Members;
use crate::output::Output;
use crate::shapes::{self, TAGS};

/// The organization that an ARN names: `arn:aws:workmail:<region>:<account>:organization/<id>`. What is of another
/// account or another region is not here.
fn organization(call: &Call) -> Result<OrganizationRef, Fault> {
    let arn = call.input().text("ResourceARN", &shapes::ORGANIZATION_ARN)?;
    let account = call.ctx.account().map(ToString::to_string).unwrap_or_default();
    let here = format!("arn:aws:workmail:{}:{account}:organization/", call.ctx.deployment().settings().region);
    let id = arn.strip_prefix(&here).and_then(|id| id.parse().ok());
    let absent = || Fault::new(Kind::ResourceNotFound, "there is no resource with this ARN");
    id.map(OrganizationRef::Id).ok_or_else(absent)
}

fn tag(tag: &Members<'_>) -> Result<Tag, Fault> {
    Ok(Tag {
        key: tag.text("Key", &shapes::TAG_KEY)?.to_owned(),
        value: tag.text("Value", &shapes::TAG_VALUE)?.to_owned(),
    })
}

pub(super) async fn tag_resource(call: Call) -> Result<Output, Fault> {
    let tags = call.input().structures("Tags", &TAGS)?;
    let tags: Vec<_> = tags.iter().map(tag).collect::<Result<_, _>>()?;
    organizations::tag_organization(&call.ctx, organization(&call)?, tags).await?;
    Ok(Output::empty())
}

pub(super) async fn untag_resource(call: Call) -> Result<Output, Fault> {
    let keys = call.input().texts_needed("TagKeys", &TAGS, &shapes::TAG_KEY)?;
    let keys = keys.into_iter().map(str::to_owned).collect();
    organizations::untag_organization(&call.ctx, organization(&call)?, keys).await?;
    Ok(Output::empty())
}

pub(super) async fn list_tags(call: Call) -> Result<Output, Fault> {
    let tags = organizations::list_organization_tags(&call.ctx, organization(&call)?).await?;
    let tags = tags.into_iter().map(|tag| Output::empty().with("Key", tag.key).with("Value", tag.value));
    Ok(Output::empty().with("Tags", tags.collect::<Vec<_>>()))
}
