//! What a list may show, as a narrowing of its query.

use reeve_store::Tx;
use reeve_store::tables::Within;
use reeve_store::tables::directories::Visible;
use reeve_store::tables::domains::{self, NAME_WIDTH};
use reeve_store::tables::organizations::{self, OrganizationRow};
use reeve_store::tables::{groups, resources, users};

use super::{NO_POLICY, Standing, Target, asked, hidden};
use crate::cedar::Scope;
use crate::ctx::{Actor, AdministratorRole, Ctx};
use crate::error::Error;
use crate::operations::{Entity, Operation, Reach, SHOW_ORGANIZATION};
use crate::policies;

/// Characters of ids, to which those of a list are filled up.
const ORGANIZATION_WIDTH: usize = 34;
const DIRECTORY_WIDTH: usize = 12;
const USER_WIDTH: usize = 256;
const GROUP_WIDTH: usize = 256;
const RESOURCE_WIDTH: usize = 34;

/// Organizations of their own that a general administrator sees through a limited credential.
const CREATED_MAX: i64 = 200;

/// What of a kind of thing an actor may see.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    entity: Entity,
    scope: Scope,
    /// Within which the scope lies as well, where a credential is limited.
    limit: Option<Scope>,
    administrator_id: String,
}

impl Seen {
    fn everything(entity: Entity) -> Self {
        let scope = Scope { all: true, ..Scope::default() };
        Self { entity, scope, limit: None, administrator_id: String::new() }
    }

    /// Narrows a list of organizations, or of what belongs to organizations, by their ids.
    pub(crate) fn organizations(&self) -> Within {
        self.narrowed(|scope| (of_both(&scope.ids, &scope.organizations), both_except(scope)), ORGANIZATION_WIDTH)
    }

    /// Narrows a list of directories.
    pub(crate) fn directories(&self) -> Visible {
        Visible {
            directories: self.narrowed(|scope| (scope.ids.clone(), scope.except_ids.clone()), DIRECTORY_WIDTH),
            organizations: self.narrowed(
                |scope| (scope.organizations.clone(), scope.except_organizations.clone()),
                ORGANIZATION_WIDTH,
            ),
            created_by: self.created_by(),
        }
    }

    /// Narrows a list of the domains of one organization.
    pub(crate) fn domains_of(&self, organization: &OrganizationRow) -> Within {
        self.inside(organization).narrowed(|scope| (scope.ids.clone(), scope.except_ids.clone()), NAME_WIDTH)
    }

    /// Narrows a list of the users of one organization.
    pub(crate) fn users_of(&self, organization: &OrganizationRow) -> Within {
        self.inside(organization).narrowed(|scope| (scope.ids.clone(), scope.except_ids.clone()), USER_WIDTH)
    }

    /// Narrows a list of the groups of one organization.
    pub(crate) fn groups_of(&self, organization: &OrganizationRow) -> Within {
        self.inside(organization).narrowed(|scope| (scope.ids.clone(), scope.except_ids.clone()), GROUP_WIDTH)
    }

    /// Narrows a list of the resources of one organization.
    pub(crate) fn resources_of(&self, organization: &OrganizationRow) -> Within {
        self.inside(organization).narrowed(|scope| (scope.ids.clone(), scope.except_ids.clone()), RESOURCE_WIDTH)
    }

    /// Whose creations are seen as well; empty for nobody's.
    pub(crate) fn created_by(&self) -> String {
        let created = self.scope.created && !self.scope.except_all && self.limit.as_ref().is_none_or(|limit| limit.all);
        if created { self.administrator_id.clone() } else { String::new() }
    }

    /// Whether everything is seen, also what belongs to no organization.
    pub(crate) fn is_everything(&self) -> bool {
        let whole = |scope: &Scope| {
            scope.all && !scope.except_all && scope.except_ids.is_empty() && scope.except_organizations.is_empty()
        };
        whole(&self.scope) && self.limit.as_ref().is_none_or(whole)
    }

    /// Whether nothing at all is seen.
    pub(crate) fn is_nothing(&self) -> bool {
        let nothing = |scope: &Scope| {
            scope.except_all || (!scope.all && !scope.created) && scope.ids.is_empty() && scope.organizations.is_empty()
        };
        nothing(&self.scope) || self.limit.as_ref().is_some_and(nothing)
    }

    /// The same, for the things of one organization: what is said of the organization is said of all of them.
    fn inside(&self, organization: &OrganizationRow) -> Self {
        let id = &organization.organization_id;
        let mine = organization.created_by == self.administrator_id && !self.administrator_id.is_empty();
        // Of organizations themselves, the ids are of organizations.
        let whole = self.entity == Entity::Organization;
        let own = |ids: &Vec<String>| if whole { Vec::new() } else { ids.clone() };
        let reduced = |scope: &Scope| Scope {
            all: scope.all
                || scope.organizations.contains(id)
                || (whole && scope.ids.contains(id))
                || (scope.created && mine),
            ids: own(&scope.ids),
            except_all: scope.except_all
                || scope.except_organizations.contains(id)
                || (whole && scope.except_ids.contains(id)),
            except_ids: own(&scope.except_ids),
            ..Scope::default()
        };
        Self {
            entity: self.entity,
            scope: reduced(&self.scope),
            limit: self.limit.as_ref().map(reduced),
            administrator_id: self.administrator_id.clone(),
        }
    }

