//! What is done in each organization, in the words of each door.

use reqwest::Method;
use serde_json::{Value, json};

use super::settings;

/// One operation.
pub(crate) struct Step {
    /// Its name in the register.
    pub(crate) operation: &'static str,
    /// Method, path within the organization, and body.
    pub(crate) rest: (Method, &'static str, Value),
    pub(crate) line: Vec<String>,
    pub(crate) aws: (&'static str, Value),
    /// Whether it is about the account and no organization.
    pub(crate) of_account: bool,
}

/// A step within an organization; the command line as words with spaces between, `_` for a space within a word.
pub(super) fn step(
    operation: &'static str,
    rest: (Method, &'static str, Value),
    line: &str,
    aws: (&'static str, Value),
) -> Step {
    let line = line.split(' ').map(|word| word.replace('_', " ").replace('~', "_")).collect();
    Step { operation, rest, line, aws, of_account: false }
}

/// Lists that are compared as they are.
pub(super) const LISTS: &[&str] = &[
    "/users?limit=100",
    "/groups?limit=100",
    "/resources?limit=100",
    "/domains",
    "/tags",
    "/access-control-rules",
    "/mobile-device-rules",
    "/mobile-device-overrides",
    "/impersonation-roles",
    "/retention-policy",
    "/inbound-dmarc",
    "/email-monitoring",
    "/availability-configurations",
    "/identity-provider",
    "/personal-access-tokens",
];

/// Lists whose items have parts that are compared too.
pub(super) const PARTS: &[(&str, &[&str])] = &[
    ("/users?limit=100", &["/users/{id}/aliases", "/entities/{id}/permissions", "/entities/{id}/groups"]),
    ("/groups?limit=100", &["/groups/{id}/aliases", "/groups/{id}/members", "/entities/{id}/permissions"]),
    ("/resources?limit=100", &["/resources/{id}/aliases", "/resources/{id}/delegates", "/entities/{id}/permissions"]),
];

/// Operations of AWS that change something and are tried elsewhere: organizations are made when the doors are opened and
/// deleted in the scenarios of the conformance suite; what an account or a user has one of for the three organizations
/// together, or what is drawn at random, is deleted there too.
pub(super) const ELSEWHERE: &[&str] =
    &["CreateOrganization", "DeleteOrganization", "DeleteIdentityCenterApplication", "DeletePersonalAccessToken"];

/// What must be there for the refusals.
pub(super) const NEEDED_FOR_REFUSALS: &[&str] = &["create_user", "enable_user", "create_group", "add_group_member"];

/// All of them, in order.
pub(super) fn all() -> Vec<Step> {
    [people(), addresses(), groups(), resources(), mailboxes(), settings::all(), leavers()]
        .into_iter()
        .flatten()
        .collect()
}

const NOTHING: Value = Value::Null;

fn people() -> Vec<Step> {
    let mut steps = Vec::new();
    for (rest, line, aws) in [
        (
            json!({"username": "ada", "display_name": "Ada", "password": "Lantern-Copper-48", "first_name": "A"}),
            "ada",
            "ada",
        ),
        (
            json!({"username": "bob", "display_name": "Ada", "password": "Lantern-Copper-48", "first_name": "A"}),
            "bob",
            "bob",
        ),
        (
            json!({"username": "cal", "display_name": "Ada", "password": "Lantern-Copper-48", "first_name": "A"}),
            "cal",
            "cal",
        ),
    ] {
        steps.push(step(
            "create_user",
            (Method::POST, "/users", rest),
            &format!("user create {line} --display-name Ada --first-name A --password-file {{password}}"),
            (
                "CreateUser",
                json!({"Name": aws, "DisplayName": "Ada", "FirstName": "A", "Password": "Lantern-Copper-48"}),
            ),
        ));
    }
    steps.extend([
        step(
            "enable_user",
            (Method::POST, "/users/ada/enable", json!({"email": "ada@{alias}.reeve.test"})),
            "user enable ada --email ada@{alias}.reeve.test",
            ("RegisterToWorkMail", json!({"EntityId": "{id:/users/ada:/user_id}", "Email": "ada@{alias}.reeve.test"})),
        ),
        step(
            "enable_user",
            (Method::POST, "/users/bob/enable", json!({"email": "bob@{alias}.reeve.test"})),
            "user enable bob --email bob@{alias}.reeve.test",
            ("RegisterToWorkMail", json!({"EntityId": "bob", "Email": "bob@{alias}.reeve.test"})),
        ),
        step(
            "edit_user",
            (Method::PATCH, "/users/ada", json!({"job_title": "Analyst", "city": "London"})),
            "user edit ada --job-title Analyst --city London",
            ("UpdateUser", json!({"UserId": "ada@{alias}.reeve.test", "JobTitle": "Analyst", "City": "London"})),
        ),
        step(
            "reset_password",
            (Method::POST, "/users/ada/reset-password", json!({"password": "Meadow-Harbour-52"})),
            "user reset-password ada --password-file {new-password}",
            ("ResetPassword", json!({"UserId": "{id:/users/ada:/user_id}", "Password": "Meadow-Harbour-52"})),
        ),
    ]);
    steps
}

fn addresses() -> Vec<Step> {
    vec![
        step(
            "add_alias",
            (Method::POST, "/users/ada/aliases", json!({"address": "first@{alias}.reeve.test"})),
            "user alias add ada first@{alias}.reeve.test",
            ("CreateAlias", json!({"EntityId": "{id:/users/ada:/user_id}", "Alias": "first@{alias}.reeve.test"})),
        ),
        step(
            "set_default_address",
            (Method::PUT, "/users/ada/default-address", json!({"email": "second@{alias}.reeve.test"})),
            "user default-address ada second@{alias}.reeve.test",
            ("UpdatePrimaryEmailAddress", json!({"EntityId": "ada", "Email": "second@{alias}.reeve.test"})),
        ),
        step(
            "remove_alias",
            (Method::DELETE, "/users/ada/aliases/first@{alias}.reeve.test", NOTHING),
            "user alias remove ada first@{alias}.reeve.test",
            ("DeleteAlias", json!({"EntityId": "{id:/users/ada:/user_id}", "Alias": "first@{alias}.reeve.test"})),
        ),
        step(
            "add_domain",
            (Method::POST, "/domains", json!({"domain": "{alias}.example"})),
            "domain add {alias}.example",
            ("RegisterMailDomain", json!({"DomainName": "{alias}.example"})),
        ),
        step(
            "add_domain",
            (Method::POST, "/domains", json!({"domain": "brief-{alias}.example"})),
            "domain add brief-{alias}.example",
            ("RegisterMailDomain", json!({"DomainName": "brief-{alias}.example"})),
        ),
        step(
            "remove_domain",
            (Method::DELETE, "/domains/brief-{alias}.example", NOTHING),
            "domain remove brief-{alias}.example",
            ("DeregisterMailDomain", json!({"DomainName": "brief-{alias}.example"})),
        ),
        step(
            "set_default_domain",
            (Method::PUT, "/default-domain", json!({"domain": "{alias}.reeve.test"})),
            "domain set-default {alias}.reeve.test",
            ("UpdateDefaultMailDomain", json!({"DomainName": "{alias}.reeve.test"})),
        ),
    ]
}

fn groups() -> Vec<Step> {
    let mut steps = Vec::new();
    for name in ["staff", "sales"] {
        steps.push(step(
            "create_group",
            (Method::POST, "/groups", json!({"name": name})),
            &format!("group create {name}"),
            ("CreateGroup", json!({"Name": name})),
        ));
    }
    steps.extend([
        step(
            "enable_group",
            (Method::POST, "/groups/staff/enable", json!({"email": "staff@{alias}.reeve.test"})),
            "group enable staff --email staff@{alias}.reeve.test",
            ("RegisterToWorkMail", json!({"EntityId": "staff", "Email": "staff@{alias}.reeve.test"})),
        ),
        step(
            "add_group_member",
            (Method::POST, "/groups/staff/members", json!({"member": "sales"})),
            "group member add staff sales",
            ("AssociateMemberToGroup", json!({"GroupId": "staff", "MemberId": "sales"})),
        ),
        step(
            "add_group_member",
            (Method::POST, "/groups/sales/members", json!({"member": "ada"})),
            "group member add sales ada",
            ("AssociateMemberToGroup", json!({"GroupId": "sales", "MemberId": "{id:/users/ada:/user_id}"})),
        ),
        step(
            "add_group_member",
            (Method::POST, "/groups/sales/members", json!({"member": "bob"})),
            "group member add sales bob",
            ("AssociateMemberToGroup", json!({"GroupId": "sales", "MemberId": "bob@{alias}.reeve.test"})),
        ),
        step(
            "remove_group_member",
            (Method::DELETE, "/groups/sales/members/bob", NOTHING),
            "group member remove sales bob",
            ("DisassociateMemberFromGroup", json!({"GroupId": "sales", "MemberId": "bob"})),
        ),
        step(
            "edit_group",
            (Method::PATCH, "/groups/staff", json!({"hidden_from_global_address_list": true})),
            "group edit staff --hidden",
            ("UpdateGroup", json!({"GroupId": "staff", "HiddenFromGlobalAddressList": true})),
        ),
        step(
            "add_group_alias",
            (Method::POST, "/groups/staff/aliases", json!({"address": "all@{alias}.reeve.test"})),
            "group alias add staff all@{alias}.reeve.test",
            ("CreateAlias", json!({"EntityId": "{id:/groups/staff:/group_id}", "Alias": "all@{alias}.reeve.test"})),
        ),
    ]);
    steps
}

fn resources() -> Vec<Step> {
    vec![
        step(
            "create_resource",
            (Method::POST, "/resources", json!({"name": "orchard", "kind": "room", "description": "Third floor"})),
            "resource create orchard --kind room --description Third_floor",
            ("CreateResource", json!({"Name": "orchard", "Type": "ROOM", "Description": "Third floor"})),
        ),
        step(
            "create_resource",
            (Method::POST, "/resources", json!({"name": "lantern", "kind": "equipment"})),
            "resource create lantern --kind equipment",
            ("CreateResource", json!({"Name": "lantern", "Type": "EQUIPMENT"})),
        ),
        step(
            "enable_resource",
            (Method::POST, "/resources/orchard/enable", json!({"email": "orchard@{alias}.reeve.test"})),
            "resource enable orchard --email orchard@{alias}.reeve.test",
            ("RegisterToWorkMail", json!({"EntityId": "orchard", "Email": "orchard@{alias}.reeve.test"})),
        ),
        step(
            "add_resource_delegate",
            (Method::POST, "/resources/orchard/delegates", json!({"delegate": "ada"})),
            "resource delegate add orchard ada",
            ("AssociateDelegateToResource", json!({"ResourceId": "orchard", "EntityId": "ada"})),
        ),
        step(
            "add_resource_delegate",
            (Method::POST, "/resources/orchard/delegates", json!({"delegate": "staff"})),
            "resource delegate add orchard staff",
            ("AssociateDelegateToResource", json!({"ResourceId": "orchard", "EntityId": "staff@{alias}.reeve.test"})),
        ),
        step(
            "remove_resource_delegate",
            (Method::DELETE, "/resources/orchard/delegates/staff", NOTHING),
            "resource delegate remove orchard staff",
            ("DisassociateDelegateFromResource", json!({"ResourceId": "orchard", "EntityId": "staff"})),
        ),
        step(
            "edit_resource",
            (
                Method::PATCH,
                "/resources/orchard",
                json!({"booking": {"auto_accept": false, "auto_decline_recurring": true, "auto_decline_conflicting": true}}),
            ),
            "resource edit orchard --auto-accept=false --auto-decline-recurring --auto-decline-conflicting",
            (
                "UpdateResource",
                json!({"ResourceId": "orchard", "BookingOptions": {
                    "AutoAcceptRequests": false, "AutoDeclineRecurringRequests": true,
                    "AutoDeclineConflictingRequests": true
                }}),
            ),
        ),
        step(
            "delete_resource",
            (Method::DELETE, "/resources/lantern", NOTHING),
            "resource delete lantern --yes",
            ("DeleteResource", json!({"ResourceId": "{id:/resources/lantern:/resource_id}"})),
        ),
    ]
}

fn mailboxes() -> Vec<Step> {
    vec![
        step(
            "put_mailbox_permissions",
            (Method::PUT, "/entities/ada/permissions/bob", json!({"permissions": ["full_access", "send_as"]})),
            "permission put ada bob --allow full~access,send~as",
            (
                "PutMailboxPermissions",
                json!({"EntityId": "ada", "GranteeId": "bob", "PermissionValues": ["SEND_AS", "FULL_ACCESS"]}),
            ),
        ),
        step(
            "put_mailbox_permissions",
            (Method::PUT, "/entities/ada/permissions/staff", json!({"permissions": ["send_on_behalf"]})),
            "permission put ada staff --allow send~on~behalf",
            (
                "PutMailboxPermissions",
                json!({"EntityId": "ada", "GranteeId": "staff", "PermissionValues": ["SEND_ON_BEHALF"]}),
            ),
        ),
        step(
            "delete_mailbox_permissions",
            (Method::DELETE, "/entities/ada/permissions/staff", NOTHING),
            "permission delete ada staff",
            ("DeleteMailboxPermissions", json!({"EntityId": "ada", "GranteeId": "staff"})),
        ),
        step(
            "set_mailbox_quota",
            (Method::PATCH, "/users/ada/mailbox", json!({"quota_mb": 2048})),
            "user mailbox set-quota ada 2048",
            ("UpdateMailboxQuota", json!({"UserId": "ada", "MailboxQuota": 2048})),
        ),
    ]
}

fn leavers() -> Vec<Step> {
    vec![
        step(
            "disable_user",
            (Method::POST, "/users/bob/disable", NOTHING),
            "user disable bob",
            ("DeregisterFromWorkMail", json!({"EntityId": "bob"})),
        ),
        step(
            "delete_user",
            (Method::DELETE, "/users/cal", NOTHING),
            "user delete cal --yes",
            ("DeleteUser", json!({"UserId": "cal"})),
        ),
        step(
            "delete_group",
            (Method::DELETE, "/groups/sales", NOTHING),
            "group delete sales --yes",
            ("DeleteGroup", json!({"GroupId": "sales"})),
        ),
    ]
}
