//! What is held back of who has left, and passwords that are known from breaches, as `docs/administrators.md` tells it.

use serde_json::Value;

use crate::deployment::{Deployment, text};

/// Stands in the list of breached passwords, and passes every other rule.
const BREACHED: &str = "whelCHEL08";

/// A command that must be refused with this code.
fn refused(here: &Deployment, arguments: &[&str], code: &str) {
    let result = here.server.reeve(&[arguments, &["--output", "json"]].concat());
    assert_eq!(result.code, Some(1), "{arguments:?}: {} {}", result.stdout, result.stderr);
    let problem: Value = serde_json::from_str(&result.stderr).unwrap();
    assert_eq!(text(&problem, "code"), code, "{problem}");
}

/// What is held back, as `kind value`.
fn held(here: &Deployment, organization: &str) -> Vec<String> {
    let list = here.json(&["hold", "list", "--org", organization, "--all"]);
    list.as_array().unwrap().iter().map(|hold| format!("{} {}", text(hold, "kind"), text(hold, "value"))).collect()
}

#[test]
fn what_is_left_of_a_leaver_is_held_back_and_released() {
    for here in Deployment::each() {
        let made = here.json(&["org", "create", "acme", "--wait"]);
        let create = ["user", "create", "ada", "--org", "acme", "--email", "ada@acme.reeve.test"];
        here.reeve(&[&create[..], &["--display-name", "Ada Lovelace"]].concat());
        here.reeve(&["user", "disable", "ada", "--org", "acme"]);
        here.reeve(&["user", "delete", "ada", "--org", "acme", "--yes"]);
        assert_eq!(held(&here, "acme"), ["name ada", "address ada@acme.reeve.test"]);
        let byron = [&create[..], &["--display-name", "Ada Byron"]].concat();
        refused(&here, &byron, "name_taken");
        let release = |kind: &str, value: &str| {
            here.reeve(&["hold", "release", kind, value, "--reason", "another Ada joins", "--org", "acme"]);
        };
        release("name", "ada");
        refused(&here, &byron, "address_taken");
        release("address", "ada@acme.reeve.test");
        here.reeve(&byron);
        assert_eq!(held(&here, "acme"), Vec::<String>::new());
        let events = here.json(&["audit", "--operation", "release_hold", "--all"]);
        assert_eq!(events.as_array().unwrap().len(), 2, "{events}");
        let days = ["--addresses-days", "90", "--names-days", "0", "--alias-days", "730"];
        let settings = here.json(&[&["hold", "settings", "--org", "acme"], &days[..]].concat());
        assert_eq!(here.json(&["hold", "settings", "--org", "acme"]), settings);
        here.reeve(&["org", "delete", "acme", "--force", "--yes"]);
        reeve_testkit::wait_until("the organization to be deleted", crate::crash::PATIENCE, || {
            Some(here.json(&["org", "show", "acme"])).filter(|org| text(org, "state") == "Deleted")
        });
        let id = text(&made, "organization_id");
        assert_eq!(held(&here, id), ["alias acme"]);
        refused(&here, &["org", "create", "acme"], "name_taken");
        here.reeve(&["hold", "release", "alias", "acme", "--reason", "deleted by mistake", "--org", id]);
        here.reeve(&["org", "create", "acme", "--wait"]);
    }
}

#[test]
fn a_breached_password_is_refused_when_set_and_shown_where_it_is_in_use() {
    for here in Deployment::each() {
        here.reeve(&["org", "create", "acme", "--wait"]);
        // As a hash, which is taken as it is: SHA-512-crypt with 5,000 rounds.
        let hash = "$6$saltsalt$C1YYuxtdQqFtwl/rYvpe0rU5x9D/R8voTScV8Rgl7GSg7fMLSIH8LIJ7edkpkNJlOsT4pBDa5t29s865borO2.";
        let file = format!("username,display_name,email,password_hash\r\nada,Ada,ada@acme.reeve.test,{hash}\r\n");
        let file = here.file("people.csv", &file);
        here.reeve(&["user", "import", &file, "--org", "acme"]);
        let password = here.file("breached", BREACHED);
        let reset = ["user", "reset-password", "ada", "--org", "acme", "--password-file", &password];
        refused(&here, &reset, "password_refused");
        assert_eq!(here.json(&["user", "show", "ada", "--org", "acme"])["password_breached_at"], Value::Null);
        let check = ["user", "check-sign-in", "ada", "--org", "acme", "--password-file", &password];
        assert_eq!(here.json(&check)["outcome"], "accepted");
        assert!(here.json(&["user", "show", "ada", "--org", "acme"])["password_breached_at"].is_string());
        let shown = here.reeve(&["user", "show", "ada", "--org", "acme"]).stdout;
        assert!(shown.contains("known from breaches"), "{shown}");
        let events = here.json(&["audit", "--operation", "note_breached_password", "--all"]);
        assert_eq!(events.as_array().unwrap().len(), 1, "{events}");
        here.reeve(&["user", "reset-password", "ada", "--org", "acme", "--generate-password"]);
        assert_eq!(here.json(&["user", "show", "ada", "--org", "acme"])["password_breached_at"], Value::Null);
    }
}
