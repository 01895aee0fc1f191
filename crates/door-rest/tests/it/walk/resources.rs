//! The part of the walk that is about rooms, equipment and those who answer for them.

use serde_json::json;

use super::{Step, bare, step};
use crate::caller::Call;

const RESOURCES: &str = "/organizations/acme/resources";
const BLUE: &str = "/organizations/acme/resources/blue";
const PROJECTOR: &str = "/organizations/acme/resources/projector";

pub(super) fn there() -> Vec<Step> {
    let of = |rest: &str| format!("{BLUE}/{rest}");
    let blue = json!({"name": "blue", "kind": "room", "description": "eight seats", "email": "blue@acme.mail.test"});
    let projector = json!({"name": "projector", "kind": "equipment", "booking": {"auto_decline_recurring": true}});
    let edit = json!({"description": "ten seats", "booking": {"auto_decline_conflicting": false}});
    let email = |email: &str| json!({ "email": email });
    let alias = json!({"address": "blue-room@acme.mail.test"});
    vec![
        step("create_resource", 201, Call::post(RESOURCES, &blue)).learns(&[("resource", "/resource_id")]),
        step("create_resource", 201, Call::post(RESOURCES, &projector)),
        step("list_resources", 200, Call::get("/organizations/acme/resources?state=enabled&kind=room&search=bl")),
        step("show_resource", 200, Call::get("/organizations/acme/resources/{resource}")),
        step("edit_resource", 200, Call::patch(BLUE, &edit)),
        step("enable_resource", 200, Call::post(&format!("{PROJECTOR}/enable"), &email("projector@acme.mail.test"))),
        step("add_resource_alias", 201, Call::post(&of("aliases"), &alias)),
        step("list_resource_aliases", 200, Call::get(&of("aliases"))),
        step(
            "set_resource_default_address",
            200,
            Call::put(&of("default-address"), &email("blue-room@acme.mail.test")),
        ),
        step("remove_resource_alias", 204, Call::delete(&of("aliases/blue@acme.mail.test"))),
        step("add_resource_delegate", 201, Call::post(&of("delegates"), &json!({"delegate": "bob"}))),
        step("list_resource_delegates", 200, Call::get(&of("delegates"))),
    ]
}

pub(super) fn back() -> Vec<Step> {
    vec![
        step("remove_resource_delegate", 204, Call::delete(&format!("{BLUE}/delegates/bob"))),
        step("disable_resource", 200, bare(&format!("{PROJECTOR}/disable"))),
        step("delete_resource", 204, Call::delete(PROJECTOR)),
    ]
}
