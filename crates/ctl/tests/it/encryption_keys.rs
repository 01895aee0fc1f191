//! Encryption keys and the keys of organizations: what is sent, shown and asked back. No secret comes from an argument.

use serde_json::{Value, json};

use crate::run::reeve;
use crate::server::{Reply, Server, ok, problem, status};

const KEY: &str = r#"{"encryption_key_id":"key-1","arn":"arn:k","name":"mail","kind":"vault_transit","reference":"vault:transit/mail","address":"https://vault:8200","access_key_id":null,"created_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-02T00:00:00Z","version":2}"#;

const GENERATIONS: &str = r#"{"items":[{"generation":2,"state":"active","kind":"vault_transit","encryption_key_id":"key-1","encryption_key_name":"mail","reference":"vault:transit/mail","mailboxes":3,"created_at":"2026-11-01T00:00:00Z","checked_at":"2026-11-01T00:01:00Z","failure":null,"reason":null,"remedy":null},{"generation":1,"state":"former","kind":"managed","encryption_key_id":null,"encryption_key_name":null,"reference":null,"mailboxes":1,"created_at":"2026-10-01T00:00:00Z","checked_at":null,"failure":null,"reason":null,"remedy":null}]}"#;

const ORGANIZATION: &str = r#"{"organization_id":"m-1","alias":"acme","state":"Active","version":3}"#;

/// What a command sent, with its body as JSON, and what it wrote to standard output.
async fn run(line: &str, reply: Reply) -> (String, Value, String) {
    let server = Server::start(vec![reply]).await;
    let ran = reeve(&server.data(), line).input("s3cret\n").run().await;
    assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    let request = server.requests().remove(0);
    let body = if request.body.is_empty() { Value::Null } else { serde_json::from_str(&request.body).unwrap() };
    (request.line.replace("/api/v1", ""), body, ran.out)
}

#[tokio::test]
async fn a_key_is_made_known_with_a_secret_from_a_file() {
    let line = "encryption-key create mail --kind vault_transit --reference vault:transit/mail \
                --address https://vault:8200 --secret-file -";
    let (sent, body, out) = run(line, status(201, "", KEY)).await;
    assert_eq!(sent, "POST /encryption-keys");
    let expected = json!({
        "address": "https://vault:8200", "name": "mail", "kind": "vault_transit", "reference": "vault:transit/mail",
        "secret": "s3cret"
    });
    assert_eq!(body, expected);
    assert!(out.starts_with("created encryption key mail\n") && !out.contains("s3cret"), "{out}");
}

#[tokio::test]
async fn another_address_asks_for_the_secret_and_another_name_does_not() {
    let (sent, body, _) = run("encryption-key edit mail --address https://b:1 --secret-file -", ok(KEY)).await;
    assert_eq!(sent, "PATCH /encryption-keys/mail");
    assert_eq!(body, json!({"address": "https://b:1", "secret": "s3cret"}));
    let (_, body, _) = run("encryption-key edit mail --name post", ok(KEY)).await;
    assert_eq!(body, json!({"name": "post"}));
    let server = Server::start(Vec::new()).await;
    let ran = reeve(&server.data(), "encryption-key edit mail").run().await;
    assert_eq!(ran.code, 2, "{}", ran.err);
}

#[tokio::test]
async fn keys_are_shown_tested_and_forgotten() {
    let (sent, _, out) = run("encryption-key show mail", ok(KEY)).await;
    assert_eq!(sent, "GET /encryption-keys/mail");
    assert!(out.contains("vault:transit/mail") && out.contains("https://vault:8200"), "{out}");
    let page = format!(r#"{{"items":[{KEY}],"next_cursor":null,"total":1}}"#);
    let (_, _, out) = run("encryption-key list", ok(&page)).await;
    assert!(out.starts_with("NAME") && out.contains("vault_transit"), "{out}");
    let failed = r#"{"passed":false,"failure":"gone","reason":"the key is gone","remedy":"bring it back"}"#;
    let (sent, _, out) = run("encryption-key test mail", ok(failed)).await;
    assert_eq!(sent, "POST /encryption-keys/mail/test");
    for said in ["no", "the key is gone", "bring it back"] {
        assert!(out.contains(said), "{out}");
    }
    let (sent, _, out) = run("encryption-key delete mail", status(204, "", "")).await;
    assert_eq!((sent.as_str(), out.as_str()), ("DELETE /encryption-keys/mail", "forgot encryption key mail\n"));
}

#[tokio::test]
async fn the_key_of_an_organization_is_chosen_rotated_and_switched() {
    for (line, sent) in [
        ("org key show acme", "GET /organizations/acme/key"),
        ("org key rotate acme", "POST /organizations/acme/key/rotate"),
        ("org key disable acme", "POST /organizations/acme/key/disable"),
        ("org key enable acme", "POST /organizations/acme/key/enable"),
    ] {
        let (line_sent, _, out) = run(line, ok(GENERATIONS)).await;
        assert_eq!(line_sent, sent);
        assert!(out.contains("former") && out.contains("vault_transit"), "{out}");
    }
    let (sent, body, _) = run("org key set acme managed", ok(GENERATIONS)).await;
    assert_eq!((sent.as_str(), body), ("PUT /organizations/acme/key", json!({"encryption_key": "managed"})));
    let (_, body, _) = run("org create globex --encryption-key mail", status(202, "", ORGANIZATION)).await;
    assert_eq!(body["encryption_key"], "mail");
}

#[tokio::test]
async fn a_key_is_destroyed_only_by_who_means_it() {
    let server = Server::start(vec![ok(ORGANIZATION)]).await;
    let ran = reeve(&server.data(), "org key destroy acme").run().await;
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("--yes"), "{}", ran.err);
    assert_eq!(server.lines(), ["GET /api/v1/organizations/acme"], "nothing was destroyed");
    let server = Server::start(vec![ok(ORGANIZATION), ok(GENERATIONS)]).await;
    let ran = reeve(&server.data(), "org key destroy acme --yes").run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let body: Value = serde_json::from_str(&server.requests()[1].body).unwrap();
    assert_eq!(body, json!({"alias": "acme"}));
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_told_as_the_server_tells_it() {
    let refused = problem(400, "invalid", "encryption_key cannot be used: the encryption key is gone");
    let server = Server::start(vec![refused]).await;
    let ran = reeve(&server.data(), "org key set acme mail").run().await;
    assert!(ran.code != 0 && ran.err.contains("the encryption key is gone"), "{}", ran.err);
}
