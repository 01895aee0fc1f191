//! Rows A6, A7 and A10 by the command line, and one's own sessions and second factors.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::by_command::{Terminal, on_each};
use crate::deployment::{ADMIN, Deployment, PASSWORD, text};
use crate::generator::Generator;

const GRACE: &str = "grace@example.com";
const OTHER_PASSWORD: &str = "Copper-meadow-19-lantern";

// A6
#[test]
fn a6_nobody_changes_their_own_standing() {
    on_each(|here, root| {
        let grace = root.added("grace", GRACE, &["--role", "admin"]);
        let own: [&[&str]; 5] = [
            &["admin", "deactivate"],
            &["admin", "activate"],
            &["admin", "edit", "--role", "general"],
            &["admin", "edit", "--status", "inactive"],
            &["policy", "attach", "read-only"],
        ];
        for arguments in own {
            for name in ["me", GRACE] {
                let arguments = [arguments, &[name]].concat();
                grace.refused(&arguments, "");
                let problem: Value =
                    grace.command(&[&arguments[..], &["-o", "json"]].concat(), "").stderr.parse().unwrap();
                assert_eq!(text(&problem, "code"), "self_forbidden");
            }
        }
        // Nor with a key made by oneself.
        root.json(&["admin", "api-access", GRACE, "--enable"]);
        let key = grace.json(&["key", "create"]);
        let url = here.server.url();
        let environment = [
            ("REEVE_ACCESS_KEY_ID", text(&key, "access_key_id")),
            ("REEVE_SECRET_ACCESS_KEY", text(&key, "secret_access_key")),
        ];
        let edit = ["admin", "edit", GRACE, "--role", "general", "--server", &url, "-o", "json"];
        let refused = here.reeve_in(&environment, &edit, "");
        assert_eq!(refused.code, Some(1));
        assert!(refused.stderr.contains("self_forbidden"), "{}", refused.stderr);
        assert_eq!(text(&grace.json(&["admin", "show", "me"]), "role"), "admin");
    });
}

// A7
#[test]
fn a7_api_access_api_passwords_and_keys() {
    on_each(|here, root| {
        root.added("grace", GRACE, &["--policy", "read-only"]);
        let url = here.server.url();
        let list = |password: &str| {
            let environment = [("REEVE_USERNAME", GRACE), ("REEVE_API_PASSWORD", password)];
            here.reeve_in(&environment, &["org", "list", "--server", &url], "").code
        };
        let file = here.file("api-password", OTHER_PASSWORD);
        let set = ["admin", "api-password", "set", GRACE, "--password-file", &file];
        root.refused(&set, "must be with API access");
        assert_eq!(root.json(&["admin", "api-access", GRACE, "--enable"])["api_access"], true);
        root.done(&set, "");
        assert_eq!(list(OTHER_PASSWORD), Some(0));
        assert_eq!(list(PASSWORD), Some(1), "the sign-in password is another one");
        let made = root.json(&["admin", "api-password", "set", GRACE, "--generate-password"]);
        assert_eq!((list(OTHER_PASSWORD), list(text(&made, "password"))), (Some(1), Some(0)));
        root.done(&["admin", "api-password", "remove", GRACE], "");
        assert_eq!(list(text(&made, "password")), Some(1));

        let create = ["key", "create", "--admin", GRACE, "--name", "export", "--expires", "90d"];
        let key = root.json(&[&create[..], &["--network", "127.0.0.0/8"]].concat());
        let (id, secret) = (text(&key, "access_key_id"), text(&key, "secret_access_key"));
        assert_eq!((id.len(), secret.len()), (20, 40));
        let by_key = || {
            let environment = [("REEVE_ACCESS_KEY_ID", id), ("REEVE_SECRET_ACCESS_KEY", secret)];
            here.reeve_in(&environment, &["org", "list", "--server", &url], "").code
        };
        assert_eq!(by_key(), Some(0));
        let listed = root.json(&["key", "list", "--admin", GRACE]);
        assert!(listed["items"][0]["last_used_at"].is_string() && !listed.to_string().contains(secret), "{listed}");
        for (arguments, code) in
            [(["key", "deactivate", id, "--admin", GRACE], 1), (["key", "activate", id, "--admin", GRACE], 0)]
        {
            root.json(&arguments);
            assert_eq!(by_key(), Some(code), "{arguments:?}");
        }
        root.json(&["admin", "api-access", GRACE, "--disable"]);
        assert_eq!(by_key(), Some(1));
        root.json(&["admin", "api-access", GRACE, "--enable"]);
        assert_eq!(by_key(), Some(0));
        root.done(&["key", "delete", id, "--admin", GRACE], "");
        assert_eq!(by_key(), Some(1));
    });
}

