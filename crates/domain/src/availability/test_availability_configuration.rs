//! Asking a provider of free and busy times whether it takes us (TestAvailabilityConfiguration).
//!
//! The decision comes before anything is sent, and nothing is asked while a transaction is open. What comes back is a
//! sentence out of a fixed list: nothing that the other side wrote is shown.

use reeve_base::names::DomainName;
use reeve_store::tables::organization_documents as rows;

use super::provider::Owner;
use super::{KIND, NewProvider, Provider, WHAT, ews};
use crate::audit::{self, Change, Subject};
use crate::ctx::Ctx;
use crate::documents::Body;
use crate::error::Error;
use crate::operations::TEST_AVAILABILITY_CONFIGURATION;
use crate::organizations::{Needs, OrganizationRef, find_in};

/// What is tested.
#[derive(Debug, Clone)]
pub enum Tested {
    /// The configuration of this domain.
    Stored(DomainName),
    /// A provider that is given, and not kept.
    Given(NewProvider),
}

/// How a test went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Whether the provider serves.
    pub passed: bool,
    /// Why it does not.
    pub failure: Option<String>,
}

/// Asks a provider once whether it takes us.
///
/// Errors: `NotFound` for a domain without a configuration, `Invalid`, `Unavailable` when too many are being asked.
pub async fn test_availability_configuration(
    ctx: &Ctx,
    organization: OrganizationRef,
    tested: Tested,
) -> Result<Probe, Error> {
    if let Tested::Given(provider) = &tested {
        provider.check()?;
    }
    let (reference, wanted) = (organization.clone(), tested.clone());
    let provider = ctx
        .read(move |tx, ctx| {
            let row = find_in(tx, ctx, &TEST_AVAILABILITY_CONFIGURATION, &reference, Needs::Usable)?;
            match &wanted {
                Tested::Given(provider) => Ok(provider.clone()),
                Tested::Stored(domain) => {
                    let name = domain.as_str();
                    let kept = rows::get(tx, (&row.organization_id, KIND), name)?;
                    let kept = kept.ok_or_else(|| Error::not_found(WHAT, name))?;
                    let owner = Owner { organization_id: &row.organization_id, domain: name };
                    NewProvider::open(ctx, owner, &Body::read(&kept.body)?)
                }
            }
        })
        .await?;
    let failure = match &provider {
        NewProvider::Ews { endpoint, username, password } => {
            ews::failure(ctx.deployment().outside.outbound.ask(ews::question(endpoint, username, password)).await)?
        }
        NewProvider::Lambda { .. } => {
            Some("this deployment cannot invoke functions of Amazon's; name a server that speaks EWS".to_owned())
        }
    };
    note(ctx, organization, tested, (provider.provider(), failure.clone())).await?;
    Ok(Probe { passed: failure.is_none(), failure })
}

/// Writes down who had whom asked, and what came of it.
async fn note(
    ctx: &Ctx,
    organization: OrganizationRef,
    tested: Tested,
    (provider, failure): (Provider, Option<String>),
) -> Result<(), Error> {
    let asked = match provider {
        Provider::Ews { endpoint, username } => {
            vec![Change::made("endpoint", endpoint), Change::made("username", username)]
        }
        Provider::Lambda { arn } => vec![Change::made("function_arn", arn)],
    };
    let outcome = Change::made("outcome", failure.unwrap_or_else(|| "passed".to_owned()));
    let changes: Vec<Change> = asked.into_iter().chain([outcome]).collect();
    ctx.write(move |tx, ctx| {
        let row = find_in(tx, ctx, &TEST_AVAILABILITY_CONFIGURATION, &organization, Needs::Usable)?;
        let (id, name) = match &tested {
            Tested::Stored(domain) => (domain.as_str(), domain.as_str()),
            Tested::Given(_) => (row.organization_id.as_str(), row.alias.as_str()),
        };
        audit::record(tx, ctx, &TEST_AVAILABILITY_CONFIGURATION, Subject::within(&row, id, name), &changes)
    })
    .await
}
