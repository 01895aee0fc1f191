//! kill -9 while administrators, policies and keys are changed: what was acknowledged is there and whole, nothing is half
//! there, and the next start needs no hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::deployment::{Deployment, UNBRAKED, text};

/// Kills on each engine.
const ROUNDS: usize = 8;

/// Who changes things at the same time.
const WRITERS: usize = 4;

/// What the server said it had done for one person; what it did not come to is null.
#[derive(Default)]
struct Acknowledged {
    username: String,
    added: Value,
    policy: Value,
    attached: bool,
    key: Value,
    inactive: bool,
}

/// Makes people with a policy and a key, one after the other, until the server is gone.
async fn write(root: Caller, prefix: String, count: Arc<AtomicUsize>) -> Vec<Acknowledged> {
    let mut all = Vec::new();
    for n in 0.. {
        let mut one = Acknowledged { username: format!("{prefix}-{n}@example.com"), ..Acknowledged::default() };
        let gone = make(&root, &mut one, &count).await.is_none();
        all.push(one);
        if gone {
            break;
        }
    }
    all
}

/// Five changes for one person; `None` when the server did not answer.
async fn make(root: &Caller, one: &mut Acknowledged, count: &AtomicUsize) -> Option<()> {
    let path = format!("/administrators/{}", one.username);
    let ask = async |method: reqwest::Method, path: &str, body: Value| {
        let answer = root.request(method, path).json(&body).send().await.ok()?;
        let status = answer.status();
        let body: Value = answer.json().await.ok()?;
        assert!(status.is_success(), "{body}");
        count.fetch_add(1, Ordering::SeqCst);
        Some(body)
    };
    let (post, put) = (reqwest::Method::POST, reqwest::Method::PUT);
    let person = json!({ "username": one.username, "first_name": "Grace", "last_name": "Hopper", "role": "general",
        "generate_password": true, "policies": [{ "policy": "read-only" }] });
    one.added = ask(post.clone(), "/administrators", person).await?;
    let cedar = "permit (principal, action == Action::\"show_user\", resource);";
    let policy = json!({ "name": format!("For {}", one.username), "cedar": cedar });
    one.policy = ask(post.clone(), "/policies", policy).await?;
    let id = text(&one.policy, "policy_id").to_owned();
    ask(put.clone(), &format!("/policies/{id}/administrators/{}", one.username), json!({})).await?;
    one.attached = true;
    ask(put, &format!("{path}/api-access"), json!({ "enabled": true })).await?;
    one.key = ask(post.clone(), &format!("{path}/access-keys"), json!({ "name": "one" })).await?;
    if one.username.contains("-0-") {
        ask(post, &format!("{path}/deactivate"), json!({})).await?;
        one.inactive = true;
    }
    Some(())
}

/// What was acknowledged is there, and what is there is whole.
async fn check(root: &Caller, one: &Acknowledged) {
    let path = format!("/administrators/{}", one.username);
    let shown = root.get(&path).await;
    if one.added.is_null() {
        // Done or not, but nothing between.
        assert!([200, 404].contains(&shown.status), "{}", shown.text);
    }
    if shown.status == 404 {
        assert!(one.added.is_null(), "{} is lost", one.username);
        return;
    }
    let shown = shown.done();
    assert_eq!((text(&shown, "first_name"), text(&shown, "last_name")), ("Grace", "Hopper"));
    let held: Vec<&str> = shown["policies"].as_array().unwrap().iter().map(|held| text(held, "name")).collect();
    assert!(held.iter().any(|name| name.eq_ignore_ascii_case("read only")), "{shown}");
    assert!(!one.attached || held.contains(&text(&one.policy, "name")), "{shown}");
    if !one.policy.is_null() {
        let policy = root.get(&format!("/policies/{}", text(&one.policy, "policy_id"))).await.done();
        assert_eq!(policy["cedar"], one.policy["cedar"]);
    }
    let is_inactive = shown["status"] == "inactive";
    assert!(!one.inactive || is_inactive, "{shown}");
    if let Some(password) = one.added["password"].as_str() {
        let status = root.try_sign_in(&one.username, password).await.status;
        assert_eq!(status, if is_inactive { 401 } else { 201 }, "{shown}");
    }
    if !one.key.is_null() {
        let keys = root.get(&format!("{path}/access-keys")).await.done();
        assert_eq!((&keys["total"], &keys["items"][0]["access_key_id"]), (&json!(1), &one.key["access_key_id"]));
        let program = root.basic(text(&one.key, "access_key_id"), text(&one.key, "secret_access_key"));
        let status = program.get("/administrators/me").await.status;
        assert_eq!(status, if is_inactive { 401 } else { 200 }, "{shown}");
    }
    let id = text(&shown, "administrator_id");
    let events = root.get(&format!("/events?operation=add_administrator&resource_id={id}")).await.done();
    assert_eq!(events["items"].as_array().unwrap().len(), 1, "added together with its event");
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_policies_and_keys_that_were_acknowledged_outlive_a_kill() {
    for mut here in Deployment::each_set(&[UNBRAKED]) {
        let mut total = 0;
        for round in 0..ROUNDS {
            let root = Caller::root(&here).await;
            let count = Arc::new(AtomicUsize::new(0));
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| tokio::spawn(write(root.clone(), format!("p{round}-{writer}"), Arc::clone(&count))))
                .collect();
            // Later and later: somewhere between the first change and the last.
            while count.load(Ordering::SeqCst) < 1 + round * 7 {
                tokio::task::yield_now().await;
            }
            here.server.kill9();
            let mut acknowledged = Vec::new();
            for writer in writers {
                acknowledged.extend(writer.await.unwrap());
            }
            here.server.restart();
            let root = Caller::root(&here).await;
            for one in &acknowledged {
                check(&root, one).await;
            }
            total += count.load(Ordering::SeqCst);
        }
        assert!(total >= ROUNDS * ROUNDS, "{total} changes were acknowledged");
    }
}