// A10
#[test]
fn a10_one_active_admin_always_remains() {
    on_each(|here, root| {
        let grace = root.added("grace", GRACE, &["--role", "admin"]);
        grace.json(&["admin", "deactivate", ADMIN]);
        for arguments in [
            &["admin", "deactivate", GRACE][..],
            &["admin", "edit", GRACE, "--role", "general"],
            &["admin", "edit", GRACE, "--status", "inactive"],
        ] {
            // By the operator, who is nobody of the account.
            let refused = here.server.reeve(&[arguments, &["-o", "json"]].concat());
            assert_eq!(refused.code, Some(1), "{arguments:?}");
            assert!(refused.stderr.contains("last_admin"), "{}", refused.stderr);
        }
        grace.json(&["admin", "activate", ADMIN]);
        here.json(&["admin", "deactivate", GRACE]);
        let admins = here.json(&["admin", "list", "--role", "admin", "--status", "active"]);
        assert_eq!((&admins["total"], &admins["items"][0]["username"]), (&json!(1), &json!(ADMIN)));
    });
}

/// Answers the code that a command asks for in the middle of it.
fn set_up(here: &Deployment, profiles: &str) -> (Generator, Vec<String>) {
    let mut command: Command = here.server.command();
    command.env("REEVE_PROFILES", profiles);
    command.args(["second-factor", "totp", "--profile", "grace", "--code-file", "-", "-o", "json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let begun: Value = lines.next().unwrap().unwrap().parse().unwrap();
    let mut generator = Generator::new(text(&begun, "otpauth_url"));
    let code = next_code(&mut generator);
    writeln!(child.stdin.take().unwrap(), "{code}").unwrap();
    let codes: Value = lines.next().unwrap().unwrap().parse().unwrap();
    assert!(child.wait().unwrap().success());
    let codes = codes["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned());
    (generator, codes.collect())
}

fn next_code(generator: &mut Generator) -> String {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(generator.code())
}

// Sign-in (issue 3, no. 3)
#[test]
fn a_second_factor_is_enrolled_and_asked_for_at_the_command_line() {
    on_each(|here, root| {
        let grace = root.added("grace", GRACE, &["--role", "admin"]);
        let profiles = here.folder.path().join("profiles.toml");
        let (mut generator, recovery) = set_up(here, profiles.to_str().unwrap());
        assert_eq!(recovery.len(), 10);
        assert_eq!(grace.json(&["second-factor", "list"])["recovery_codes_left"], 10);
        let file = here.file("password", PASSWORD);
        let login = |code: &str| {
            let code = here.file("code", code);
            let login = ["login", "--password-file", &file, "--code-file", &code];
            grace.command(&login, "").code
        };
        assert_eq!(login("000000"), Some(1));
        let code = next_code(&mut generator);
        assert_eq!((login(&code), login(&code)), (Some(0), Some(1)), "a code opens once");
        assert_eq!((login(&recovery[0]), login(&recovery[0])), (Some(0), Some(1)), "so does a recovery code");
        assert_eq!(grace.json(&["second-factor", "list"])["recovery_codes_left"], 9);
        // Password and code from standard input, one line each.
        let input = format!("{PASSWORD}\n{}\n", recovery[1]);
        grace.done(&["session", "reauthenticate", "--password-file", "-", "--code-file", "-"], &input);
        let session = grace.json(&["session", "show"]);
        assert_eq!((&session["fresh"], &session["second_factor"]), (&json!(true), &json!(true)));
        root.json(&["admin", "reset-second-factors", GRACE]);
        assert_eq!(grace.command(&["login", "--password-file", &file], "").code, Some(0));
    });
}

// Sign-in (issue 3, no. 3): "list and end one's sessions … password change that needs the old one"
#[test]
fn sessions_are_listed_and_ended_and_a_password_is_changed_with_the_old_one() {
    on_each(|here, root| {
        let grace = root.added("grace", GRACE, &["--role", "admin"]);
        let phone = Terminal::login(here, "phone", GRACE, PASSWORD);
        let tablet = Terminal::login(here, "tablet", GRACE, PASSWORD);
        let mine = grace.json(&["session", "list"]);
        assert_eq!(mine["total"], 3);
        let of = |terminal: &Terminal<'_>| {
            let shown = terminal.json(&["session", "list"]);
            let current = shown["items"].as_array().unwrap().iter().find(|one| one["current"] == true).unwrap().clone();
            text(&current, "session_id").to_owned()
        };
        grace.done(&["session", "end", &of(&phone)], "");
        phone.refused(&["org", "list"], "");
        let change = ["session", "change-password", "--old-password-file", "-", "--new-password-file", "-"];
        let wrong = grace.command(&change, &format!("Wrong-password-1\n{OTHER_PASSWORD}\n"));
        assert_eq!(wrong.code, Some(1), "{}", wrong.stderr);
        grace.done(&change, &format!("{PASSWORD}\n{OTHER_PASSWORD}\n"));
        tablet.refused(&["org", "list"], "");
        grace.json(&["org", "list"]);
        Terminal::login(here, "phone", GRACE, OTHER_PASSWORD);
        assert_eq!(root.json(&["admin", "end-sessions", GRACE])["ended"], 2);
        grace.refused(&["org", "list"], "");
        root.done(&["logout"], "");
        let out = root.command(&["org", "list"], "");
        assert!(out.code != Some(0) && out.stderr.contains("reeve login --profile root"), "{}", out.stderr);
    });
}

// Audit (issue 3, no. 8): who, by what credential, from where; as JSON lines.
#[test]
fn the_audit_trail_is_exported_with_credentials_and_without_secrets() {
    on_each(|here, root| {
        let made = ["admin", "add", GRACE, "--first-name", "G", "--last-name", "H", "--generate-password"];
        let password = root.json(&made)["password"].as_str().unwrap().to_owned();
        root.json(&["admin", "api-access", GRACE, "--enable"]);
        let key = root.json(&["key", "create", "--admin", GRACE]);
        let path = here.folder.path().join("events.jsonl").to_str().unwrap().to_owned();
        root.done(&["audit", "export", &path, "--since", "1h"], "");
        let lines = std::fs::read_to_string(&path).unwrap();
        assert!(!lines.contains(&password) && !lines.contains(text(&key, "secret_access_key")));
        let events: Vec<Value> = lines.lines().map(|line| line.parse().unwrap()).collect();
        let of = |operation: &str| events.iter().find(|event| event["operation"] == operation).unwrap();
        for operation in ["add_administrator", "set_api_access", "create_access_key"] {
            let event = of(operation);
            assert_eq!((text(&event["actor"], "name"), text(&event["credential"], "kind")), (ADMIN, "session"));
            assert_eq!(text(event, "source_address"), "127.0.0.1");
            assert!(!event["changes"].as_array().unwrap().is_empty(), "{event}");
        }
        let times: Vec<_> = events.iter().map(|event| text(event, "at").to_owned()).collect();
        assert!(times.is_sorted(), "oldest first");
    });
}
