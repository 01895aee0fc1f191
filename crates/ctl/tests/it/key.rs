//! Access keys: shown once, sent once, and never without an owner.

use crate::run::reeve;
use crate::server::{Reply, Server, ok, status};

const KEY: &str = r#"{"access_key_id":"AK123","secret_access_key":"s3cr3t","administrator_id":"a-1","name":"cli","status":"active","source_networks":["192.0.2.0/24"],"limit_policy":"read-only","version":1}"#;
const PATH: &str = "/api/v1/administrators/sync@acme.test/access-keys";

// A7
#[tokio::test]
async fn a_key_and_its_secret_are_shown_once() {
    let line = "key create --admin sync@acme.test --network 192.0.2.0/24 --network 2001:db8::/32 --expires 90d --limit-policy read-only";
    let server = Server::start((0..4).map(|_| status(201, "", KEY)).collect()).await;
    let ran = reeve(&server.data(), line).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("access key id      AK123\nsecret access key  s3cr3t\n"), "{}", ran.out);
    assert_eq!(ran.err, "hint: write the secret down: it is shown only this once\n");
    let request = &server.requests()[0];
    assert_eq!(request.line, format!("POST {PATH}"));
    assert_eq!(request.header("idempotency-key"), None);
    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    let expected = serde_json::json!({
        "name": "cli", "expires_at": "2027-02-19T12:00:00Z", "limit_policy": "read-only",
        "source_networks": ["192.0.2.0/24", "2001:db8::/32"],
    });
    let at = |value: &serde_json::Value| value["expires_at"].as_str().map(|at| at.replace(".000", ""));
    assert_eq!(at(&body), at(&expected));
    for member in ["name", "limit_policy", "source_networks"] {
        assert_eq!(body[member], expected[member]);
    }
    let ran = reeve(&server.data(), "key create --admin sync@acme.test -o json").run().await;
    assert_eq!(ran.out.trim(), KEY);
    assert_eq!(server.requests()[1].body, r#"{"name":"cli"}"#);
    let ran = reeve(&server.data(), "key create --admin sync@acme.test --quiet").run().await;
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("AK123 s3cr3t\n", ""));
    let ran = reeve(&server.data(), "key create --admin sync@acme.test --export").run().await;
    let lines = "export AWS_ACCESS_KEY_ID=AK123\nexport AWS_SECRET_ACCESS_KEY='s3cr3t'\n";
    assert_eq!((ran.out.as_str(), ran.err.as_str()), (lines, ""));
}

#[tokio::test]
async fn a_key_is_created_by_one_request_only() {
    let server = Server::start(vec![Reply::Nothing, status(201, "", KEY)]).await;
    let ran = reeve(&server.data(), "key create --admin sync@acme.test").run().await;
    assert_eq!((ran.code, server.lines().len()), (3, 1));
}

// A7
#[tokio::test]
async fn the_operator_says_whose_key_is_meant_and_others_mean_their_own() {
    let page = r#"{"items":[]}"#;
    let server = Server::start(vec![ok(page), ok(page)]).await;
    for line in ["key list", "key create", "key delete AK123", "key activate AK123", "key edit AK123 --name x"] {
        let ran = reeve(&server.data(), line).run().await;
        assert_eq!(ran.code, 2, "{line}");
        assert!(ran.err.contains("hint: give --admin USERNAME"), "{}", ran.err);
    }
    assert!(server.lines().is_empty());
    let remote = format!("key list --server {}", server.address());
    reeve(&server.data(), &remote).access_key("AK123", "s3cr3t").run().await;
    reeve(&server.data(), "key list --admin sync@acme.test").run().await;
    assert_eq!(server.lines(), ["GET /api/v1/administrators/me/access-keys".to_owned(), format!("GET {PATH}")]);
}

// A7
#[tokio::test]
async fn a_key_is_listed_changed_and_deleted() {
    let page = format!(r#"{{"items":[{KEY}]}}"#);
    let server = Server::start(vec![ok(&page), ok(KEY), ok(KEY), ok(KEY), ok(KEY), status(204, "", "")]).await;
    let ran = reeve(&server.data(), "key list --admin sync@acme.test").run().await;
    assert_eq!(
        ran.out,
        "ACCESS KEY ID  NAME  STATUS  LIMITED BY  NETWORKS      LAST USED  EXPIRES\n\
         AK123          cli   active  read-only   192.0.2.0/24  -          -\n"
    );
    let key = "AK123 --admin sync@acme.test";
    for line in [
        format!("key activate {key}"),
        format!("key deactivate {key}"),
        format!("key edit {key} --name ci --no-expiry --any-network --no-limit --if-version 1"),
        format!("key edit {key} --expires 2027-01-01 --network 192.0.2.0/24 --limit-policy auditor"),
        format!("key delete {key}"),
    ] {
        let ran = reeve(&server.data(), &line).run().await;
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    }
    let seen = server.requests();
    assert!(seen[1..5].iter().all(|request| request.line == format!("PATCH {PATH}/AK123")));
    assert_eq!(seen[1].body, r#"{"status":"active"}"#);
    assert_eq!(seen[2].body, r#"{"status":"inactive"}"#);
    assert_eq!(seen[3].body, r#"{"name":"ci","expires_at":null,"source_networks":[],"limit_policy":null}"#);
    assert_eq!(seen[3].header("if-match").as_deref(), Some("\"1\""));
    assert!(
        seen[4].body.contains(r#""source_networks":["192.0.2.0/24"],"limit_policy":"auditor""#),
        "{}",
        seen[4].body
    );
    assert_eq!(seen[5].line, format!("DELETE {PATH}/AK123"));
    let nothing = reeve(&server.data(), &format!("key edit {key}")).run().await;
    assert_eq!(nothing.code, 2);
}
