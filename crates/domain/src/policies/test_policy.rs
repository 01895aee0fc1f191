//! Answering "may X do Y to Z, and which policy decides?" (row A9) by the very decision that doors ask for.

use std::net::IpAddr;

use reeve_base::Invalid;
use reeve_base::ids::PolicyId;
use reeve_store::Tx;
use reeve_store::tables::administrators::AdministratorRow;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::{directories, domains};

use super::{PolicyName, rights};
use crate::access::{self, Standing, Target, asked};
use crate::administrators::{self, AdministratorRef};
use crate::cedar::Verdict;
use crate::ctx::{AdministratorRole, Ctx, Deciding, stored};
use crate::entities;
use crate::error::Error;
use crate::operations::{Entity, Operation, Reach, TEST_POLICY};
use crate::organizations::OrganizationRef;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who would do it.
    pub administrator: AdministratorRef,
    /// The name of an operation.
    pub action: String,
    /// The kind of thing: `account`, `organization`, `domain`, `directory`, `user`, `group` or
    /// `resource`.
    pub resource_type: String,
    /// Its id, name or address; ignored for an account and a directory.
    pub resource: String,
    /// The organization that it is in; for an organization, left out.
    pub organization: Option<OrganizationRef>,
    /// The address from which they would do it, for policies that look at it.
    pub source_address: Option<String>,
}

/// What a policy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It allows.
    Permit,
    /// It prohibits.
    Forbid,
}

impl Effect {
    /// The word for it on every wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Forbid => "forbid",
        }
    }
}

/// What the decision would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it would be allowed.
    pub allowed: bool,
    /// Why, in a sentence.
    pub because: String,
    /// The policies that decide.
    pub policies: Vec<(PolicyName, Effect)>,
}

/// Says what the decision would be for a fresh session of an administrator, with their second factor if they have one.
///
/// Errors: `NotFound` for what the question names, `Invalid` for an action that no policy decides on such a thing.
pub async fn test_policy(ctx: &Ctx, question: Question) -> Result<Answer, Error> {
    ctx.read(move |tx, ctx| {
        let row = administrators::find(tx, ctx, &TEST_POLICY, &question.administrator)?;
        let address = question.source_address.as_ref();
        if address.is_some_and(|address| address.parse::<IpAddr>().is_err()) {
            return Err(Error::invalid("source_address", "must be an IP address such as 192.0.2.7"));
        }
        let operation = Operation::named(&question.action).ok_or_else(|| {
            Invalid::new(
                "action",
                "must be the name of an action; `reeve policy actions` and GET /policies/actions list them",
            )
        })?;
        let said = |allowed, because: &str| Ok(Answer { allowed, because: because.to_owned(), policies: Vec::new() });
        if row.status != "active" {
            return said(false, "the administrator is inactive");
        }
        match (operation.reach, AdministratorRole::of(&row.role)) {
            (Reach::Anyone | Reach::Own | Reach::Owner | Reach::Everybody, _) => {
                said(true, "every administrator may do this for themselves")
            }
            (Reach::Operator | Reach::System, _) => said(false, "only the operator of this deployment may do this"),
            (Reach::Lists(shown), _) => {
                said(true, &format!("every administrator may ask for the list; it shows what {shown} is allowed for"))
            }
            (_, AdministratorRole::Admin) => said(true, "an account admin may do everything in the account"),
            (Reach::Admins, AdministratorRole::General) => said(false, "administration is for account admins"),
            (Reach::Policies(entities), AdministratorRole::General) => {
                by_policies(tx, ctx, &row, (operation, entities), &question)
            }
        }
    })
    .await
}

fn by_policies(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    row: &AdministratorRow,
    (operation, entities): (&'static Operation, &[Entity]),
    question: &Question,
) -> Result<Answer, Error> {
    let standing = Standing::supposed(tx, row, question.source_address.clone())?;
    let kind = question.resource_type.as_str();
    let entity = entities.iter().copied().find(|entity| entity.name().eq_ignore_ascii_case(kind));
    let Some(entity) = entity else {
        let known: Vec<_> = entities.iter().map(|entity| entity.name().to_lowercase()).collect();
        let why = format!("must be {} for {}", known.join(" or "), operation.name);
        return Err(Error::Invalid(Invalid::new("resource", why)));
    };
    let verdict = match entity {
        Entity::Account => asked(tx, ctx, &standing, operation, Target::Account(&row.account_id))?,
        Entity::Organization => {
            let organization = organization(tx, ctx, &question.resource)?;
            asked(tx, ctx, &standing, operation, Target::Organization(&organization))?
        }
        _ => {
            let named = question.organization.as_ref();
            let named =
                named.ok_or_else(|| Invalid::new("organization", "must name the organization that it is in"))?;
            let organization = organization(tx, ctx, &named.to_string())?;
            inside(tx, ctx, (&standing, operation), (entity, &organization), &question.resource)?
        }
    };
    answer(verdict.owner)
}

fn inside(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (standing, operation): (&Standing, &'static Operation),
    (entity, organization): (Entity, &OrganizationRow),
    sought: &str,
) -> Result<access::Asked, Error> {
    match entity {
        Entity::Domain => {
            let row = domains::get(tx, &organization.organization_id, sought)?;
            let row = row.ok_or_else(|| Error::not_found("domain", sought))?;
            asked(tx, ctx, standing, operation, Target::Domain(organization, &row))
        }
        Entity::Directory => {
            let row = directories::by_id(tx, &organization.directory_id)?;
            let row = row.ok_or_else(|| Error::not_found("directory", sought))?;
            asked(tx, ctx, standing, operation, Target::Directory(organization, &row))
        }
        _ => {
            let row = entities::find_for_policy(tx, organization, (entity, &sought.parse()?))?;
            asked(tx, ctx, standing, operation, row.target(organization))
        }
    }
}

fn organization(tx: &mut Tx<'_>, ctx: &Ctx, named: &str) -> Result<OrganizationRow, Error> {
    let id = rights::organization_id(tx, ctx, named)?;
    let row = reeve_store::tables::organizations::by_id(tx, &id)?;
    row.ok_or_else(|| Error::not_found("organization", named))
}

fn answer(verdict: Option<Verdict>) -> Result<Answer, Error> {
    let deciding = |by: Deciding, effect| -> Result<Vec<(PolicyName, Effect)>, Error> {
        Ok(vec![(PolicyName { id: stored(by.policy_id.parse::<PolicyId>())?, name: by.name }, effect)])
    };
    Ok(match verdict {
        None => {
            Answer { allowed: true, because: "an account admin may do everything".to_owned(), policies: Vec::new() }
        }
        Some(Verdict::Silent) => Answer {
            allowed: false,
            because: "no policy of theirs allows it, and they did not create it".to_owned(),
            policies: Vec::new(),
        },
        Some(Verdict::Permitted(by)) if by.policy_id == "created" => {
            Answer { allowed: true, because: "they created it".to_owned(), policies: Vec::new() }
        }
        Some(Verdict::Permitted(by)) => Answer {
            allowed: true,
            because: format!("the policy \"{}\" permits it", by.name),
            policies: deciding(by, Effect::Permit)?,
        },
        Some(Verdict::Forbidden(by)) => Answer {
            allowed: false,
            because: format!("the policy \"{}\" forbids it", by.name),
            policies: deciding(by, Effect::Forbid)?,
        },
    })
}
