//! Saying where the free and busy times of a domain are asked for (CreateAvailabilityConfiguration).

use reeve_base::limits::AVAILABILITY_CONFIGURATIONS_MAX;
use reeve_base::names::DomainName;
use reeve_store::tables::organization_documents as rows;

use super::provider::Owner;
use super::{AvailabilityConfiguration, KIND, NewProvider, WHAT};
use crate::audit::{self, Subject};
use crate::client_tokens;
use crate::ctx::Ctx;
use crate::documents;
use crate::error::Error;
use crate::operations::CREATE_AVAILABILITY_CONFIGURATION;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// An availability configuration that was made.
#[derive(Debug, Clone)]
pub struct CreatedAvailabilityConfiguration {
    /// The configuration.
    pub configuration: AvailabilityConfiguration,
    /// Whether an earlier try with the same client token made it.
    pub replayed: bool,
}

/// Says where the free and busy times of people of a domain are asked for. The domain is one of another system, and is
/// not looked for among those of the organization.
///
/// Errors: `Invalid`, `NameTaken` for a domain that has a configuration, `LimitReached`, `Conflict` when a client token
/// comes with another request.
pub async fn create_availability_configuration(
    ctx: &Ctx,
    organization: OrganizationRef,
    domain: DomainName,
    provider: NewProvider,
) -> Result<CreatedAvailabilityConfiguration, Error> {
    provider.check()?;
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &CREATE_AVAILABILITY_CONFIGURATION, &organization, Needs::Usable)?;
        let of = (organization.organization_id.as_str(), KIND);
        if let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_AVAILABILITY_CONFIGURATION)? {
            let row = rows::get(tx, of, &made)?.ok_or_else(|| Error::not_found(WHAT, made))?;
            return Ok(CreatedAvailabilityConfiguration {
                configuration: AvailabilityConfiguration::from_row(&row)?,
                replayed: true,
            });
        }
        let name = domain.as_str();
        if rows::get(tx, of, name)?.is_some() {
            let why = format!("there is an availability configuration for {name} already; edit it instead");
            return Err(Error::NameTaken { field: "domain", why });
        }
        let limit = ("availability configurations of an organization", AVAILABILITY_CONFIGURATIONS_MAX);
        documents::need_room(tx, of, limit)?;
        let owner = Owner { organization_id: &organization.organization_id, domain: name };
        let row = documents::first(of, (name, name), &provider.body(ctx, owner)?, ctx.now());
        rows::insert(tx, &row)?;
        client_tokens::note(tx, ctx, &CREATE_AVAILABILITY_CONFIGURATION, name)?;
        let subject = Subject::within(&organization, name, name);
        audit::record(tx, ctx, &CREATE_AVAILABILITY_CONFIGURATION, subject, &provider.made())?;
        Ok(CreatedAvailabilityConfiguration {
            configuration: AvailabilityConfiguration::from_row(&row)?,
            replayed: false,
        })
    })
    .await
}
