//! Rules and settings of an organization, in the words of each door.

use reqwest::Method;
use serde_json::{Value, json};

use super::steps::{Step, step};

const NOTHING: Value = Value::Null;
const LOG_GROUP: &str = "arn:aws:logs:us-east-1:123456789012:log-group:/mail/events:*";
const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-1234567890abcdef";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:free-busy";
const APPLICATION: &str = "{id:/account/identity-center-applications:/items/0/application_arn}";
const ROLE: &str = "{id:/impersonation-roles:/items/0/impersonation_role_id}";
const OVERRIDE: &str = "/users/ada/mobile-device-overrides/Phone1";

/// All of them, in order. There is the user ada, who is enabled.
pub(super) fn all() -> Vec<Step> {
    [tags(), access_rules(), devices(), roles(), mail(), availability(), identity()].into_iter().flatten().collect()
}

fn tags() -> Vec<Step> {
    let arn = "arn:aws:workmail:us-east-1:{account}:organization/{organization}";
    vec![
        step(
            "tag_organization",
            (
                Method::POST,
                "/tags",
                json!({"tags": [{"key": "stage", "value": "test"}, {"key": "owner", "value": "it"}]}),
            ),
            "org tag add {alias} stage=test owner=it",
            (
                "TagResource",
                json!({"ResourceARN": arn, "Tags": [
                    {"Key": "stage", "Value": "test"}, {"Key": "owner", "Value": "it"}
                ]}),
            ),
        ),
        step(
            "untag_organization",
            (Method::DELETE, "/tags/owner", NOTHING),
            "org tag remove {alias} owner",
            ("UntagResource", json!({"ResourceARN": arn, "TagKeys": ["owner"]})),
        ),
    ]
}

fn access_rules() -> Vec<Step> {
    vec![
        step(
            "put_access_control_rule",
            (
                Method::PUT,
                "/access-control-rules/office",
                json!({"effect": "deny", "description": "Office", "protocols": ["IMAP", "SMTP"],
                    "not_ip_ranges": ["192.0.2.0/24"], "users": ["ada"]}),
            ),
            "access-rule put office --effect deny --description Office --protocol IMAP,SMTP --not-ip-range \
             192.0.2.0/24 --user ada",
            (
                "PutAccessControlRule",
                json!({"Name": "office", "Effect": "DENY", "Description": "Office", "Actions": ["IMAP", "SMTP"],
                    "NotIpRanges": ["192.0.2.0/24"], "UserIds": ["{id:/users/ada:/user_id}"]}),
            ),
        ),
        step(
            "put_access_control_rule",
            (Method::PUT, "/access-control-rules/brief", json!({"effect": "allow"})),
            "access-rule put brief --effect allow",
            ("PutAccessControlRule", json!({"Name": "brief", "Effect": "ALLOW", "Description": ""})),
        ),
        step(
            "delete_access_control_rule",
            (Method::DELETE, "/access-control-rules/brief", NOTHING),
            "access-rule delete brief",
            ("DeleteAccessControlRule", json!({"Name": "brief"})),
        ),
    ]
}

