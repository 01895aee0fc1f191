//! Whether mail that fails DMARC is treated as its sender's domain asks (PutInboundDmarcSettings and its counterpart).

use reeve_store::Tx;
use reeve_store::tables::organization_documents as rows;

use crate::audit::{self, Change, Subject};
use crate::ctx::{Ctx, stored};
use crate::documents::{self, Body};
use crate::error::Error;
use crate::operations::{SET_INBOUND_DMARC, SHOW_INBOUND_DMARC};
use crate::organizations::{Needs, OrganizationRef, find_in};

/// The kind of document, of which there is one.
const KIND: &str = "inbound_dmarc";

/// What becomes of mail that fails DMARC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboundDmarc {
    /// Whether it is treated as its sender's domain asks; otherwise it is delivered like any other.
    pub enforced: bool,
}

/// Every organization begins so.
const AT_FIRST: InboundDmarc = InboundDmarc { enforced: true };

/// Shows what becomes of mail that fails DMARC.
pub async fn show_inbound_dmarc(ctx: &Ctx, organization: OrganizationRef) -> Result<InboundDmarc, Error> {
    ctx.read(move |tx, ctx| {
        let row = find_in(tx, ctx, &SHOW_INBOUND_DMARC, &organization, Needs::Present)?;
        current(tx, &row.organization_id)
    })
    .await
}

/// Says what becomes of mail that fails DMARC.
pub async fn set_inbound_dmarc(
    ctx: &Ctx,
    organization: OrganizationRef,
    dmarc: InboundDmarc,
) -> Result<InboundDmarc, Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &SET_INBOUND_DMARC, &organization, Needs::Usable)?;
        let before = current(tx, &organization.organization_id)?;
        if before == dmarc {
            return Ok(before);
        }
        let of = (organization.organization_id.as_str(), KIND);
        let body = Body::new([("enforced", dmarc.enforced.into())]);
        match rows::get(tx, of, KIND)? {
            Some(row) => rows::update(tx, &documents::next(row, &body, ctx.now()))?,
            None => {
                rows::insert(tx, &documents::first(of, (KIND, KIND), &body, ctx.now()))?;
            }
        }
        let changes = [Change::moved("enforced", before.enforced.to_string(), dmarc.enforced.to_string())];
        let subject = Subject::within(&organization, &organization.organization_id, &organization.alias);
        audit::record(tx, ctx, &SET_INBOUND_DMARC, subject, &changes)?;
        Ok(dmarc)
    })
    .await
}

fn current(tx: &mut Tx<'_>, organization_id: &str) -> Result<InboundDmarc, Error> {
    let Some(row) = rows::get(tx, (organization_id, KIND), KIND)? else { return Ok(AT_FIRST) };
    let enforced = Body::read(&row.body)?.get("enforced").and_then(serde_json::Value::as_bool);
    Ok(InboundDmarc { enforced: stored(enforced.ok_or("a setting of DMARC says neither yes nor no"))? })
}
