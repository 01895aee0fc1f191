//! What is held back of who is gone, and passwords that are known from breaches: what is sent, shown and refused.

use serde_json::{Value, json};

use crate::run::reeve;
use crate::server::{Reply, Server, ok, status};

const ACME: &str = "/api/v1/organizations/acme";

const SETTINGS: &str = r#"{"addresses_days":90,"names_days":0,"alias_days":1}"#;

/// What a command sent, with its body as JSON, and what it wrote to standard output.
async fn run(line: &str, reply: Reply) -> (String, Value, String) {
    let server = Server::start(vec![reply]).await;
    let ran = reeve(&server.data(), line).run().await;
    assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    let request = server.requests().remove(0);
    let body = if request.body.is_empty() { Value::Null } else { serde_json::from_str(&request.body).unwrap() };
    (request.line.replace(ACME, ""), body, ran.out)
}

#[tokio::test]
async fn what_is_held_back_is_listed() {
    let page = r#"{"items":[{"kind":"address","value":"ada@acme.test","held_for":"u-1","held_until":null}]}"#;
    let (sent, _, out) = run("hold list --org acme", ok(page)).await;
    assert!(sent.starts_with("GET /holds"), "{sent}");
    assert_eq!(out, "KIND     WHAT           HELD FOR  UNTIL\naddress  ada@acme.test  u-1       -\n");
}

#[tokio::test]
async fn a_release_sends_what_and_why() {
    let line = "hold release name ada --reason ticket~4711 --org acme";
    let (sent, body, out) = run(line, status(204, "", "")).await;
    assert_eq!(sent, "POST /holds/release");
    assert_eq!(body, json!({"kind": "name", "value": "ada", "reason": "ticket 4711"}));
    assert_eq!(out, "the name ada is held back no longer\n");
}

#[tokio::test]
async fn settings_are_shown_or_changed_by_what_is_named() {
    let shown =
        "addresses               90 days\nnames of deleted users  not held back\nalias once deleted      1 day\n";
    let (sent, _, out) = run("hold settings --org acme", ok(SETTINGS)).await;
    assert_eq!((sent.as_str(), out.as_str()), ("GET /hold-settings", shown));
    let (sent, body, out) = run("hold settings --org acme --addresses-days 90 --names-days 0", ok(SETTINGS)).await;
    assert_eq!((sent.as_str(), body), ("PATCH /hold-settings", json!({"addresses_days": 90, "names_days": 0})));
    assert_eq!(out, format!("the holds of acme are changed\n{shown}"));
}

#[tokio::test]
async fn a_password_that_is_known_from_breaches_is_pointed_out_at_sign_in() {
    let session = r#"{"actor":"administrator","administrator":{"username":"root@acme.test","role":"admin","password_breached_at":"2026-11-21T00:00:00Z"},"account_id":"1","region":"us-east-1","token":"t0ken","session":{"session_id":"s"},"enrolment_required":false}"#;
    let server = Server::start(vec![status(201, "", session)]).await;
    let line = format!("login --server {} --username root@acme.test --password-file -", server.address());
    let ran = reeve(&server.data(), &line).input("secret\n").run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let hint = "your password is known from breaches: reeve session change-password --profile default";
    assert!(ran.err.contains(hint), "{}", ran.err);
}
