//! The part of the walk that is about organizations, their domains and their directories.

use http::Method;
use serde_json::json;

use super::{Step, step};
use crate::caller::Call;

pub(super) fn there() -> Vec<Step> {
    let acme = json!({"alias": "acme", "domains": ["acme.example"]});
    let policy = json!({"password_policy": {"length_min": 9}});
    vec![
        step("create_organization", 202, Call::post("/organizations", &acme)),
        step("list_organizations", 200, Call::get("/organizations?search=ac")),
        step("show_organization", 200, Call::get("/organizations/acme")),
        step("list_organization_states", 200, Call::get("/organizations/acme/states")),
        step("list_organization_conditions", 200, Call::get("/organizations/acme/conditions")),
        step("add_domain", 201, Call::post("/organizations/acme/domains", &json!({"domain": "more.example"}))),
        step("list_domains", 200, Call::get("/organizations/acme/domains")),
        step("show_domain", 200, Call::get("/organizations/acme/domains/acme.example")),
        step("check_domain", 200, Call::new(Method::POST, "/organizations/acme/domains/more.example/check")),
        step("show_zone_file", 200, Call::get("/organizations/acme/domains/acme.example/zone-file")),
        step(
            "rotate_dkim_key",
            200,
            Call::post("/organizations/acme/domains/more.example/dkim-rotation", &json!({"force": true})),
        ),
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

pub(super) fn back() -> Vec<Step> {
    vec![step("delete_organization", 202, Call::delete("/organizations/acme?force=true"))]
}
