//! Asking what the access control rules would say (GetAccessControlEffect), by the very evaluation that sign-ins meet.

use std::net::IpAddr;

use reeve_base::ids::ImpersonationRoleId;
use reeve_store::tables::users::UserRow;

use super::evaluate::{Comer, evaluate};
use super::{Arrival, Protocol, all};
use crate::ctx::Ctx;
use crate::effect::Effect;
use crate::entities;
use crate::error::Error;
use crate::impersonation;
use crate::operations::TEST_ACCESS_CONTROL;
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::users::UserRef;

/// Who would come.
#[derive(Debug, Clone)]
pub enum Who {
    /// A user.
    User(UserRef),
    /// A program that acts as users.
    Role(ImpersonationRoleId),
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct AccessQuestion {
    /// From where they would come.
    pub address: IpAddr,
    /// Over which protocol.
    pub protocol: Protocol,
    /// Who.
    pub who: Who,
}

/// What the rules would say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessAnswer {
    /// Whether they would be let through.
    pub effect: Effect,
    /// The names of the rules that bring it about; none when no rule speaks.
    pub matched: Vec<String>,
}

/// Says whether the rules would let somebody in. Passwords, locks and states are not asked.
///
/// Errors: `NotFound` for the user or the role; `Invalid` for a role over another protocol than EWS.
pub async fn test_access_control(
    ctx: &Ctx,
    organization: OrganizationRef,
    question: AccessQuestion,
) -> Result<AccessAnswer, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &TEST_ACCESS_CONTROL, &organization, Needs::Present)?;
        let arrival = Arrival { protocol: question.protocol, address: question.address };
        let rules = all(tx, &organization.organization_id)?;
        let (effect, matched) = match &question.who {
            Who::User(user) => {
                let user: UserRow = entities::find(tx, &organization, user)?;
                evaluate(&rules, arrival, Comer::User(&user.user_id))
            }
            Who::Role(_) if arrival.protocol != Protocol::Ews => {
                let why = "must be EWS for an impersonation role; programs act as users over no other protocol";
                return Err(Error::invalid("protocol", why));
            }
            Who::Role(role) => {
                impersonation::need(tx, &organization.organization_id, role)?;
                evaluate(&rules, arrival, Comer::Role(role.as_str()))
            }
        };
        Ok(AccessAnswer { effect, matched })
    })
    .await
}
