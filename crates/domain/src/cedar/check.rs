//! Checking Cedar text that people write: that it can be read, obeys the schema, and can be answered by a query.
//!
//! Bounds come first, so that no text makes parsing or validating expensive.

use cedar_policy::{
    ActionConstraint, Effect, EntityUid, Policy, PolicySet, PrincipalConstraint, ResourceConstraint, ValidationMode,
    Validator,
};
use miette::Diagnostic;

use super::{ADMINISTRATOR, actions, groups_of, schema};
use crate::operations::{Action, Entity, Operation};

/// Octets of a policy: some two hundred statements.
const TEXT_BYTES_MAX: usize = 32 * 1024;

/// Statements of a policy; each costs a fraction of a microsecond in every decision.
const STATEMENTS_MAX: usize = 100;

/// Brackets within brackets, and operators in a row: what people write has fewer than ten. Cedar recurses for each; twice
/// as many overflow the stack of a thread of a debug build.
const DEPTH_MAX: usize = 20;
const OPERATORS_MAX: usize = 100;

/// What is wrong with a policy, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The line, from 1, where one can be told.
    pub line: Option<usize>,
    /// The column, from 1, counted in characters.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What would be right, where that can be told.
    pub help: Option<String>,
}

/// Everything that is wrong with a text; nothing when it is good.
pub(crate) fn check(text: &str) -> Vec<Flaw> {
    if let Some(flaw) = too_much(text) {
        return vec![flaw];
    }
    let set = match text.parse::<PolicySet>() {
        Ok(set) => set,
        Err(errors) => return errors.iter().map(|error| flaw_of(text, error)).collect(),
    };
    let mut flaws: Vec<Flaw> =
        set.templates().map(|_| plain("a policy must not hold slots (?principal, ?resource)")).collect();
    let count = set.policies().count();
    if flaws.is_empty() && (count == 0 || count > STATEMENTS_MAX) {
        flaws.push(plain(&format!("a policy must hold 1 to {STATEMENTS_MAX} statements; this has {count}")));
    }
    if !flaws.is_empty() {
        return flaws;
    }
    match schema() {
        Ok(schema) => {
            let validation = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
            flaws.extend(validation.validation_errors().map(|error| flaw_of(text, error)));
        }
        Err(why) => flaws.push(plain(&format!("the schema of policies cannot be read: {why}"))),
    }
    if flaws.is_empty() {
        let mut policies: Vec<&Policy> = set.policies().collect();
        policies.sort_by_key(|policy| policy.id().to_string());
        flaws.extend(policies.into_iter().flat_map(|policy| unanswerable(text, policy)));
    }
    flaws
}

/// The statements of a text that was found good.
pub(crate) fn statements(text: &str) -> Result<Vec<Policy>, String> {
    let set: PolicySet = text.parse().map_err(|why| format!("a stored policy cannot be read: {why}"))?;
    Ok(set.policies().cloned().collect())
}

/// Refuses texts that would cost too much to read.
fn too_much(text: &str) -> Option<Flaw> {
    if text.len() > TEXT_BYTES_MAX {
        return Some(plain(&format!("a policy must have at most {TEXT_BYTES_MAX} octets; this has {}", text.len())));
    }
    if text.matches("then").count() > DEPTH_MAX {
        return Some(plain(&format!("a policy must hold at most {DEPTH_MAX} if … then … else")));
    }
    let (mut depth, mut operators, mut in_text, mut escaped, mut comment) = (0_usize, 0_usize, false, false, false);
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if comment {
            // The parser's comments end at either.
            comment = c != '\n' && c != '\r';
        } else if in_text {
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else {
            match c {
                '"' => in_text = true,
                '/' if before == '/' => comment = true,
                '(' | '{' => depth += 1,
                '[' => {
                    depth += 1;
                    // It may be an index, and those come in chains.
                    operators += 1;
                }
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                ';' => operators = 0,
                '&' | '|' | '+' | '-' | '*' | '.' | '!' | '<' | '>' => operators += 1,
                _ => {}
            }
            if depth > DEPTH_MAX {
                return Some(placed(text, at, &format!("brackets must not nest deeper than {DEPTH_MAX}")));
            }
            if operators > OPERATORS_MAX {
                return Some(placed(text, at, &format!("a statement must hold at most {OPERATORS_MAX} operators")));
            }
        }
        before = c;
    }
    None
}

