//! Asking whether a role may act as a user (GetImpersonationRoleEffect), by the evaluation that its use will meet.

use reeve_base::ids::{ImpersonationRoleId, ImpersonationRuleId};

use super::{ImpersonationKind, ImpersonationRole, ImpersonationRule, need, target};
use crate::ctx::Ctx;
use crate::effect::{Effect, outcome};
use crate::error::Error;
use crate::operations::TEST_IMPERSONATION_ROLE;
use crate::organizations::{Needs, OrganizationRef, find_in};
use crate::users::UserRef;

/// What a role would come to for a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAnswer {
    /// How far the role reaches.
    pub kind: ImpersonationKind,
    /// Whether it may act as the user.
    pub effect: Effect,
    /// The rules that bring it about, by id and name; none when no rule speaks of the user.
    pub matched: Vec<(ImpersonationRuleId, Option<String>)>,
}

/// Says whether a role may act as a user.
///
/// Errors: `NotFound` for the role and the user; `WrongState` for a user who is not enabled.
pub async fn test_impersonation_role(
    ctx: &Ctx,
    organization: OrganizationRef,
    role: ImpersonationRoleId,
    user: UserRef,
) -> Result<RoleAnswer, Error> {
    ctx.read(move |tx, ctx| {
        let organization = find_in(tx, ctx, &TEST_IMPERSONATION_ROLE, &organization, Needs::Present)?;
        let role = ImpersonationRole::from_row(&need(tx, &organization.organization_id, &role)?)?;
        let target = target(tx, &organization, &user)?;
        let speaking = role.rules.into_iter().filter(|rule| rule.targets.holds(|id| *id == target));
        let named = |rule: ImpersonationRule| (rule.effect, (rule.id, rule.name));
        let (effect, matched) = outcome(speaking.map(named).collect());
        Ok(RoleAnswer { kind: role.kind, effect, matched })
    })
    .await
}
