//! `org create --wait`: every state once, in order, with its reason; and how it ends.

use crate::run::reeve;
use crate::server::{Server, ok, status};

const MADE: &str = r#"{"organization_id":"m-1","alias":"acme","state":"Requested"}"#;

fn states(states: &[(&str, &str)]) -> String {
    let items: Vec<String> = states
        .iter()
        .map(|(state, reason)| format!(r#"{{"state":"{state}","reason":"{reason}","at":"2026-11-21T10:00:00.000Z"}}"#))
        .collect();
    format!(r#"{{"items":[{}]}}"#, items.join(","))
}

#[tokio::test]
async fn each_state_is_told_once_with_its_reason() {
    let first = states(&[("Requested", "asked for"), ("Creating", "making keys")]);
    let last = states(&[("Requested", "asked for"), ("Creating", "making keys"), ("Active", "")]);
    let active = r#"{"organization_id":"m-1","alias":"acme","state":"Active","default_domain":"acme.test"}"#;
    let server = Server::start(vec![status(202, "", MADE), ok(&first), ok(&first), ok(&last), ok(active)]).await;
    let ran = reeve(&server.data(), "org create acme --domain acme.example --wait").run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.err,
        "2026-11-21 10:00:00 UTC  Requested: asked for\n2026-11-21 10:00:00 UTC  Creating: making keys\n2026-11-21 10:00:00 UTC  Active\n"
    );
    assert!(ran.out.starts_with("created organization acme\n"), "{}", ran.out);
    assert!(ran.out.contains("Active"), "{}", ran.out);
    assert_eq!(server.requests()[0].body, r#"{"alias":"acme","domains":["acme.example"]}"#);
    assert_eq!(server.lines()[4], "GET /api/v1/organizations/m-1");
}

#[tokio::test]
async fn programs_get_the_last_state_only() {
    let active = r#"{"organization_id":"m-1","alias":"acme","state":"Active"}"#;
    let server = Server::start(vec![
        status(202, "", MADE),
        ok(&states(&[("Requested", "")])),
        ok(&states(&[("Active", "")])),
        ok(active),
    ])
    .await;
    let ran = reeve(&server.data(), "org create acme --wait -o json").run().await;
    assert_eq!((ran.code, ran.out.trim(), ran.err.as_str()), (0, active, ""));
}

#[tokio::test]
async fn a_failed_organization_is_a_refusal_with_its_reason() {
    let failed = states(&[("Requested", ""), ("Failed", "the directory is in use")]);
    let server = Server::start(vec![status(202, "", MADE), ok(&failed)]).await;
    let ran = reeve(&server.data(), "org create acme --wait").run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("error: organization acme is Failed: the directory is in use\nhint: "), "{}", ran.err);
}

#[tokio::test]
async fn a_restart_of_the_server_does_not_end_the_wait() {
    let active = states(&[("Active", "")]);
    let server = Server::start(vec![
        status(202, "", MADE),
        crate::server::Reply::Nothing,
        status(503, "retry-after: 0\r\n", ""),
        ok(&active),
        ok(r#"{"alias":"acme","state":"Active"}"#),
    ])
    .await;
    let ran = reeve(&server.data(), "org create acme --wait -q").run().await;
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}

#[tokio::test]
async fn without_wait_the_request_is_all() {
    let server = Server::start(vec![status(202, "", MADE)]).await;
    let ran = reeve(&server.data(), "org create acme").run().await;
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("hint: watch it come up: reeve org states acme"), "{}", ran.err);
}
