//! Asking policies: may this administrator do this to that, and which of them may be listed?
//!
//! The policies of one administrator are read once and kept by action and by what their heads name, so that a decision
//! sees only the statements that can speak of it: what Cedar would pass over by the head is not shown to it. A
//! prohibition that cannot be evaluated prohibits.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Decision, Entities, Entity as CedarEntity, EntityUid, Policy, PolicyId,
    PolicySet, Request, ResourceConstraint, RestrictedExpression,
};

use super::check::{applies, entity_named, permits};
use super::{action_uid, administrator_uid, groups_of, statements, uid_of};
use quick_cache::sync::Cache;

use crate::ctx::Deciding;
use crate::operations::{Entity, Operation};

/// Slices kept for one action: as many as there are organizations that one administrator is at work in.
const SLICES_MAX: usize = 64;

/// By default a general administrator reaches what they created, and all that is in it (row A9).
const CREATED: &str = "permit (principal, action, resource) when { resource in principal };";

/// How a request came, for conditions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Circumstances {
    pub(crate) credential: String,
    pub(crate) second_factor: bool,
    pub(crate) source_address: Option<String>,
}

/// Who asks, and how the request came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) administrator_id: &'a str,
    pub(crate) username: &'a str,
    pub(crate) circumstances: &'a Circumstances,
}

/// What a decision is about.
#[derive(Debug, Clone)]
pub(crate) struct Thing<'a> {
    pub(crate) entity: Entity,
    pub(crate) id: &'a str,
    pub(crate) account_id: &'a str,
    pub(crate) organization_id: Option<&'a str>,
    /// The administrator who created it, or the organization that it is in.
    pub(crate) created_by: &'a str,
    /// What conditions may look at; only made when one does.
    pub(crate) attributes: Vec<(&'static str, Attribute)>,
}

/// A value that conditions may look at.
#[derive(Debug, Clone)]
pub(crate) enum Attribute {
    Text(String),
    Flag(bool),
}

/// What policies say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Allowed, by this one.
    Permitted(Deciding),
    /// Prohibited, by this one, whatever else allows it.
    Forbidden(Deciding),
    /// No policy speaks of it.
    Silent,
}

/// What of a kind of thing may be listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) all: bool,
    /// Whether what the administrator created is included.
    pub(crate) created: bool,
    pub(crate) ids: Vec<String>,
    pub(crate) organizations: Vec<String>,
    pub(crate) except_all: bool,
    pub(crate) except_ids: Vec<String>,
    pub(crate) except_organizations: Vec<String>,
}

/// The policies of one administrator, or of one limit.
pub(crate) struct Compiled {
    statements: Vec<(Policy, usize)>,
    sources: Vec<Deciding>,
    by_action: Mutex<HashMap<&'static str, Arc<Prepared>>>,
}

/// The statements that speak of one action.
struct Prepared {
    members: Vec<(Policy, usize)>,
    /// Those whose heads name no thing.
    general: Vec<usize>,
    /// Those whose heads name a thing, by that thing.
    by_thing: HashMap<EntityUid, Vec<usize>>,
    slices: Cache<Vec<usize>, Arc<Slice>>,
}

/// The statements that can speak of one action on one thing.
pub(crate) struct Slice {
    set: PolicySet,
    /// The ids of those that forbid.
    forbids: Vec<String>,
    /// Whether some statement looks at more than its head.
    pub(crate) conditional: bool,
}

impl Slice {
    fn of(members: &[&(Policy, usize)], is_built_in: impl Fn(usize) -> bool) -> Result<Self, String> {
        let set = PolicySet::from_policies(members.iter().map(|(policy, _)| policy.clone()))
            .map_err(|why| format!("policies cannot stand together: {why}"))?;
        let forbids = members.iter().filter(|(policy, _)| !permits(policy)).map(|(policy, _)| policy.id().to_string());
        let looks = |(policy, source): &(Policy, usize)| policy.has_non_scope_constraint() && !is_built_in(*source);
        Ok(Self { set, forbids: forbids.collect(), conditional: members.iter().any(|member| looks(member)) })
    }
}

