//! One walk through every operation, each with a request that succeeds where the ones before it have been done.

use axum::http::Method;
use serde_json::{Value, json};

use crate::caller::{Call, Reply};
use crate::factors::{self, code};
use crate::world::{PASSWORD, Who, World};

/// A request that an operation should grant. Names in braces stand for what the walk learns on its way.
pub(crate) struct Step {
    pub(crate) operation: &'static str,
    pub(crate) who: Who,
    pub(crate) status: u16,
    pub(crate) call: Call,
}

fn step(operation: &'static str, status: u16, call: Call) -> Step {
    Step { operation, who: Who::Admin, status, call }
}

fn own(operation: &'static str, status: u16, call: Call) -> Step {
    Step { operation, who: Who::Deputy, status, call }
}

fn bare(path: &str) -> Call {
    Call::new(Method::POST, path)
}

/// A password of ada's that must never be seen again.
pub(crate) const TYPED: &str = "Marble-anchor-73-heron";

/// A password of grace's that must never be seen again.
pub(crate) const TYPED_TOO: &str = "Velvet-harbor-58-osprey";

/// The operation at which the walk turns: everything was made, and nothing is gone yet.
pub(crate) const TURN: &str = "disable_user";

const USERS: &str = "/organizations/acme/users";
const ADA: &str = "/organizations/acme/users/ada";
const GRACE: &str = "/administrators/grace@first.example";
const FACTORS: &str = "/sessions/current/second-factors";

/// The walk; `acme`, a policy and `grace` are made on it, and what can be is gone at its end.
pub(crate) fn steps() -> Vec<Step> {
    let parts = [of_the_deployment(), of_organizations(), of_users(), of_policies(), of_administrators()];
    let last = [of_api_credentials(), of_sessions(), of_second_factors(), back()];
    parts.into_iter().chain(last).flatten().collect()
}

fn of_the_deployment() -> Vec<Step> {
    let account =
        json!({"name": "Third", "administrator": {"username": "root@third.example", "generate_password": true}});
    let signing_in = json!({"username": "root@first.example", "password": PASSWORD, "transport": "cookie"});
    let operator = |operation, status, call| Step { operation, who: Who::Operator, status, call };
    let signing_in = Call::post("/sessions", &signing_in);
    vec![
        operator("list_accounts", 200, Call::get("/accounts")),
        operator("create_account", 201, Call::post("/accounts", &account)),
        Step { operation: "sign_in", who: Who::Nobody, status: 201, call: signing_in },
        step("show_session", 200, Call::get("/sessions/current")),
        step("show_account", 200, Call::get("/account")),
        step("edit_account", 200, Call::patch("/account", &json!({"event_retention_days": 400}))),
        step("list_regions", 200, Call::get("/regions")),
    ]
}

fn of_organizations() -> Vec<Step> {
    let acme = json!({"alias": "acme", "domains": ["acme.example"]});
    let policy = json!({"password_policy": {"length_min": 9}});
    vec![
        step("create_organization", 202, Call::post("/organizations", &acme)),
        step("list_organizations", 200, Call::get("/organizations?search=ac")),
        step("show_organization", 200, Call::get("/organizations/acme")),
        step("list_organization_states", 200, Call::get("/organizations/acme/states")),
        step("add_domain", 201, Call::post("/organizations/acme/domains", &json!({"domain": "more.example"}))),
        step("list_domains", 200, Call::get("/organizations/acme/domains")),
        step("show_domain", 200, Call::get("/organizations/acme/domains/acme.example")),
        step(
            "set_default_domain",
            200,
            Call::put("/organizations/acme/default-domain", &json!({"domain": "acme.example"})),
        ),
        step("remove_domain", 204, Call::delete("/organizations/acme/domains/more.example")),
        step("list_directories", 200, Call::get("/directories")),
        step("show_directory", 200, Call::get("/organizations/acme/directory")),
        step("set_password_policy", 200, Call::patch("/organizations/acme/directory", &policy)),
    ]
}

