//! Keys of organizations with the real binary: a key that is kept elsewhere, and one that is destroyed.

use reeve_testkit::Moto;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::deployment::{Deployment, text};

#[test]
fn an_organization_lies_under_a_key_of_kms_until_it_is_given_another() {
    let Some(moto) = Moto::start() else { return };
    let made = moto_key(&moto);
    let deployment = Deployment::set(&[("REEVE_OUTBOUND_ALLOWED_NETWORKS", "127.0.0.0/8")]);
    let secret = deployment.file("secret.txt", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n");
    let create = ["encryption-key", "create", "mail-kms", "--kind", "aws_kms", "--reference", &made];
    let way = ["--address", moto.url(), "--access-key-id", "AKIAIOSFODNN7EXAMPLE", "--secret-file", &secret];
    let key = deployment.json(&[&create[..], &way[..]].concat());
    assert_eq!(text(&key, "reference"), made);
    assert_eq!(deployment.json(&["encryption-key", "test", "mail-kms"])["passed"], json!(true));
    deployment.reeve(&["org", "create", "acme", "--encryption-key", "mail-kms", "--wait"]);
    let shown = deployment.json(&["org", "key", "show", "acme"]);
    assert_eq!((&shown["items"][0]["kind"], &shown["items"][0]["generation"]), (&json!("aws_kms"), &json!(1)));
    drop(moto);
    let test = deployment.json(&["encryption-key", "test", "mail-kms"]);
    assert_eq!((&test["passed"], &test["failure"]), (&json!(false), &json!("unreachable")));
    // What cannot be reached is no reason to be kept from another key.
    let shown = deployment.json(&["org", "key", "set", "acme", "managed"]);
    assert_eq!(shown["items"][0]["kind"], "managed");
}

/// The ARN of a key that moto made.
fn moto_key(moto: &Moto) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let signed = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/kms/aws4_request";
    let asking = reqwest::Client::new()
        .post(moto.url())
        .header("X-Amz-Target", "TrentService.CreateKey")
        .header("Content-Type", "application/x-amz-json-1.1")
        .header("Authorization", signed)
        .body("{}");
    let answer = runtime.block_on(async { asking.send().await.unwrap().text().await.unwrap() });
    let made: serde_json::Value = serde_json::from_str(&answer).unwrap();
    text(&made["KeyMetadata"], "Arn").to_owned()
}

#[test]
fn a_key_that_was_destroyed_is_nowhere_in_the_files() {
    let mut deployment = Deployment::start();
    deployment.reeve(&["org", "create", "acme", "--wait"]);
    let file = deployment.folder.path().join("data/reeve.db");
    let wrapped: Vec<u8> = {
        let database = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        database.query_row("SELECT wrapped FROM organization_keys", [], |row| row.get(0)).unwrap()
    };
    deployment.reeve(&["org", "key", "destroy", "acme", "--yes"]);
    assert!(deployment.server.stop().success());
    for name in ["reeve.db", "reeve.db-wal"] {
        let Ok(octets) = std::fs::read(deployment.folder.path().join("data").join(name)) else { continue };
        assert!(!octets.windows(wrapped.len()).any(|part| part == wrapped), "{name} still holds the wrapped key");
    }
}