impl Prepared {
    fn new(members: Vec<(Policy, usize)>) -> Self {
        let (mut general, mut by_thing) = (Vec::new(), HashMap::<EntityUid, Vec<usize>>::new());
        for (number, (policy, _)) in members.iter().enumerate() {
            match policy.resource_constraint() {
                ResourceConstraint::Any | ResourceConstraint::Is(_) => general.push(number),
                ResourceConstraint::In(uid) | ResourceConstraint::Eq(uid) | ResourceConstraint::IsIn(_, uid) => {
                    by_thing.entry(uid).or_default().push(number);
                }
            }
        }
        Self { members, general, by_thing, slices: Cache::new(SLICES_MAX) }
    }

    /// The statements whose heads can match a thing: those that name none, it, or what it is in.
    fn about(&self, thing: &Thing<'_>) -> Vec<usize> {
        let named = thing.uid().into_iter().chain(thing.parents());
        let mut numbers = self.general.clone();
        numbers.extend(named.filter_map(|uid| self.by_thing.get(&uid)).flatten());
        numbers.sort_unstable();
        numbers
    }
}

impl Compiled {
    /// Reads policies; `creator` adds what everybody may do with what they created.
    pub(crate) fn new(sources: Vec<(Deciding, String)>, creator: bool) -> Result<Self, String> {
        let mut all = Vec::new();
        let mut names = Vec::new();
        let built_in = Deciding { policy_id: "created".to_owned(), name: "created by themselves".to_owned() };
        let sources = sources.into_iter().chain(creator.then(|| (built_in, CREATED.to_owned())));
        for (source, (name, text)) in sources.enumerate() {
            for (number, policy) in statements(&text)?.into_iter().enumerate() {
                all.push((policy.new_id(PolicyId::new(format!("{source}-{number}"))), source));
            }
            names.push(name);
        }
        Ok(Self { statements: all, sources: names, by_action: Mutex::default() })
    }

    /// The statements that speak of an action, kept from the first time on.
    fn prepared(&self, operation: &'static Operation) -> Arc<Prepared> {
        let mut by_action = self.by_action.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = by_action.get(operation.name) {
            return Arc::clone(prepared);
        }
        let members = self.statements.iter().filter(|(policy, _)| applies(policy, operation)).cloned().collect();
        let prepared = Arc::new(Prepared::new(members));
        by_action.insert(operation.name, Arc::clone(&prepared));
        prepared
    }

    /// The statements that can speak of an action on a thing; nothing when there are none.
    pub(crate) fn slice(&self, operation: &'static Operation, thing: &Thing<'_>) -> Result<Option<Arc<Slice>>, String> {
        let prepared = self.prepared(operation);
        let numbers = prepared.about(thing);
        if numbers.is_empty() {
            return Ok(None);
        }
        if let Some(kept) = prepared.slices.get(&numbers) {
            return Ok(Some(kept));
        }
        let members: Vec<_> = numbers.iter().filter_map(|number| prepared.members.get(*number)).collect();
        let slice = Arc::new(Slice::of(&members, |source| self.is_built_in(source))?);
        prepared.slices.insert(numbers, Arc::clone(&slice));
        Ok(Some(slice))
    }

    fn is_built_in(&self, source: usize) -> bool {
        self.sources.get(source).is_some_and(|source| source.policy_id == "created")
    }

    /// Decides.
    pub(crate) fn decide(
        &self,
        slice: &Slice,
        asker: Asker<'_>,
        operation: &Operation,
        thing: &Thing<'_>,
    ) -> Result<Verdict, String> {
        let principal = administrator_uid(asker.administrator_id).ok_or("the kind of principal cannot be named")?;
        let action = action_uid(operation.name).ok_or("the action cannot be named")?;
        let resource = thing.uid().ok_or("the resource cannot be named")?;
        let actor = if slice.conditional {
            let username = ("username".to_owned(), RestrictedExpression::new_string(asker.username.to_owned()));
            CedarEntity::new(principal.clone(), HashMap::from([username]), HashSet::new()).map_err(said)?
        } else {
            CedarEntity::new_no_attrs(principal.clone(), HashSet::new())
        };
        let act = CedarEntity::new_no_attrs(
            action.clone(),
            groups_of(operation).iter().filter_map(|g| action_uid(g)).collect(),
        );
        let entities = Entities::from_entities([actor, act, thing.entity()?], None).map_err(said)?;
        let context = if slice.conditional { asker.circumstances.context()? } else { Context::empty() };
        let request = Request::new(principal, action, resource, context, None).map_err(said)?;
        let response = Authorizer::new().is_authorized(&request, &slice.set, &entities);
        let failed = response.diagnostics().errors().map(|error| match error {
            AuthorizationError::PolicyEvaluationError(error) => error.policy_id().to_string(),
        });
        let failed: Vec<String> = failed.collect();
        if let Some(id) = failed.iter().find(|id| slice.forbids.contains(id)) {
            return Ok(Verdict::Forbidden(self.source_of(id)));
        }
        let reason = response.diagnostics().reason().map(ToString::to_string).min();
        Ok(match (response.decision(), reason) {
            (Decision::Allow, Some(id)) => Verdict::Permitted(self.source_of(&id)),
            (Decision::Deny, Some(id)) => Verdict::Forbidden(self.source_of(&id)),
            _ => Verdict::Silent,
        })
    }

