//! Saying by whom else the users of an organization prove who they are (PutIdentityProviderConfiguration).

use reeve_base::Invalid;
use reeve_base::limits::TOKEN_LIFETIME_DAYS_MAX;
use reeve_store::Tx;
use reeve_store::tables::organization_documents as rows;

use super::{IdentityProvider, KIND, applications};
use crate::arns;
use crate::audit::{self, Subject};
use crate::ctx::Ctx;
use crate::documents::{self, Body};
use crate::error::Error;
use crate::operations::SET_IDENTITY_PROVIDER;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// Says by whom else the users of an organization prove who they are, as a whole. It holds from the next sign-in on.
///
/// Errors: `Invalid`, `NotFound` for an application that the account does not have.
pub async fn set_identity_provider(
    ctx: &Ctx,
    organization: OrganizationRef,
    provider: IdentityProvider,
) -> Result<IdentityProvider, Error> {
    check(&provider)?;
    ctx.write(move |tx, ctx| {
        let organization = find_in(tx, ctx, &SET_IDENTITY_PROVIDER, &organization, Needs::Usable)?;
        need_application(tx, ctx, &provider)?;
        let of = (organization.organization_id.as_str(), KIND);
        let body = provider.body();
        let there = rows::get(tx, of, KIND)?;
        let before = there.as_ref().map(|row| Body::read(&row.body)).transpose()?.unwrap_or_default();
        let changes = body.changes_from(&before);
        if changes.is_empty() {
            return Ok(provider.clone());
        }
        match there {
            Some(row) => rows::update(tx, &documents::next(row, &body, ctx.now()))?,
            None => {
                rows::insert(tx, &documents::first(of, (KIND, KIND), &body, ctx.now()))?;
            }
        }
        let subject = Subject::within(&organization, &organization.organization_id, &organization.alias);
        audit::record(tx, ctx, &SET_IDENTITY_PROVIDER, subject, &changes)?;
        Ok(provider.clone())
    })
    .await
}

fn check(provider: &IdentityProvider) -> Result<(), Invalid> {
    arns::identity_center_instance("instance_arn", &provider.instance_arn)?;
    arns::identity_center_application("application_arn", &provider.application_arn)?;
    match provider.tokens.lifetime_days {
        Some(days) if !(1..=TOKEN_LIFETIME_DAYS_MAX).contains(&days) => {
            let why = format!("must be between 1 and {TOKEN_LIFETIME_DAYS_MAX}; leave it out for tokens without end");
            Err(Invalid::new("lifetime_days", why))
        }
        _ => Ok(()),
    }
}

fn need_application(tx: &mut Tx<'_>, ctx: &Ctx, provider: &IdentityProvider) -> Result<(), Error> {
    let application = applications::seek(tx, ctx, &provider.application_arn)?;
    let application = application.ok_or_else(|| Error::not_found(applications::WHAT, &provider.application_arn))?;
    if application.instance_arn == provider.instance_arn {
        return Ok(());
    }
    Err(Error::invalid("instance_arn", "must be the instance of the application; look it up among your applications"))
}
