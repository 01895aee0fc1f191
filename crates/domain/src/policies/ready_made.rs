//! The policies that come with Reeve. They cannot be edited; who has one has it everywhere, or in named organizations.

use crate::operations::Entity;

/// A policy that comes with Reeve.
#[derive(Debug)]
pub(crate) struct ReadyMade {
    /// Its id.
    pub(crate) id: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// Whether it makes sense only in named organizations.
    pub(crate) needs_organizations: bool,
    /// What it says, where `@` stands for what the resource must be.
    statements: &'static [&'static str],
}

/// All of them, in the order in which they are listed.
pub(crate) const ALL: &[ReadyMade] = &[
    ReadyMade {
        id: "read-only",
        name: "Read only",
        description: "Sees organizations with everybody and everything in them, their rules, settings and jobs; \
                      changes nothing and reads no audit log",
        needs_organizations: false,
        statements: &["permit (
    principal,
    action in [
        Action::\"organization:read\", Action::\"domain:read\", Action::\"directory:read\", Action::\"user:read\",
        Action::\"group:read\", Action::\"resource:read\", Action::\"entity:read\", Action::\"mailbox:read\",
        Action::\"access_control_rule:read\", Action::\"mobile_device_rule:read\",
        Action::\"impersonation_role:read\", Action::\"retention_policy:read\", Action::\"mail_setting:read\",
        Action::\"availability:read\", Action::\"identity_provider:read\", Action::\"personal_access_token:read\",
        Action::\"hold:read\", Action::\"job:read\", Action::\"encryption_key:read\", Action::\"dns_provider:read\",
        Action::\"organization_key:read\", Action::\"hosted_zone:read\"
    ],
    @
);"],
    },
    ReadyMade {
        id: "user-administrator",
        name: "User administrator",
        description: "Creates, edits, enables and disables users; neither resets passwords nor deletes",
        needs_organizations: false,
        statements: &["permit (
    principal,
    action in [
        Action::\"organization:read\", Action::\"domain:read\", Action::\"directory:read\", Action::\"job:read\",
        Action::\"user:read\", Action::\"user:create\", Action::\"user:update\"
    ],
    @
);"],
    },
    ReadyMade {
        id: "help-desk",
        name: "Help desk",
        description: "Resets passwords and unlocks users, but not those who are administrators themselves",
        needs_organizations: false,
        statements: &[
            "permit (
    principal,
    action in [
        Action::\"organization:read\", Action::\"domain:read\", Action::\"directory:read\",
        Action::\"show_user\", Action::\"list_aliases\"
    ],
    @
);",
            "permit (
    principal,
    action in [Action::\"reset_password\", Action::\"unlock_user\", Action::\"check_sign_in\"],
    @
)
unless { resource.is_administrator };",
        ],
    },
    ReadyMade {
        id: "organization-owner",
        name: "Organization owner",
        description: "Does everything in the organizations that it is given for",
        needs_organizations: true,
        statements: &["permit (
    principal,
    action,
    @
);"],
    },
    ReadyMade {
        id: "auditor",
        name: "Auditor",
        description: "Sees everything that Read only sees, and the audit log; changes nothing",
        needs_organizations: false,
        statements: &["permit (
    principal,
    action in [Action::\"*:read\"],
    @
);"],
    },
];

/// The ready-made policy of this id or name, case aside.
pub(crate) fn find(sought: &str) -> Option<&'static ReadyMade> {
    ALL.iter().find(|one| one.id == sought || one.name.eq_ignore_ascii_case(sought))
}

impl ReadyMade {
    /// Its text, everywhere or in some organizations.
    pub(crate) fn cedar(&self, organizations: &[&str]) -> String {
        let resources: Vec<String> = match organizations {
            [] => vec!["resource".to_owned()],
            some => some.iter().map(|id| format!("resource in {}::\"{id}\"", Entity::Organization.name())).collect(),
        };
        let texts =
            resources.iter().flat_map(|resource| self.statements.iter().map(|text| text.replace('@', resource)));
        texts.collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{self, Action, Reach, Resource};

    #[test]
    fn what_comes_with_reeve_obeys_its_own_rules() {
        for one in ALL {
            for organizations in [&[][..], &["m-1"], &["m-1", "m-2"]] {
                assert_eq!(crate::cedar::check(&one.cedar(organizations)), [], "{}", one.id);
            }
            assert!(one.id.parse::<reeve_base::ids::PolicyId>().is_ok());
        }
    }
    #[test]
    fn read_only_sees_every_kind_of_thing_but_the_audit_log() {
        let text = find("read-only").unwrap().cedar(&[]);
        for operation in operations::ALL.iter().filter(|one| matches!(one.reach, Reach::Policies(_))) {
            let wanted = operation.action == Action::Read && operation.resource != Resource::Event;
            let kind = operation.resource.word();
            let named = text.contains(&format!("\"{kind}:read\"")) && operation.action == Action::Read;
            assert_eq!(named, wanted, "{}", operation.name);
        }
    }
}
