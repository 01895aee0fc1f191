//! The part of the walk that is about groups and their members.

use serde_json::json;

use super::{Step, bare, step};
use crate::caller::Call;

const GROUPS: &str = "/organizations/acme/groups";
const ENGINEERS: &str = "/organizations/acme/groups/engineers";
const EVERYBODY: &str = "/organizations/acme/groups/all%20of%20us";

pub(super) fn there() -> Vec<Step> {
    let of = |rest: &str| format!("{ENGINEERS}/{rest}");
    let engineers = json!({"name": "engineers", "email": "engineers@acme.mail.test"});
    let everybody = json!({"name": "all of us", "hidden_from_global_address_list": true});
    let email = |email: &str| json!({ "email": email });
    let shown = json!({"hidden_from_global_address_list": false});
    let builders = json!({"address": "builders@acme.mail.test"});
    vec![
        step("create_group", 201, Call::post(GROUPS, &engineers)).learns(&[("group", "/group_id")]),
        step("create_group", 201, Call::post(GROUPS, &everybody)),
        step("list_groups", 200, Call::get("/organizations/acme/groups?state=enabled&search=eng")),
        step("show_group", 200, Call::get("/organizations/acme/groups/{group}")),
        step("edit_group", 200, Call::patch(EVERYBODY, &shown)),
        step("enable_group", 200, Call::post(&format!("{EVERYBODY}/enable"), &email("all@acme.mail.test"))),
        step("add_group_alias", 201, Call::post(&of("aliases"), &builders)),
        step("list_group_aliases", 200, Call::get(&of("aliases"))),
        step("set_group_default_address", 200, Call::put(&of("default-address"), &email("builders@acme.mail.test"))),
        step("remove_group_alias", 204, Call::delete(&of("aliases/engineers@acme.mail.test"))),
        step("add_group_member", 201, Call::post(&of("members"), &json!({"member": "bob"}))),
        step("add_group_member", 201, Call::post(&format!("{EVERYBODY}/members"), &json!({"member": "engineers"}))),
        step("list_group_members", 200, Call::get(&of("members"))),
    ]
}

pub(super) fn back() -> Vec<Step> {
    vec![
        step("remove_group_member", 204, Call::delete(&format!("{ENGINEERS}/members/bob"))),
        step("disable_group", 200, bare(&format!("{EVERYBODY}/disable"))),
        step("delete_group", 204, Call::delete(EVERYBODY)),
    ]
}
