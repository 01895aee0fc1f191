//! Showing one group (DescribeGroup).

use super::{Group, GroupRef, find_in};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SHOW_GROUP;
use crate::organizations::{Needs, OrganizationRef};

/// Shows a group, named by id, address or name.
pub async fn show_group(ctx: &Ctx, organization: OrganizationRef, group: GroupRef) -> Result<Group, Error> {
    ctx.read(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &SHOW_GROUP, (&organization, &group), Needs::Present)?;
        Group::new(&organization, row)
    })
    .await
}
