//! The one decision: may this actor do this to that?
//!
//! Every operation asks here, inside its transaction, and nowhere else: [`decide`] about one thing, [`visible`] about
//! what a list may show. What the actor is, is read in that same transaction.

mod standing;
mod visible;

use reeve_store::Tx;
use reeve_store::tables::accounts;
use reeve_store::tables::administrators::{self, AdministratorRow};
use reeve_store::tables::directories::DirectoryRow;
use reeve_store::tables::domains::DomainRow;
use reeve_store::tables::groups::GroupRow;
use reeve_store::tables::organizations::OrganizationRow;
use reeve_store::tables::resources::ResourceRow;
use reeve_store::tables::users::UserRow;

use crate::cedar::{Attribute, Thing, Verdict};
use crate::ctx::{Actor, AdministratorRole, Ctx};
use crate::error::Error;
use crate::operations::{
    Action, Entity, Operation, Reach, SHOW_DIRECTORY, SHOW_DOMAIN, SHOW_GROUP, SHOW_ORGANIZATION, SHOW_RESOURCE,
    SHOW_USER,
};
use crate::policies;

pub(crate) use standing::Standing;
pub(crate) use visible::{Seen, visible};

/// What an operation is about to touch, with what the decision needs to know of it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    /// The deployment as a whole.
    Deployment,
    /// An account, by id: also for what is to be made in it.
    Account(&'a str),
    /// An administrator of an account.
    Administrator(&'a AdministratorRow),
    /// The caller's own session, password and second factors.
    Own,
    /// An organization: also for what is to be made in it.
    Organization(&'a OrganizationRow),
    /// A mail domain.
    Domain(&'a OrganizationRow, &'a DomainRow),
    /// The directory of an organization.
    Directory(&'a OrganizationRow, &'a DirectoryRow),
    /// A user.
    User(&'a OrganizationRow, &'a UserRow),
    /// A group.
    Group(&'a OrganizationRow, &'a GroupRow),
    /// A room or a piece of equipment.
    Resource(&'a OrganizationRow, &'a ResourceRow),
}

impl<'a> Target<'a> {
    fn account_id(self) -> Option<&'a str> {
        match self {
            Self::Deployment | Self::Own => None,
            Self::Account(id) => Some(id),
            Self::Administrator(row) => Some(&row.account_id),
            other => other.organization().map(|row| row.account_id.as_str()),
        }
    }

    fn organization(self) -> Option<&'a OrganizationRow> {
        match self {
            Self::Organization(row)
            | Self::Domain(row, _)
            | Self::Directory(row, _)
            | Self::User(row, _)
            | Self::Group(row, _)
            | Self::Resource(row, _) => Some(row),
            Self::Deployment | Self::Own | Self::Account(_) | Self::Administrator(_) => None,
        }
    }

    /// The operation that shows it; what may be shown exists, as far as the actor knows.
    fn shown_by(self) -> Option<&'static Operation> {
        match self {
            Self::Organization(_) => Some(&SHOW_ORGANIZATION),
            Self::Domain(..) => Some(&SHOW_DOMAIN),
            Self::Directory(..) => Some(&SHOW_DIRECTORY),
            Self::User(..) => Some(&SHOW_USER),
            Self::Group(..) => Some(&SHOW_GROUP),
            Self::Resource(..) => Some(&SHOW_RESOURCE),
            _ => None,
        }
    }

    /// What policies are asked about, without attributes.
    fn thing(self) -> Option<Thing<'a>> {
        let (entity, id) = match self {
            Self::Deployment | Self::Own | Self::Administrator(_) => return None,
            Self::Account(id) => (Entity::Account, id),
            Self::Organization(row) => (Entity::Organization, row.organization_id.as_str()),
            Self::Domain(_, row) => (Entity::Domain, row.domain.as_str()),
            Self::Directory(_, row) => (Entity::Directory, row.directory_id.as_str()),
            Self::User(_, row) => (Entity::User, row.user_id.as_str()),
            Self::Group(_, row) => (Entity::Group, row.group_id.as_str()),
            Self::Resource(_, row) => (Entity::Resource, row.resource_id.as_str()),
        };
        let organization = self.organization().filter(|_| entity != Entity::Organization);
        Some(Thing {
            entity,
            id,
            account_id: self.account_id().unwrap_or_default(),
            organization_id: organization.map(|row| row.organization_id.as_str()),
            created_by: self.organization().map(|row| row.created_by.as_str()).unwrap_or_default(),
            attributes: Vec::new(),
        })
    }
}

const ADMINS_ONLY: Error = Error::Denied { why: "administration is for account admins; ask one of them" };
const LIMITED: Error = Error::Denied { why: "this credential is limited by a policy that does not allow this" };
const NEEDS_SESSION: Error =
    Error::Denied { why: "this is done in a session only; sign in with your username and password" };
const OPERATOR_ONLY: Error = Error::Denied { why: "only the operator of this deployment may do this" };
const OWNERS_MAY_NOT: Error =
    Error::Denied { why: "in this account only account admins manage API passwords and access keys; ask one of them" };
