//! Rows A1 to A5, A8 and A9 by the command line: with a profile that `reeve login` made, over TCP, as people at another
//! machine use it.

use serde_json::{Value, json};

use crate::deployment::{ADMIN, Deployment, PASSWORD, UNBRAKED, text};

const GRACE: &str = "grace@example.com";
const OTHER_PASSWORD: &str = "Copper-meadow-19-lantern";

/// Somebody at a command line, signed in by a profile.
pub(super) struct Terminal<'a> {
    here: &'a Deployment,
    profiles: String,
    profile: &'a str,
}

impl<'a> Terminal<'a> {
    /// Signs in with the password from a file.
    pub(super) fn login(here: &'a Deployment, profile: &'a str, username: &str, password: &str) -> Self {
        let profiles = here.folder.path().join("profiles.toml").to_str().unwrap().to_owned();
        let terminal = Self { here, profiles, profile };
        let file = here.file("password-to-log-in", password);
        let url = here.server.url();
        let login = ["login", "--server", &url, "--username", username, "--password-file", &file];
        terminal.done(&login, "");
        terminal
    }

    /// Signs in whom the first administrator adds with these arguments, over and above names and a password.
    pub(super) fn added(&self, profile: &'a str, username: &str, rest: &[&str]) -> Self {
        let add = ["admin", "add", username, "--first-name", "Grace", "--last-name", "Hopper", "--password-file", "-"];
        self.done(&[&add, rest].concat(), PASSWORD);
        Self::login(self.here, profile, username, PASSWORD)
    }

    pub(super) fn command(&self, arguments: &[&str], input: &str) -> reeve_testkit::CommandResult {
        let environment = [("REEVE_PROFILES", self.profiles.as_str()), ("REEVE_PROFILE", self.profile)];
        // The data folder is not there: whoever has only a profile has no socket.
        let environment = [&environment[..], &[("REEVE_DATA", "/nonexistent")]].concat();
        self.here.reeve_in(&environment, arguments, input)
    }

    /// Runs a command that must succeed.
    #[track_caller]
    pub(super) fn done(&self, arguments: &[&str], input: &str) {
        let _ = self.command(arguments, input).done();
    }

    /// What a command that must succeed answers.
    pub(super) fn json(&self, arguments: &[&str]) -> Value {
        self.command(&[arguments, &["-o", "json"]].concat(), "").done().json()
    }

    /// A command that must be refused, and the words in which it is.
    #[track_caller]
    pub(super) fn refused(&self, arguments: &[&str], says: &str) {
        let result = self.command(arguments, "");
        assert_eq!(result.code, Some(1), "{arguments:?}: {}{}", result.stdout, result.stderr);
        assert!(result.stderr.contains(says), "{arguments:?}: {}", result.stderr);
    }
}

/// The arguments that add Grace.
const ADD: [&str; 7] = ["admin", "add", GRACE, "--first-name", "Grace", "--last-name", "Hopper"];

