//! The REST door over TCP, as programs use it: sign in, act, sign out (rows A1, A2, A10 as far as a first
//! administrator needs).

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::deployment::{ADMIN, Deployment, PASSWORD, text};

async fn sign_in(url: &str, password: &str) -> (StatusCode, Value) {
    let body = json!({ "username": ADMIN, "password": password, "transport": "bearer" });
    let answer = Client::new().post(format!("{url}/api/v1/sessions")).json(&body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn an_administrator_signs_in_acts_and_signs_out() {
    let here = Deployment::start();
    let url = here.server.url();
    let (status, session) = sign_in(&url, PASSWORD).await;
    assert_eq!(status, StatusCode::CREATED);
    let client = Client::new();
    let token = text(&session, "token").to_owned();
    let organizations = format!("{url}/api/v1/organizations");
    let create = client.post(&organizations).bearer_auth(&token).json(&json!({ "alias": "acme" })).send();
    assert_eq!(create.await.unwrap().status(), StatusCode::ACCEPTED);
    let anonymous = client.get(&organizations).send().await.unwrap();
    assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED);
    let gone = client.delete(format!("{url}/api/v1/sessions/current")).bearer_auth(&token).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    let after = client.get(&organizations).bearer_auth(&token).send().await.unwrap();
    assert_eq!(after.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_proxy_that_is_trusted_says_whom_it_serves() {
    let here = Deployment::set(&[("REEVE_HTTP_TRUSTED_PROXIES", "127.0.0.1")]);
    let body = json!({ "username": ADMIN, "password": PASSWORD });
    let url = format!("{}/api/v1/sessions", here.server.url());
    let request = Client::new().post(url).header("x-forwarded-for", "203.0.113.9, 198.51.100.7").json(&body);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::CREATED);
    let event = &here.json(&["audit", "--operation", "sign_in"])["items"][0];
    assert_eq!(text(event, "source_address"), "198.51.100.7");
}

#[tokio::test]
async fn repeated_wrong_passwords_lock_the_name_even_for_the_right_one() {
    let mut here = Deployment::start();
    let url = here.server.url();
    let mut refused = 0;
    // The brake on sign-ins from one address may answer first; it is not what is tested here.
    while refused < 10 {
        let (status, problem) = sign_in(&url, "wrong-Password-1").await;
        if status == StatusCode::UNAUTHORIZED {
            assert_eq!(text(&problem, "code"), "sign_in_refused");
            refused += 1;
        }
    }
    // The lock is in the database, the brake is not.
    here.server.restart();
    let (status, problem) = sign_in(&here.server.url(), PASSWORD).await;
    assert_eq!((status, text(&problem, "code")), (StatusCode::UNAUTHORIZED, "sign_in_refused"));
}

#[tokio::test]
async fn probes_answer_and_metrics_count() {
    let here = Deployment::start();
    let url = here.server.url();
    let get = async |path: &str| {
        let answer = Client::new().get(format!("{url}{path}")).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    assert_eq!(get("/healthz").await.0, StatusCode::OK);
    let (status, ready) = get("/readyz").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(serde_json::from_str::<Value>(&ready).unwrap()["ready"], true);
    let (status, metrics) = get("/metrics").await;
    assert_eq!(status, StatusCode::OK);
    assert!(metrics.contains("reeve_store_commits_total"), "{metrics}");
    let (status, document) = get("/api/v1/openapi.json").await;
    assert_eq!(status, StatusCode::OK);
    assert!(text(&serde_json::from_str(&document).unwrap(), "openapi").starts_with("3.1"));
    assert_eq!(get("/nowhere").await.0, StatusCode::NOT_FOUND);
}
