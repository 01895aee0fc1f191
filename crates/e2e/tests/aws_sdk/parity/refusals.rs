//! What each door refuses, and in which words.

use reqwest::Method;
use serde_json::{Value, json};

use super::steps::{Step, step};

/// A step that no door does.
pub(crate) struct Refusal {
    pub(crate) step: Step,
    pub(crate) why: &'static str,
    /// The code of REST and of the command line.
    pub(crate) code: &'static str,
    /// The `__type` of AWS.
    pub(crate) aws: &'static str,
}

fn refusal(why: &'static str, [code, aws]: [&'static str; 2], step: Step) -> Refusal {
    Refusal { step, why, code, aws }
}

/// All of them. There are the users ada and bob, who are enabled, and cal, who is not; the group sales is in staff.
pub(super) fn all() -> Vec<Refusal> {
    names_and_addresses().into_iter().chain(states_and_rights()).collect()
}

fn names_and_addresses() -> Vec<Refusal> {
    vec![
        refusal(
            "a name that is taken",
            ["name_taken", "NameAvailabilityException"],
            step(
                "create_group",
                (Method::POST, "/groups", json!({"name": "ADA"})),
                "group create ADA",
                ("CreateGroup", json!({"Name": "ADA"})),
            ),
        ),
        refusal(
            "a reserved name",
            ["reserved", "ReservedNameException"],
            step(
                "create_resource",
                (Method::POST, "/resources", json!({"name": "administrator", "kind": "room"})),
                "resource create administrator --kind room",
                ("CreateResource", json!({"Name": "administrator", "Type": "ROOM"})),
            ),
        ),
        refusal(
            "an address that is taken",
            ["address_taken", "EmailAddressInUseException"],
            step(
                "enable_user",
                (Method::POST, "/users/cal/enable", json!({"email": "ada@{alias}.reeve.test"})),
                "user enable cal --email ada@{alias}.reeve.test",
                ("RegisterToWorkMail", json!({"EntityId": "cal", "Email": "ada@{alias}.reeve.test"})),
            ),
        ),
        refusal(
            "a domain that is not there",
            ["domain_not_found", "MailDomainNotFoundException"],
            step(
                "enable_user",
                (Method::POST, "/users/cal/enable", json!({"email": "cal@elsewhere.example"})),
                "user enable cal --email cal@elsewhere.example",
                ("RegisterToWorkMail", json!({"EntityId": "cal", "Email": "cal@elsewhere.example"})),
            ),
        ),
        refusal(
            "a weak password",
            ["password_refused", "InvalidPasswordException"],
            step(
                "reset_password",
                (Method::POST, "/users/ada/reset-password", json!({"password": "short"})),
                "user reset-password ada --password-file {weak-password}",
                ("ResetPassword", json!({"UserId": "{id:/users/ada:/user_id}", "Password": "short"})),
            ),
        ),
    ]
}

fn states_and_rights() -> Vec<Refusal> {
    vec![
        refusal(
            "a circle of groups",
            ["invalid", "InvalidParameterException"],
            step(
                "add_group_member",
                (Method::POST, "/groups/sales/members", json!({"member": "staff"})),
                "group member add sales staff",
                ("AssociateMemberToGroup", json!({"GroupId": "sales", "MemberId": "staff"})),
            ),
        ),
        refusal(
            "deleting somebody who is enabled",
            ["wrong_state", "EntityStateException"],
            step(
                "delete_user",
                (Method::DELETE, "/users/ada", Value::Null),
                "user delete ada --yes",
                ("DeleteUser", json!({"UserId": "ada"})),
            ),
        ),
        refusal(
            "somebody who is not there",
            ["not_found", "EntityNotFoundException"],
            step(
                "edit_user",
                (Method::PATCH, "/users/nobody", json!({"city": "Rome"})),
                "user edit nobody --city Rome",
                ("UpdateUser", json!({"UserId": "nobody", "City": "Rome"})),
            ),
        ),
        refusal(
            "full access for a group",
            ["invalid", "InvalidParameterException"],
            step(
                "put_mailbox_permissions",
                (Method::PUT, "/entities/ada/permissions/staff", json!({"permissions": ["full_access"]})),
                "permission put ada staff --allow full~access",
                (
                    "PutMailboxPermissions",
                    json!({"EntityId": "ada", "GranteeId": "staff", "PermissionValues": ["FULL_ACCESS"]}),
                ),
            ),
        ),
        refusal(
            "a mailbox larger than there are",
            ["invalid", "InvalidParameterException"],
            step(
                "set_mailbox_quota",
                (Method::PATCH, "/users/ada/mailbox", json!({"quota_mb": 51201})),
                "user mailbox set-quota ada 51201",
                ("UpdateMailboxQuota", json!({"UserId": "ada", "MailboxQuota": 51201})),
            ),
        ),
        refusal(
            "the test domain is not removed",
            ["domain_taken", "MailDomainInUseException"],
            step(
                "remove_domain",
                (Method::DELETE, "/domains/{alias}.reeve.test", Value::Null),
                "domain remove {alias}.reeve.test",
                ("DeregisterMailDomain", json!({"DomainName": "{alias}.reeve.test"})),
            ),
        ),
    ]
}
