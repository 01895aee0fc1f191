//! `POLICY@ORG,ORG`: a policy that an administrator is to hold, and the organizations where.

use serde::Serialize;

/// A policy, and where it counts; without organizations, wherever the policy says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Attachment {
    policy: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    organizations: Vec<String>,
}

/// Reads one; the last `@` begins the organizations, whose names hold none.
pub(super) fn attachment(text: &str) -> Result<Attachment, String> {
    let (policy, organizations) = match text.rsplit_once('@') {
        None => (text, Vec::new()),
        Some((policy, list)) => (policy, list.split(',').map(|org| org.trim().to_owned()).collect()),
    };
    if policy.trim().is_empty() || organizations.iter().any(String::is_empty) {
        return Err("must be a policy, or a policy and organizations such as help-desk@acme,initech".to_owned());
    }
    Ok(Attachment { policy: policy.trim().to_owned(), organizations })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, policy: &str, organizations: &[&str]) {
        let organizations = organizations.iter().map(|&org| org.to_owned()).collect();
        assert_eq!(attachment(text), Ok(Attachment { policy: policy.to_owned(), organizations }), "{text}");
    }

    // A9
    #[test]
    fn a_policy_may_be_held_in_some_organizations_only() {
        check("auditor", "auditor", &[]);
        check("help-desk@acme", "help-desk", &["acme"]);
        check("help-desk@acme,m-0f1e", "help-desk", &["acme", "m-0f1e"]);
        check("Our own policy@acme, initech", "Our own policy", &["acme", "initech"]);
        check("a@b@acme", "a@b", &["acme"]);
        for wrong in ["", "@acme", "help-desk@", "help-desk@acme,", "help-desk@,acme", " @ "] {
            assert!(attachment(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn organizations_are_sent_only_when_named() {
        let sent = |text| serde_json::to_string(&attachment(text).unwrap()).unwrap();
        assert_eq!(sent("auditor"), r#"{"policy":"auditor"}"#);
        assert_eq!(sent("help-desk@acme"), r#"{"policy":"help-desk","organizations":["acme"]}"#);
    }
}
