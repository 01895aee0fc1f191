//! Saying whose an address is (DescribeEntity).

use reeve_base::names::EmailAddress;

use super::Entity;
use super::find::{by_address, decide_any};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::FIND_ENTITY;
use crate::organizations::{self, Needs, OrganizationRef};

/// Finds the user, group or resource that has an address, as its primary one or as an alias.
pub async fn find_entity(ctx: &Ctx, organization: OrganizationRef, address: EmailAddress) -> Result<Entity, Error> {
    ctx.read(move |tx, ctx| {
        let there = organizations::seek(tx, ctx, &organization)?;
        let row = by_address(tx, &there.directory_id, &address.key())?;
        let found = (&organization, &there, row);
        let row = decide_any(tx, ctx, &FIND_ENTITY, found, (&address, Needs::Present))?;
        row.holder().entity()
    })
    .await
}
