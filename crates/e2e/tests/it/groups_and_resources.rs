//! A company's groups, rooms and permissions through the command line: seeds of row C10.

use serde_json::{Value, json};

use crate::deployment::{Deployment, text};

/// The names of what a list holds, in its order.
fn names(here: &Deployment, arguments: &[&str]) -> Vec<String> {
    let list = here.json(&[arguments, &["--org", "acme", "--all"]].concat());
    list.as_array().unwrap().iter().map(|item| text(item, "name").to_owned()).collect()
}

/// A command in acme that must succeed, and its answer.
fn acme(here: &Deployment, arguments: &[&str]) -> Value {
    here.json(&[arguments, &["--org", "acme"]].concat())
}

/// A command in acme that must succeed and has nothing to say.
fn done(here: &Deployment, arguments: &[&str]) {
    here.reeve(&[arguments, &["--org", "acme"]].concat());
}

/// A command in acme that must be refused with this code.
fn refused(here: &Deployment, arguments: &[&str], code: &str) -> Value {
    let result = here.server.reeve(&[arguments, &["--org", "acme", "--output", "json"]].concat());
    assert_eq!(result.code, Some(1), "{arguments:?}: {} {}", result.stdout, result.stderr);
    let problem: Value = serde_json::from_str(&result.stderr).unwrap();
    assert_eq!(text(&problem, "code"), code, "{problem}");
    problem
}

#[test]
fn groups_rooms_and_permissions_are_made_used_and_taken_away() {
    for here in Deployment::each() {
        here.reeve(&["org", "create", "acme", "--wait"]);
        for name in ["ada", "bob", "carol"] {
            let email = format!("{name}@acme.reeve.test");
            acme(&here, &["user", "create", name, "--display-name", name, "--email", &email, "--generate-password"]);
        }
        groups_hold_people_and_groups(&here);
        rooms_are_answered_for(&here);
        mailboxes_are_shared(&here);
        everything_is_taken_away(&here);
        changes_are_events(&here);
    }
}

fn groups_hold_people_and_groups(here: &Deployment) {
    let made = acme(here, &["group", "create", "engineers", "--email", "engineers@acme.reeve.test"]);
    assert_eq!((text(&made, "state"), text(&made, "email")), ("enabled", "engineers@acme.reeve.test"));
    let everybody = acme(here, &["group", "create", "All of us", "--hidden"]);
    assert_eq!((text(&everybody, "state"), &everybody["email"]), ("disabled", &Value::Null));
    refused(here, &["group", "create", "ADA"], "name_taken");
    acme(here, &["group", "enable", "all of us", "--email", "all@acme.reeve.test"]);
    for member in ["ada", "bob@acme.reeve.test"] {
        acme(here, &["group", "member", "add", "engineers", member]);
    }
    acme(here, &["group", "member", "add", "All of us", "engineers"]);
    let cycle = refused(here, &["group", "member", "add", "engineers", "All of us"], "invalid");
    assert_eq!(text(&cycle, "field"), "member");
    assert_eq!(names(here, &["group", "member", "list", "engineers"]), ["ada", "bob"]);
    assert_eq!(names(here, &["entity", "groups", "engineers"]), ["All of us"]);
    acme(here, &["group", "alias", "add", "engineers", "builders@acme.reeve.test"]);
    acme(here, &["group", "default-address", "engineers", "builders@acme.reeve.test"]);
    let found = acme(here, &["entity", "find", "engineers@acme.reeve.test"]);
    let expected = ("group", "engineers", "builders@acme.reeve.test");
    assert_eq!((text(&found, "kind"), text(&found, "name"), text(&found, "email")), expected);
    assert_eq!(names(here, &["group", "list"]), ["All of us", "engineers"]);
}

