//! Putting another provider into an availability configuration (UpdateAvailabilityConfiguration).

use reeve_base::names::DomainName;
use reeve_store::tables::organization_documents as rows;

use super::provider::Owner;
use super::{AvailabilityConfiguration, KIND, NewProvider, WHAT};
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::{self, Body};
use crate::error::Error;
use crate::operations::EDIT_AVAILABILITY_CONFIGURATION;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Puts a provider in the place of the one before, as a whole.
///
/// Errors: `Invalid`, `NotFound`, `VersionMismatch`.
pub async fn edit_availability_configuration(
    ctx: &Ctx,
    organization: OrganizationRef,
    domain: DomainName,
    provider: NewProvider,
) -> Result<AvailabilityConfiguration, Error> {
    provider.check()?;
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &EDIT_AVAILABILITY_CONFIGURATION, &organization, Needs::Usable)?;
        let (of, name) = ((organization.organization_id.as_str(), KIND), domain.as_str());
        let row = rows::get(tx, of, name)?.ok_or_else(|| Error::not_found(WHAT, name))?;
        ctx.check_version(row.version)?;
        let owner = Owner { organization_id: &organization.organization_id, domain: name };
        let changes = provider.changes_from(ctx, owner, &Body::read(&row.body)?)?;
        if changes.is_empty() {
            return AvailabilityConfiguration::from_row(&row);
        }
        let row = documents::next(row, &provider.body(ctx, owner)?, ctx.now());
        rows::update(tx, &row)?;
        let subject = Subject::within(&organization, name, name);
        audit::record(tx, ctx, &EDIT_AVAILABILITY_CONFIGURATION, subject, &changes)?;
        AvailabilityConfiguration::from_row(&row)
    })
    .await
}
