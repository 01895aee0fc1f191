//! One walk through every operation, each with a request that succeeds where the ones before it have been done.

use serde_json::{Value, json};

use crate::caller::{Call, Reply};
use crate::world::{PASSWORD, Who, World};

/// A request that an operation should grant.
pub(crate) struct Step {
    pub(crate) operation: &'static str,
    pub(crate) who: Who,
    pub(crate) status: u16,
    pub(crate) call: Call,
}

fn step(operation: &'static str, status: u16, call: Call) -> Step {
    Step { operation, who: Who::Admin, status, call }
}

/// A password of ada's that must never be seen again.
pub(crate) const TYPED: &str = "Marble-anchor-73-heron";

/// The walk; `acme` is made on it and gone at its end.
pub(crate) fn steps() -> Vec<Step> {
    let email = |email: &str| json!({ "email": email });
    let address = |address: &str| json!({ "address": address });
    let account =
        json!({"name": "Third", "administrator": {"username": "root@third.example", "generate_password": true}});
    let signing_in = json!({"username": "root@first.example", "password": PASSWORD, "transport": "cookie"});
    let acme = json!({"alias": "acme", "domains": ["acme.example"]});
    let ada = json!({"username": "ada", "display_name": "Ada Lovelace", "password": TYPED});
    let both = json!({"users": [{"user": "bob", "email": "bob@acme.mail.test"}]});
    let csv = "username,display_name,email\r\ncarol,Carol,carol@acme.mail.test\r\n";
    let post = |path: &str, body: &Value| Call::post(path, body);
    let bare = |path: &str| Call::new(axum::http::Method::POST, path);
    const USERS: &str = "/organizations/acme/users";
    const ADA: &str = "/organizations/acme/users/ada";
    let of_ada = |rest: &str| format!("{ADA}/{rest}");
    vec![
        Step { operation: "list_accounts", who: Who::Operator, status: 200, call: Call::get("/accounts") },
        Step { operation: "create_account", who: Who::Operator, status: 201, call: post("/accounts", &account) },
        Step { operation: "sign_in", who: Who::Nobody, status: 201, call: post("/sessions", &signing_in) },
        step("show_session", 200, Call::get("/sessions/current")),
        step("list_regions", 200, Call::get("/regions")),
        step("create_organization", 202, post("/organizations", &acme)),
        step("list_organizations", 200, Call::get("/organizations?search=ac")),
        step("show_organization", 200, Call::get("/organizations/acme")),
        step("list_organization_states", 200, Call::get("/organizations/acme/states")),
        step("add_domain", 201, post("/organizations/acme/domains", &json!({"domain": "more.example"}))),
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
        step(
            "set_password_policy",
            200,
            Call::patch("/organizations/acme/directory", &json!({"password_policy": {"length_min": 9}})),
        ),
        step("create_user", 201, post(USERS, &ada)),
        step(
            "create_user",
            201,
            post(USERS, &json!({"username": "bob", "display_name": "Bob", "generate_password": true})),
        ),
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
        step("disable_user", 200, bare(&of_ada("disable"))),
        step("delete_user", 204, Call::delete(ADA)),
        step("delete_organization", 202, Call::delete("/organizations/acme?force=true")),
        step("sign_out", 204, Call::delete("/sessions/current")),
    ]
}

/// Takes a step of the walk; does beside it what no operation does.
pub(crate) async fn take(world: &World, step: &Step) -> Reply {
    if step.operation == "set_default_domain" {
        let acme = world.admin(Call::get("/organizations/acme")).await.is(200);
        world.verify(&acme, "acme.example").await;
    }
    let mut call = step.call.clone();
    if step.operation == "show_job" {
        let jobs = world.admin(Call::get("/jobs")).await.is(200);
        call.path = call.path.replace("{job}", jobs["items"][0]["job_id"].as_str().unwrap());
    }
    let reply = world.by(step.who, call).await;
    assert_eq!(reply.status.as_u16(), step.status, "{}: {}", step.operation, reply.text());
    world.settle().await;
    reply
}

/// Walks up to the first step of an operation, which is not taken.
pub(crate) async fn walk_to(world: &World, operation: &str) {
    for step in steps().iter().take_while(|step| step.operation != operation) {
        take(world, step).await;
    }
}
