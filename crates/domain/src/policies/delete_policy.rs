//! Removing a policy that nobody has.

use reeve_store::Tx;
use reeve_store::tables::policies::{self, PolicyRow};
use reeve_store::tables::{access_keys, accounts, administrators};

use super::create_policy::subject;
use super::{PolicyRef, count, find};
use crate::access::{self, Target};
use crate::audit::{self, Change};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::DELETE_POLICY;

/// Removes a policy.
///
/// Errors: `Reserved` for ready-made ones, `Conflict` while somebody has it or a credential is limited by it.
pub async fn delete_policy(ctx: &Ctx, policy: PolicyRef) -> Result<(), Error> {
    ctx.write(move |tx, ctx| {
        let account = ctx.need_account()?.as_str();
        access::decide(tx, ctx, &DELETE_POLICY, Target::Account(account))?;
        let row = find(tx, account, &policy)?.editable()?;
        ctx.check_version(row.version)?;
        refuse_while_used(tx, &row)?;
        policies::delete(tx, &row.policy_id)?;
        accounts::policies_changed(tx, account)?;
        let changes = [Change::gone("name", &row.name), Change::gone("cedar", &row.cedar)];
        audit::record(tx, ctx, &DELETE_POLICY, subject(&row), &changes)
    })
    .await
}

fn refuse_while_used(tx: &mut Tx<'_>, row: &PolicyRow) -> Result<(), Error> {
    let (account, id) = (row.account_id.as_str(), row.policy_id.as_str());
    let holders = count(tx, account, id)?;
    if holders > 0 {
        return Err(Error::Conflict {
            why: format!("it is given to administrators ({holders}); take it from them first"),
        });
    }
    let limited = access_keys::limited_by(tx, account, id)? + administrators::limited_by(tx, account, id)?;
    if limited > 0 {
        return Err(Error::Conflict { why: format!("it limits credentials ({limited}); change them first") });
    }
    Ok(())
}
