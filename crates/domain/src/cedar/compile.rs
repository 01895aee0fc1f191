//! Permissions of the simple form become Cedar text: a `permit` for each kind of thing that they speak of.
//!
//! Groups are written as groups, so that a later operation joins the policies that allow its group.

use reeve_base::Invalid;
use reeve_base::ids::ResourceId;

use super::actions;
use crate::operations::{Entity, Operation};
use crate::policies::Permission;

/// Permissions of one policy: more than one for each kind of thing and action is hardly ever of use.
const PERMISSIONS_MAX: usize = 50;

/// Ids that one policy names: each is compared in every list that the policy narrows.
const IDS_MAX: usize = 200;

/// Actions that one permission names: more than there are.
const ACTIONS_MAX: usize = 200;

/// The groups that an operation belongs to: by kind of thing, by what it does, by both, and all.
pub(crate) fn groups_of(operation: &Operation) -> Vec<String> {
    let (kind, act) = (operation.resource.word(), operation.action.word());
    vec![format!("{kind}:{act}"), format!("{kind}:*"), format!("*:{act}"), "*:*".to_owned()]
}

/// The words for the kinds of thing that a permission can speak of.
pub(crate) fn resource_types() -> Vec<&'static str> {
    let mut words: Vec<_> = actions().map(|operation| operation.resource.word()).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Writes permissions as Cedar.
///
/// Errors: `Invalid` naming the member that breaks a rule.
pub(crate) fn compile(permissions: &[Permission]) -> Result<String, Invalid> {
    if permissions.is_empty() || permissions.len() > PERMISSIONS_MAX {
        return Err(Invalid::new("permissions", format!("must be 1 to {PERMISSIONS_MAX}")));
    }
    let ids: usize = permissions.iter().map(|one| one.resources.len() + one.organizations.len()).sum();
    if ids > IDS_MAX {
        return Err(Invalid::new("permissions", format!("must name at most {IDS_MAX} ids in all")));
    }
    let texts: Vec<String> = permissions.iter().map(statements).collect::<Result<_, _>>()?;
    Ok(texts.concat())
}

fn statements(permission: &Permission) -> Result<String, Invalid> {
    let kind = permission.resource_type.as_str();
    if kind != "*" && !resource_types().contains(&kind) {
        let known = resource_types().join(", ");
        return Err(Invalid::new("resource_type", format!("must be one of {known}, or *")));
    }
    let actions = named_actions(permission)?;
    let everything = permission.resources.iter().any(|id| id == "*");
    match (permission.resources.as_slice(), permission.organizations.as_slice()) {
        ([], []) => Err(Invalid::new("resources", "must name ids, or * for all; or name organizations instead")),
        ([_, ..], [_, ..]) => Err(Invalid::new("organizations", "must not come together with resources")),
        ([_], []) if everything => Ok(permit(&actions, "resource")),
        (_, []) if everything => Err(Invalid::new("resources", "must be either * alone or ids")),
        ([], organizations) => Ok(organizations
            .iter()
            .map(|id| permit(&actions, &format!("resource in {}::{}", Entity::Organization.name(), quoted(id))))
            .collect()),
        (ids, _) => {
            if kind == "*" {
                return Err(Invalid::new("resources", "must be * where the resource_type is *"));
            }
            let things = ids.iter().flat_map(|id| entities_of(kind, id).iter().map(move |entity| (entity, id)));
            Ok(things
                .map(|(entity, id)| permit(&actions, &format!("resource == {}::{}", entity.name(), quoted(id))))
                .collect())
        }
    }
}

/// What an id of a kind of thing names: jobs, events, rules and settings are reached by their organization, a mailbox by
/// whose it is. Users and groups have ids of one shape, so that both are meant.
fn entities_of(kind: &str, id: &str) -> &'static [Entity] {
    match kind {
        "domain" => &[Entity::Domain],
        "directory" => &[Entity::Directory],
        "user" => &[Entity::User],
        "group" => &[Entity::Group],
        "resource" => &[Entity::Resource],
        "mailbox" | "entity" if id.parse::<ResourceId>().is_ok() => &[Entity::Resource],
        "mailbox" | "entity" => &[Entity::User, Entity::Group],
        _ => &[Entity::Organization],
    }
}

