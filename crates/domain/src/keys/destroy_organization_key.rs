//! Destroying the key of an organization, and with it everything that was ever under it.
//!
//! Every wrapped key is removed, of the organization and of its mailboxes. What a customer keeps elsewhere is not
//! touched, and what copies of the database hold is beyond reach: `docs/encryption.md` says what follows from that.

use reeve_base::text;
use reeve_store::tables::{mailbox_keys, organization_keys as rows};

use super::organization_key::draft;
use super::show_organization_key::shown;
use super::{KeyState, OrganizationKey};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::DESTROY_ORGANIZATION_KEY;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Destroys the key of an organization; whoever asks must type the organization's alias.
///
/// Errors: `Invalid` for another alias.
pub async fn destroy_organization_key(
    ctx: &Ctx,
    organization: OrganizationRef,
    alias: String,
) -> Result<OrganizationKey, Error> {
    let (organization_id, shown) = ctx
        .write(move |tx, ctx| {
            let row = find_in(tx, ctx, &DESTROY_ORGANIZATION_KEY, &organization, Needs::Usable)?;
            if text::fold(&alias) != row.alias_key {
                let why = "must be the alias of the organization, typed out: what is in its mailboxes is lost for ever";
                return Err(Error::invalid("alias", why));
            }
            let id = row.organization_id.clone();
            let generations = rows::of_organization(tx, &id)?;
            let destroyed = KeyState::Destroyed.word();
            let last = generations.first().map_or(0, |row| row.generation);
            if generations.first().is_some_and(|row| row.state == destroyed) {
                let shown = shown(tx, ctx, &row)?;
                return Ok((id, shown));
            }
            let mailboxes = mailbox_keys::delete_of_organization(tx, (&row.directory_id, &id))?;
            rows::delete_of_organization(tx, &id)?;
            // What remains says that there was a key, so that no other is made in its place by itself.
            let mut stone = draft(ctx, (&id, last + 1), ("", Vec::new()));
            destroyed.clone_into(&mut stone.state);
            // What follows for the organization, the next look at the key says.
            stone.next_check_at = Some(ctx.now().millis());
            rows::insert(tx, &stone)?;
            let changes = [
                Change::gone("generations", generations.len().to_string()),
                Change::gone("mailbox_keys", mailboxes.to_string()),
                Change::made("state", destroyed),
            ];
            let subject = Subject::within(&row, &id, &row.alias);
            audit::record(tx, ctx, &DESTROY_ORGANIZATION_KEY, subject, &changes)?;
            let shown = shown(tx, ctx, &row)?;
            Ok((id, shown))
        })
        .await?;
    ctx.deployment().keys.forget(&organization_id);
    Ok(shown)
}
