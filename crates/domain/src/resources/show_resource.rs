//! Showing one resource (DescribeResource).

use super::{Resource, ResourceRef};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::SHOW_RESOURCE;
use crate::organizations::{Needs, OrganizationRef};

/// Shows a resource, named by id, address or name.
pub async fn show_resource(ctx: &Ctx, organization: OrganizationRef, resource: ResourceRef) -> Result<Resource, Error> {
    ctx.read(move |tx, ctx| {
        let sought = (&organization, &resource);
        let (organization, row) = entities::find_in(tx, ctx, &SHOW_RESOURCE, sought, Needs::Present)?;
        Resource::new(&organization, row)
    })
    .await
}
