//! Rules: access control, mobile devices and their overrides, impersonation roles; what is sent, shown and refused.

use serde_json::{Value, json};

use crate::run::reeve;
use crate::server::{Reply, Server, ok, problem, status};

const ACME: &str = "/api/v1/organizations/acme";

const OFFICE: &str = r#"{"name":"office","effect":"deny","description":"office only","ip_ranges":[],"not_ip_ranges":["192.0.2.0/24","2001:db8::/32"],"protocols":["IMAP","SMTP"],"not_protocols":[],"users":[],"not_users":["u-1"],"impersonation_roles":[],"not_impersonation_roles":[],"created_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-02T00:00:00Z","version":2}"#;

const DEFAULT: &str = r#"{"name":"default","effect":"allow","description":"Default WorkMail Rule","ip_ranges":[],"not_ip_ranges":[],"protocols":[],"not_protocols":[],"users":[],"not_users":[],"impersonation_roles":[],"not_impersonation_roles":[],"created_at":null,"updated_at":null,"version":1}"#;

const PHONES: &str = r#"{"rule_id":"r-1","name":"No old phones","effect":"deny","description":null,"device_types":[],"not_device_types":[],"device_models":["Nexus"],"not_device_models":[],"device_operating_systems":["Android 8","Android 9"],"not_device_operating_systems":[],"device_user_agents":[],"not_device_user_agents":["Mail, Inc"],"created_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-02T00:00:00Z","version":2}"#;

const LOST: &str = r#"{"user_id":"u-1","device_id":"ApplX","effect":"deny","description":"lost\u001b[2J","created_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-02T00:00:00Z"}"#;

const ARCHIVE: &str = r#"{"impersonation_role_id":"ir-1","name":"Archive","kind":"read_only","description":null,"rules":[{"rule_id":"all","name":null,"description":null,"effect":"allow","target_users":[],"not_target_users":["u-9"]},{"rule_id":"board","name":"The board","description":"x","effect":"deny","target_users":["u-1","u-2"],"not_target_users":[]}],"created_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-02T00:00:00Z","version":3}"#;

/// What a command sent, with its body as JSON, and what it wrote.
async fn run(line: &str, reply: Reply) -> (String, Value, String) {
    let server = Server::start(vec![reply]).await;
    let ran = reeve(&server.data(), &format!("{line} --org acme")).run().await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{line}");
    let request = server.requests().remove(0);
    let body = if request.body.is_empty() { Value::Null } else { serde_json::from_str(&request.body).unwrap() };
    (request.line.replace(ACME, ""), body, ran.out)
}

fn gone() -> Reply {
    status(204, "", "")
}

#[tokio::test]
async fn an_access_rule_is_put_with_all_that_is_said() {
    let line = "access-rule put office --effect deny --description office~only --protocol IMAP,SMTP \
                --not-ip-range 192.0.2.0/24 --not-ip-range 2001:db8::/32 --ip-range 0.0.0.0/0 --not-protocol EWS \
                --user ada,bob@acme.test --not-user eve --impersonation-role r-1 --not-impersonation-role r-2";
    let (sent, body, out) = run(line, ok(OFFICE)).await;
    assert_eq!(sent, "PUT /access-control-rules/office");
    let expected = json!({
        "effect": "deny", "description": "office only", "ip_ranges": ["0.0.0.0/0"],
        "not_ip_ranges": ["192.0.2.0/24", "2001:db8::/32"], "protocols": ["IMAP", "SMTP"], "not_protocols": ["EWS"],
        "users": ["ada", "bob@acme.test"], "not_users": ["eve"],
        "impersonation_roles": ["r-1"], "not_impersonation_roles": ["r-2"]
    });
    assert_eq!(body, expected);
    assert_eq!(
        out,
        "access control rule office is in force\nname         office\neffect       deny\ndescription  office only\n\
         condition    not-ip-range 192.0.2.0/24, 2001:db8::/32\ncondition    protocol IMAP, SMTP\n\
         condition    not-user u-1\ncreated      2026-11-01 00:00:00 UTC\nupdated      2026-11-02 00:00:00 UTC\n\
         version      2\n"
    );
    let (_, body, _) = run("access-rule put default --effect allow", ok(DEFAULT)).await;
    assert_eq!(body, json!({"effect": "allow"}));
    let server = Server::start(vec![problem(412, "version_mismatch", "it was changed since you read it")]).await;
    let stale = "access-rule put office --effect allow --if-version 1 --org acme";
    let ran = reeve(&server.data(), stale).run().await;
    assert_eq!((ran.code, server.requests()[0].header("if-match").as_deref()), (1, Some("\"1\"")));
}

