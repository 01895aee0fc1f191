//! What the access control rules of an organization come to for one arrival.

use reeve_store::Tx;

use super::{AccessControlRule, Arrival, all};
use crate::effect::{Effect, outcome};
use crate::error::Error;

/// Who arrives, by id.
#[derive(Debug, Clone, Copy)]
pub(super) enum Comer<'a> {
    User(&'a str),
    Role(&'a str),
}

impl AccessControlRule {
    /// Whether every condition of the rule holds. One about users never holds for a program that acts as users, nor one
    /// about such programs for a user, unless it only says who is not meant.
    fn speaks(&self, arrival: Arrival, comer: Comer<'_>) -> bool {
        let is_user = |id: &str| matches!(comer, Comer::User(user) if user == id);
        let is_role = |id: &str| matches!(comer, Comer::Role(role) if role == id);
        let conditions = &self.conditions;
        conditions.ip_ranges.holds(|range| range.contains(arrival.address))
            && conditions.protocols.holds(|protocol| *protocol == arrival.protocol)
            && conditions.users.holds(|id| is_user(id.as_str()))
            && conditions.impersonation_roles.holds(|id| is_role(id.as_str()))
    }
}

/// What rules say together, and the names of those that brought it about.
pub(super) fn evaluate(rules: &[AccessControlRule], arrival: Arrival, comer: Comer<'_>) -> (Effect, Vec<String>) {
    let speaking = rules.iter().filter(|rule| rule.speaks(arrival, comer));
    outcome(speaking.map(|rule| (rule.effect, rule.name.clone())).collect())
}

/// Whether the rules of an organization let a user in.
pub(crate) fn allows(tx: &mut Tx<'_>, organization_id: &str, arrival: Arrival, user_id: &str) -> Result<bool, Error> {
    let (effect, _) = evaluate(&all(tx, organization_id)?, arrival, Comer::User(user_id));
    Ok(effect == Effect::Allow)
}