fn devices() -> Vec<Step> {
    let mut steps = Vec::new();
    // `default` is among the rules; what is made comes after it.
    for name in ["old", "zebra"] {
        steps.push(step(
            "create_mobile_device_rule",
            (
                Method::POST,
                "/mobile-device-rules",
                json!({"name": name, "effect": "deny", "device_operating_systems": ["Android 8"]}),
            ),
            &format!("device-rule create {name} --effect deny --os Android_8"),
            (
                "CreateMobileDeviceAccessRule",
                json!({"Name": name, "Effect": "DENY", "DeviceOperatingSystems": ["Android 8"]}),
            ),
        ));
    }
    let second = "{id:/mobile-device-rules:/items/1/rule_id}";
    let third = "{id:/mobile-device-rules:/items/2/rule_id}";
    steps.extend([
        step(
            "edit_mobile_device_rule",
            (
                Method::PUT,
                "/mobile-device-rules/{id:/mobile-device-rules:/items/1/rule_id}",
                json!({"name": "old", "effect": "deny", "not_device_types": ["iPhone"]}),
            ),
            &format!("device-rule edit {} --name old --effect deny --not-type iPhone", second.replace('_', "~")),
            (
                "UpdateMobileDeviceAccessRule",
                json!({"MobileDeviceAccessRuleId": second, "Name": "old", "Effect": "DENY",
                    "NotDeviceTypes": ["iPhone"]}),
            ),
        ),
        step(
            "delete_mobile_device_rule",
            (Method::DELETE, "/mobile-device-rules/{id:/mobile-device-rules:/items/2/rule_id}", NOTHING),
            &format!("device-rule delete {}", third.replace('_', "~")),
            ("DeleteMobileDeviceAccessRule", json!({"MobileDeviceAccessRuleId": third})),
        ),
        step(
            "put_mobile_device_override",
            (Method::PUT, OVERRIDE, json!({"effect": "allow", "description": "new phone"})),
            "device-override put ada Phone1 --effect allow --description new_phone",
            (
                "PutMobileDeviceAccessOverride",
                json!({"UserId": "ada", "DeviceId": "Phone1", "Effect": "ALLOW", "Description": "new phone"}),
            ),
        ),
        step(
            "put_mobile_device_override",
            (Method::PUT, "/users/ada/mobile-device-overrides/Phone2", json!({"effect": "deny"})),
            "device-override put ada Phone2 --effect deny",
            ("PutMobileDeviceAccessOverride", json!({"UserId": "ada", "DeviceId": "Phone2", "Effect": "DENY"})),
        ),
        step(
            "delete_mobile_device_override",
            (Method::DELETE, "/users/ada/mobile-device-overrides/phone2", NOTHING),
            "device-override delete ada phone2",
            ("DeleteMobileDeviceAccessOverride", json!({"UserId": "ada", "DeviceId": "phone2"})),
        ),
    ]);
    steps
}

fn roles() -> Vec<Step> {
    let mut steps = Vec::new();
    for name in ["Archive", "Zebra"] {
        steps.push(step(
            "create_impersonation_role",
            (
                Method::POST,
                "/impersonation-roles",
                json!({"name": name, "kind": "read_only", "rules": [{"rule_id": "all", "effect": "allow"}]}),
            ),
            &format!("impersonation-role create {name} --kind read~only --rule all:allow"),
            (
                "CreateImpersonationRole",
                json!({"Name": name, "Type": "READ_ONLY",
                    "Rules": [{"ImpersonationRuleId": "all", "Effect": "ALLOW"}]}),
            ),
        ));
    }
    let second = "{id:/impersonation-roles:/items/1/impersonation_role_id}";
    steps.extend([
        step(
            "edit_impersonation_role",
            (
                Method::PUT,
                "/impersonation-roles/{id:/impersonation-roles:/items/0/impersonation_role_id}",
                json!({"name": "Archive", "kind": "full_access",
                    "rules": [{"rule_id": "one", "effect": "deny", "target_users": ["ada"]}]}),
            ),
            &format!(
                "impersonation-role edit {} --name Archive --kind full~access --rule one:deny=ada",
                ROLE.replace('_', "~")
            ),
            (
                "UpdateImpersonationRole",
                json!({"ImpersonationRoleId": ROLE, "Name": "Archive", "Type": "FULL_ACCESS",
                    "Rules": [{"ImpersonationRuleId": "one", "Effect": "DENY", "TargetUsers": ["ada"]}]}),
            ),
        ),
        step(
            "delete_impersonation_role",
            (Method::DELETE, "/impersonation-roles/{id:/impersonation-roles:/items/1/impersonation_role_id}", NOTHING),
            &format!("impersonation-role delete {}", second.replace('_', "~")),
            ("DeleteImpersonationRole", json!({"ImpersonationRoleId": second})),
        ),
    ]);
    steps
}