fn rooms_are_answered_for(here: &Deployment) {
    let create = ["resource", "create", "blue", "--kind", "room", "--email", "blue@acme.reeve.test"];
    let blue = acme(here, &[&create[..], &["--description", "third floor, 8 seats"]].concat());
    let usual = json!({"auto_accept": true, "auto_decline_recurring": false, "auto_decline_conflicting": true});
    assert_eq!((text(&blue, "kind"), text(&blue, "state"), &blue["booking"]), ("room", "enabled", &usual));
    acme(here, &["resource", "create", "projector", "--kind", "equipment"]);
    assert_eq!(names(here, &["resource", "list", "--kind", "room"]), ["blue"]);
    refused(here, &["resource", "edit", "blue", "--auto-accept=false"], "conflict");
    acme(here, &["resource", "delegate", "add", "blue", "engineers"]);
    let edited = acme(here, &["resource", "edit", "blue", "--auto-accept=false", "--name", "azure"]);
    let decided = json!({"auto_accept": false, "auto_decline_recurring": false, "auto_decline_conflicting": true});
    assert_eq!((text(&edited, "name"), &edited["booking"]), ("azure", &decided));
    refused(here, &["resource", "delegate", "remove", "azure", "engineers"], "wrong_state");
    acme(here, &["resource", "delegate", "add", "azure", "carol"]);
    done(here, &["resource", "delegate", "remove", "azure", "engineers"]);
    assert_eq!(names(here, &["resource", "delegate", "list", "azure"]), ["carol"]);
}

fn mailboxes_are_shared(here: &Deployment) {
    let put = acme(here, &["permission", "put", "ada", "bob", "--allow", "send_as,full_access"]);
    assert_eq!(put["permissions"], json!(["full_access", "send_as"]));
    refused(here, &["permission", "put", "ada", "engineers", "--allow", "full_access"], "invalid");
    acme(here, &["permission", "put", "ada", "engineers", "--allow", "send_on_behalf"]);
    acme(here, &["permission", "put", "azure", "carol", "--allow", "full_access"]);
    assert_eq!(names(here, &["permission", "list", "ada"]), ["bob", "engineers"]);
    done(here, &["permission", "delete", "ada", "bob"]);
    assert_eq!(names(here, &["permission", "list", "ada"]), ["engineers"]);
    let mailbox = acme(here, &["user", "mailbox", "set-quota", "ada", "10240"]);
    assert_eq!((&mailbox["quota_mb"], &mailbox["size_bytes"]), (&json!(10_240), &json!(0)));
    assert_eq!(acme(here, &["user", "show", "ada"])["mailbox"]["quota_mb"], 10_240);
}

fn everything_is_taken_away(here: &Deployment) {
    refused(here, &["group", "delete", "engineers", "--yes"], "wrong_state");
    acme(here, &["group", "disable", "engineers"]);
    done(here, &["group", "delete", "engineers", "--yes"]);
    // What it was told of goes with it.
    assert!(names(here, &["group", "member", "list", "All of us"]).is_empty());
    assert!(names(here, &["permission", "list", "ada"]).is_empty());
    refused(here, &["entity", "find", "builders@acme.reeve.test"], "not_found");
    // Somebody must go on answering for the room.
    acme(here, &["user", "disable", "carol"]);
    refused(here, &["user", "delete", "carol", "--yes"], "wrong_state");
    acme(here, &["resource", "disable", "azure"]);
    done(here, &["resource", "delete", "azure", "--yes"]);
    done(here, &["user", "delete", "carol", "--yes"]);
    assert_eq!(names(here, &["resource", "list"]), ["projector"]);
}

fn changes_are_events(here: &Deployment) {
    let events = here.json(&["audit", "--org", "acme", "--all"]);
    let operations: Vec<_> = events.as_array().unwrap().iter().map(|event| text(event, "operation")).collect();
    for (operation, times) in [
        ("create_group", 2),
        ("enable_group", 1),
        ("add_group_member", 3),
        ("add_group_alias", 1),
        ("set_group_default_address", 1),
        ("disable_group", 1),
        ("delete_group", 1),
        ("create_resource", 2),
        ("edit_resource", 1),
        ("add_resource_delegate", 2),
        ("remove_resource_delegate", 1),
        ("disable_resource", 1),
        ("delete_resource", 1),
        ("put_mailbox_permissions", 3),
        ("delete_mailbox_permissions", 1),
        ("set_mailbox_quota", 1),
    ] {
        assert_eq!(operations.iter().filter(|name| **name == operation).count(), times, "{operation}");
    }
}
