//! Temporary.
#![allow(clippy::all, clippy::unwrap_used)]
use axum::body::Body;
use axum::http::Request;
use reeve_base::Secret;
use reeve_base::clock::SystemClock;
use reeve_base::names::*;
use reeve_base::random::OsRandom;
use reeve_domain::accounts::{self, NewAccount};
use reeve_domain::jobs::{self, Ran};
use reeve_domain::passwords::Hasher;
use reeve_domain::{Ctx, Deployment, Settings};
use std::sync::Arc;
use std::time::Instant;
use tower::Service;
use tower::ServiceExt;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let store = reeve_testkit::TestStore::sqlite();
    let settings = Settings {
        region: "us-east-1".into(),
        test_domain_suffix: "mail.test".into(),
        hasher: Hasher::new(8, 1, 1).unwrap(),
        hashing_parallelism: 2,
    };
    let d = Deployment::new(store.store().clone(), Arc::new(SystemClock), Arc::new(OsRandom), settings);
    let system = Ctx::system(&d, "x");
    accounts::set_up(
        &system,
        NewAccount {
            name: Title::parse("n", "First").unwrap(),
            username: EmailAddress::parse("u", "a@x.example").unwrap(),
            first_name: ProfileText::parse("f", "").unwrap(),
            last_name: ProfileText::parse("f", "").unwrap(),
            password: Some(Secret::from("Copper-willow-41-thrush")),
        },
    )
    .await
    .unwrap();
    let door = reeve_door_rest::router(
        d.clone(),
        reeve_door_rest::RestOptions { requests_per_second: 1_000_000, ..Default::default() },
    );
    let send = |method: &str, path: String, token: String, body: String| {
        let mut b =
            Request::builder().method(method).uri(path).header("host", "x").header("content-type", "application/json");
        if !token.is_empty() {
            b = b.header("authorization", format!("Bearer {token}"));
        }
        let r = b.body(Body::from(body)).unwrap();
        let mut door = door.clone();
        async move {
            let r = Service::call(&mut door, r).await.unwrap();
            let s = r.status().as_u16();
            let b = axum::body::to_bytes(r.into_body(), usize::MAX).await.unwrap();
            (s, b)
        }
    };
    let (s, b) = send(
        "POST",
        "/api/v1/sessions".into(),
        "".into(),
        r#"{"username":"a@x.example","password":"Copper-willow-41-thrush"}"#.into(),
    )
    .await;
    assert_eq!(s, 201);
    let v: serde_json::Value = serde_json::from_slice(&b).unwrap();
    let token = v["token"].as_str().unwrap().to_owned();
    send("POST", "/api/v1/organizations".into(), token.clone(), r#"{"alias":"acme"}"#.into()).await;
    while jobs::run_next(&d).await.unwrap() == Ran::Step {}
    let (s, _b) = send(
        "POST",
        "/api/v1/organizations/acme/users".into(),
        token.clone(),
        r#"{"username":"ada","display_name":"Ada"}"#.into(),
    )
    .await;
    assert_eq!(s, 201);
    for (name, path) in [
        ("openapi404", "/api/v1/nothing"),
        ("session", "/api/v1/sessions/current"),
        ("user", "/api/v1/organizations/acme/users/ada"),
    ] {
        let n = 50_000;
        let t = Instant::now();
        for _ in 0..n {
            send("GET", path.into(), token.clone(), String::new()).await;
        }
        let el = t.elapsed();
        println!("{name}: {:.1} us, {:.0}/s", el.as_micros() as f64 / n as f64, n as f64 / el.as_secs_f64());
    }
    for clients in [1usize, 16, 64] {
        let n = 20_000usize;
        let t = Instant::now();
        let mut hs = vec![];
        for c in 0..clients {
            let door = door.clone();
            let token = token.clone();
            hs.push(tokio::spawn(async move {
                let mut door = door;
                for i in 0..n / clients {
                    let body = format!(r#"{{"username":"u{clients}.{c}.{i}","display_name":"User Number {i}"}}"#);
                    let r = Request::builder()
                        .method("POST")
                        .uri("/api/v1/organizations/acme/users")
                        .header("host", "x")
                        .header("content-type", "application/json")
                        .header("authorization", format!("Bearer {token}"))
                        .body(Body::from(body))
                        .unwrap();
                    let r = Service::call(&mut door, r).await.unwrap();
                    assert_eq!(r.status().as_u16(), 201);
                    axum::body::to_bytes(r.into_body(), usize::MAX).await.unwrap();
                }
            }));
        }
        for h in hs {
            h.await.unwrap();
        }
        let el = t.elapsed();
        println!("create {clients}: {:.0}/s  {:?}", n as f64 / el.as_secs_f64(), d.store().statistics());
    }
    let _ = door.clone().oneshot(Request::new(Body::empty())).await;
}
