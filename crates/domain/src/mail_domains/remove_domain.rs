//! Removing a domain (DeregisterMailDomain): only when nothing uses it.

use reeve_base::names::DomainName;
use reeve_store::Tx;
use reeve_store::tables::{addresses, dkim_keys, domains};

use super::find_in;
use super::settle::heal;
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::hosted_zones;
use crate::operations::REMOVE_DOMAIN;
use crate::organizations::{Needs, OrganizationRef};

/// Removes a domain and its proof.
///
/// Errors: `DomainTaken` when it is the default, the test domain, or when addresses use it; `DomainNotFound`.
pub async fn remove_domain(ctx: &Ctx, organization: OrganizationRef, name: DomainName) -> Result<(), Error> {
    ctx.write(move |tx, ctx| remove(tx, ctx, &organization, &name)).await
}

fn remove(tx: &mut Tx<'_>, ctx: &Ctx, organization: &OrganizationRef, name: &DomainName) -> Result<(), Error> {
    let (mut organization, row) = find_in(tx, ctx, &REMOVE_DOMAIN, (organization, name), Needs::Usable)?;
    let in_use = |why: String| Error::DomainTaken { domain: name.to_string(), why };
    if row.is_test {
        return Err(in_use("is the test domain; it goes with its organization".to_owned()));
    }
    if organization.default_domain == row.domain {
        return Err(in_use("is the default domain; make another the default first".to_owned()));
    }
    let count = addresses::count_on_domain(tx, &organization.directory_id, &format!("@{name}"))?;
    if count > 0 {
        return Err(in_use(format!("is used by {count} addresses; change or remove them first")));
    }
    domains::delete(tx, &organization.organization_id, name.as_str())?;
    dkim_keys::delete_of_domain(tx, &organization.organization_id, name.as_str())?;
    heal(tx, ctx, &mut organization, name.as_str())?;
    hosted_zones::leave(tx, ctx, &organization.organization_id, name.as_str())?;
    let changes = [Change::gone("ownership", row.ownership)];
    audit::record(tx, ctx, &REMOVE_DOMAIN, Subject::within(&organization, name.as_str(), name.as_str()), &changes)
}
