//! The first administrator's first hour, on both engines: rows B1, B3, B7, B9, C1, C2, C5, C6, C7 and C9.

use serde_json::Value;

use crate::deployment::{Deployment, text};

#[test]
fn an_organization_is_made_filled_and_changed_from_the_command_line() {
    for here in Deployment::each() {
        let made = here.json(&["org", "create", "acme", "--wait"]);
        assert_eq!(text(&made, "state"), "Active");
        assert_eq!(text(&made, "default_domain"), "acme.reeve.test");
        assert!(text(&made, "arn").starts_with("arn:aws:workmail:us-east-1:"));
        states_are_kept(&here);
        people_come_and_go(&here);
        changes_are_events(&here);
        refusals_name_the_reason(&here);
    }
}

fn states_are_kept(here: &Deployment) {
    let states = here.json(&["org", "states", "acme"]);
    let words: Vec<_> = states["items"].as_array().unwrap().iter().map(|s| text(s, "state").to_owned()).collect();
    assert_eq!(words, ["Requested", "Creating", "Validating", "Active"]);
    for state in states["items"].as_array().unwrap() {
        assert!(!text(state, "reason").is_empty() && !text(state, "at").is_empty());
    }
}

fn people_come_and_go(here: &Deployment) {
    let ada = ["user", "create", "ada", "--org", "acme", "--display-name", "Ada Lovelace", "--email"];
    let ada = here.json(&[&ada[..], &["ada@acme.reeve.test", "--generate-password"]].concat());
    assert_eq!(text(&ada["user"], "state"), "enabled");
    assert!(text(&ada, "password").len() >= 8);
    let mailbox = ada["user"]["mailbox"]["provisioned_at"].clone();

    here.json(&["user", "edit", "ada", "--org", "acme", "--job-title", "Analyst", "--telephone", "+44 20 7946 0000"]);
    here.json(&["user", "alias", "add", "ada", "countess@acme.reeve.test", "--org", "acme"]);
    let moved = here.json(&["user", "default-address", "ada", "countess@acme.reeve.test", "--org", "acme"]);
    assert_eq!(text(&moved, "email"), "countess@acme.reeve.test");
    let by_old_address = here.json(&["user", "show", "ADA@acme.reeve.test", "--org", "acme"]);
    assert_eq!(text(&by_old_address, "job_title"), "Analyst");

    let out = here.json(&["user", "disable", "ada", "--org", "acme"]);
    assert_eq!((text(&out, "state"), text(&out["mailbox"], "state")), ("disabled", "retained"));
    let back = here.json(&["user", "enable", "ada", "--org", "acme", "--email", "ada@acme.reeve.test"]);
    assert_eq!(back["mailbox"]["provisioned_at"], mailbox);

    let reset = here.json(&["user", "reset-password", "ada", "--org", "acme", "--generate-password"]);
    let password = here.file("password", text(&reset, "password"));
    let check = ["user", "check-sign-in", "ada", "--org", "acme", "--password-file", &password];
    assert_eq!(text(&here.json(&check), "outcome"), "accepted");

    let listed = here.users("acme");
    let roles: Vec<_> = listed.iter().map(|user| text(user, "role").to_owned()).collect();
    assert_eq!(roles, ["user", "system_user", "system_user"]);
}

fn changes_are_events(here: &Deployment) {
    let events = here.json(&["audit", "--org", "acme", "--limit", "1000"]);
    let items = events["items"].as_array().unwrap();
    let done = |operation: &str| items.iter().filter(|e| e["operation"] == operation).count();
    for operation in ["create_user", "edit_user", "add_alias", "set_default_address", "disable_user", "enable_user"] {
        assert_eq!(done(operation), 1, "{operation}");
    }
    assert_eq!(done("advance_organization"), 3);
    let edit = items.iter().find(|e| e["operation"] == "edit_user").unwrap();
    assert_eq!(text(&edit["actor"], "kind"), "operator");
    let title = edit["changes"].as_array().unwrap().iter().find(|c| c["field"] == "job_title").unwrap();
    assert_eq!((&title["before"], &title["after"]), (&Value::from(""), &Value::from("Analyst")));
}

fn refusals_name_the_reason(here: &Deployment) {
    let refused = |arguments: &[&str], code: i32, says: &str| {
        let result = here.server.reeve(arguments);
        assert_eq!(result.code, Some(code), "{arguments:?}: {}", result.stderr);
        assert!(result.stderr.contains(says), "{arguments:?}: {}", result.stderr);
    };
    refused(&["org", "create", "ACME"], 1, "is taken");
    refused(&["org", "create", "a--b"], 1, "single hyphens");
    refused(&["org", "show", "nobody"], 1, "there is no organization");
    refused(&["user", "create", "ADA", "--org", "acme", "--display-name", "X"], 1, "is taken");
    refused(&["user", "create", "guest2", "--org", "acme", "--display-name", ""], 1, "display_name");
    refused(&["user", "delete", "ada", "--org", "acme", "--yes"], 1, "disable the user first");
    refused(&["user", "disable", "guest", "--org", "acme"], 1, "kept by the system");
    refused(&["org", "delete", "acme", "--yes"], 1, "enabled users");
    refused(&["org", "frobnicate"], 2, "unrecognized subcommand");
    let weak = here.file("weak", "password");
    refused(&["user", "reset-password", "ada", "--org", "acme", "--password-file", &weak], 1, "mix at least 3");
}

#[test]
fn a_deleted_organization_stays_listed_and_its_alias_is_held() {
    for here in Deployment::each() {
        here.reeve(&["org", "create", "acme", "--wait"]);
        here.reeve(&[
            "user",
            "create",
            "ada",
            "--org",
            "acme",
            "--display-name",
            "Ada",
            "--email",
            "a@acme.reeve.test",
        ]);
        here.reeve(&["org", "delete", "acme", "--force", "--yes"]);
        let gone = reeve_testkit::wait_until("the organization to be deleted", crate::crash::PATIENCE, || {
            Some(here.json(&["org", "show", "acme"])).filter(|org| text(org, "state") == "Deleted")
        });
        assert!(gone["deleted_at"].is_string());
        let list = here.json(&["org", "list"]);
        assert_eq!(text(&list["items"][0], "state"), "Deleted");
        let again = here.server.reeve(&["org", "create", "acme"]);
        assert!(again.stderr.contains("held back until"), "{}", again.stderr);
        let inside = here.server.reeve(&["user", "list", "--org", "acme"]);
        assert!(inside.stderr.contains("the organization is Deleted"), "{}", inside.stderr);
    }
}
