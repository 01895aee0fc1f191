//! `ID:EFFECT`, `ID:EFFECT=USER,USER` and `ID:EFFECT-but=USER,USER`: one rule of a role in a word, and back.

use serde::Serialize;

/// What follows an effect that is about everybody but some.
const BUT: &str = "-but";

/// One rule: what it says, and of whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Rule {
    rule_id: String,
    effect: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    target_users: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_target_users: Vec<String>,
}

/// Reads one.
pub(super) fn rule(text: &str) -> Result<Rule, String> {
    let wrong =
        || "must be ID:EFFECT, then =USER,USER for some only, as in board:deny=ada,bob or all:allow-but=ada".to_owned();
    let (id, rest) = text.split_once(':').filter(|(id, _)| !id.is_empty()).ok_or_else(wrong)?;
    let (effect, users) = match rest.split_once('=') {
        Some((effect, users)) => (effect, Some(words(users).ok_or_else(wrong)?)),
        None => (rest, None),
    };
    let (effect, but) = match effect.strip_suffix(BUT) {
        Some(effect) => (effect, true),
        None => (effect, false),
    };
    if effect.is_empty() || (but && users.is_none()) {
        return Err(wrong());
    }
    let users = users.unwrap_or_default();
    let (target_users, not_target_users) = if but { (Vec::new(), users) } else { (users, Vec::new()) };
    Ok(Rule { rule_id: id.to_owned(), effect: effect.to_owned(), target_users, not_target_users })
}

/// The rule as it would be given; one that can only be given in a file is written with both of its lists.
pub(super) fn written(rule: &crate::wire::ImpersonationRule) -> String {
    let mut word = format!("{}:{}", rule.rule_id, rule.effect);
    if !rule.target_users.is_empty() {
        word.push_str(&format!("={}", rule.target_users.join(",")));
    }
    if !rule.not_target_users.is_empty() {
        word.push_str(&format!("{BUT}={}", rule.not_target_users.join(",")));
    }
    match &rule.name {
        Some(name) => format!("{word} ({name})"),
        None => word,
    }
}

/// The words between commas; none of them may be empty.
fn words(text: &str) -> Option<Vec<String>> {
    text.split(',').map(str::trim).map(|word| (!word.is_empty()).then(|| word.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let read = rule(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), expected, "{text}");
        let back: crate::wire::ImpersonationRule = serde_json::from_str(expected).unwrap();
        assert_eq!(written(&back), text.replace(' ', ""));
    }

    #[test]
    fn a_rule_is_one_word() {
        check("everybody:allow", r#"{"rule_id":"everybody","effect":"allow"}"#);
        check(
            "board:deny=ada, bob@acme.test",
            r#"{"rule_id":"board","effect":"deny","target_users":["ada","bob@acme.test"]}"#,
        );
        check("1:allow-but=ada", r#"{"rule_id":"1","effect":"allow","not_target_users":["ada"]}"#);
    }

    #[test]
    fn a_rule_must_be_whole() {
        for wrong in
            ["", "all", "all:", ":allow", "all:allow=", "all:allow=ada,", "all:allow-but", "all:-but=ada", "all:=ada"]
        {
            assert!(rule(wrong).is_err(), "{wrong:?}");
        }
    }
}
