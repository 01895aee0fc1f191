//! Giving policies to administrators and taking them away.

use reeve_base::limits::POLICIES_PER_ADMINISTRATOR_MAX;
use reeve_store::Tx;
use reeve_store::tables::administrators::{self as rows, AdministratorRow};
use reeve_store::tables::{accounts, policies};

use super::{Attachment, Found, NewAttachment, PolicyName, PolicyRef, find, need_brevity, ready_made, rights};
use crate::administrators::{self, Administrator, AdministratorRef};
use crate::audit::{self, Change, Subject};
use crate::ctx::{Ctx, stored};
use crate::error::Error;
use crate::operations::{ATTACH_POLICY, DETACH_POLICY, Operation, Resource};
use crate::organizations::OrganizationRef;

/// Organizations in which a ready-made policy is given: each adds a statement to every decision.
const ORGANIZATIONS_MAX: usize = 50;

/// The policies that an administrator has, by id.
pub(crate) fn attachments(tx: &mut Tx<'_>, administrator_id: &str) -> Result<Vec<Attachment>, Error> {
    let rows = policies::of(tx, administrator_id)?;
    rows.into_iter()
        .map(|attached| {
            let name = ready_made::find(&attached.policy_id).map(|one| one.name.to_owned()).or(attached.name);
            let name = name.ok_or_else(|| Error::internal("an administrator has a policy that never was"))?;
            let policy = PolicyName { id: stored(attached.policy_id.parse())?, name };
            let ids = attached.organizations.split_whitespace().map(|id| stored(id.parse()));
            Ok(Attachment { policy, organizations: ids.collect::<Result<_, Error>>()? })
        })
        .collect()
}

/// Gives an administrator exactly these policies; answers with what changed, in words for the event.
///
/// Errors: `NotFound` for a policy or an organization, `Invalid` for organizations that do not belong there.
pub(crate) fn replace_attachments(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: &AdministratorRow,
    wanted: &[NewAttachment],
) -> Result<Vec<Change>, Error> {
    let before = words(tx, row)?;
    let resolved = wanted.iter().map(|one| resolve(tx, ctx, one)).collect::<Result<Vec<_>, _>>()?;
    let mut ids: Vec<&str> = resolved.iter().map(|(policy, _)| policy.id.as_str()).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::invalid("policies", "must name each policy once"));
    }
    policies::detach_all(tx, &row.administrator_id)?;
    for (policy, organizations) in &resolved {
        attach(tx, ctx, row, policy, organizations)?;
    }
    changed(tx, row, before)
}

fn attach(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: &AdministratorRow,
    policy: &PolicyName,
    organizations: &[String],
) -> Result<(), Error> {
    let pair = (row.administrator_id.as_str(), policy.id.as_str());
    policies::attach(tx, pair, &row.account_id, &organizations.join(" "), ctx.now().millis())?;
    let limit = POLICIES_PER_ADMINISTRATOR_MAX;
    if policies::of(tx, &row.administrator_id)?.len() > limit {
        return Err(Error::LimitReached { what: "policies of one administrator", limit });
    }
    need_brevity(tx, &row.administrator_id)
}

/// What the event says, where anything changed.
fn changed(tx: &mut Tx<'_>, row: &AdministratorRow, before: String) -> Result<Vec<Change>, Error> {
    let after = words(tx, row)?;
    if before == after {
        return Ok(Vec::new());
    }
    accounts::policies_changed(tx, &row.account_id)?;
    Ok(vec![Change::moved("policies", before, after)])
}

fn words(tx: &mut Tx<'_>, row: &AdministratorRow) -> Result<String, Error> {
    let words = attachments(tx, &row.administrator_id)?.into_iter().map(|one| match one.organizations.as_slice() {
        [] => one.policy.name,
        ids => {
            let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
            format!("{} in {}", one.policy.name, ids.join(", "))
        }
    });
    Ok(words.collect::<Vec<_>>().join("; "))
}

fn resolve(tx: &mut Tx<'_>, ctx: &Ctx, wanted: &NewAttachment) -> Result<(PolicyName, Vec<String>), Error> {
    let found = find(tx, ctx.need_account()?.as_str(), &wanted.policy)?;
    let invalid = |why: &str| Err(Error::invalid("organizations", why));
    match (&found, wanted.organizations.len()) {
        (Found::Row(_), 1..) => {
            return invalid("go with ready-made policies only; this one says itself where it holds");
        }
        (Found::ReadyMade(one), 0) if one.needs_organizations => {
            return invalid("must name at least one organization for this policy");
        }
        (_, count) if count > ORGANIZATIONS_MAX => {
            return Err(Error::LimitReached { what: "organizations of one attachment", limit: ORGANIZATIONS_MAX });
        }
        _ => {}
    }
    let mut ids = Vec::new();
    for organization in &wanted.organizations {
        let id = rights::organization_id(tx, ctx, &organization.to_string())?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok((found.name()?, ids))
}

/// Gives a policy to an administrator, or says anew in which organizations they have it.
///
/// Errors: `SelfForbidden`, `Invalid` for an account admin, who needs none.
pub async fn attach_policy(
    ctx: &Ctx,
    policy: PolicyRef,
    who: AdministratorRef,
    organizations: Vec<OrganizationRef>,
) -> Result<Administrator, Error> {
    let wanted = NewAttachment { policy, organizations };
    change(ctx, &ATTACH_POLICY, who, move |tx, ctx, row| {
        if row.role == "admin" {
            return Err(Error::invalid("administrator", "is an account admin, who may do everything without a policy"));
        }
        let (policy, organizations) = resolve(tx, ctx, &wanted)?;
        attach(tx, ctx, row, &policy, &organizations)
    })
    .await
}

/// Takes a policy from an administrator.
///
/// Errors: `SelfForbidden`, `NotFound` when they do not have it.
pub async fn detach_policy(ctx: &Ctx, policy: PolicyRef, who: AdministratorRef) -> Result<Administrator, Error> {
    change(ctx, &DETACH_POLICY, who, move |tx, ctx, row| {
        let named = super::named(tx, ctx.need_account()?.as_str(), &policy)?;
        if policies::detach(tx, &row.administrator_id, named.id.as_str())? {
            Ok(())
        } else {
            Err(Error::not_found("policy", &policy))
        }
    })
    .await
}

async fn change(
    ctx: &Ctx,
    operation: &'static Operation,
    who: AdministratorRef,
    act: impl Fn(&mut Tx<'_>, &Ctx, &AdministratorRow) -> Result<(), Error> + Send + 'static,
) -> Result<Administrator, Error> {
    ctx.write(move |tx, ctx| {
        let mut row = administrators::find(tx, ctx, operation, &who)?;
        ctx.check_version(row.version)?;
        // A6: nobody changes what they themselves may do.
        administrators::refuse_self(ctx, &row)?;
        let before = words(tx, &row)?;
        act(tx, ctx, &row)?;
        let changes = changed(tx, &row, before)?;
        if !changes.is_empty() {
            row.version += 1;
            row.updated_at = ctx.now().millis();
            rows::update(tx, &row)?;
            let subject = Subject { made: Some(Resource::Administrator), ..administrators::subject(&row) };
            audit::record(tx, ctx, operation, subject, &changes)?;
        }
        administrators::view(tx, ctx, row)
    })
    .await
}