/// What the schema allows and Reeve does not: who has a policy is said by attaching it, and lists are made by query,
/// so what may be looked at must follow from the head of a statement.
fn unanswerable(text: &str, policy: &Policy) -> Vec<Flaw> {
    let at = place_of(text, policy);
    let mut flaws = Vec::new();
    let mut refuse = |message: &str, help: &str| {
        flaws.push(Flaw { message: message.to_owned(), help: Some(help.to_owned()), ..at.clone() });
    };
    match policy.principal_constraint() {
        PrincipalConstraint::Any => {}
        PrincipalConstraint::Is(name) if name.to_string() == ADMINISTRATOR => {}
        _ => {
            refuse("the head must not name a principal", "write `principal`; who has a policy is said by attaching it")
        }
    }
    match policy.resource_constraint() {
        ResourceConstraint::In(uid) | ResourceConstraint::Eq(uid) | ResourceConstraint::IsIn(_, uid)
            if uid.type_name().to_string() == ADMINISTRATOR =>
        {
            refuse("the head must not name an administrator as the resource", "name an organization, a domain, a user");
        }
        _ => {}
    }
    let reads = actions().any(|operation| operation.action == Action::Read && applies(policy, operation));
    if reads && mentions_resource(policy) {
        refuse(
            "conditions on the resource cannot decide what may be read",
            "say in the head which resources are meant (resource in Organization::\"…\"), and keep the condition \
             in a statement of its own for the actions that change something",
        );
    }
    flaws
}

/// Whether the head of a statement speaks of an operation.
pub(super) fn applies(policy: &Policy, operation: &Operation) -> bool {
    let names = |uid: &EntityUid| {
        let id = uid.id().unescaped();
        id == operation.name || groups_of(operation).iter().any(|group| group == id)
    };
    match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(uid) => uid.id().unescaped() == operation.name,
        ActionConstraint::In(uids) => uids.iter().any(names),
    }
}

fn mentions_resource(policy: &Policy) -> bool {
    if !policy.has_non_scope_constraint() {
        return false;
    }
    // What cannot be told is taken to mention it.
    let Ok(json) = policy.to_json() else { return true };
    json.get("conditions").is_none_or(finds)
}

fn finds(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Object(members) => {
            members.iter().any(|(name, value)| (name == "Var" && value.as_str() == Some("resource")) || finds(value))
        }
        serde_json::Value::Array(items) => items.iter().any(finds),
        _ => false,
    }
}

/// Whether a statement permits.
pub(super) fn permits(policy: &Policy) -> bool {
    policy.effect() == Effect::Permit
}

/// The kind of entity that a name in Cedar means.
pub(super) fn entity_named(name: &str) -> Option<Entity> {
    Entity::ALL.into_iter().find(|entity| entity.name() == name)
}

fn plain(message: &str) -> Flaw {
    Flaw { line: None, column: None, message: message.to_owned(), help: None }
}

fn placed(text: &str, offset: usize, message: &str) -> Flaw {
    let (line, column) = position(text, offset);
    Flaw { line: Some(line), column: Some(column), message: message.to_owned(), help: None }
}

fn flaw_of(text: &str, error: &dyn Diagnostic) -> Flaw {
    let mut message = error.to_string();
    let label = error.labels().and_then(|mut labels| labels.next());
    if let Some(said) = label.as_ref().and_then(|label| label.label()) {
        message = format!("{message}: {said}");
    }
    let place = label.map(|label| position(text, label.offset()));
    Flaw {
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
        message: unnumbered(&message).to_owned(),
        help: error.help().map(|help| help.to_string()),
    }
}

