//! One's own sessions: beginning, renewing and ending them, and one's own password.

use std::time::Duration;

use reeve_base::limits::REAUTHENTICATION_WINDOW;
use serde_json::{Value, json};

use crate::caller::{Call, Reply};
use crate::world::{PASSWORD, Who, World};

fn me() -> Call {
    Call::get("/sessions/current")
}

fn again(password: &str) -> Call {
    Call::post("/sessions/current/reauthentication", &json!({ "password": password }))
}

fn cookie_of(reply: &Reply) -> String {
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-reeve_session=") && cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
    cookie.split(['=', ';']).nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_sign_in_again_makes_a_session_fresh_and_changes_its_token() {
    let world = World::new().await;
    let before = world.admin(me()).await.is(200);
    assert_eq!(before["fresh"], true);
    world.clock.advance(REAUTHENTICATION_WINDOW);
    assert_eq!(world.admin(me()).await.is(200)["fresh"], false);
    let edit = || Call::patch("/account", &json!({"event_retention_days": 90}));
    world.admin(edit()).await.refused(401, "reauthentication_required");
    world.admin(again("wrong")).await.refused(401, "sign_in_refused");
    world.admin(edit()).await.refused(401, "reauthentication_required");
    let reply = world.admin(again(PASSWORD)).await;
    assert!(!reply.headers.contains_key("set-cookie"));
    let renewed = reply.is(200);
    assert_eq!(renewed["session_id"], before["session"]["session_id"]);
    assert_eq!(renewed["expires_at"], before["session"]["expires_at"]);
    let token = renewed["token"].as_str().unwrap();
    assert_ne!(token, world.token(Who::Admin));
    // The old token is dead, the new one fresh.
    world.admin(me()).await.refused(401, "unauthenticated");
    assert_eq!(world.send(me().bearer(token)).await.is(200)["fresh"], true);
    world.send(edit().bearer(token)).await.is(200);
}

#[tokio::test]
async fn a_session_that_came_by_cookie_goes_on_by_cookie() {
    let world = World::new().await;
    let first = world.sign_in("root@first.example", "cookie").await;
    let mut token = cookie_of(&first);
    let new = json!({"old_password": PASSWORD, "new_password": "Pewter-garden-26-falcon"});
    for call in [again(PASSWORD), Call::put("/sessions/current/password", &new)] {
        let reply = world.send(call.cookie(&token).header("origin", "https://reeve.example")).await;
        assert!(reply.is(200).get("token").is_none());
        let renewed = cookie_of(&reply);
        assert_ne!(renewed, token);
        world.send(me().cookie(&token)).await.refused(401, "unauthenticated");
        world.send(me().cookie(&renewed)).await.is(200);
        token = renewed;
    }
}

// Session fixation: what a browser brings is never what a session is opened by.
#[tokio::test]
async fn a_token_that_was_there_before_opens_nothing_after() {
    let world = World::new().await;
    let planted = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let evil = world.token_of("root@second.example").await;
    let body = json!({"username": "root@first.example", "password": PASSWORD, "transport": "cookie"});
    for brought in [planted, &evil] {
        let reply = world.send(Call::post("/sessions", &body).cookie(brought)).await;
        let opened = cookie_of(&reply);
        assert_ne!(opened, brought);
        assert_eq!(reply.is(201)["account_id"], world.account.as_str());
    }
    world.send(me().cookie(planted)).await.refused(401, "unauthenticated");
    // The one that was somebody else's is still theirs alone.
    assert_eq!(world.send(me().cookie(&evil)).await.is(200)["account_id"], world.other_account.as_str());
    // No body names a session or a token.
    for member in ["token", "session_id", "session"] {
        let mut body = body.clone();
        body[member] = planted.into();
        world.send(Call::post("/sessions", &body)).await.invalid(member);
    }
}

#[tokio::test]
async fn a_password_is_changed_with_the_old_one_and_other_sessions_end() {
    let world = World::new().await;
    let other = world.token_of("root@first.example").await;
    let new = "Pewter-garden-26-falcon";
    let change = |old: &str, new: &str| {
        Call::put("/sessions/current/password", &json!({"old_password": old, "new_password": new}))
    };
    world.admin(change("wrong", new)).await.refused(401, "sign_in_refused");
    world.admin(change(PASSWORD, "short")).await.refused(422, "password_refused");
    world.send(me().bearer(&other)).await.is(200);
    let changed = world.admin(change(PASSWORD, new)).await.is(200);
    let token = changed["token"].as_str().unwrap();
    for dead in [world.token(Who::Admin), &other] {
        world.send(me().bearer(dead)).await.refused(401, "unauthenticated");
    }
    world.send(me().bearer(token)).await.is(200);
    world.sign_in("root@first.example", "bearer").await.refused(401, "sign_in_refused");
    let body = json!({"username": "root@first.example", "password": new});
    world.send(Call::post("/sessions", &body)).await.is(201);
}

#[tokio::test]
async fn wrong_old_passwords_lock_as_wrong_sign_ins_do() {
    let world = World::new().await;
    for _ in 0..10 {
        world.admin(again("wrong")).await.refused(401, "sign_in_refused");
    }
    world.admin(again(PASSWORD)).await.refused(401, "sign_in_refused");
    world.sign_in("root@first.example", "bearer").await.refused(401, "sign_in_refused");
    // The session itself goes on.
    world.admin(me()).await.is(200);
}

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions_and_nobody_elses() {
    let world = World::new().await;
    let second = world.sign_in("root@first.example", "bearer").await.is(201);
    let body = json!({"username": "root@first.example", "password": PASSWORD});
    let third = world.send(Call::post("/sessions", &body).from("198.51.100.9")).await.is(201);
    let listed = world.admin(Call::get("/sessions")).await.is(200);
    assert_eq!(listed["total"], 3);
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.iter().filter(|session| session["current"] == true).count(), 1);
    let from = |session: &&Value| session["source_address"] == "198.51.100.9";
    assert_eq!(items.iter().find(from).unwrap()["session_id"], third["session_id"]);
    let end = |session: &Value| Call::delete(&format!("/sessions/{}", session["session_id"].as_str().unwrap()));
    for who in [Who::General, Who::Other, Who::Deputy] {
        world.by(who, end(&second)).await.refused(404, "not_found");
    }
    world.admin(end(&second)).await.is(204);
    world.admin(end(&second)).await.refused(404, "not_found");
    world.send(me().bearer(second["token"].as_str().unwrap())).await.refused(401, "unauthenticated");
    world.admin(Call::delete("/sessions/not-an-id")).await.invalid("session_id");
    assert_eq!(world.admin(Call::delete("/sessions")).await.is(200), json!({"ended": 1}));
    world.send(me().bearer(third["token"].as_str().unwrap())).await.refused(401, "unauthenticated");
    world.admin(me()).await.is(200);
    assert_eq!(world.admin(Call::get("/sessions?limit=1")).await.is(200)["next_cursor"], json!(null));
    world.by(Who::Operator, Call::get("/sessions")).await.invalid("session");
}

