//! Bodies that nobody means well with: members that are not theirs to set, twice the same, far too long, far too deep.
//! Driven by the server's own OpenAPI document, so that an operation that is added is attacked too.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::deployment::{Deployment, UNBRAKED, text};

const GRACE: &str = "grace@example.com";

/// What administration and sessions are listed under in the document.
const TAGS: [&str; 6] = ["Accounts", "Administrators", "API credentials", "Policies", "Sessions", "Second factors"];

/// What only the server sets, or only one operation takes.
const MEMBERS: [&str; 12] = [
    "role",
    "status",
    "username",
    "account_id",
    "administrator_id",
    "id",
    "version",
    "owner",
    "is_admin",
    "api_access",
    "access_key_id",
    "organization_id",
];

/// How long a bad body may keep the server busy; a debug build on a machine that does other things, too.
const PATIENCE: Duration = Duration::from_secs(2);

/// An operation that takes JSON.
struct Operation {
    name: String,
    method: Method,
    path: String,
    body: Value,
    /// The members that it takes.
    known: Vec<String>,
}

/// The operations of administration with their places filled: what is there belongs to Grace.
async fn operations(here: &Deployment, root: &Caller) -> Vec<Operation> {
    root.add(GRACE, "general", json!([{ "policy": "read-only" }])).await;
    root.put(&format!("/administrators/{GRACE}/api-access"), json!({ "enabled": true })).await.done();
    let (key, _) = root.make_key(GRACE).await;
    let mine = json!({ "name": "Mine", "permissions": [{ "resource_type": "user", "actions": ["read"], "resources": ["*"] }] });
    root.post("/policies", mine).await.done();
    let document: Value = here.server.reeve(&["openapi"]).done().json();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"];
            let is_ours = operation["tags"][0].as_str().is_some_and(|tag| TAGS.contains(&tag));
            if !is_ours || content.is_null() {
                continue;
            }
            let schema = content["schema"]["$ref"].as_str().unwrap().trim_start_matches('#');
            let known = document.pointer(schema).unwrap()["properties"].as_object().unwrap();
            let path = path.strip_prefix("/api/v1").unwrap().replace("{administrator}", GRACE);
            found.push(Operation {
                name: text(operation, "operationId").to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.replace("{access_key_id}", &key).replace("{policy}", "Mine"),
                body: content["example"].clone(),
                known: known.keys().cloned().collect(),
            });
        }
    }
    assert!(found.len() >= 20, "{} operations of administration take a body", found.len());
    found
}

/// Everything that these bodies could change.
async fn snapshot(root: &Caller) -> String {
    let mut all = String::new();
    let keys = format!("/administrators/{GRACE}/access-keys");
    for path in ["/administrators", "/policies", "/account", &keys] {
        all.push_str(&root.get(path).await.text);
    }
    all
}

/// The objects inside of a body, by JSON pointer, the body itself first.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(at.to_owned());
            members.iter().for_each(|(name, value)| objects(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| objects(value, &format!("{at}/{n}"), found))
        }
        _ => {}
    }
}

/// Whether a member belongs there, or the object holds whatever a browser says.
fn is_known(operation: &Operation, at: &str, member: &str) -> bool {
    match at {
        "" => operation.known.iter().any(|known| known == member),
        "/resource" => member == "id",
        "/administrator" => member == "username",
        _ => at.starts_with("/credential") || at.starts_with("/passkey"),
    }
}

// field.md §5 nos. 1 and 2
#[tokio::test]
async fn what_is_not_theirs_to_set_is_refused_in_every_body() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let operations = operations(&here, &root).await;
        let before = snapshot(&root).await;
        let events = root.get("/events?limit=1").await.text;
        let mut sent = 0;
        for operation in &operations {
            let mut places = Vec::new();
            objects(&operation.body, "", &mut places);
            for at in &places {
                for member in MEMBERS.iter().filter(|member| !is_known(operation, at, member)) {
                    let mut body = operation.body.clone();
                    body.pointer_mut(at).unwrap()[*member] = json!("admin");
                    let answer = root.ask(operation.method.clone(), &operation.path, body).await;
                    let field = answer.body["field"].as_str().unwrap_or_default();
                    let named = field.rsplit('.').next() == Some(member);
                    assert!(answer.status == 400 && named, "{} {at} {member}: {}", operation.name, answer.text);
                    sent += 1;
                }
            }
        }
        assert!(sent > 200, "{sent} bodies");
        assert_eq!(snapshot(&root).await, before);
        assert_eq!(root.get("/events?limit=1").await.text, events);
    }
}