    fn source_of(&self, statement_id: &str) -> Deciding {
        let number = statement_id.split('-').next().and_then(|number| number.parse::<usize>().ok());
        number
            .and_then(|number| self.sources.get(number))
            .cloned()
            .unwrap_or(Deciding { policy_id: String::new(), name: String::new() })
    }

    /// What of a kind of thing the operation may be done to. Statements with conditions are asked for one stand-in:
    /// what may be read never depends on the thing itself, which the checking of policies sees to.
    pub(crate) fn scope(
        &self,
        operation: &'static Operation,
        entity: Entity,
        account_id: &str,
        asker: Asker<'_>,
    ) -> Result<Scope, String> {
        let prepared = self.prepared(operation);
        let mut scope = Scope::default();
        for (policy, source) in &prepared.members {
            if self.is_built_in(*source) {
                scope.created = true;
                continue;
            }
            let Some(head) = Head::of(policy, entity, account_id) else { continue };
            if policy.has_non_scope_constraint() {
                let alone = Slice::of(&[&(policy.clone(), *source)], |_| false)?;
                let stand_in = head.stand_in(entity, account_id);
                if self.decide(&alone, asker, operation, &stand_in)? == Verdict::Silent {
                    continue;
                }
            }
            scope.add(head, permits(policy));
        }
        Ok(scope)
    }
}

/// Which things of a kind the head of a statement speaks of.
#[derive(Debug, Clone)]
enum Head {
    All,
    Id(String),
    Organization(String),
}

impl Head {
    fn of(policy: &Policy, entity: Entity, account_id: &str) -> Option<Self> {
        let is_kind = |name: &cedar_policy::EntityTypeName| entity_named(&name.to_string()) == Some(entity);
        let within = |uid: &EntityUid| {
            let id = uid.id().unescaped().to_owned();
            match entity_named(&uid.type_name().to_string())? {
                Entity::Account => (id == account_id).then_some(Self::All),
                kind if kind == entity => Some(Self::Id(id)),
                Entity::Organization => Some(Self::Organization(id)),
                _ => None,
            }
        };
        match policy.resource_constraint() {
            ResourceConstraint::Any => Some(Self::All),
            ResourceConstraint::Is(name) => is_kind(&name).then_some(Self::All),
            ResourceConstraint::IsIn(name, uid) => {
                if is_kind(&name) {
                    within(&uid)
                } else {
                    None
                }
            }
            ResourceConstraint::In(uid) => within(&uid),
            ResourceConstraint::Eq(uid) => {
                let same = entity_named(&uid.type_name().to_string()) == Some(entity);
                same.then(|| Self::Id(uid.id().unescaped().to_owned()))
            }
        }
    }

    fn stand_in<'a>(&'a self, entity: Entity, account_id: &'a str) -> Thing<'a> {
        let (id, organization_id) = match self {
            Self::All => ("-", None),
            Self::Id(id) => (id.as_str(), None),
            Self::Organization(id) => ("-", Some(id.as_str())),
        };
        Thing { entity, id, account_id, organization_id, created_by: "", attributes: Vec::new() }
    }
}