// Words of the path are not ids: `current` and `second-factor` are routes of their own.
#[tokio::test]
async fn no_id_swallows_a_word_of_the_path() {
    let world = World::new().await;
    world.send(Call::delete("/sessions/second-factor")).await.refused(405, "method_not_allowed");
    world.admin(Call::post("/sessions/current", &json!({}))).await.refused(405, "method_not_allowed");
    let token = world.token_of("root@first.example").await;
    world.send(Call::delete("/sessions/current").bearer(&token)).await.is(204);
    world.send(me().bearer(&token)).await.refused(401, "unauthenticated");
    assert!(world.admin(Call::get("/policies/actions")).await.is(200)["items"].is_array());
    world.admin(Call::get("/policies/validate")).await.refused(405, "method_not_allowed");
}

#[tokio::test]
async fn renewing_does_not_outlive_the_day() {
    let world = World::new().await;
    let mut token = world.token(Who::Admin).to_owned();
    for _ in 0..4 {
        world.clock.advance(Duration::from_secs(7 * 3600 - 1));
        let reply = world.send(again(PASSWORD).bearer(&token)).await;
        if reply.status == 401 {
            reply.refused(401, "unauthenticated");
            return;
        }
        reply.is(200)["token"].as_str().unwrap().clone_into(&mut token);
    }
    panic!("a session that is renewed again and again never ends");
}
