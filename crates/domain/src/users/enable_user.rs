//! Enabling users: a primary address and a mailbox (RegisterToWorkMail; seed 000 "Enabling Existing Users").

use reeve_base::limits::BULK_MAX;
use reeve_base::names::EmailAddress;

use super::{Found, User, UserRef, find_in};
use crate::access::{self, Target};
use crate::ctx::Ctx;
use crate::entities;
use crate::error::Error;
use crate::operations::{ENABLE_USER, ENABLE_USERS};
use crate::organizations::{self, Needs, OrganizationRef};

/// Enables a disabled user; the mailbox that is still kept for them comes back.
///
/// Asking again with the same address changes nothing and succeeds; with another it is `WrongState`.
/// Errors also: `DomainNotFound`, `DomainUnverified`, `AddressTaken`, `Reserved` for system users.
pub async fn enable_user(
    ctx: &Ctx,
    organization: OrganizationRef,
    user: UserRef,
    email: EmailAddress,
) -> Result<User, Error> {
    let found = ctx
        .write(move |tx, ctx| {
            let (organization, row) = find_in(tx, ctx, &ENABLE_USER, (&organization, &user), Needs::Active)?;
            ctx.check_version(row.version)?;
            let (row, _) = entities::enable_row(tx, ctx, &organization, (row, &email), &ENABLE_USER)?;
            Found::new(tx, &organization, row)
        })
        .await?;
    found.user(ctx.now())
}

/// One user of a bulk call, and the address they are to have.
#[derive(Debug, Clone)]
pub struct EnableRequest {
    /// Who.
    pub user: UserRef,
    /// Their primary address.
    pub email: EmailAddress,
}

/// What became of one user of a bulk call.
#[derive(Debug, Clone)]
pub enum Enabled {
    /// They were enabled.
    Enabled(Box<User>),
    /// They had been, with this address.
    Unchanged(Box<User>),
    /// They could not be.
    Refused(Error),
}

/// One line of the answer to a bulk call.
#[derive(Debug, Clone)]
pub struct EnableResult {
    /// Who, as the caller named them.
    pub user: UserRef,
    /// What became of them.
    pub outcome: Enabled,
}

/// Enables several users, each for themselves: one that is refused does not hold up the others.
pub async fn enable_users(
    ctx: &Ctx,
    organization: OrganizationRef,
    requests: Vec<EnableRequest>,
) -> Result<Vec<EnableResult>, Error> {
    if requests.is_empty() || requests.len() > BULK_MAX {
        return Err(Error::invalid("users", format!("must name 1 to {BULK_MAX} users")));
    }
    let outcomes = ctx
        .write(move |tx, ctx| {
            let organization = organizations::find_in(tx, ctx, &ENABLE_USERS, &organization, Needs::Active)?;
            let mut outcomes = Vec::with_capacity(requests.len());
            for request in &requests {
                let outcome = tx.savepoint(|tx| {
                    let row = entities::find(tx, &organization, &request.user)?;
                    access::also(tx, ctx, &ENABLE_USER, Target::User(&organization, &row))?;
                    let enabled = (row, &request.email);
                    let (row, changed) = entities::enable_row(tx, ctx, &organization, enabled, &ENABLE_USERS)?;
                    Ok((Found::new(tx, &organization, row)?, changed))
                });
                // A fault of ours or of the store is not this user's refusal: it undoes the whole call.
                if let Err(error @ (Error::Internal(_) | Error::Unavailable)) = outcome {
                    return Err(error);
                }
                outcomes.push((request.user.clone(), outcome));
            }
            Ok(outcomes)
        })
        .await?;
    let now = ctx.now();
    outcomes
        .into_iter()
        .map(|(user, outcome)| {
            let outcome = match outcome {
                Ok((found, true)) => Enabled::Enabled(Box::new(found.user(now)?)),
                Ok((found, false)) => Enabled::Unchanged(Box::new(found.user(now)?)),
                Err(refusal) => Enabled::Refused(refusal),
            };
            Ok(EnableResult { user, outcome })
        })
        .collect()
}
