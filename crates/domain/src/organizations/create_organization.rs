//! Creating an organization: the request is checked and written; a job does the rest (seed 003, CreateOrganization).

use reeve_base::Timestamp;
use reeve_base::ids::{AccountId, DirectoryId, OrganizationId};
use reeve_base::limits::{DOMAINS_AT_CREATION_MAX, ORGANIZATIONS_PER_ACCOUNT_MAX};
use reeve_base::names::{DomainName, OrganizationAlias};
use reeve_store::Tx;
use reeve_store::tables::domains;
use reeve_store::tables::organizations::{self, AliasRow, OrganizationRow};

use super::{CREATE_JOB, Organization, State};
use crate::access::{self, Target};
use crate::audit::{self, Change, Subject};
use crate::ctx::{Actor, Ctx};
use crate::encryption_keys::EncryptionKeyRef;
use crate::error::Error;
use crate::hosted_zones::{self, FoundZone};
use crate::keys::{self, FirstKey};
use crate::operations::{CREATE_ORGANIZATION, Resource};
use crate::{client_tokens, directories, jobs, mail_domains};

/// What an organization is to be.
#[derive(Debug, Clone)]
pub struct NewOrganization {
    /// Its alias, unique in the deployment, never changed.
    pub alias: OrganizationAlias,
    /// Domains to add at once, at most [`DOMAINS_AT_CREATION_MAX`]; they wait for their proof.
    pub domains: Vec<DomainName>,
    /// Zones, by their ids at a DNS provider of the account, in which the records of these domains are kept. In an
    /// account without providers nothing is written.
    pub hosted_zones: Vec<(DomainName, String)>,
    /// A directory of the account that serves no organization; a new one when unsaid.
    pub directory_id: Option<DirectoryId>,
    /// The customer's key that protects its mailboxes; the deployment's own when unsaid.
    pub encryption_key: Option<EncryptionKeyRef>,
}

/// An organization that was asked for.
#[derive(Debug, Clone)]
pub struct CreatedOrganization {
    /// The organization.
    pub organization: Organization,
    /// Whether an earlier try with the same client token asked for it.
    pub replayed: bool,
}

/// Asks for an organization; answers with it in state Requested.
///
/// Errors: `NameTaken` for an alias in use or held back, `DirectoryInUse`, `DirectoryUnavailable`, `DomainTaken`,
/// `LimitReached`, `Conflict` when a client token comes with another request.
pub async fn create_organization(ctx: &Ctx, new: NewOrganization) -> Result<CreatedOrganization, Error> {
    if new.domains.len() > DOMAINS_AT_CREATION_MAX {
        return Err(Error::LimitReached {
            what: "domains when an organization is created",
            limit: DOMAINS_AT_CREATION_MAX,
        });
    }
    let id = OrganizationId::generate(ctx.random());
    let directory_id = DirectoryId::generate(ctx.random());
    let key = first_key(ctx, &new, (&id, &directory_id)).await?;
    let zones = find_zones(ctx, &new).await?;
    let (row, replayed) =
        ctx.write(move |tx, ctx| create(tx, ctx, &new, (&id, &directory_id), (key.as_ref(), &zones))).await?;
    ctx.deployment().jobs_wake.notify_one();
    Ok(CreatedOrganization { organization: Organization::from_row(row)?, replayed })
}

/// Has the first key of the organization wrapped under the customer's key that it names, before anything is written; not
/// where the request was answered before.
async fn first_key(
    ctx: &Ctx,
    new: &NewOrganization,
    (id, directory_id): (&OrganizationId, &DirectoryId),
) -> Result<Option<FirstKey>, Error> {
    let Some(reference) = new.encryption_key.clone() else { return Ok(None) };
    if ctx.read(|tx, ctx| client_tokens::made_before(tx, ctx, &CREATE_ORGANIZATION)).await?.is_some() {
        return Ok(None);
    }
    let row = draft(ctx, ctx.need_account()?, new, id, directory_id)?;
    keys::first_key(ctx, &CREATE_ORGANIZATION, &row, reference).await.map(Some)
}

/// Looks for the zones that are named, before anything is written; not where the request was answered before.
async fn find_zones(ctx: &Ctx, new: &NewOrganization) -> Result<Vec<FoundZone>, Error> {
    let mut found = Vec::new();
    if new.hosted_zones.is_empty() {
        return Ok(found);
    }
    if ctx.read(|tx, ctx| client_tokens::made_before(tx, ctx, &CREATE_ORGANIZATION)).await?.is_some() {
        return Ok(found);
    }
    for (domain, zone_id) in &new.hosted_zones {
        found.extend(hosted_zones::find_zone(ctx, domain, zone_id).await?);
    }
    Ok(found)
}

