//! Choosing the default domain (UpdateDefaultMailDomain): what new addresses are suggested on.

use reeve_base::names::DomainName;
use reeve_store::tables::organizations;

use super::{Domain, domain, find_in, refuse_unverified};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::SET_DEFAULT_DOMAIN;
use crate::organizations::{Needs, OrganizationRef};

/// Makes a verified domain the default; existing addresses stay as they are.
///
/// Errors: `DomainNotFound`, `DomainUnverified`.
pub async fn set_default_domain(ctx: &Ctx, organization: OrganizationRef, name: DomainName) -> Result<Domain, Error> {
    ctx.write(move |tx, ctx| {
        let named = (&organization, &name);
        let (mut organization, row) = find_in(tx, ctx, &SET_DEFAULT_DOMAIN, named, Needs::Usable)?;
        ctx.check_version(organization.version)?;
        refuse_unverified(&row)?;
        if organization.default_domain != row.domain {
            organizations::set_default_domain(tx, &organization.organization_id, &row.domain)?;
            let changes = [Change::moved("default_domain", &organization.default_domain, &row.domain)];
            let subject = Subject::within(&organization, name.as_str(), name.as_str());
            audit::record(tx, ctx, &SET_DEFAULT_DOMAIN, subject, &changes)?;
            organization.default_domain.clone_from(&row.domain);
        }
        domain(tx, ctx, &organization, &row)
    })
    .await
}