fn named_actions(permission: &Permission) -> Result<Vec<String>, Invalid> {
    let kind = permission.resource_type.as_str();
    if permission.actions.len() > ACTIONS_MAX {
        return Err(Invalid::new("actions", format!("must be at most {ACTIONS_MAX}")));
    }
    let known = |name: &str| actions().any(|o| o.name == name && (kind == "*" || o.resource.word() == kind));
    let group = |word: &str| format!("{kind}:{word}");
    let groups: Vec<String> = actions().flat_map(groups_of).collect();
    let mut named = Vec::new();
    for action in &permission.actions {
        if known(action) {
            named.push(action.clone());
        } else if groups.contains(&group(action)) {
            named.push(group(action));
        } else {
            let words: Vec<_> =
                actions().filter(|o| kind == "*" || o.resource.word() == kind).map(|o| o.name).collect();
            let why = format!("must be *, read, create, update, delete, secret, or one of {}", words.join(", "));
            return Err(Invalid::new("actions", format!("{why}; \"{action}\" is none of them for {kind}")));
        }
    }
    if named.is_empty() {
        return Err(Invalid::new("actions", "must name what is allowed, or * for everything"));
    }
    Ok(named)
}

fn permit(actions: &[String], resource: &str) -> String {
    let names: Vec<_> = actions.iter().map(|name| format!("Action::{}", quoted(name))).collect();
    format!("permit (\n    principal,\n    action in [{}],\n    {resource}\n);\n", names.join(", "))
}

/// A Cedar string literal.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permission(kind: &str, actions: &[&str], resources: &[&str], organizations: &[&str]) -> Permission {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Permission {
            resource_type: kind.to_owned(),
            actions: owned(actions),
            resources: owned(resources),
            organizations: owned(organizations),
        }
    }

    #[test]
    fn permissions_become_statements_that_obey_the_schema() {
        for good in [
            permission("user", &["*"], &["*"], &[]),
            permission("user", &["read", "reset_password"], &["a\"b\\c"], &[]),
            permission("organization", &["create_organization", "read"], &["*"], &[]),
            permission("*", &["read"], &[], &["m-1", "m-2"]),
            permission("event", &["list_events"], &["m-1"], &[]),
            permission("mailbox", &["*"], &["019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a82"], &[]),
            permission("mailbox", &["set_mailbox_quota"], &["019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a82"], &[]),
            permission("mailbox", &["update"], &["r-0123456789abcdef0123456789abcdef"], &[]),
            permission("mailbox", &["set_mailbox_quota"], &["r-0123456789abcdef0123456789abcdef"], &[]),
            permission("entity", &["find_entity"], &["019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a82"], &[]),
            permission("mobile_device_rule", &["read"], &["m-1"], &[]),
        ] {
            let text = compile(std::slice::from_ref(&good)).unwrap();
            assert_eq!(super::super::check(&text), [], "{good:?}: {text}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        for (field, wrong) in [
            ("resource_type", permission("calendar", &["read"], &["*"], &[])),
            ("resource_type", permission("administrator", &["*"], &["*"], &[])),
            ("actions", permission("user", &[], &["*"], &[])),
            ("actions", permission("domain", &["reset_password"], &["*"], &[])),
            ("actions", permission("user", &["add_administrator"], &["*"], &[])),
            ("resources", permission("user", &["read"], &[], &[])),
            ("resources", permission("user", &["read"], &["*", "x"], &[])),
            ("resources", permission("*", &["read"], &["x"], &[])),
            ("organizations", permission("user", &["read"], &["*"], &["m-1"])),
        ] {
            assert_eq!(compile(std::slice::from_ref(&wrong)).unwrap_err().field, field, "{wrong:?}");
        }
        assert_eq!(compile(&[]).unwrap_err().field, "permissions");
    }
}