impl Scope {
    fn add(&mut self, head: Head, permits: bool) {
        match (head, permits) {
            (Head::All, true) => self.all = true,
            (Head::Id(id), true) => self.ids.push(id),
            (Head::Organization(id), true) => self.organizations.push(id),
            (Head::All, false) => self.except_all = true,
            (Head::Id(id), false) => self.except_ids.push(id),
            (Head::Organization(id), false) => self.except_organizations.push(id),
        }
    }
}

impl Thing<'_> {
    fn uid(&self) -> Option<EntityUid> {
        uid_of(self.entity, self.id)
    }

    /// What it is in, and who created that.
    fn parents(&self) -> HashSet<EntityUid> {
        let mut parents = HashSet::new();
        if self.entity != Entity::Account {
            parents.extend(uid_of(Entity::Account, self.account_id));
        }
        parents.extend(self.organization_id.and_then(|id| uid_of(Entity::Organization, id)));
        if !self.created_by.is_empty() {
            parents.extend(administrator_uid(self.created_by));
        }
        parents
    }

    fn entity(&self) -> Result<CedarEntity, String> {
        let uid = self.uid().ok_or("the resource cannot be named")?;
        let parents = self.parents();
        if self.attributes.is_empty() {
            return Ok(CedarEntity::new_no_attrs(uid, parents));
        }
        let attributes = self.attributes.iter().map(|(name, value)| {
            let value = match value {
                Attribute::Text(text) => RestrictedExpression::new_string(text.clone()),
                Attribute::Flag(flag) => RestrictedExpression::new_bool(*flag),
            };
            ((*name).to_owned(), value)
        });
        CedarEntity::new(uid, attributes.collect(), parents).map_err(said)
    }
}

impl Circumstances {
    fn context(&self) -> Result<Context, String> {
        let mut pairs = vec![
            ("credential".to_owned(), RestrictedExpression::new_string(self.credential.clone())),
            ("second_factor".to_owned(), RestrictedExpression::new_bool(self.second_factor)),
        ];
        if let Some(address) = &self.source_address {
            pairs.push(("source_address".to_owned(), RestrictedExpression::new_ip(address)));
        }
        Context::from_pairs(pairs).map_err(said)
    }
}

