//! `TYPE:ACTION,ACTION@ORG,ORG` and `TYPE:ACTION#ID,ID`: one permission in a word, and back.

use serde::Serialize;

/// One permission: actions on all things of a type, on some of them, or on those of some organizations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Permission {
    resource_type: String,
    actions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organizations: Option<Vec<String>>,
}

/// Reads one.
pub(super) fn permission(text: &str) -> Result<Permission, String> {
    let wrong = || "must be TYPE:ACTION,ACTION, then @ORG,ORG or #ID,ID for some only, as in user:read@acme".to_owned();
    let (resource_type, rest) = text.split_once(':').ok_or_else(wrong)?;
    let (actions, mark, reach) = match rest.find(['@', '#']) {
        Some(at) => {
            let (actions, reach) = rest.split_at(at);
            (actions, reach.chars().next(), reach.get(1..).unwrap_or_default())
        }
        None => (rest, None, "*"),
    };
    let actions = words(actions).ok_or_else(wrong)?;
    let reach = words(reach).ok_or_else(wrong)?;
    if resource_type.trim().is_empty() {
        return Err(wrong());
    }
    let (resources, organizations) = match mark {
        Some('@') => (None, Some(reach)),
        _ => (Some(reach), None),
    };
    Ok(Permission { resource_type: resource_type.trim().to_owned(), actions, resources, organizations })
}

/// The permission as it would be given.
pub(super) fn written(permission: &crate::wire::Permission) -> String {
    let actions = permission.actions.join(",");
    let reach = if !permission.organizations.is_empty() {
        format!("@{}", permission.organizations.join(","))
    } else if permission.resources == ["*"] {
        String::new()
    } else {
        format!("#{}", permission.resources.join(","))
    };
    format!("{}:{actions}{reach}", permission.resource_type)
}

/// The words between commas; none of them may be empty.
fn words(text: &str) -> Option<Vec<String>> {
    text.split(',').map(str::trim).map(|word| (!word.is_empty()).then(|| word.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let permission = permission(text).unwrap();
        assert_eq!(serde_json::to_string(&permission).unwrap(), expected, "{text}");
        let back: crate::wire::Permission = serde_json::from_str(expected).unwrap();
        assert_eq!(written(&back), text.replace(' ', ""));
    }

    // A9
    #[test]
    fn a_permission_is_one_word() {
        check("*:read", r#"{"resource_type":"*","actions":["read"],"resources":["*"]}"#);
        check(
            "user:read,update@acme, initech",
            r#"{"resource_type":"user","actions":["read","update"],"organizations":["acme","initech"]}"#,
        );
        check("job:*#j-1,j-2", r#"{"resource_type":"job","actions":["*"],"resources":["j-1","j-2"]}"#);
        check(
            "user:secret#ada@acme.test",
            r#"{"resource_type":"user","actions":["secret"],"resources":["ada@acme.test"]}"#,
        );
    }

    #[test]
    fn a_permission_must_be_whole() {
        for wrong in
            ["", "user", "user:", ":read", "user:read,", "user:@acme", "user:read@", "user:read#", "user:read@a,"]
        {
            assert!(permission(wrong).is_err(), "{wrong:?}");
        }
    }
}
