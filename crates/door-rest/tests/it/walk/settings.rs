//! The part of the walk that is about settings of organizations: tags, retention, mail, availability, identity providers, tokens.

use serde_json::json;

use super::{Step, TYPED, step};
use crate::caller::Call;

const ACME: &str = "/organizations/acme";
const ELSEWHERE: &str = "/organizations/acme/availability-configurations/elsewhere.example";
const APPLICATIONS: &str = "/identity-center-applications";

fn of(rest: &str) -> String {
    format!("{ACME}/{rest}")
}

pub(super) fn there() -> Vec<Step> {
    let tags = json!({"tags": [{"key": "cost/centre", "value": "4711"}, {"key": "team", "value": ""}]});
    let policy = json!({"name": "standard", "folders": [{"folder": "junk_email", "action": "delete", "days": 14}]});
    let log_group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:*";
    let parts = [
        vec![
            step("tag_organization", 200, Call::post(&of("tags"), &tags)),
            step("list_organization_tags", 200, Call::get(&of("tags"))),
            step("put_retention_policy", 200, Call::put(&of("retention-policy"), &policy)),
            step("show_retention_policy", 200, Call::get(&of("retention-policy"))),
            step("set_inbound_dmarc", 200, Call::put(&of("inbound-dmarc"), &json!({"enforced": false}))),
            step("show_inbound_dmarc", 200, Call::get(&of("inbound-dmarc"))),
            step("set_email_monitoring", 200, Call::put(&of("email-monitoring"), &json!({"log_group_arn": log_group}))),
            step("show_email_monitoring", 200, Call::get(&of("email-monitoring"))),
            step("set_hold_settings", 200, Call::patch(&of("hold-settings"), &json!({"addresses_days": 90}))),
            step("show_hold_settings", 200, Call::get(&of("hold-settings"))),
            step("list_holds", 200, Call::get(&of("holds"))),
        ],
        availability(),
        providers(),
    ];
    parts.into_iter().flatten().collect()
}

fn availability() -> Vec<Step> {
    let ews = |username: &str| {
        let endpoint = "https://ews.elsewhere.example/EWS/Exchange.asmx";
        json!({"ews": {"endpoint": endpoint, "username": username, "password": TYPED}})
    };
    let mut new = ews("reeve");
    new["domain"] = json!("elsewhere.example");
    let test = json!({"domain": "elsewhere.example"});
    vec![
        step("create_availability_configuration", 201, Call::post(&of("availability-configurations"), &new)),
        step("list_availability_configurations", 200, Call::get(&of("availability-configurations"))),
        step("edit_availability_configuration", 200, Call::put(ELSEWHERE, &ews("other"))),
        step("test_availability_configuration", 200, Call::post(&of("availability-tests"), &test)),
    ]
}

fn providers() -> Vec<Step> {
    let instance = "arn:aws:sso:::instance/ssoins-1234567890abcdef";
    let provider = json!({
        "mode": "provider_and_directory", "instance_arn": instance, "application_arn": "{application}",
        "tokens": {"status": "active", "lifetime_days": 365}
    });
    let application = json!({"name": "mail", "instance_arn": instance});
    let token = json!({"name": "telephone", "scopes": ["IMAP"]});
    vec![
        step("create_identity_center_application", 201, Call::post(APPLICATIONS, &application))
            .learns(&[("application", "/application_arn")]),
        step("list_identity_center_applications", 200, Call::get(APPLICATIONS)),
        step("set_identity_provider", 200, Call::put(&of("identity-provider"), &provider)),
        step("show_identity_provider", 200, Call::get(&of("identity-provider"))),
        step("create_personal_access_token", 201, Call::post(&of("users/bob/personal-access-tokens"), &token))
            .learns(&[("token", "/token_id")]),
        step("list_personal_access_tokens", 200, Call::get(&of("personal-access-tokens?user=bob"))),
        step("show_personal_access_token", 200, Call::get(&of("personal-access-tokens/{token}"))),
    ]
}

pub(super) fn back() -> Vec<Step> {
    let application = format!("{APPLICATIONS}?application_arn={{application}}");
    // Ada is gone by now.
    let release = json!({"kind": "name", "value": "ada", "reason": "another Ada joins"});
    vec![
        step("release_hold", 204, Call::post(&of("holds/release"), &release)),
        step("delete_personal_access_token", 204, Call::delete(&of("personal-access-tokens/{token}"))),
        step("remove_identity_provider", 204, Call::delete(&of("identity-provider"))),
        step("delete_identity_center_application", 204, Call::delete(&application)),
        step("delete_availability_configuration", 204, Call::delete(ELSEWHERE)),
        step("remove_email_monitoring", 204, Call::delete(&of("email-monitoring"))),
        step("delete_retention_policy", 204, Call::delete(&of("retention-policy"))),
        step("untag_organization", 204, Call::delete(&of("tags/cost%2Fcentre"))),
    ]
}