#[tokio::test]
async fn access_rules_are_listed_deleted_and_asked() {
    let page = format!(r#"{{"items":[{DEFAULT},{OFFICE}]}}"#);
    let (sent, _, out) = run("access-rule list", ok(&page)).await;
    assert_eq!(sent, "GET /access-control-rules");
    let rows: Vec<Vec<&str>> =
        out.lines().map(|line| line.split("  ").filter(|cell| !cell.is_empty()).collect()).collect();
    let office = "not-ip-range 192.0.2.0/24, 2001:db8::/32; protocol IMAP, SMTP; not-user u-1";
    let cells: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(|cell| cell.trim()).collect()).collect();
    assert_eq!(
        cells,
        [
            vec!["NAME", "EFFECT", "CONDITIONS", "DESCRIPTION"],
            vec!["default", "allow", "everybody", "Default WorkMail Rule"],
            vec!["office", "deny", office, "office only"],
        ]
    );
    let server = Server::start(vec![ok(r#"{"items":[]}"#)]).await;
    let ran = reeve(&server.data(), "access-rule list --org acme").run().await;
    assert!(ran.err.contains("nobody reaches a mailbox"), "{}", ran.err);
    let (sent, _, out) = run("access-rule delete office", gone()).await;
    assert_eq!(
        (sent.as_str(), out.as_str()),
        ("DELETE /access-control-rules/office", "there is no access control rule office\n")
    );
    let denied = r#"{"effect":"deny","rules":["office","night"]}"#;
    let (sent, body, out) = run("access-rule test --user ada --protocol IMAP --address 203.0.113.9", ok(denied)).await;
    assert_eq!(sent, "POST /access-control-tests");
    assert_eq!(body, json!({"user": "ada", "protocol": "IMAP", "source_address": "203.0.113.9"}));
    assert_eq!(out, "effect  deny\nrule    office\nrule    night\n");
    let silent = r#"{"effect":"deny","rules":[]}"#;
    let by_role = "access-rule test --impersonation-role r-1 --protocol EWS --address ::1";
    let (_, body, out) = run(by_role, ok(silent)).await;
    assert_eq!(body, json!({"impersonation_role": "r-1", "protocol": "EWS", "source_address": "::1"}));
    assert_eq!(out, "effect  deny\nrule    none speaks, and what none allows is denied\n");
    let (_, _, out) = run(&format!("{by_role} -o json"), ok(silent)).await;
    assert_eq!(out.trim(), silent);
}

#[tokio::test]
async fn device_rules_are_made_replaced_listed_deleted_and_asked() {
    let conditions = "--effect deny --os Android~8 --os Android~9 --model Nexus --not-user-agent Mail,~Inc";
    let expected = |name: &str| {
        json!({
            "name": name, "effect": "deny", "device_operating_systems": ["Android 8", "Android 9"],
            "device_models": ["Nexus"], "not_device_user_agents": ["Mail, Inc"]
        })
    };
    let server = Server::start(vec![status(503, "retry-after: 0\r\n", ""), status(201, "", PHONES)]).await;
    let line = format!("device-rule create No~old~phones {conditions} --org acme");
    let ran = reeve(&server.data(), &line).run().await;
    assert!(ran.out.starts_with("created mobile device rule No old phones\n"), "{} {}", ran.out, ran.err);
    let seen = server.requests();
    assert_eq!(seen[1].line, format!("POST {ACME}/mobile-device-rules"));
    assert!(seen[0].header("idempotency-key").is_some());
    assert_eq!(seen[0].header("idempotency-key"), seen[1].header("idempotency-key"));
    assert_eq!(serde_json::from_str::<Value>(&seen[1].body).unwrap(), expected("No old phones"));
    assert!(
        ran.out.contains(
            "condition  model Nexus\ncondition  os Android 8, Android 9\ncondition  not-user-agent Mail, Inc\n"
        ),
        "{}",
        ran.out
    );
    let (sent, body, out) = run(&format!("device-rule edit r-1 --name X {conditions}"), ok(PHONES)).await;
    assert_eq!((sent.as_str(), body), ("PUT /mobile-device-rules/r-1", expected("X")));
    assert!(out.starts_with("replaced mobile device rule r-1\n"), "{out}");
    let page = format!(r#"{{"items":[{PHONES}]}}"#);
    let (sent, _, out) = run("device-rule list", ok(&page)).await;
    assert_eq!(sent, "GET /mobile-device-rules");
    assert!(
        out.contains("No old phones  r-1  deny    model Nexus; os Android 8, Android 9; not-user-agent Mail, Inc"),
        "{out}"
    );
    let (sent, _, out) = run("device-rule delete r-1", gone()).await;
    assert_eq!(
        (sent.as_str(), out.as_str()),
        ("DELETE /mobile-device-rules/r-1", "there is no mobile device rule r-1\n")
    );
    let matched = r#"{"effect":"deny","rules":[{"rule_id":"r-1","name":"No old phones"}]}"#;
    let (sent, body, out) =
        run("device-rule test --type Phone --model M --os Android~8 --user-agent UA", ok(matched)).await;
    let device = json!({
        "device_type": "Phone", "device_model": "M", "device_operating_system": "Android 8", "device_user_agent": "UA"
    });
    assert_eq!((sent.as_str(), body), ("POST /mobile-device-tests", device));
    assert_eq!(out, "effect  deny\nrule    No old phones (r-1)\n");
    let (_, body, _) = run("device-rule test", ok(matched)).await;
    assert_eq!(body, json!({}));
}

#[tokio::test]
async fn an_override_command_is_one_request() {
    let path = "/users/ada@acme.test/mobile-device-overrides/ApplX";
    let put = "device-override put ada@acme.test ApplX --effect deny --description lost";
    let (sent, body, out) = run(put, ok(LOST)).await;
    assert_eq!((sent, body), (format!("PUT {path}"), json!({"effect": "deny", "description": "lost"})));
    assert!(out.starts_with("ApplX of ada@acme.test has the override deny\n"), "{out}");
    let (sent, _, out) = run("device-override show ada@acme.test ApplX", ok(LOST)).await;
    assert_eq!(sent, format!("GET {path}"));
    assert!(out.contains("description  lost\\u{1b}[2J\n"), "{out}");
    let (sent, _, out) = run("device-override delete ada@acme.test ApplX", gone()).await;
    assert_eq!((sent, out.as_str()), (format!("DELETE {path}"), "ApplX of ada@acme.test has no override\n"));
    let page = format!(r#"{{"items":[{LOST}],"next_cursor":null,"total":1}}"#);
    let (sent, _, out) = run("device-override list --user ada --device ApplX --limit 5", ok(&page)).await;
    assert_eq!(sent, "GET /mobile-device-overrides?user=ada&device_id=ApplX&limit=5");
    assert!(out.contains("u-1   ApplX   deny    lost\\u{1b}[2J"), "{out}");
}

#[tokio::test]
async fn impersonation_roles_are_made_replaced_shown_listed_deleted_and_asked() {
    let content = "--kind read_only --description x --rule all:allow-but=eve --rule board:deny=ada,bob";
    let expected = |name: &str| {
        json!({
            "name": name, "kind": "read_only", "description": "x",
            "rules": [
                {"rule_id": "all", "effect": "allow", "not_target_users": ["eve"]},
                {"rule_id": "board", "effect": "deny", "target_users": ["ada", "bob"]}
            ]
        })
    };
    let (sent, body, out) =
        run(&format!("impersonation-role create Archive {content}"), status(201, "", ARCHIVE)).await;
    assert_eq!((sent.as_str(), body), ("POST /impersonation-roles", expected("Archive")));
    assert!(out.contains("rule     all:allow-but=u-9\nrule     board:deny=u-1,u-2 (The board)\n"), "{out}");
    let (sent, body, _) = run(&format!("impersonation-role edit ir-1 --name Copy {content}"), ok(ARCHIVE)).await;
    assert_eq!((sent.as_str(), body), ("PUT /impersonation-roles/ir-1", expected("Copy")));
    let (_, body, _) = run("impersonation-role edit ir-1 --name Copy --kind full_access", ok(ARCHIVE)).await;
    assert_eq!(
        body,
        json!({"name": "Copy", "kind": "full_access", "rules": []}),
        "a replacement without rules has none"
    );
    let (sent, _, _) = run("impersonation-role show ir-1", ok(ARCHIVE)).await;
    assert_eq!(sent, "GET /impersonation-roles/ir-1");
    let page = format!(r#"{{"items":[{ARCHIVE}],"next_cursor":null,"total":1}}"#);
    let (sent, _, out) = run("impersonation-role list", ok(&page)).await;
    assert_eq!(sent, "GET /impersonation-roles");
    assert!(out.contains("Archive  ir-1  read_only  2      -"), "{out}");
    let (sent, _, out) = run("impersonation-role delete ir-1", gone()).await;
    assert_eq!(
        (sent.as_str(), out.as_str()),
        ("DELETE /impersonation-roles/ir-1", "there is no impersonation role ir-1\n")
    );
    let denied = r#"{"kind":"read_only","effect":"deny","rules":[{"rule_id":"board","name":null}]}"#;
    let (sent, body, out) = run("impersonation-role test ir-1 ada", ok(denied)).await;
    assert_eq!((sent.as_str(), body), ("POST /impersonation-roles/ir-1/tests", json!({"user": "ada"})));
    assert_eq!(out, "effect  deny\nkind    read_only\nrule    board\n");
}

#[tokio::test]
async fn rules_of_a_role_come_from_a_file() {
    let server = Server::start(vec![status(201, "", ARCHIVE)]).await;
    let line = "impersonation-role create Archive --kind read_only --rules-file - --org acme";
    let ran = reeve(&server.data(), line).input(ARCHIVE).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let body: Value = serde_json::from_str(&server.requests()[0].body).unwrap();
    assert_eq!(body["rules"][1]["name"], "The board");
    for (text, expected) in [("{}", "error: standard input has no rules\n"), ("[,", "error: standard input:1:2: ")] {
        let ran = reeve(&server.data(), line).input(text).run().await;
        assert_eq!(ran.code, 2);
        assert!(ran.err.starts_with(expected), "{}", ran.err);
    }
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn a_sign_in_is_checked_as_the_user_would_come() {
    let server = Server::start(vec![ok(r#"{"outcome":"refused_by_rule"}"#), ok(r#"{"outcome":"accepted"}"#)]).await;
    let line = "user check-sign-in ada --password-file - --org acme";
    let arrival = format!("{line} --protocol IMAP --address 203.0.113.9");
    let ran = reeve(&server.data(), &arrival).input("secret\n").run().await;
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.err,
        "error: ada would not be let in: no access control rule lets the user in so\n\
         hint: reeve access-rule list --org acme shows the rules\n"
    );
    reeve(&server.data(), line).input("secret\n").run().await;
    let bodies: Vec<Value> =
        server.requests().iter().map(|request| serde_json::from_str(&request.body).unwrap()).collect();
    assert_eq!(
        bodies,
        [
            json!({"password": "secret", "protocol": "IMAP", "source_address": "203.0.113.9"}),
            json!({"password": "secret"})
        ]
    );
}