    fn narrowed(&self, of: impl Fn(&Scope) -> (Vec<String>, Vec<String>), width: usize) -> Within {
        let (mut ids, mut except) = of(&self.scope);
        let mut all = self.scope.all;
        if let Some(limit) = &self.limit {
            let (limit_ids, limit_except) = of(limit);
            except.extend(limit_except);
            if !limit.all {
                ids = if all { limit_ids } else { ids.into_iter().filter(|id| limit_ids.contains(id)).collect() };
                all = false;
            }
        }
        if self.scope.except_all || self.limit.as_ref().is_some_and(|limit| limit.except_all) {
            return Within::default();
        }
        Within::new(all, &ids, &except, width)
    }
}

fn of_both(one: &[String], other: &[String]) -> Vec<String> {
    one.iter().chain(other).cloned().collect()
}

fn both_except(scope: &Scope) -> Vec<String> {
    of_both(&scope.except_ids, &scope.except_organizations)
}

/// What the actor may see of the things that a list shows, `within` an organization or in the whole account.
///
/// Errors: as [`super::decide`]; `NotFound` where neither the organization nor anything in it may be seen, `Denied`
/// for a list that a policy must allow by its own name.
pub(crate) fn visible(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    operation: &Operation,
    entity: Entity,
    within: Option<&OrganizationRow>,
) -> Result<Seen, Error> {
    let account_id = match within {
        Some(row) => row.account_id.clone(),
        None => ctx.need_account()?.to_string(),
    };
    let whole = within.map_or(Target::Account(&account_id), Target::Organization);
    let shown = match operation.reach {
        Reach::Lists(name) => Operation::named(name),
        _ => Operation::named(operation.name),
    };
    let shown = shown.ok_or_else(|| Error::internal("a list shows what is not registered"))?;
    ctx.note_deciding(None);
    let Actor::Administrator { id, credential, .. } = ctx.actor() else {
        super::decide(tx, ctx, operation, whole)?;
        return Ok(Seen::everything(entity));
    };
    let standing = Standing::look_up(tx, ctx, id, credential)?;
    if account_id != standing.account_id {
        return Err(hidden(whole));
    }
    if standing.enrolment_required {
        return Err(Error::SecondFactorEnrolmentRequired);
    }
    let seen = seen(tx, ctx, &standing, shown, entity)?;
    let nothing = match within {
        Some(row) => nothing_in(tx, &seen.inside(row), row)?,
        None => seen.is_nothing(),
    };
    if !nothing {
        return Ok(seen);
    }
    match within {
        Some(row) => {
            let target = Target::Organization(row);
            let shows = asked(tx, ctx, &standing, &SHOW_ORGANIZATION, target)?.deciding().is_some();
            match (shows, operation.reach) {
                (false, _) => Err(hidden(target)),
                (true, Reach::Lists(_)) => Ok(seen),
                (true, _) => Err(NO_POLICY),
            }
        }
        None if matches!(operation.reach, Reach::Lists(_)) => Ok(seen),
        None => Err(NO_POLICY),
    }
}

/// Whether nothing in an organization is seen: ids may all be of things elsewhere.
fn nothing_in(tx: &mut Tx<'_>, seen: &Seen, organization: &OrganizationRow) -> Result<bool, Error> {
    if seen.is_nothing() || seen.scope.all {
        return Ok(seen.is_nothing());
    }
    for id in &seen.scope.ids {
        let there = match seen.entity {
            Entity::User => users::by_id(tx, &organization.directory_id, id)?.is_some(),
            Entity::Group => groups::by_id(tx, &organization.directory_id, id)?.is_some(),
            Entity::Resource => resources::by_id(tx, &organization.directory_id, id)?.is_some(),
            Entity::Domain => domains::get(tx, &organization.organization_id, id)?.is_some(),
            _ => false,
        };
        if there {
            return Ok(false);
        }
    }
    Ok(true)
}

fn seen(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    standing: &Standing,
    shown: &'static Operation,
    entity: Entity,
) -> Result<Seen, Error> {
    let asker = standing.asker();
    let mut scope = match standing.role {
        AdministratorRole::Admin => Scope { all: true, ..Scope::default() },
        AdministratorRole::General => policies::compiled_of(tx, ctx, standing)?
            .scope(shown, entity, &standing.account_id, asker)
            .map_err(Error::internal)?,
    };
    let limit = match standing.limit_policy.as_str() {
        "" => None,
        _ => Some(
            policies::compiled_limit(tx, ctx, standing)?
                .scope(shown, entity, &standing.account_id, asker)
                .map_err(Error::internal)?,
        ),
    };
    // A limit compares ids, so what was created must be known by id where there is one.
    if scope.created && limit.as_ref().is_some_and(|limit| !limit.all) {
        scope.created = false;
        let (account, creator) = (&standing.account_id, &standing.administrator_id);
        scope.organizations.extend(organizations::created_by(tx, account, creator, CREATED_MAX)?);
    }
    Ok(Seen { entity, scope, limit, administrator_id: standing.administrator_id.clone() })
}
