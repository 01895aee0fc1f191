//! Policies in Cedar: the schema, the making of texts, their checking, and the asking.
//!
//! The schema follows from the register of operations: each operation that a policy can allow is an action, in groups
//! by what it works on and what it does. Nothing here knows rows or requests.

mod check;
mod compile;
mod evaluate;

use std::sync::LazyLock;

use cedar_policy::{EntityId, EntityTypeName, EntityUid, Schema};

use crate::operations::{self, Entity, Operation};

pub use check::Flaw;
pub(crate) use check::{check, statements};
pub(crate) use compile::{compile, groups_of};
pub(crate) use evaluate::{Asker, Attribute, Circumstances, Compiled, Scope, Thing, Verdict};

/// The name of those who act.
const ADMINISTRATOR: &str = "Administrator";

/// The schema that every policy of Reeve obeys.
static SCHEMA: LazyLock<Result<Schema, String>> =
    LazyLock::new(|| Schema::from_cedarschema_str(&schema_text()).map(|(schema, _)| schema).map_err(|e| e.to_string()));

/// Operations that a policy can allow.
pub(crate) fn actions() -> impl Iterator<Item = &'static Operation> {
    operations::ALL.iter().copied().filter(|operation| !operation.entities().is_empty())
}

/// The schema as Cedar text: what `docs/policies.md` prints.
pub fn schema_text() -> String {
    let mut text = String::from(
        "// Who acts, and on what.\n\
         entity Account;\n\
         entity Administrator = { username: String };\n\
         entity Organization in [Account, Administrator] = { alias: String, state: String };\n\
         entity Domain in [Organization, Account, Administrator];\n\
         entity Directory in [Organization, Account, Administrator];\n\
         entity User in [Organization, Account, Administrator] = {\n    \
             name: String, role: String, enabled: Bool, is_administrator: Bool\n};\n\
         entity Group in [Organization, Account, Administrator] = { name: String, enabled: Bool };\n\
         entity Resource in [Organization, Account, Administrator] = {\n    \
             name: String, kind: String, enabled: Bool\n};\n\n\
         // How a request came.\n\
         type Circumstances = { credential: String, second_factor: Bool, source_address?: ipaddr };\n\n\
         // Groups of actions.\n",
    );
    let mut groups: Vec<String> = actions().flat_map(groups_of).collect();
    groups.sort();
    groups.dedup();
    for group in &groups {
        text.push_str(&format!("action \"{group}\";\n"));
    }
    text.push_str("\n// What can be done to what.\n");
    for operation in actions() {
        let of: Vec<_> = groups_of(operation).iter().map(|group| format!("\"{group}\"")).collect();
        let on: Vec<_> = operation.entities().iter().map(|entity| entity.name()).collect();
        text.push_str(&format!(
            "action \"{}\" in [{}] appliesTo {{ principal: [Administrator], resource: [{}], context: Circumstances }};\n",
            operation.name,
            of.join(", "),
            on.join(", ")
        ));
    }
    text
}

fn schema() -> Result<&'static Schema, String> {
    SCHEMA.as_ref().map_err(Clone::clone)
}

fn type_name(name: &str) -> Option<EntityTypeName> {
    name.parse().ok()
}

/// The names of the kinds of entity, parsed once.
struct TypeNames {
    administrator: EntityTypeName,
    action: EntityTypeName,
    entities: Vec<(Entity, EntityTypeName)>,
}

static NAMES: LazyLock<Option<TypeNames>> = LazyLock::new(|| {
    Some(TypeNames {
        administrator: type_name(ADMINISTRATOR)?,
        action: type_name("Action")?,
        entities: Entity::ALL
            .into_iter()
            .map(|entity| Some((entity, type_name(entity.name())?)))
            .collect::<Option<_>>()?,
    })
});

fn uid_of(entity: Entity, id: &str) -> Option<EntityUid> {
    let names = NAMES.as_ref()?;
    let (_, name) = names.entities.iter().find(|(known, _)| *known == entity)?;
    Some(EntityUid::from_type_name_and_id(name.clone(), EntityId::new(id)))
}

fn administrator_uid(id: &str) -> Option<EntityUid> {
    Some(EntityUid::from_type_name_and_id(NAMES.as_ref()?.administrator.clone(), EntityId::new(id)))
}

fn action_uid(name: &str) -> Option<EntityUid> {
    Some(EntityUid::from_type_name_and_id(NAMES.as_ref()?.action.clone(), EntityId::new(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_that_follows_from_the_register_is_one() {
        assert_eq!(schema().map(|_| ()), Ok(()));
    }

    #[test]
    fn every_listing_shows_what_an_operation_of_the_register_may_be_done_to() {
        for operation in operations::ALL {
            if let operations::Reach::Lists(shown) = operation.reach {
                assert!(Operation::named(shown).is_some_and(|shown| !shown.entities().is_empty()), "{shown}");
            }
        }
    }
}