fn said(why: impl std::fmt::Display) -> String {
    format!("a policy could not be evaluated: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{RESET_PASSWORD, SHOW_ORGANIZATION, SHOW_USER};

    fn me(circumstances: &Circumstances) -> Asker<'_> {
        Asker { administrator_id: "a-1", username: "me@example.com", circumstances }
    }

    fn compiled(texts: &[&str]) -> Compiled {
        let named = |(number, text): (usize, &&str)| {
            (Deciding { policy_id: format!("p{number}"), name: format!("policy {number}") }, (*text).to_owned())
        };
        Compiled::new(texts.iter().enumerate().map(named).collect(), true).unwrap()
    }

    fn user<'a>(organization: &'a str, id: &'a str) -> Thing<'a> {
        Thing {
            entity: Entity::User,
            id,
            account_id: "1",
            organization_id: Some(organization),
            created_by: "",
            attributes: Vec::new(),
        }
    }

    fn ask(compiled: &Compiled, operation: &'static Operation, thing: &Thing<'_>) -> &'static str {
        let Some(slice) = compiled.slice(operation, thing).unwrap() else { return "silent" };
        match compiled.decide(&slice, me(&Circumstances::default()), operation, thing).unwrap() {
            Verdict::Permitted(_) => "permitted",
            Verdict::Forbidden(_) => "forbidden",
            Verdict::Silent => "silent",
        }
    }

    #[test]
    fn policies_permit_forbid_or_say_nothing() {
        let acme = compiled(&[
            "permit (principal, action in [Action::\"user:*\"], resource in Organization::\"acme\");",
            "forbid (principal, action == Action::\"reset_password\", resource == User::\"ceo\");",
        ]);
        assert_eq!(ask(&acme, &RESET_PASSWORD, &user("acme", "ada")), "permitted");
        assert_eq!(ask(&acme, &RESET_PASSWORD, &user("acme", "ceo")), "forbidden");
        assert_eq!(ask(&acme, &SHOW_USER, &user("acme", "ceo")), "permitted");
        assert_eq!(ask(&acme, &SHOW_USER, &user("globex", "ada")), "silent");
    }

    #[test]
    fn everybody_may_do_everything_with_what_they_created_unless_it_is_forbidden() {
        let mine = Thing { created_by: "a-1", ..user("acme", "ada") };
        assert_eq!(ask(&compiled(&[]), &RESET_PASSWORD, &mine), "permitted");
        let not = "forbid (principal, action == Action::\"reset_password\", resource);";
        assert_eq!(ask(&compiled(&[not]), &RESET_PASSWORD, &mine), "forbidden");
        let theirs = Thing { created_by: "a-2", ..user("acme", "ada") };
        assert_eq!(ask(&compiled(&[]), &RESET_PASSWORD, &theirs), "silent");
    }

    #[test]
    fn a_prohibition_that_cannot_be_evaluated_prohibits() {
        let broken = compiled(&[
            "permit (principal, action, resource);",
            "forbid (principal, action, resource) when { resource.nowhere == 1 };",
        ]);
        assert_eq!(ask(&broken, &SHOW_USER, &user("acme", "ada")), "forbidden");
    }

    #[test]
    fn a_scope_is_what_the_heads_of_statements_say() {
        let some = compiled(&[
            "permit (principal, action in [Action::\"*:read\"], resource in Organization::\"acme\");",
            "permit (principal, action == Action::\"show_user\", resource == User::\"ada\");",
            "forbid (principal, action == Action::\"show_user\", resource == User::\"ceo\");",
            "permit (principal, action == Action::\"show_user\", resource in Account::\"2\");",
            "permit (principal, action, resource) when { context.second_factor };",
        ]);
        let users = some.scope(&SHOW_USER, Entity::User, "1", me(&Circumstances::default())).unwrap();
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!((users.all, users.created), (false, true));
        assert_eq!((users.ids, users.organizations), (list(&["ada"]), list(&["acme"])));
        assert_eq!(users.except_ids, list(&["ceo"]));
        let organizations = some.scope(&SHOW_ORGANIZATION, Entity::Organization, "1", me(&Circumstances::default()));
        assert_eq!(organizations.unwrap().ids, list(&["acme"]));
        let proved = Circumstances { second_factor: true, ..Circumstances::default() };
        assert!(some.scope(&SHOW_USER, Entity::User, "1", me(&proved)).unwrap().all);
    }

    /// What Cedar says when it is shown every statement.
    fn ask_all(compiled: &Compiled, operation: &'static Operation, thing: &Thing<'_>) -> &'static str {
        let members: Vec<_> = compiled.statements.iter().collect();
        let slice = Slice::of(&members, |source| compiled.is_built_in(source)).unwrap();
        match compiled.decide(&slice, me(&Circumstances::default()), operation, thing).unwrap() {
            Verdict::Permitted(_) => "permitted",
            Verdict::Forbidden(_) => "forbidden",
            Verdict::Silent => "silent",
        }
    }

    #[test]
    fn showing_cedar_less_changes_no_verdict() {
        let effects = ["permit", "forbid"];
        let actions = ["action", "action == Action::\"show_user\"", "action in [Action::\"user:*\"]"];
        let resources = [
            "resource",
            "resource is User",
            "resource == User::\"ada\"",
            "resource in Organization::\"acme\"",
            "resource is User in Organization::\"globex\"",
            "resource in Account::\"1\"",
        ];
        let mut texts = Vec::new();
        for effect in effects {
            for action in actions {
                texts.extend(resources.map(|resource| format!("{effect} (principal, {action}, {resource});")));
            }
        }
        let organization =
            Thing { entity: Entity::Organization, id: "acme", organization_id: None, ..user("acme", "") };
        let things = [user("acme", "ada"), user("globex", "ada"), user("initech", "bob"), organization];
        for (number, one) in texts.iter().enumerate() {
            for other in texts.iter().skip(number) {
                let pair = compiled(&[one, other]);
                for thing in &things {
                    for operation in [&SHOW_USER, &RESET_PASSWORD, &SHOW_ORGANIZATION] {
                        let (sliced, whole) = (ask(&pair, operation, thing), ask_all(&pair, operation, thing));
                        assert_eq!(sliced, whole, "{one} {other} {} {thing:?}", operation.name);
                    }
                }
            }
        }
    }
}