/// What is set, taken away and set again, so that it is seen at the end.
fn mail() -> Vec<Step> {
    let retention = || {
        step(
            "put_retention_policy",
            (
                Method::PUT,
                "/retention-policy",
                json!({"name": "standard", "folders": [{"folder": "junk_email", "action": "delete", "days": 14}]}),
            ),
            "retention set standard --folder junk~email=delete:14",
            (
                "PutRetentionPolicy",
                json!({"Name": "standard",
                    "FolderConfigurations": [{"Name": "JUNK_EMAIL", "Action": "DELETE", "Period": 14}]}),
            ),
        )
    };
    let monitoring = || {
        step(
            "set_email_monitoring",
            (Method::PUT, "/email-monitoring", json!({"log_group_arn": LOG_GROUP})),
            &format!("monitoring set {LOG_GROUP}"),
            ("PutEmailMonitoringConfiguration", json!({"LogGroupArn": LOG_GROUP})),
        )
    };
    vec![
        retention(),
        step(
            "delete_retention_policy",
            (Method::DELETE, "/retention-policy", NOTHING),
            "retention delete",
            ("DeleteRetentionPolicy", json!({"Id": "{id:/retention-policy:/retention_policy_id}"})),
        ),
        retention(),
        step(
            "set_inbound_dmarc",
            (Method::PUT, "/inbound-dmarc", json!({"enforced": false})),
            "dmarc set ignored",
            ("PutInboundDmarcSettings", json!({"Enforced": false})),
        ),
        monitoring(),
        step(
            "remove_email_monitoring",
            (Method::DELETE, "/email-monitoring", NOTHING),
            "monitoring remove",
            ("DeleteEmailMonitoringConfiguration", json!({})),
        ),
        monitoring(),
    ]
}

fn availability() -> Vec<Step> {
    let ews = "https://ews.elsewhere.example/EWS/Exchange.asmx";
    let mut steps = Vec::new();
    for domain in ["elsewhere.example", "brief.example"] {
        steps.push(step(
            "create_availability_configuration",
            (
                Method::POST,
                "/availability-configurations",
                json!({"domain": domain,
                    "ews": {"endpoint": ews, "username": "reeve", "password": "Lantern-Copper-48"}}),
            ),
            &format!("availability create {domain} --endpoint {ews} --username reeve --password-file {{password}}"),
            (
                "CreateAvailabilityConfiguration",
                json!({"DomainName": domain, "EwsProvider": {
                    "EwsEndpoint": ews, "EwsUsername": "reeve", "EwsPassword": "Lantern-Copper-48"
                }}),
            ),
        ));
    }
    steps.extend([
        step(
            "edit_availability_configuration",
            (
                Method::PUT,
                "/availability-configurations/elsewhere.example",
                json!({"lambda": {"function_arn": FUNCTION}}),
            ),
            &format!("availability edit elsewhere.example --function {FUNCTION}"),
            (
                "UpdateAvailabilityConfiguration",
                json!({"DomainName": "elsewhere.example", "LambdaProvider": {"LambdaArn": FUNCTION}}),
            ),
        ),
        step(
            "delete_availability_configuration",
            (Method::DELETE, "/availability-configurations/brief.example", NOTHING),
            "availability delete brief.example",
            ("DeleteAvailabilityConfiguration", json!({"DomainName": "brief.example"})),
        ),
    ]);
    steps
}

fn identity() -> Vec<Step> {
    let made = step(
        "create_identity_center_application",
        (Method::POST, "/identity-center-applications", json!({"name": "mail-{alias}", "instance_arn": INSTANCE})),
        &format!("identity-center-application create mail-{{alias}} --instance {INSTANCE}"),
        ("CreateIdentityCenterApplication", json!({"Name": "mail-{alias}", "InstanceArn": INSTANCE})),
    );
    let set = || {
        step(
            "set_identity_provider",
            (
                Method::PUT,
                "/identity-provider",
                json!({"mode": "provider_and_directory", "instance_arn": INSTANCE, "application_arn": APPLICATION,
                    "tokens": {"status": "active", "lifetime_days": 30}}),
            ),
            &format!(
                "identity-provider set --mode provider~and~directory --instance {INSTANCE} --application {} --tokens \
                 active --token-lifetime 30",
                APPLICATION.replace('_', "~")
            ),
            (
                "PutIdentityProviderConfiguration",
                json!({
                    "AuthenticationMode": "IDENTITY_PROVIDER_AND_DIRECTORY",
                    "IdentityCenterConfiguration": {"InstanceArn": INSTANCE, "ApplicationArn": APPLICATION},
                    "PersonalAccessTokenConfiguration": {"Status": "ACTIVE", "LifetimeInDays": 30},
                }),
            ),
        )
    };
    vec![
        Step { of_account: true, ..made },
        set(),
        step(
            "remove_identity_provider",
            (Method::DELETE, "/identity-provider", NOTHING),
            "identity-provider remove",
            ("DeleteIdentityProviderConfiguration", json!({})),
        ),
        set(),
    ]
}
