//! The one decision: may this actor do this to that?
//!
//! Every operation asks here, inside its transaction, and nowhere else. Policies will be asked here too.

use reeve_base::ids::AccountId;
use reeve_store::tables::organizations::OrganizationRow;

use crate::ctx::{Actor, AdministratorRole, Ctx};
use crate::error::Error;
use crate::operations::{Action, Operation};

/// What an operation is about to touch, with what the decision needs to know of it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    /// The deployment as a whole.
    Deployment,
    /// An account.
    Account(&'a AccountId),
    /// An organization or something in it.
    Organization(&'a OrganizationRow),
    /// Something of an account that belongs to no organization.
    OfAccount(&'a str),
}

/// Says yes, or refuses: `Unauthenticated` to nobody in particular, `NotFound` for what the actor may not see,
/// `Denied` for what it may see but not do.
pub(crate) fn decide(ctx: &Ctx, operation: &Operation, target: Target<'_>) -> Result<(), Error> {
    match ctx.actor() {
        Actor::Anonymous => Err(Error::Unauthenticated),
        Actor::System { .. } => Ok(()),
        Actor::Operator { .. } => match target {
            Target::Organization(row) => same_account(ctx, operation, &row.account_id),
            Target::OfAccount(account) => same_account(ctx, operation, account),
            Target::Deployment | Target::Account(_) => Ok(()),
        },
        Actor::Administrator { id, role, .. } => match target {
            Target::Deployment => Err(Error::Denied { why: "only the operator of this deployment may do this" }),
            Target::Account(account) => {
                same_account(ctx, operation, account.as_str())?;
                general_may(*role, operation.action == Action::Read)
            }
            Target::OfAccount(account) => {
                same_account(ctx, operation, account)?;
                general_may(*role, false)
            }
            Target::Organization(row) => {
                same_account(ctx, operation, &row.account_id)?;
                let created = row.created_by == id.as_str();
                if *role == AdministratorRole::Admin || created { Ok(()) } else { Err(hidden(operation)) }
            }
        },
    }
}

fn same_account(ctx: &Ctx, operation: &Operation, account_id: &str) -> Result<(), Error> {
    match ctx.account() {
        Some(account) if account.as_str() == account_id => Ok(()),
        _ => Err(hidden(operation)),
    }
}

fn general_may(role: AdministratorRole, allowed: bool) -> Result<(), Error> {
    if role == AdministratorRole::Admin || allowed {
        return Ok(());
    }
    Err(Error::Denied { why: "only an account admin may do this; ask one for a policy that allows it" })
}

/// The answer for what the actor may not see; callers put the name that was sought in its place.
fn hidden(operation: &Operation) -> Error {
    Error::not_found(operation.resource.word(), "")
}

/// Whose organizations a list shows: the id of the creator, or all of the account's for an account admin.
pub(crate) fn lists_only_created_by(ctx: &Ctx) -> String {
    match ctx.actor() {
        Actor::Administrator { id, role: AdministratorRole::General, .. } => id.to_string(),
        _ => String::new(),
    }
}
