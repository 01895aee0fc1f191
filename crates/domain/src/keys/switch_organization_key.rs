//! Switching the key of an organization off and on: while it is off, nothing under it is read or written.

use reeve_store::tables::organization_keys as rows;

use super::show_organization_key::shown;
use super::{KeyState, OrganizationKey};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{DISABLE_ORGANIZATION_KEY, ENABLE_ORGANIZATION_KEY, Operation};
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Switches the key of an organization off, at once and for every server.
///
/// Errors: `WrongState` for one that was destroyed, and where there is none yet.
pub async fn disable_organization_key(ctx: &Ctx, organization: OrganizationRef) -> Result<OrganizationKey, Error> {
    switch(ctx, &DISABLE_ORGANIZATION_KEY, organization, KeyState::Disabled).await
}

/// Switches the key of an organization on again.
///
/// Errors: `WrongState` for one that was destroyed, and where there is none yet.
pub async fn enable_organization_key(ctx: &Ctx, organization: OrganizationRef) -> Result<OrganizationKey, Error> {
    switch(ctx, &ENABLE_ORGANIZATION_KEY, organization, KeyState::Active).await
}

async fn switch(
    ctx: &Ctx,
    operation: &'static Operation,
    reference: OrganizationRef,
    to: KeyState,
) -> Result<OrganizationKey, Error> {
    let (organization_id, shown) = ctx
        .write(move |tx, ctx| {
            let organization = find_in(tx, ctx, operation, &reference, Needs::Usable)?;
            let id = organization.organization_id.clone();
            let needs = "active or disabled; set a key first".to_owned();
            let mut present = match rows::of_organization(tx, &id)?.into_iter().next() {
                Some(row) if row.state != KeyState::Destroyed.word() => row,
                Some(row) => return Err(Error::WrongState { is: row.state, needs }),
                None => return Err(Error::WrongState { is: "not made yet".to_owned(), needs }),
            };
            if present.state != to.word() {
                let moved = Change::moved("state", &present.state, to.word());
                to.word().clone_into(&mut present.state);
                // What follows for the organization, the next look at the key says.
                present.next_check_at = Some(ctx.now().millis());
                (present.failures, present.failure) = (0, String::new());
                rows::update(tx, &present)?;
                let subject = Subject::within(&organization, &id, &organization.alias);
                audit::record(tx, ctx, operation, subject, &[moved])?;
            }
            let shown = shown(tx, ctx, &organization)?;
            Ok((id, shown))
        })
        .await?;
    if to == KeyState::Disabled {
        ctx.deployment().keys.forget(&organization_id);
    }
    Ok(shown)
}