fn of_users() -> Vec<Step> {
    let email = |email: &str| json!({ "email": email });
    let address = |address: &str| json!({ "address": address });
    let ada = json!({"username": "ada", "display_name": "Ada Lovelace", "password": TYPED});
    let bob = json!({"username": "bob", "display_name": "Bob", "generate_password": true});
    let both = json!({"users": [{"user": "bob", "email": "bob@acme.mail.test"}]});
    let csv = "username,display_name,email\r\ncarol,Carol,carol@acme.mail.test\r\n";
    let of_ada = |rest: &str| format!("{ADA}/{rest}");
    let post = |path: &str, body: &Value| Call::post(path, body);
    vec![
        step("create_user", 201, post(USERS, &ada)),
        step("create_user", 201, post(USERS, &bob)),
        step("list_users", 200, Call::get("/organizations/acme/users?state=disabled&role=user&search=a")),
        step("show_user", 200, Call::get(ADA)),
        step("edit_user", 200, Call::patch(ADA, &json!({"job_title": "Analyst"}))),
        step("enable_user", 200, post(&of_ada("enable"), &email("ada@acme.mail.test"))),
        step("enable_users", 200, post("/organizations/acme/users/enable", &both)),
        step("check_sign_in", 200, post(&of_ada("check-sign-in"), &json!({"password": "a wrong one"}))),
        step("unlock_user", 200, bare(&of_ada("unlock"))),
        step("reset_password", 200, post(&of_ada("reset-password"), &json!({"generate_password": true}))),
        step("add_alias", 201, post(&of_ada("aliases"), &address("countess@acme.mail.test"))),
        step("list_aliases", 200, Call::get(&of_ada("aliases"))),
        step("set_default_address", 200, Call::put(&of_ada("default-address"), &email("countess@acme.mail.test"))),
        step("remove_alias", 204, Call::delete(&of_ada("aliases/ada@acme.mail.test"))),
        step("import_users", 200, bare("/organizations/acme/users/import").text("text/csv", csv)),
        step("export_users", 200, Call::get("/organizations/acme/users/export?format=google")),
        step("list_jobs", 200, Call::get("/jobs?organization=acme")),
        step("show_job", 200, Call::get("/jobs/{job}")),
        step("list_events", 200, Call::get("/events?organization=acme&operation=create_user")),
        step("export_events", 200, Call::get("/events/export?organization=acme")),
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
        step("create_policy", 201, Call::post("/policies", &policy)),
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
        step("create_access_key", 201, Call::post(&of_grace("access-keys"), &key)),
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
        own("begin_totp", 200, bare(&of("totp"))),
        own("confirm_totp", 200, Call::post(&of("totp/confirmation"), &proof)),
        own("list_second_factors", 200, Call::get(FACTORS)),
        Step { operation: "complete_sign_in", who: Who::Nobody, status: 201, call: completing },
        own("make_recovery_codes", 200, bare(&of("recovery-codes"))),
        own("begin_passkey", 200, bare(&of("passkeys"))),
        own("confirm_passkey", 201, Call::post(&of("passkeys/confirmation"), &passkey)),
    ]
}

fn back() -> Vec<Step> {
    let of_grace = |rest: &str| format!("{GRACE}/{rest}");
    let changed = json!({"old_password": PASSWORD, "new_password": "Pewter-garden-26-falcon"});
    let again = json!({ "password": PASSWORD });
    vec![
        step("disable_user", 200, bare(&format!("{ADA}/disable"))),
        step("delete_user", 204, Call::delete(ADA)),
        step("delete_access_key", 204, Call::delete(&of_grace("access-keys/{key}"))),
        step("remove_api_password", 204, Call::delete(&of_grace("api-password"))),
        step("deactivate_administrator", 200, bare(&of_grace("deactivate"))),
        step("activate_administrator", 200, bare(&of_grace("activate"))),
        step("detach_policy", 200, Call::delete("/policies/{policy}/administrators/grace@first.example")),
        step("delete_policy", 204, Call::delete("/policies/{policy}")),
        step("delete_organization", 202, Call::delete("/organizations/acme?force=true")),
        own("remove_passkey", 204, Call::delete(&format!("{FACTORS}/passkeys/{{passkey}}"))),
        own("remove_totp", 204, Call::delete(&format!("{FACTORS}/totp"))),
        own("reauthenticate", 200, Call::post("/sessions/current/reauthentication", &again)),
        own("change_password", 200, Call::put("/sessions/current/password", &changed)),
        step("sign_out", 204, Call::delete("/sessions/current")),
    ]
}