const NO_POLICY: Error =
    Error::Denied { why: "no policy of yours allows this; ask an account admin for one that does" };

/// Says yes, or refuses: `Unauthenticated` to nobody in particular and to what is over, `NotFound` for what the actor
/// may not see, `Denied` for what it may see but not do, `ReauthenticationRequired` where it proved itself too long ago.
pub(crate) fn decide(tx: &mut Tx<'_>, ctx: &Ctx, operation: &Operation, target: Target<'_>) -> Result<(), Error> {
    ctx.note_deciding(None);
    match ctx.actor() {
        Actor::System { .. } => Ok(()),
        Actor::Anonymous if operation.reach == Reach::Anyone => Ok(()),
        Actor::Anonymous => Err(Error::Unauthenticated),
        Actor::Operator { .. } => operator_may(ctx, operation, target),
        Actor::Administrator { id, credential, .. } => {
            let standing = Standing::look_up(tx, ctx, id, credential)?;
            if target.account_id().is_some_and(|account| account != standing.account_id) {
                return Err(hidden(target));
            }
            if standing.enrolment_required && operation.reach != Reach::Own {
                return Err(Error::SecondFactorEnrolmentRequired);
            }
            administrator_may(tx, ctx, &standing, operation, target)?;
            if operation.fresh && !standing.fresh { Err(Error::ReauthenticationRequired) } else { Ok(()) }
        }
    }
}

/// Decides about a further act that is part of an operation, such as enabling whom one creates: a refusal says that a
/// policy is missing, and the event names the policy of the operation itself.
pub(crate) fn also(tx: &mut Tx<'_>, ctx: &Ctx, operation: &Operation, target: Target<'_>) -> Result<(), Error> {
    let deciding = ctx.deciding();
    let decided = decide(tx, ctx, operation, target);
    ctx.note_deciding(deciding);
    match decided {
        Err(Error::NotFound { .. }) => Err(NO_POLICY),
        other => other,
    }
}

fn operator_may(ctx: &Ctx, operation: &Operation, target: Target<'_>) -> Result<(), Error> {
    if operation.reach == Reach::Own && operation.action != Action::Read {
        return Err(Error::invalid("session", "the local operator has none; name an administrator instead"));
    }
    match (target.account_id(), ctx.account()) {
        (Some(account), Some(chosen)) if account != chosen.as_str() => Err(hidden(target)),
        _ => Ok(()),
    }
}

fn administrator_may(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    standing: &Standing,
    operation: &Operation,
    target: Target<'_>,
) -> Result<(), Error> {
    let admin = standing.role == AdministratorRole::Admin;
    let limited = !standing.limit_policy.is_empty();
    let own = matches!(target, Target::Administrator(row) if row.administrator_id == standing.administrator_id);
    match operation.reach {
        Reach::Anyone | Reach::Everybody | Reach::Lists(_) => Ok(()),
        Reach::Operator | Reach::System => Err(OPERATOR_ONLY),
        Reach::Own if standing.by_session || operation.action == Action::Read => Ok(()),
        Reach::Own => Err(NEEDS_SESSION),
        Reach::Owner if own && operation.action == Action::Read => Ok(()),
        Reach::Owner | Reach::Admins if limited => Err(LIMITED),
        // Nobody makes a lasting credential of their own out of one that may have been stolen.
        Reach::Owner if own && !standing.by_session => Err(NEEDS_SESSION),
        Reach::Owner | Reach::Admins if admin => Ok(()),
        Reach::Owner if own => {
            let account = accounts::by_id(tx, &standing.account_id)?;
            if account.is_some_and(|row| row.owners_manage_api_secrets) { Ok(()) } else { Err(OWNERS_MAY_NOT) }
        }
        Reach::Owner | Reach::Admins => Err(ADMINS_ONLY),
        Reach::Policies(_) if admin && !limited => Ok(()),
        Reach::Policies(_) => policies_let(tx, ctx, standing, operation, target),
    }
}

/// Asks the policies of a general administrator, and those that limit a credential.
fn policies_let(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    standing: &Standing,
    operation: &Operation,
    target: Target<'_>,
) -> Result<(), Error> {
    if let Some(deciding) = asked(tx, ctx, standing, operation, target)?.deciding() {
        ctx.note_deciding(deciding);
        return Ok(());
    }
    let refusal = if standing.limit_policy.is_empty() { NO_POLICY } else { LIMITED };
    let mut may_see = |operation: &Operation, target: Target<'_>| -> Result<bool, Error> {
        Ok(asked(tx, ctx, standing, operation, target)?.deciding().is_some())
    };
    let Some(shown_by) = target.shown_by() else { return Err(refusal) };
    if operation.name != shown_by.name && may_see(shown_by, target)? {
        return Err(refusal);
    }
    match target.organization() {
        Some(row) if may_see(&SHOW_ORGANIZATION, Target::Organization(row))? => Err(hidden(target)),
        Some(row) => Err(hidden(Target::Organization(row))),
        None => Err(hidden(target)),
    }
}