async fn send(caller: &Caller, operation: &Operation, body: String) -> Answer {
    let request = caller.request(operation.method.clone(), &operation.path).header("content-type", "application/json");
    let began = Instant::now();
    let answer = Answer::of(request.body(body)).await;
    assert!(began.elapsed() < PATIENCE, "{} took {:?}", operation.name, began.elapsed());
    answer
}

/// The body with one member replaced by a text that need not be JSON that `Value` could hold.
fn replaced(body: &Value, member: &str, by: &str) -> String {
    let mut body = body.clone();
    body[member] = json!("<here>");
    body.to_string().replace("\"<here>\"", by)
}

// "JSON with duplicate keys, 1 MB names, deep nesting" (issue 3)
#[tokio::test]
async fn doubled_endless_and_bottomless_bodies_are_refused_and_the_server_lives() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let operations = operations(&here, &root).await;
        let before = snapshot(&root).await;
        let long = format!("\"{}\"", "a".repeat(1_000_000));
        let deep = [("[", "]"), ("{\"a\":", "}")];
        let deep = deep.map(|(open, close)| format!("{}1{}", open.repeat(10_000), close.repeat(10_000)));
        for operation in &operations {
            for (member, value) in operation.body.as_object().unwrap() {
                let twice = operation.body.to_string();
                let escaped: String = member.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
                for name in [member, &escaped] {
                    let twice = format!("{{\"{name}\":{value},{}", twice.trim_start_matches('{'));
                    let answer = send(&root, operation, twice).await;
                    answer.refused(400, "invalid");
                    assert!(answer.text.contains("given twice"), "{} {name}: {}", operation.name, answer.text);
                }
                for by in deep.iter().chain([&long]) {
                    let answer = send(&root, operation, replaced(&operation.body, member, by)).await;
                    // What validates a text says what is wrong with it, and shows it.
                    if answer.status == 200 && answer.body["valid"] == false {
                        continue;
                    }
                    assert!((400..500).contains(&answer.status), "{} {member}: {}", operation.name, answer.text);
                    assert!(answer.text.len() < 2_000, "{} {member} echoes what came", operation.name);
                }
            }
            let bottomless = send(&root, operation, "{\"a\":".repeat(10_000)).await;
            bottomless.refused(400, "invalid");
            let unknown = format!("{{\"zz\":{},{}", deep[0], operation.body.to_string().trim_start_matches('{'));
            send(&root, operation, unknown).await.refused(400, "invalid");
            let over = replaced(&json!({}), "x", &format!("\"{}\"", "a".repeat(1 << 20)));
            let over = root.moved([127, 0, 0, 1]).request(operation.method.clone(), &operation.path).body(over);
            // A client that is still sending when the server hangs up may not hear the answer.
            if let Ok(answer) = over.header("content-type", "application/json").send().await {
                assert_eq!(answer.status(), 413, "{}", operation.name);
            }
        }
        assert_eq!(snapshot(&root).await, before);
    }
}

// "1 MB names" in the path and in the query
#[tokio::test]
async fn endless_names_in_paths_and_queries_are_refused() {
    let here = Deployment::set(&[UNBRAKED]);
    let root = Caller::root(&here).await;
    for length in [300, 10_000, 60_000] {
        let name = "a".repeat(length);
        for path in [
            format!("/administrators/{name}"),
            format!("/administrators/{name}@example.com"),
            format!("/policies/{name}"),
            format!("/organizations/{name}"),
            format!("/administrators?search={name}"),
            format!("/events?actor={name}"),
            format!("/administrators?cursor={name}"),
        ] {
            let answer = root.get(&path).await;
            assert!((400..500).contains(&answer.status), "{} of {length}: {}", &path[..20], answer.text);
            assert!(answer.text.len() < 2_000, "{} of {length} is echoed", &path[..20]);
        }
    }
    // A megabyte of name is more than clients send.
    for place in ["administrators/", "administrators?search="] {
        let line =
            format!("GET /api/v1/{place}{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "a".repeat(1_000_000));
        let mut stream = TcpStream::connect(here.server.address("http")).unwrap();
        // The server may hang up before it has read everything.
        let _ = stream.write_all(line.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    root.get("/sessions/current").await.done();
}
