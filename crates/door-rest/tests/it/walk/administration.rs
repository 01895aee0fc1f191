//! The part of the walk that is about administration: the deployment, policies, administrators, one's own session.

use serde_json::json;

use super::{Step, TYPED_TOO, bare, own, step};
use crate::caller::Call;
use crate::world::{PASSWORD, Who};

const GRACE: &str = "/administrators/grace@first.example";
const FACTORS: &str = "/sessions/current/second-factors";

pub(super) fn there() -> Vec<Step> {
    let parts = [of_policies(), of_administrators(), of_api_credentials(), of_sessions(), of_second_factors()];
    parts.into_iter().flatten().collect()
}

/// What comes before everything else.
pub(super) fn of_the_deployment() -> Vec<Step> {
    let account =
        json!({"name": "Third", "administrator": {"username": "root@third.example", "generate_password": true}});
    let signing_in = json!({"username": "root@first.example", "password": PASSWORD, "transport": "cookie"});
    let by = |who, operation, status, call| Step { who, ..step(operation, status, call) };
    vec![
        by(Who::Operator, "list_accounts", 200, Call::get("/accounts")),
        by(Who::Operator, "create_account", 201, Call::post("/accounts", &account)),
        by(Who::Nobody, "sign_in", 201, Call::post("/sessions", &signing_in)),
        step("show_session", 200, Call::get("/sessions/current")),
        step("show_account", 200, Call::get("/account")),
        step("edit_account", 200, Call::patch("/account", &json!({"event_retention_days": 400}))),
        step("list_regions", 200, Call::get("/regions")),
    ]
}

fn of_policies() -> Vec<Step> {
    let policy = json!({
        "name": "People of Acme", "description": "looks after them",
        "permissions": [{"resource_type": "user", "actions": ["read", "update"], "organizations": ["acme"]}]
    });
    let cedar = json!({"cedar": "permit (principal, action == Action::\"show_user\", resource);"});
    let question = json!({
        "administrator": "deputy@first.example", "action": "show_user",
        "resource": {"type": "user", "id": "ada", "organization": "acme"}
    });
    vec![
        step("create_policy", 201, Call::post("/policies", &policy)).learns(&[("policy", "/policy_id")]),
        step("list_policies", 200, Call::get("/policies?search=people")),
        step("show_policy", 200, Call::get("/policies/{policy}")),
        step("edit_policy", 200, Call::patch("/policies/People%20of%20Acme", &cedar)),
        step("validate_policy", 200, Call::post("/policies/validate", &cedar)),
        step("test_policy", 200, Call::post("/policies/test", &question)),
        step("list_policy_actions", 200, Call::get("/policies/actions")),
    ]
}

fn of_administrators() -> Vec<Step> {
    let grace = json!({
        "username": "grace@first.example", "first_name": "Grace", "last_name": "Hopper", "role": "general",
        "generate_password": true, "policies": [{"policy": "help-desk", "organizations": ["acme"]}]
    });
    let of_grace = |rest: &str| format!("{GRACE}/{rest}");
    let typed = json!({ "password": TYPED_TOO });
    vec![
        step("add_administrator", 201, Call::post("/administrators", &grace)),
        step("list_administrators", 200, Call::get("/administrators?search=gra&role=general&status=active")),
        step("show_administrator", 200, Call::get(GRACE)),
        step("edit_administrator", 200, Call::patch(GRACE, &json!({"last_name": "Murray", "generate_password": true}))),
        step("attach_policy", 200, Call::put("/policies/{policy}/administrators/grace@first.example", &json!({}))),
        step("list_policy_holders", 200, Call::get("/policies/{policy}/administrators")),
        step("reset_administrator_password", 200, Call::post(&of_grace("reset-password"), &typed)),
        step("unlock_administrator", 200, bare(&of_grace("unlock"))),
        step("end_sessions", 200, bare(&of_grace("end-sessions"))),
        step("reset_second_factors", 200, bare(&of_grace("reset-second-factors"))),
    ]
}

fn of_api_credentials() -> Vec<Step> {
    let of_grace = |rest: &str| format!("{GRACE}/{rest}");
    let key = json!({"name": "nightly export", "source_networks": ["192.0.2.0/24"], "limit_policy": "read-only"});
    let edit = json!({"status": "inactive", "limit_policy": null});
    let limited = json!({"generate_password": true, "limit_policy": "read-only"});
    vec![
        step("set_api_access", 200, Call::put(&of_grace("api-access"), &json!({"enabled": true}))),
        step("set_api_password", 200, Call::put(&of_grace("api-password"), &limited)),
        step("create_access_key", 201, Call::post(&of_grace("access-keys"), &key)).learns(&[("key", "/access_key_id")]),
        step("list_access_keys", 200, Call::get(&of_grace("access-keys"))),
        step("edit_access_key", 200, Call::patch(&of_grace("access-keys/{key}"), &edit)),
    ]
}

fn of_sessions() -> Vec<Step> {
    vec![
        own("list_sessions", 200, Call::get("/sessions")),
        own("end_session", 204, Call::delete("/sessions/{session}")),
        own("end_other_sessions", 200, Call::delete("/sessions")),
    ]
}

fn of_second_factors() -> Vec<Step> {
    let of = |rest: &str| format!("{FACTORS}/{rest}");
    let proof = json!({"challenge": "{challenge}", "code": "{code}"});
    let passkey = json!({"challenge": "{challenge}", "name": "blue key", "credential": "{credential}"});
    let completing = Call::post("/sessions/second-factor", &proof);
    vec![
        own("begin_totp", 200, bare(&of("totp"))).learns(&[("challenge", "/challenge"), ("secret", "/secret")]),
        own("confirm_totp", 200, Call::post(&of("totp/confirmation"), &proof)),
        own("list_second_factors", 200, Call::get(FACTORS)),
        Step { who: Who::Nobody, ..own("complete_sign_in", 201, completing) },
        own("make_recovery_codes", 200, bare(&of("recovery-codes"))),
        own("begin_passkey", 200, bare(&of("passkeys"))).learns(&[("challenge", "/challenge")]),
        own("confirm_passkey", 201, Call::post(&of("passkeys/confirmation"), &passkey))
            .learns(&[("passkey", "/passkey/passkey_id")]),
    ]
}

pub(super) fn back() -> Vec<Step> {
    let of_grace = |rest: &str| format!("{GRACE}/{rest}");
    vec![
        step("delete_access_key", 204, Call::delete(&of_grace("access-keys/{key}"))),
        step("remove_api_password", 204, Call::delete(&of_grace("api-password"))),
        step("deactivate_administrator", 200, bare(&of_grace("deactivate"))),
        step("activate_administrator", 200, bare(&of_grace("activate"))),
        step("detach_policy", 200, Call::delete("/policies/{policy}/administrators/grace@first.example")),
        step("delete_policy", 204, Call::delete("/policies/{policy}")),
    ]
}

/// What ends the walk: nobody can ask anything after it.
pub(super) fn out() -> Vec<Step> {
    let changed = json!({"old_password": PASSWORD, "new_password": "Pewter-garden-26-falcon"});
    let again = json!({ "password": PASSWORD });
    vec![
        own("remove_passkey", 204, Call::delete(&format!("{FACTORS}/passkeys/{{passkey}}"))),
        own("remove_totp", 204, Call::delete(&format!("{FACTORS}/totp"))),
        own("reauthenticate", 200, Call::post("/sessions/current/reauthentication", &again)),
        own("change_password", 200, Call::put("/sessions/current/password", &changed)),
        step("sign_out", 204, Call::delete("/sessions/current")),
    ]
}
