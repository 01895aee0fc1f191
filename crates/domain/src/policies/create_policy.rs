//! Making a policy (row A9).

use reeve_base::ids::PolicyId;
use reeve_base::limits::POLICIES_PER_ACCOUNT_MAX;
use reeve_base::names::{ProfileText, Title};
use reeve_base::text;
use reeve_store::Tx;
use reeve_store::tables::policies::{self, PolicyRow};

use super::{Policy, Rights, ready_made, rights};
use crate::access::{self, Target};
use crate::audit::{self, Change, Subject};
use crate::client_tokens;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::CREATE_POLICY;

/// A policy that is to be.
#[derive(Debug, Clone)]
pub struct NewPolicy {
    /// Its name, unique in the account, case aside.
    pub name: Title,
    /// What it is for.
    pub description: ProfileText,
    /// What it is made of.
    pub rights: Rights,
}

/// A policy that was made.
#[derive(Debug, Clone)]
pub struct CreatedPolicy {
    /// The policy.
    pub policy: Policy,
    /// Whether an earlier try with the same client token made it.
    pub replayed: bool,
}

/// Makes a policy; nobody has it yet.
///
/// Errors: `NameTaken`, `Invalid` for permissions, `PolicyRefused` for Cedar, `LimitReached`.
pub async fn create_policy(ctx: &Ctx, new: NewPolicy) -> Result<CreatedPolicy, Error> {
    let id = PolicyId::generate(ctx.now(), ctx.random());
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &CREATE_POLICY, Target::Account(account))?;
        if let Some(made) = client_tokens::made_before(tx, ctx, &CREATE_POLICY)? {
            let row = policies::by_id(tx, account, &made)?.ok_or_else(|| Error::not_found("policy", made))?;
            return Ok(CreatedPolicy { policy: Policy::from_row(tx, row)?, replayed: true });
        }
        let limit = i64::try_from(POLICIES_PER_ACCOUNT_MAX).unwrap_or(i64::MAX);
        if policies::count(tx, account, ("", ""))? >= limit {
            return Err(Error::LimitReached { what: "policies in an account", limit: POLICIES_PER_ACCOUNT_MAX });
        }
        let row = insert(tx, ctx, (account, &id), &new)?;
        client_tokens::note(tx, ctx, &CREATE_POLICY, &row.policy_id)?;
        let mut changes = vec![Change::made("name", &row.name), Change::made("cedar", &row.cedar)];
        if !row.description.is_empty() {
            changes.push(Change::made("description", &row.description));
        }
        audit::record(tx, ctx, &CREATE_POLICY, subject(&row), &changes)?;
        Ok(CreatedPolicy { policy: Policy::from_row(tx, row)?, replayed: false })
    })
    .await
}

fn insert(tx: &mut Tx<'_>, ctx: &Ctx, (account, id): (&str, &PolicyId), new: &NewPolicy) -> Result<PolicyRow, Error> {
    free_name(&new.name)?;
    let texts = rights::prepare(tx, ctx, &new.rights)?;
    let now = ctx.now().millis();
    let row = PolicyRow {
        policy_id: id.to_string(),
        account_id: account.to_owned(),
        name: new.name.to_string(),
        name_key: text::fold(new.name.as_str()),
        description: new.description.to_string(),
        permissions: texts.permissions,
        cedar: texts.cedar,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    if policies::insert(tx, &row)? { Ok(row) } else { Err(taken(&row.name)) }
}

/// Refuses the names of ready-made policies.
pub(super) fn free_name(name: &Title) -> Result<(), Error> {
    if ready_made::find(name.as_str()).is_some() || ready_made::find(&text::fold(name.as_str())).is_some() {
        return Err(taken(name.as_str()));
    }
    Ok(())
}

pub(super) fn taken(name: &str) -> Error {
    Error::NameTaken { field: "name", why: format!("a policy of this account has the name \"{name}\"; choose another") }
}

/// What the event of a change to a policy is about.
pub(super) fn subject(row: &PolicyRow) -> Subject<'_> {
    Subject { account_id: &row.account_id, organization: None, id: &row.policy_id, name: &row.name, made: None }
}