/// A message without the id that the parser gave the statement, which means nothing to people.
fn unnumbered(message: &str) -> &str {
    let rest = message.strip_prefix("for policy `").and_then(|rest| rest.split_once("`, "));
    rest.map_or(message, |(_, rest)| rest)
}

/// Where a statement begins: its number in the text is in the id that the parser gave it.
fn place_of(text: &str, policy: &Policy) -> Flaw {
    let number = policy.id().to_string().trim_start_matches("policy").parse::<usize>().unwrap_or(0);
    let starts = text.match_indices("permit").chain(text.match_indices("forbid")).map(|(at, _)| at);
    let mut starts: Vec<usize> = starts.collect();
    starts.sort_unstable();
    // Words in strings and comments can mislead here; the message stays right.
    let (line, column) = starts.get(number).map_or((1, 1), |at| position(text, *at));
    Flaw { line: Some(line), column: Some(column), message: String::new(), help: None }
}

/// Line and column, both from 1, of an offset in octets.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(text: &str) -> (Option<usize>, Option<usize>, String) {
        let flaws = check(text);
        let first = flaws.first().unwrap_or_else(|| panic!("nothing is wrong with {text}"));
        (first.line, first.column, first.message.clone())
    }

    #[test]
    fn good_texts_are_taken() {
        for good in [
            "permit (principal, action, resource);",
            "permit (principal is Administrator, action in [Action::\"user:*\"], resource in Organization::\"m-1\");",
            "forbid (principal, action == Action::\"reset_password\", resource) when { resource.is_administrator };",
            "permit (principal, action, resource) when { context has source_address && \
             context.source_address.isInRange(ip(\"10.0.0.0/8\")) };",
            "@id(\"x\") permit (principal, action, resource) unless { context.second_factor == false };",
        ] {
            assert_eq!(check(good), [], "{good}");
        }
    }

    #[test]
    fn wrong_texts_are_refused_with_line_and_column() {
        for (text, line, column, said) in [
            ("permit (principal, action, resource)", 1, 37, "unexpected"),
            ("permit (principal, action, resource);\npermit (principal, actoin, resource);", 2, 20, "actoin"),
            ("permit (principal, action == Action::\"fly\", resource);", 1, 30, "fly"),
            ("\n  permit (principal, action, resource) when { resource.nme == \"x\" };", 2, 47, "nme"),
            ("permit (principal == Administrator::\"x\", action, resource);", 1, 1, "principal"),
            ("permit (principal, action, resource in Administrator::\"x\");", 1, 1, "administrator"),
            ("permit (principal, action, resource) when { resource is User };", 1, 1, "read"),
        ] {
            let (at_line, at_column, message) = flaw(text);
            assert!(message.contains(said), "{text}: {message}");
            assert_eq!((at_line, at_column), (Some(line), Some(column)), "{text}: {message}");
        }
        assert!(flaw("").2.contains("1 to 100 statements"));
        assert!(flaw("permit (principal, action, resource == ?resource);").2.contains("slots"));
    }

    #[test]
    fn texts_that_would_cost_too_much_are_refused_before_they_are_read() {
        let deep =
            format!("permit (principal, action, resource) when {{ {}true{} }};", "(".repeat(5_000), ")".repeat(5_000));
        assert!(flaw(&deep).2.contains("nest"));
        let long = format!("permit (principal, action, resource) when {{ true{} }};", "&&true".repeat(5_000));
        assert!(flaw(&long).2.contains("operators"));
        let nots = format!("permit (principal, action, resource) when {{ {}true }};", "!".repeat(10_000));
        assert!(flaw(&nots).2.contains("operators"));
        assert!(flaw(&" ".repeat(1_000_000)).2.contains("octets"));
        let many = "permit (principal, action, resource);".repeat(101);
        assert!(flaw(&many).2.contains("statements"));
        let ifs = format!(
            "permit (principal, action, resource) when {{ {}true{} }};",
            "if true then ".repeat(900),
            " else true".repeat(900)
        );
        let flaws = check(&ifs);
        assert!(!flaws.is_empty(), "a tower of conditions is refused");
    }
}