/// What the policies said of one question.
pub(crate) struct Asked {
    /// Of the owner; `None` for an account admin, whose role is enough.
    pub(crate) owner: Option<Verdict>,
    /// Of the limit of the credential, where it has one.
    pub(crate) limit: Option<Verdict>,
}

impl Asked {
    /// What it rests on when it is allowed: a policy, or the role alone.
    #[expect(clippy::option_option, reason = "allowed or not, and by a policy or not, are two questions")]
    fn deciding(self) -> Option<Option<crate::ctx::Deciding>> {
        let permitted = |verdict: Option<Verdict>| match verdict {
            None => Some(None),
            Some(Verdict::Permitted(by)) => Some(Some(by)),
            Some(_) => None,
        };
        let (owner, limit) = (permitted(self.owner)?, permitted(self.limit)?);
        Some(owner.or(limit))
    }
}

/// Asks the policies that bear on a standing.
pub(crate) fn asked(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    standing: &Standing,
    operation: &Operation,
    target: Target<'_>,
) -> Result<Asked, Error> {
    let owner = match standing.role {
        AdministratorRole::Admin => None,
        AdministratorRole::General => {
            let compiled = policies::compiled_of(tx, ctx, standing)?;
            Some(ask(tx, &compiled, standing, operation, target)?)
        }
    };
    let limit = match standing.limit_policy.as_str() {
        "" => None,
        _ => {
            let compiled = policies::compiled_limit(tx, ctx, standing)?;
            Some(ask(tx, &compiled, standing, operation, target)?)
        }
    };
    Ok(Asked { owner, limit })
}

fn ask(
    tx: &mut Tx<'_>,
    compiled: &crate::cedar::Compiled,
    standing: &Standing,
    operation: &Operation,
    target: Target<'_>,
) -> Result<Verdict, Error> {
    let operation =
        Operation::named(operation.name).ok_or_else(|| Error::internal("an operation is not registered"))?;
    let Some(mut thing) = target.thing() else { return Ok(Verdict::Silent) };
    let Some(slice) = compiled.slice(operation, &thing).map_err(Error::internal)? else { return Ok(Verdict::Silent) };
    if slice.conditional {
        thing.attributes = attributes(tx, target)?;
    }
    compiled.decide(&slice, standing.asker(), operation, &thing).map_err(Error::internal)
}

/// What conditions may look at.
fn attributes(tx: &mut Tx<'_>, target: Target<'_>) -> Result<Vec<(&'static str, Attribute)>, Error> {
    Ok(match target {
        Target::Organization(row) => {
            vec![("alias", Attribute::Text(row.alias.clone())), ("state", Attribute::Text(row.state.clone()))]
        }
        Target::User(_, row) => vec![
            ("name", Attribute::Text(row.name.clone())),
            ("role", Attribute::Text(row.role.clone())),
            ("enabled", Attribute::Flag(row.state == "enabled")),
            ("is_administrator", Attribute::Flag(is_administrator(tx, row)?)),
        ],
        Target::Group(_, row) => {
            vec![("name", Attribute::Text(row.name.clone())), ("enabled", Attribute::Flag(row.state == "enabled"))]
        }
        Target::Resource(_, row) => vec![
            ("name", Attribute::Text(row.name.clone())),
            ("kind", Attribute::Text(row.kind.clone())),
            ("enabled", Attribute::Flag(row.state == "enabled")),
        ],
        _ => Vec::new(),
    })
}

/// Whether a user's name or an address of theirs, held ones too, is the username of an administrator.
fn is_administrator(tx: &mut Tx<'_>, row: &UserRow) -> Result<bool, Error> {
    Ok(administrators::by_key(tx, &row.name_key)?.is_some()
        || administrators::has_address_of(tx, &row.directory_id, &row.user_id)?)
}

/// The answer for what the actor may not see; callers put the name that was sought in its place.
fn hidden(target: Target<'_>) -> Error {
    let what = match target {
        Target::Deployment => "deployment",
        Target::Account(_) => "account",
        Target::Administrator(_) => "administrator",
        Target::Own => "session",
        Target::Organization(_) => "organization",
        Target::Domain(..) => "domain",
        Target::Directory(..) => "directory",
        Target::User(..) => "user",
        Target::Group(..) => "group",
        Target::Resource(..) => "resource",
    };
    Error::not_found(what, "")
}

/// Puts the name that was sought into a refusal that leaves it out.
pub(crate) fn named(error: Error, names: &[(&'static str, &dyn std::fmt::Display)]) -> Error {
    match error {
        Error::NotFound { what, name } if name.is_empty() => {
            let sought = names.iter().find(|(kind, _)| *kind == what).map(|(_, name)| name.to_string());
            Error::NotFound { what, name: sought.unwrap_or_default() }
        }
        other => other,
    }
}
