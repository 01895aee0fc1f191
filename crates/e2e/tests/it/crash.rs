//! kill -9 at any moment: what was acknowledged is there, nothing is half there, the next start needs no hand.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use reeve_testkit::wait_until;
use serde_json::Value;

use crate::deployment::{Deployment, text};

/// How long background work may take on a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Rows of each file: several transactions' worth.
const ROWS: usize = 600;

/// Kills during imports; with those during creations they make more than fifty.
const IMPORT_KILLS: usize = 30;

/// Kills during creations of organizations.
const CREATION_KILLS: usize = 25;

fn roster(round: usize) -> String {
    let rows = (0..ROWS).map(|n| format!("r{round}-{n},Person {n},r{round}-{n}@acme.reeve.test\n"));
    format!("username,display_name,email\n{}", rows.collect::<String>())
}

/// Imports a file, kills the server once `until` rows were acknowledged, and says which were.
fn import_and_kill(here: &mut Deployment, file: &str, until: usize) -> BTreeSet<String> {
    let mut command: Command = here.server.command();
    command.args(["user", "import", file, "--org", "acme", "--output", "json"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut killed = false;
    for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
        let Ok(said) = serde_json::from_str::<Value>(&line) else { continue };
        if said["outcome"] == "created" {
            acknowledged.insert(text(&said, "username").to_owned());
        }
        if !killed && (acknowledged.len() >= until || (until == 0 && said["kind"] == "plan")) {
            here.server.kill9();
            killed = true;
        }
    }
    child.wait().unwrap();
    if !killed {
        here.server.kill9();
    }
    acknowledged
}

#[test]
fn an_import_that_is_killed_keeps_what_it_acknowledged_and_a_rerun_does_the_rest() {
    let mut here = Deployment::start();
    here.reeve(&["org", "create", "acme", "--wait"]);
    for round in 0..IMPORT_KILLS {
        let file = here.file("people.csv", &roster(round));
        let acknowledged = import_and_kill(&mut here, &file, round * ROWS / IMPORT_KILLS);
        here.server.restart();
        let prefix = format!("r{round}-");
        let there: Vec<Value> =
            here.users("acme").into_iter().filter(|user| text(user, "username").starts_with(&prefix)).collect();
        let names: BTreeSet<String> = there.iter().map(|user| text(user, "username").to_owned()).collect();
        let lost: Vec<_> = acknowledged.difference(&names).collect();
        assert!(lost.is_empty(), "round {round} lost {lost:?}");
        for user in &there {
            let whole = user["state"] == "enabled" && user["mailbox"]["state"] == "active";
            assert!(whole && user["email"] == format!("{}@acme.reeve.test", text(user, "username")), "{user}");
        }
        // By its address too, which is another row; one of each round stands for all.
        if let Some(last) = names.last() {
            here.reeve(&["user", "show", &format!("{last}@acme.reeve.test"), "--org", "acme"]);
        }
        let rest = here.reeve(&["user", "import", &file, "--org", "acme", "--output", "json"]);
        let done: Value = serde_json::from_str(rest.stdout.lines().last().unwrap()).unwrap();
        assert_eq!(done["created"], ROWS - names.len(), "{done}");
        assert_eq!((&done["unchanged"], &done["refused"]), (&Value::from(names.len()), &Value::from(0)));
    }
    assert_eq!(here.users("acme").len(), IMPORT_KILLS * ROWS + 2);
}

#[test]
fn an_organization_whose_server_is_killed_becomes_active_after_the_next_start() {
    let mut here = Deployment::start();
    for round in 0..CREATION_KILLS {
        let alias = format!("org-{round}");
        here.reeve(&["org", "create", &alias]);
        // Later and later: somewhere between the first step and the last.
        for _ in 0..round % 4 {
            here.reeve(&["org", "show", &alias]);
        }
        here.server.kill9();
        here.server.restart();
        let states = wait_until("the organization to be active", PATIENCE, || {
            let org = here.json(&["org", "show", &alias]);
            let states = here.json(&["org", "states", &alias]);
            Some(states).filter(|_| text(&org, "state") == "Active")
        });
        let words: Vec<_> = states["items"].as_array().unwrap().iter().map(|s| text(s, "state").to_owned()).collect();
        assert_eq!(words, ["Requested", "Creating", "Validating", "Active"]);
        assert_eq!(here.users(&alias).len(), 2);
    }
    let jobs = here.json(&["job", "list", "--all"]);
    assert!(jobs.as_array().unwrap().iter().all(|job| job["state"] == "done"), "{jobs}");
}

#[test]
fn a_server_that_is_told_to_stop_finishes_and_leaves_nothing_behind() {
    let mut here = Deployment::start();
    here.reeve(&["org", "create", "acme", "--wait"]);
    assert!(here.server.stop().success());
    assert!(!here.server.data().join("run/listen.json").exists());
    assert!(!here.server.data().join("reeve.sock").exists());
    let unreachable = here.server.reeve(&["org", "list"]);
    assert_eq!(unreachable.code, Some(3), "{}", unreachable.stderr);
    assert!(unreachable.stderr.contains("reeve serve"), "{}", unreachable.stderr);
}
