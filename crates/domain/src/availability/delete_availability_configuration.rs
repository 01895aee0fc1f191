//! Removing an availability configuration (DeleteAvailabilityConfiguration), and the password in it.

use reeve_base::names::DomainName;
use reeve_store::tables::organization_documents as rows;

use super::{KIND, provider};
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::Body;
use crate::error::Error;
use crate::operations::DELETE_AVAILABILITY_CONFIGURATION;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Removes the availability configuration of a domain; one that is not there is gone already.
///
/// Errors: `VersionMismatch`.
pub async fn delete_availability_configuration(
    ctx: &Ctx,
    organization: OrganizationRef,
    domain: DomainName,
) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &DELETE_AVAILABILITY_CONFIGURATION, &organization, Needs::Usable)?;
        let (of, name) = ((organization.organization_id.as_str(), KIND), domain.as_str());
        let Some(row) = rows::get(tx, of, name)? else { return Ok(()) };
        ctx.check_version(row.version)?;
        rows::delete(tx, of, name)?;
        let changes = provider::gone(&Body::read(&row.body)?)?;
        let subject = Subject::within(&organization, name, name);
        audit::record(tx, ctx, &DELETE_AVAILABILITY_CONFIGURATION, subject, &changes)
    })
    .await
}