fn create(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    new: &NewOrganization,
    (id, fresh_directory): (&OrganizationId, &DirectoryId),
    (key, zones): (Option<&FirstKey>, &[FoundZone]),
) -> Result<(OrganizationRow, bool), Error> {
    let account = ctx.need_account()?;
    access::decide(tx, ctx, &CREATE_ORGANIZATION, Target::Account(account.as_str()))?;
    if let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_ORGANIZATION)? {
        let row = organizations::by_id(tx, &made)?.ok_or_else(|| Error::not_found("organization", made))?;
        return Ok((row, true));
    }
    let live = organizations::count_live(tx, account.as_str())?;
    if usize::try_from(live).is_ok_and(|live| live >= ORGANIZATIONS_PER_ACCOUNT_MAX) {
        return Err(Error::LimitReached { what: "organizations in an account", limit: ORGANIZATIONS_PER_ACCOUNT_MAX });
    }
    let row = draft(ctx, account, new, id, fresh_directory)?;
    // Before the alias: what another account's directory holds back is not told.
    if new.directory_id.is_some() {
        directories::attach(tx, &row)?;
    }
    claim_alias(tx, ctx, &row)?;
    organizations::insert(tx, &row)?;
    organizations::add_state(tx, &row)?;
    for domain in &new.domains {
        add_pending(tx, ctx, &row, domain)?;
    }
    jobs::add(tx, ctx, &row, CREATE_JOB, "")?;
    client_tokens::note(tx, ctx, &CREATE_ORGANIZATION, &row.organization_id)?;
    let mut changes = vec![
        Change::made("alias", &row.alias),
        Change::made("directory_id", &row.directory_id),
        Change::made("state", &row.state),
    ];
    for zone in zones {
        changes.push(hosted_zones::attach_found(tx, ctx, &row, zone)?);
    }
    if let Some(key) = key {
        changes.push(keys::keep_first(tx, ctx, &row, key)?);
    }
    let subject = Subject::within(&row, &row.organization_id, &row.alias);
    let subject = Subject { made: Some(Resource::Organization), ..subject };
    audit::record(tx, ctx, &CREATE_ORGANIZATION, subject, &changes)?;
    Ok((row, false))
}

fn draft(
    ctx: &Ctx,
    account: &AccountId,
    new: &NewOrganization,
    id: &OrganizationId,
    fresh_directory: &DirectoryId,
) -> Result<OrganizationRow, Error> {
    let settings = ctx.deployment().settings();
    let now = ctx.now().millis();
    let test_domain = DomainName::parse("alias", &format!("{}.{}", new.alias.key(), settings.test_domain_suffix))?;
    Ok(OrganizationRow {
        organization_id: id.to_string(),
        account_id: account.to_string(),
        region: settings.region.clone(),
        alias: new.alias.to_string(),
        alias_key: new.alias.key(),
        directory_id: new.directory_id.as_ref().unwrap_or(fresh_directory).to_string(),
        state: State::Requested.word().to_owned(),
        state_reason: "its creation was asked for and is queued".to_owned(),
        state_at: now,
        default_domain: test_domain.to_string(),
        test_domain: test_domain.to_string(),
        created_by: match ctx.actor() {
            Actor::Administrator { id, .. } => id.to_string(),
            _ => String::new(),
        },
        created_at: now,
        completed_at: None,
        deleted_at: None,
        version: 1,
    })
}

/// Takes the alias, unless somebody has it or it is held back. The directory that a deleted organization left
/// behind may serve again under the alias that it had.
fn claim_alias(tx: &mut Tx<'_>, ctx: &Ctx, row: &OrganizationRow) -> Result<(), Error> {
    let taken = |why: String| Error::NameTaken { field: "alias", why };
    if let Some(holder) = organizations::alias(tx, &row.alias_key)? {
        match holder.held_until {
            None => {
                return Err(taken(format!("the alias \"{}\" is taken; choose another", row.alias)));
            }
            Some(until) if until > ctx.now().millis() && holder.directory_id != row.directory_id => {
                let until = Timestamp::from_millis(until);
                return Err(taken(format!(
                    "the alias \"{}\" belonged to a deleted organization and is held back until {until}",
                    row.alias
                )));
            }
            Some(_) => {}
        }
    }
    let holder = AliasRow {
        organization_id: row.organization_id.clone(),
        directory_id: row.directory_id.clone(),
        held_until: None,
    };
    Ok(organizations::put_alias(tx, &row.alias_key, &holder)?)
}

fn add_pending(tx: &mut Tx<'_>, ctx: &Ctx, row: &OrganizationRow, domain: &DomainName) -> Result<(), Error> {
    mail_domains::refuse_test_suffix(ctx, domain)?;
    mail_domains::refuse_proven(tx, domain, &row.organization_id)?;
    // Its keys are drawn by whoever looks at its DNS first, which is soon.
    let added = domains::insert(tx, &mail_domains::unproven(ctx, &row.organization_id, domain))?;
    if added { Ok(()) } else { Err(Error::invalid("domains", format!("names {domain} twice"))) }
}