fn add(rest: &[&'static str]) -> Vec<&'static str> {
    [&ADD[..], rest].concat()
}

/// Runs a test on each engine, by the profile of the first administrator.
pub(super) fn on_each(test: impl Fn(&Deployment, &Terminal<'_>)) {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Terminal::login(&here, "root", ADMIN, PASSWORD);
        test(&here, &root);
    }
}

// A1
#[test]
fn a1_the_administration_area_opens_for_account_admins_only() {
    on_each(|here, root| {
        let grace = root.added("grace", GRACE, &["--policy", "auditor"]);
        for arguments in [
            &["admin", "list"][..],
            &["admin", "show", ADMIN],
            &["admin", "deactivate", ADMIN],
            &["admin", "edit", GRACE, "--role", "admin"],
            &["admin", "api-access", ADMIN, "--enable"],
            &["policy", "list"],
            &["policy", "create", "mine", "--allow", "*:*"],
            &["policy", "attach", "read-only", GRACE],
        ] {
            grace.refused(arguments, "administration is for account admins");
        }
        assert_eq!(text(&grace.json(&["admin", "show", "me"]), "username"), GRACE);
        let url = here.server.url();
        let nobody = here.reeve_in(&[], &["admin", "list", "--server", &url], "");
        assert_eq!(nobody.code, Some(1));
        assert!(nobody.stderr.contains("reeve login"), "{}", nobody.stderr);
        assert_eq!(root.json(&["admin", "list"])["total"], 2);
    });
}

// A2
#[test]
fn a2_a_password_is_typed_or_generated_and_a_status_chosen() {
    on_each(|here, root| {
        let made =
            root.command(&add(&["--role", "admin", "--password-file", "-", "-o", "json"]), PASSWORD).done().json();
        assert_eq!((text(&made, "status"), text(&made, "role"), made.get("password")), ("active", "admin", None));
        Terminal::login(here, "grace", GRACE, PASSWORD).json(&["admin", "list"]);

        let ada = ["admin", "add", "ada@example.com", "--first-name", "Ada", "--last-name", "King", "--inactive"];
        let policies = ["--policy", "help-desk", "--policy", "read-only", "--generate-password"];
        let made = root.json(&[&ada[..], &policies].concat());
        assert_eq!((text(&made, "status"), text(&made, "role")), ("inactive", "general"));
        let held: Vec<_> = made["policies"].as_array().unwrap().iter().map(|one| text(one, "policy_id")).collect();
        assert_eq!(held, ["help-desk", "read-only"]);
        let password = text(&made, "password");
        let url = here.server.url();
        let check = ["session", "login", "--server", &url, "--username", "ada@example.com", "--password-file", "-"];
        let refused = here.reeve_in(&[], &check, password);
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        root.json(&["admin", "activate", "ada@example.com"]);
        let welcome = here.reeve_in(&[], &check, password).done();
        assert!(welcome.stdout.contains("signed in as ada@example.com"), "{}", welcome.stdout);
        let quiet = root.command(&add(&["--generate-password"]), "");
        assert!(quiet.stderr.contains("is taken"), "{}", quiet.stderr);
    });
}

// A3
#[test]
fn a3_a_username_never_changes_and_is_never_used_again() {
    on_each(|here, root| {
        root.json(&add(&["--role", "admin", "--generate-password"]));
        let edit = root.command(&["admin", "edit", GRACE, "--username", "other@example.com"], "");
        assert_eq!(edit.code, Some(2), "{}", edit.stderr);
        let delete = root.command(&["admin", "delete", GRACE], "");
        assert_eq!(delete.code, Some(2), "{}", delete.stderr);
        root.json(&["admin", "deactivate", GRACE]);
        let again =
            ["admin", "add", "GRACE@Example.com", "--first-name", "G", "--last-name", "H", "--generate-password"];
        root.refused(&again, "is taken");
        // Nor by the operator for another account.
        let password = here.file("other", PASSWORD);
        let other = here.server.reeve(&["account", "create", "Other", "--admin", GRACE, "--password-file", &password]);
        assert!(other.stderr.contains("is taken"), "{}", other.stderr);
    });
}

// A4
#[test]
fn a4_set_as_inactive_ends_everything_and_set_as_active_lets_in_again() {
    on_each(|here, root| {
        let grace = root.added("grace", GRACE, &["--role", "admin"]);
        root.json(&["admin", "api-access", GRACE, "--enable"]);
        let key = root.json(&["key", "create", "--admin", GRACE]);
        let url = here.server.url();
        let by_key = || {
            let id = ("REEVE_ACCESS_KEY_ID", text(&key, "access_key_id"));
            let secret = ("REEVE_SECRET_ACCESS_KEY", text(&key, "secret_access_key"));
            here.reeve_in(&[id, secret], &["org", "list", "--server", &url], "").code
        };
        assert_eq!(by_key(), Some(0));
        assert_eq!(text(&root.json(&["admin", "deactivate", GRACE]), "status"), "inactive");
        grace.refused(&["org", "list"], "");
        assert_eq!(by_key(), Some(1));
        assert_eq!(text(&root.json(&["admin", "activate", GRACE]), "status"), "active");
        assert_eq!(by_key(), Some(1), "the key stays inactive");
        Terminal::login(here, "grace", GRACE, PASSWORD).json(&["org", "list"]);
    });
}

// A5
#[test]
fn a5_names_status_password_role_and_policies_are_edited() {
    on_each(|here, root| {
        root.added("grace", GRACE, &["--role", "admin"]);
        let edit = |rest: &[&str]| root.json(&[&["admin", "edit", GRACE], rest].concat());
        let named = edit(&["--first-name", "Ada", "--last-name", "King"]);
        assert_eq!((text(&named, "first_name"), text(&named, "last_name")), ("Ada", "King"));
        let general = edit(&["--role", "general", "--policy", "read-only", "--policy", "auditor"]);
        assert_eq!((text(&general, "role"), general["policies"].as_array().unwrap().len()), ("general", 2));
        assert_eq!(edit(&["--no-policies"])["policies"], json!([]));
        let file = here.file("new-password", OTHER_PASSWORD);
        edit(&["--password-file", &file]);
        Terminal::login(here, "grace", GRACE, OTHER_PASSWORD).json(&["org", "list"]);
        assert_eq!(text(&edit(&["--status", "inactive"]), "status"), "inactive");
        let made = edit(&["--status", "active", "--generate-password"]);
        Terminal::login(here, "grace", GRACE, text(&made, "password")).json(&["org", "list"]);
        root.refused(&["admin", "edit", GRACE, "--first-name", "X", "--if-version", "1"], "");
        let reset = root.json(&["admin", "reset-password", GRACE, "--generate-password"]);
        Terminal::login(here, "grace", GRACE, text(&reset, "password"));
        let shown = root.command(&["admin", "show", GRACE], "").done().stdout;
        assert!(shown.contains("Ada") && !shown.contains(text(&reset, "password")), "{shown}");
        let events = root.json(&["audit", "--operation", "edit_administrator", "--actor", ADMIN]);
        assert_eq!(events["items"].as_array().unwrap().len(), 6, "{events}");
    });
}

// A8
#[test]
fn a8_admin_access_is_enabled_and_disabled() {
    on_each(|here, root| {
        let grace = root.added("grace", GRACE, &["--policy", "read-only"]);
        grace.refused(&["admin", "list"], "administration is for account admins");
        let enabled = root.json(&["admin", "edit", GRACE, "--role", "admin"]);
        assert_eq!((text(&enabled, "role"), &enabled["policies"]), ("admin", &json!([])));
        let grace = Terminal::login(here, "grace", GRACE, PASSWORD);
        grace.json(&["admin", "list"]);
        root.json(&["admin", "edit", GRACE, "--role", "general"]);
        grace.refused(&["admin", "list"], "");
        Terminal::login(here, "grace", GRACE, PASSWORD)
            .refused(&["admin", "list"], "administration is for account admins");
    });
}

// A9
#[test]
fn a9_policies_are_made_checked_given_tested_and_taken_away() {
    on_each(|here, root| {
        for org in ["acme", "globex"] {
            here.json(&["org", "create", org, "--wait"]);
        }
        let grace = root.added("grace", GRACE, &[]);
        let simple = ["policy", "create", "Acme people", "--description", "for Rome"];
        let simple =
            root.json(&[&simple[..], &["--allow", "user:read,create@acme", "--allow", "organization:read"]].concat());
        assert_eq!((text(&simple, "kind"), text(&simple, "description")), ("simple", "for Rome"));
        let wrong =
            here.file("wrong.cedar", "permit (principal, action, resource);\npermit (principal, actoin, resource);\n");
        let checked = root.command(&["policy", "check", &wrong], "");
        assert_eq!(checked.code, Some(1));
        assert!(checked.stdout.contains("wrong.cedar:2:20: "), "{}", checked.stdout);
        root.refused(&["policy", "create", "Wrong", "--cedar-file", &wrong], "wrong.cedar:2:20: ");
        let cedar = root.json(&["policy", "show", "Acme people"])["cedar"].as_str().unwrap().to_owned();
        let right = here.file("right.cedar", &cedar);
        root.done(&["policy", "check", &right], "");
        root.json(&["policy", "create", "Acme people too", "--cedar-file", &right]);

        grace.refused(&["org", "show", "acme"], "there is no organization");
        root.json(&["policy", "attach", "Acme people", GRACE]);
        grace.json(&["org", "show", "acme"]);
        let create = ["user", "create", "ada", "--display-name", "Ada", "--generate-password", "--org"];
        grace.json(&[&create[..], &["acme"]].concat());
        grace.refused(&[&create[..], &["globex"]].concat(), "no policy of yours allows this");
        let test = ["policy", "test", "--admin", GRACE, "--action", "create_user", "--resource"];
        let may = root.json(&[&test[..], &["organization:acme"]].concat());
        assert_eq!((text(&may, "decision"), &may["policies"][0]["name"]), ("allow", &json!("Acme people")));
        let may_not = root.json(&[&test[..], &["organization:globex"]].concat());
        assert_eq!(text(&may_not, "decision"), "deny");

        root.refused(&["policy", "delete", "Acme people"], "");
        let holders = root.json(&["policy", "holders", "Acme people"]);
        assert_eq!(holders["items"][0]["username"], GRACE);
        root.json(&["policy", "detach", "Acme people", GRACE]);
        grace.refused(&["org", "show", "acme"], "there is no organization");
        root.done(&["policy", "delete", "Acme people"], "");
        let actions = root.json(&["policy", "actions"]);
        assert!(actions["items"].as_array().unwrap().iter().any(|one| one["action"] == "create_user"));
        let names: Vec<Value> = root.json(&["policy", "list"])["items"].as_array().unwrap().clone();
        assert_eq!(names.len(), 6, "five come with Reeve: {names:?}");
    });
}
