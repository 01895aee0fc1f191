//! The part of the walk that is about mailboxes and who may act for whom, and about what is asked of users, groups and
//! resources alike.

use serde_json::json;

use super::{Step, step};
use crate::caller::Call;

const MAILBOX: &str = "/organizations/acme/users/bob/mailbox";
const CAROL_FOR_BOB: &str = "/organizations/acme/entities/bob/permissions/carol";

pub(super) fn there() -> Vec<Step> {
    let permissions = json!({"permissions": ["full_access", "send_as"]});
    vec![
        step("find_entity", 200, Call::get("/organizations/acme/entities/builders@acme.mail.test")),
        step("list_groups_of_entity", 200, Call::get("/organizations/acme/entities/bob/groups?name_prefix=eng")),
        step("show_mailbox", 200, Call::get(MAILBOX)),
        step("set_mailbox_quota", 200, Call::patch(MAILBOX, &json!({"quota_mb": 1024}))),
        step("put_mailbox_permissions", 200, Call::put(CAROL_FOR_BOB, &permissions)),
        step("list_mailbox_permissions", 200, Call::get("/organizations/acme/entities/bob/permissions")),
    ]
}

pub(super) fn back() -> Vec<Step> {
    vec![step("delete_mailbox_permissions", 204, Call::delete(CAROL_FOR_BOB))]
}