/// A call with what the walk learned in the place of names in braces.
pub(crate) fn filled(world: &World, mut call: Call) -> Call {
    let mut body = std::str::from_utf8(&call.body).unwrap().to_owned();
    for (name, value) in &*world.notes.lock().unwrap() {
        let place = format!("{{{name}}}");
        call.path = call.path.replace(&place, value);
        // What is an object itself stands where the text of its name stood.
        body = match value.starts_with('{') {
            true => body.replace(&format!("\"{place}\""), value),
            false => body.replace(&place, value),
        };
    }
    Call { body: body.into(), ..call }
}

/// Takes a step of the walk; does beside it what no operation does.
pub(crate) async fn take(world: &World, step: &Step) -> Reply {
    prepare(world, step.operation).await;
    let reply = world.by(step.who, filled(world, step.call.clone())).await;
    assert_eq!(reply.status.as_u16(), step.status, "{}: {}", step.operation, reply.text());
    learn(world, step, &reply);
    world.settle().await;
    reply
}

fn note(world: &World, name: &'static str, value: &Value) {
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    world.notes.lock().unwrap().insert(name, value);
}

fn noted(world: &World, name: &str) -> String {
    world.notes.lock().unwrap()[name].clone()
}

async fn prepare(world: &World, operation: &str) {
    match operation {
        "set_default_domain" => {
            let acme = world.admin(Call::get("/organizations/acme")).await.is(200);
            world.verify(&acme, "acme.example").await;
        }
        "show_job" => {
            let jobs = world.admin(Call::get("/jobs")).await.is(200);
            note(world, "job", &jobs["items"][0]["job_id"]);
        }
        "unlock_administrator" => {
            world.sign_in("grace@first.example", "bearer").await.refused(401, "sign_in_refused");
        }
        "end_session" => {
            let session = world.sign_in("deputy@first.example", "bearer").await.is(201);
            note(world, "session", &session["session_id"]);
        }
        "confirm_totp" => note(world, "code", &code(world, &noted(world, "secret")).into()),
        "complete_sign_in" => {
            // RFC 6238 §5.2: the code that confirmed the generator opens nothing else.
            world.clock.advance(std::time::Duration::from_secs(30));
            note(world, "challenge", &factors::challenge(world, "deputy@first.example").await["challenge"]);
            note(world, "code", &code(world, &noted(world, "secret")).into());
        }
        _ => {}
    }
}

fn learn(world: &World, step: &Step, reply: &Reply) {
    let learned: &[(&'static str, &str)] = match step.operation {
        "create_policy" => &[("policy", "policy_id")],
        "create_access_key" => &[("key", "access_key_id")],
        "begin_totp" => &[("challenge", "challenge"), ("secret", "secret")],
        "begin_passkey" => &[("challenge", "challenge")],
        _ => &[],
    };
    for (name, member) in learned {
        note(world, name, &reply.json()[member]);
    }
    match step.operation {
        "begin_passkey" => {
            let made = world.key.register(&reply.json()["options"], "https://reeve.example");
            note(world, "credential", &made);
        }
        "confirm_passkey" => note(world, "passkey", &reply.json()["passkey"]["passkey_id"]),
        "reauthenticate" | "change_password" => {
            reply.json()["token"].as_str().unwrap().clone_into(&mut world.deputy.lock().unwrap());
        }
        _ => {}
    }
}

/// Walks up to the first step of an operation, which is not taken.
pub(crate) async fn walk_to(world: &World, operation: &str) {
    for step in steps().iter().take_while(|step| step.operation != operation) {
        take(world, step).await;
    }
}
