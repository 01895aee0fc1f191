//! Changing the key by which mail of a domain is signed: the next one, whose record is already in the DNS, takes over.

use reeve_base::names::DomainName;

use super::{Domain, dkim, domain, find_in, next_key_is_published};
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::ROTATE_DKIM_KEY;
use crate::organizations::{Needs, OrganizationRef};

/// Whether a key may sign whose record was not seen in the DNS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unseen {
    /// No: mail signed by it would be mistrusted.
    Refuse,
    /// Yes: the current key is known to others, and nothing is worse than that.
    Accept,
}

/// Makes the next key of a domain the current one, and draws another next one. The former stays in the DNS for a week.
///
/// Errors: `Conflict` when the last check did not see the record of the next key, unless that is accepted; `Invalid`
/// for the test domain; `DomainNotFound`, `LimitReached`.
pub async fn rotate_dkim_key(
    ctx: &Ctx,
    organization: OrganizationRef,
    name: DomainName,
    unseen: Unseen,
) -> Result<Domain, Error> {
    // Decided before slow work is done, and again when it counts.
    let named = (organization.clone(), name.clone());
    ctx.read(move |tx, ctx| find_in(tx, ctx, &ROTATE_DKIM_KEY, (&named.0, &named.1), Needs::Usable).map(drop)).await?;
    let drawn = dkim::draw(1).await?;
    ctx.write(move |tx, ctx| {
        let (organization, row) = find_in(tx, ctx, &ROTATE_DKIM_KEY, (&organization, &name), Needs::Usable)?;
        if row.is_test {
            return Err(Error::invalid("domain", "is the test domain, which has no keys"));
        }
        if dkim::lacking(&dkim::of_domain(tx, &row)?) > 0 {
            return Err(Error::Conflict { why: "the domain gets its keys in a moment; try again then".to_owned() });
        }
        if unseen == Unseen::Refuse && !next_key_is_published(tx, ctx, &organization, &row)? {
            let why = "the record of the next key was not seen in the DNS; add it and check the domain, or accept that \
                       mail is mistrusted until it is there";
            return Err(Error::Conflict { why: why.to_owned() });
        }
        let Some(new) = drawn.first() else { return Err(Error::internal("one key was drawn")) };
        let changes = dkim::rotate(tx, ctx, &row, new)?;
        let subject = Subject::within(&organization, name.as_str(), name.as_str());
        audit::record(tx, ctx, &ROTATE_DKIM_KEY, subject, &changes)?;
        domain(tx, ctx, &organization, &row)
    })
    .await
}
