//! Names and passwords that come with each request (HTTP Basic), however they are written.

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use reeve_door_rest::RestOptions;
use serde_json::json;

use crate::caller::Call;
use crate::world::{PASSWORD, Who, World};

const API_PASSWORD: &str = "Pewter-gärden:26-falcon";

/// A world in which root has an API password and a key.
async fn world_with(options: RestOptions) -> (World, (String, String)) {
    let world = World::with(options).await;
    let path = |rest: &str| format!("/administrators/root@first.example/{rest}");
    let operator = async |call: Call| world.by(Who::Operator, call).await;
    operator(Call::put(&path("api-access"), &json!({"enabled": true}))).await.is(200);
    operator(Call::put(&path("api-password"), &json!({"password": API_PASSWORD}))).await.is(200);
    let key = operator(Call::post(&path("access-keys"), &json!({"name": "k"}))).await.is(201);
    let text = |member: &str| key[member].as_str().unwrap().to_owned();
    let key = (text("access_key_id"), text("secret_access_key"));
    (world, key)
}

async fn world() -> (World, (String, String)) {
    world_with(RestOptions { sign_ins_per_second: 0, ..RestOptions::default() }).await
}

fn me() -> Call {
    Call::get("/sessions/current")
}

#[tokio::test]
async fn a_request_says_what_speaks_for_it() {
    let (world, key) = world().await;
    // A name has no case, a password may hold colons and any letters.
    let shown = world.send(me().basic("ROOT@first.example", API_PASSWORD)).await.is(200);
    assert_eq!(shown["credential"], json!({"kind": "api_password"}));
    assert_eq!((&shown["fresh"], &shown["session"]), (&json!(true), &json!(null)));
    let shown = world.send(me().basic(&key.0, &key.1)).await.is(200);
    assert_eq!(shown["credential"], json!({"kind": "access_key", "id": key.0}));
    let shown = world.admin(me()).await.is(200);
    assert_eq!(shown["credential"]["kind"], "session");
    assert_eq!(shown["credential"]["id"], shown["session"]["session_id"]);
    let shown = world.by(Who::Operator, me()).await.is(200);
    assert_eq!(shown["credential"], json!({"kind": "local"}));
    let made = world.send(Call::post("/organizations", &json!({"alias": "acme"})).basic(&key.0, &key.1)).await;
    world.settle().await;
    let events = world.events_of(&made).await;
    assert_eq!(events[0]["credential"], json!({"kind": "access_key", "id": key.0}));
}

#[tokio::test]
async fn what_is_wrong_or_cannot_be_read_is_never_nobody() {
    let (world, key) = world().await;
    let plain = |text: &str| me().header("authorization", text);
    let encoded = |pair: &[u8]| plain(&format!("Basic {}", STANDARD.encode(pair)));
    let good = format!("root@first.example:{API_PASSWORD}");
    let wrong = [
        me().basic("root@first.example", "wrong"),
        me().basic("root@first.example", PASSWORD),
        me().basic("root@first.example", &API_PASSWORD.to_lowercase()),
        me().basic("root@first.example", ""),
        me().basic("", API_PASSWORD),
        me().basic("nobody@first.example", API_PASSWORD),
        me().basic("general@first.example", API_PASSWORD),
        me().basic(&key.0, API_PASSWORD),
        me().basic("root@first.example", &key.1),
        me().basic(&key.0.to_lowercase(), &key.1),
        me().basic("AKAAAAAAAAAAAAAAAAAA", &key.1),
        me().basic("root@first.example\0", API_PASSWORD),
        me().basic("root@first.example", &"x".repeat(1_024)),
        me().basic("root@first.example", &"x".repeat(100_000)),
        encoded(b"root@first.example"),
        encoded(b"\xff\xfe:x"),
        plain("Basic"),
        plain("Basic "),
        plain("Basic !!!!"),
        plain(&format!("Basic {}", URL_SAFE.encode(format!("{good}?>?>")))),
        plain(&format!("Basic {}", STANDARD.encode(&good).trim_end_matches('=')).replace("Basic ", "Basic x")),
        plain(&format!("Basic {} {}", STANDARD.encode(&good), STANDARD.encode(&good))),
        plain(&format!("Digest {}", STANDARD.encode(&good))),
        me().basic("root@first.example", API_PASSWORD).basic("root@first.example", API_PASSWORD),
        me().basic("root@first.example", API_PASSWORD).bearer(world.token(Who::Admin)),
    ];
    for call in wrong {
        world.send(call).await.refused(401, "unauthenticated");
    }
    let scheme = format!("bAsIc  {}", STANDARD.encode(&good));
    world.send(plain(&scheme)).await.is(200);
    // With a cookie it is refused, whichever of the two is good.
    let both = me().basic(&key.0, &key.1).cookie(world.token(Who::Admin));
    world.send(both).await.invalid("Authorization");
}

#[tokio::test]
async fn mistakes_make_a_source_wait_but_not_those_who_were_right() {
    let options = RestOptions { sign_ins_per_second: 1, ..RestOptions::default() };
    let (world, key) = world_with(options).await;
    let near = |call: Call| call.from("198.51.100.1");
    let wrong = || near(me().basic("root@first.example", "wrong"));
    // Whoever is right is not counted, however often.
    for _ in 0..30 {
        world.send(near(me().basic(&key.0, &key.1))).await.is(200);
    }
    let mut throttled = 0;
    for _ in 0..12 {
        let reply = world.send(wrong()).await;
        if reply.status == 429 {
            reply.refused(429, "throttled");
            throttled += 1;
        } else {
            reply.refused(401, "unauthenticated");
        }
    }
    assert!(throttled >= 6, "{throttled} of 12 were throttled");
    // A name that is new to the door waits as well; what was right goes on, and so does who comes from elsewhere.
    world.send(near(me().basic("root@first.example", API_PASSWORD))).await.refused(429, "throttled");
    world.send(near(me().basic(&key.0, &key.1))).await.is(200);
    world.send(me().basic("root@first.example", API_PASSWORD).from("198.51.100.2")).await.is(200);
}

// A browser that once was told a password sends it along by itself, whichever page asks.
#[tokio::test]
async fn a_page_of_another_site_changes_nothing_by_a_remembered_password() {
    let (world, key) = world().await;
    let change = || Call::post("/organizations", &json!({"alias": "acme"})).basic(&key.0, &key.1);
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        world.send(change().header(name, value)).await.refused(403, "denied");
    }
    world.send(change()).await.is(202);
    world.settle().await;
}

#[tokio::test]
async fn guessing_an_api_password_locks_it_and_not_the_person() {
    let (world, _) = world().await;
    for _ in 0..10 {
        world.send(me().basic("root@first.example", "wrong")).await.refused(401, "unauthenticated");
    }
    world.send(me().basic("root@first.example", API_PASSWORD)).await.refused(401, "unauthenticated");
    world.sign_in("root@first.example", "bearer").await.is(201);
    let unlock = Call::new(Method::POST, "/administrators/root@first.example/unlock");
    world.by(Who::Deputy, unlock).await.is(200);
    world.send(me().basic("root@first.example", API_PASSWORD)).await.is(200);
}
