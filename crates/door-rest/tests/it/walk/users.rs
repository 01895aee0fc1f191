//! The part of the walk that is about users, and about what was done to them.

use serde_json::{Value, json};

use super::{Step, TYPED, bare, step};
use crate::caller::Call;

const USERS: &str = "/organizations/acme/users";
const ADA: &str = "/organizations/acme/users/ada";

pub(super) fn there() -> Vec<Step> {
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

pub(super) fn back() -> Vec<Step> {
    vec![step("disable_user", 200, bare(&format!("{ADA}/disable"))), step("delete_user", 204, Call::delete(ADA))]
}
