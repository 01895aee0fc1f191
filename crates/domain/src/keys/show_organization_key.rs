//! Showing the key of an organization: what it is under, how it is, and how far a rotation has come.

use reeve_base::Timestamp;
use reeve_store::Tx;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::{encryption_keys, mailbox_keys, organization_keys as rows};

use super::{KeyGeneration, OrganizationKey, failure};
use crate::ctx::{Ctx, stored};
use crate::encryption_keys::EncryptionKey;
use crate::error::Error;
use crate::operations::SHOW_ORGANIZATION_KEY;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Shows the key of an organization.
pub async fn show_organization_key(ctx: &Ctx, organization: OrganizationRef) -> Result<OrganizationKey, Error> {
    ctx.read(move |tx, ctx| {
        let row = find_in(tx, ctx, &SHOW_ORGANIZATION_KEY, &organization, Needs::Present)?;
        shown(tx, ctx, &row)
    })
    .await
}

/// The key of an organization as it is shown.
pub(super) fn shown(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRow) -> Result<OrganizationKey, Error> {
    let of = (organization.directory_id.as_str(), organization.organization_id.as_str());
    let counts = mailbox_keys::counts(tx, of)?;
    let mut generations = Vec::new();
    for row in rows::of_organization(tx, &organization.organization_id)? {
        let key = match row.key_id.as_str() {
            "" => None,
            id => encryption_keys::by_id(tx, &organization.account_id, id)?,
        };
        let under = counts.iter().find(|count| count.generation == row.generation);
        generations.push(KeyGeneration {
            generation: row.generation,
            state: stored(row.state.parse())?,
            encryption_key: key.map(|key| EncryptionKey::from_row(ctx, &key)).transpose()?,
            mailboxes: under.map_or(0, |count| count.mailboxes),
            created_at: Timestamp::from_millis(row.created_at),
            checked_at: row.checked_at.map(Timestamp::from_millis),
            failure: failure::of_word(&row.failure),
        });
    }
    Ok(OrganizationKey { generations })
}
