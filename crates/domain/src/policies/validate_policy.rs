//! Checking a policy before it is kept, and saying what policies can name.

use super::{Rights, rights};
use crate::access::{self, Target};
use crate::cedar::{self, Flaw, groups_of};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::operations::{LIST_POLICY_ACTIONS, VALIDATE_POLICY};

/// What checking a policy found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validation {
    /// The Cedar text that would be evaluated.
    pub cedar: String,
    /// What is wrong with it; nothing when it is good.
    pub flaws: Vec<Flaw>,
}

/// An action that a policy can allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyAction {
    /// Its name.
    pub name: &'static str,
    /// The kind of thing that it belongs to, for the simple form.
    pub resource_type: &'static str,
    /// `read`, `create`, `update`, `delete` or `secret`.
    pub does: &'static str,
    /// The kinds of entity that Cedar asks about.
    pub entities: Vec<&'static str>,
    /// The groups that it is in.
    pub groups: Vec<String>,
}

/// Checks rights without keeping them.
///
/// Errors: `NotFound` for an organization that permissions name; what else is wrong is among the flaws.
pub async fn validate_policy(ctx: &Ctx, wanted: Rights) -> Result<Validation, Error> {
    ctx.read(move |tx, ctx| {
        access::decide(tx, ctx, &VALIDATE_POLICY, Target::Account(ctx.need_account()?.as_str()))?;
        match &wanted {
            Rights::Cedar(text) => Ok(Validation { flaws: cedar::check(text), cedar: text.clone() }),
            Rights::Permissions(_) => match rights::prepare(tx, ctx, &wanted) {
                Ok(texts) => Ok(Validation { cedar: texts.cedar, flaws: Vec::new() }),
                Err(Error::Invalid(invalid)) => {
                    let message = format!("{}: {}", invalid.field, invalid.why);
                    let flaw = Flaw { line: None, column: None, message, help: None };
                    Ok(Validation { cedar: String::new(), flaws: vec![flaw] })
                }
                Err(other) => Err(other),
            },
        }
    })
    .await
}

/// Lists what policies can allow.
pub async fn list_policy_actions(ctx: &Ctx) -> Result<Vec<PolicyAction>, Error> {
    ctx.read(|tx, ctx| access::decide(tx, ctx, &LIST_POLICY_ACTIONS, Target::Account(ctx.need_account()?.as_str())))
        .await?;
    let action = |operation: &'static crate::operations::Operation| PolicyAction {
        name: operation.name,
        resource_type: operation.resource.word(),
        does: operation.action.word(),
        entities: operation.entities().iter().map(|entity| entity.name()).collect(),
        groups: groups_of(operation),
    };
    Ok(cedar::actions().map(action).collect())
}
