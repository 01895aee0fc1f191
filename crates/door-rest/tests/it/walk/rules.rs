//! The part of the walk that is about rules: access control, mobile devices, impersonation roles.

use serde_json::json;

use super::{Step, step};
use crate::caller::Call;

const OFFICE: &str = "/organizations/acme/access-control-rules/office";
const DEVICE_RULE: &str = "/organizations/acme/mobile-device-rules/{device_rule}";
const PHONE: &str = "/organizations/acme/users/bob/mobile-device-overrides/ApplDNPK1234F18X";
const ROLE: &str = "/organizations/acme/impersonation-roles/{impersonation_role}";

pub(super) fn there() -> Vec<Step> {
    let of = |rest: &str| format!("/organizations/acme/{rest}");
    let office = json!({"effect": "deny", "protocols": ["IMAP"], "not_ip_ranges": ["192.0.2.0/24"], "users": ["bob"]});
    let arrival = json!({"protocol": "IMAP", "source_address": "203.0.113.9", "user": "bob"});
    let phones = json!({"name": "Phones", "effect": "deny", "device_types": ["iPhone"], "description": "none yet"});
    let tablets = json!({"name": "Tablets", "effect": "deny", "device_types": ["iPad"]});
    let lost = json!({"effect": "deny", "description": "lost in the train"});
    let everybody = json!({"rule_id": "everybody", "effect": "allow"});
    let but_bob = json!({"rule_id": "but-bob", "effect": "deny", "target_users": ["bob"]});
    let archive = json!({"name": "Archive", "kind": "read_only", "rules": [everybody]});
    let narrower = json!({"name": "Archive", "kind": "full_access", "rules": [everybody, but_bob]});
    vec![
        step("list_access_control_rules", 200, Call::get(&of("access-control-rules"))),
        step("put_access_control_rule", 200, Call::put(OFFICE, &office)),
        step("test_access_control", 200, Call::post(&of("access-control-tests"), &arrival)),
        step("list_mobile_device_rules", 200, Call::get(&of("mobile-device-rules"))),
        step("create_mobile_device_rule", 201, Call::post(&of("mobile-device-rules"), &phones))
            .learns(&[("device_rule", "/rule_id")]),
        step("edit_mobile_device_rule", 200, Call::put(DEVICE_RULE, &tablets)),
        step("test_mobile_device_access", 200, Call::post(&of("mobile-device-tests"), &json!({"device_type": "iPad"}))),
        step("put_mobile_device_override", 200, Call::put(PHONE, &lost)),
        step("show_mobile_device_override", 200, Call::get(PHONE)),
        step("list_mobile_device_overrides", 200, Call::get(&of("mobile-device-overrides?user=bob"))),
        step("create_impersonation_role", 201, Call::post(&of("impersonation-roles"), &archive))
            .learns(&[("impersonation_role", "/impersonation_role_id")]),
        step("list_impersonation_roles", 200, Call::get(&of("impersonation-roles"))),
        step("show_impersonation_role", 200, Call::get(ROLE)),
        step("edit_impersonation_role", 200, Call::put(ROLE, &narrower)),
        step("test_impersonation_role", 200, Call::post(&format!("{ROLE}/tests"), &json!({"user": "bob"}))),
    ]
}

pub(super) fn back() -> Vec<Step> {
    vec![
        step("delete_impersonation_role", 204, Call::delete(ROLE)),
        step("delete_mobile_device_override", 204, Call::delete(PHONE)),
        step("delete_mobile_device_rule", 204, Call::delete(DEVICE_RULE)),
        step("delete_access_control_rule", 204, Call::delete(OFFICE)),
    ]
}
