//! Who is asking: tokens, cookies, the local socket, and what a page of another site can make a browser do.

use std::time::Duration;

use reeve_base::limits::{ADMINISTRATOR_LOCKOUT, ADMINISTRATOR_LOCKOUT_FAILURES, SESSION_ABSOLUTE, SESSION_IDLE};
use serde_json::json;

use crate::caller::Call;
use crate::world::{PASSWORD, Who, World};

const UNKNOWN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn me() -> Call {
    Call::get("/sessions/current")
}

#[tokio::test]
async fn a_bearer_session_says_who_it_is_until_it_ends() {
    let world = World::new().await;
    let reply = world.sign_in("Root@First.example", "bearer").await;
    let session = reply.is(201);
    assert!(reply.headers.get("set-cookie").is_none());
    assert_eq!(session["administrator"]["username"], "root@first.example");
    assert_eq!(session["administrator"]["role"], "admin");
    assert_eq!((&session["account_name"], &session["region"]), (&json!("First"), &json!("us-east-1")));
    let token = session["token"].as_str().unwrap();
    let current = world.send(me().bearer(token)).await.is(200);
    assert_eq!(current["session"]["session_id"], session["session_id"]);
    assert_eq!(current["account_id"], world.account.as_str());
    world.send(Call::delete("/sessions/current").bearer(token)).await.is(204);
    world.send(me().bearer(token)).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn sessions_end_when_idle_and_in_any_case() {
    let world = World::new().await;
    world.clock.advance(SESSION_IDLE - Duration::from_secs(1));
    world.admin(me()).await.is(200);
    world.clock.advance(SESSION_IDLE - Duration::from_secs(1));
    world.admin(me()).await.is(200);
    world.by(Who::General, me()).await.refused(401, "unauthenticated");
    world.clock.advance(SESSION_ABSOLUTE - SESSION_IDLE * 2 + Duration::from_secs(2));
    world.admin(me()).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_cookie_session_is_kept_from_scripts_and_cleared_at_its_end() {
    let world = World::new().await;
    let reply = world.sign_in("root@first.example", "cookie").await;
    assert!(reply.is(201).get("token").is_none());
    let cookie = reply.header("set-cookie").to_owned();
    for part in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(cookie.starts_with("__Host-reeve_session=") && !cookie.contains("Domain"), "{cookie}");
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    world.send(me().cookie(token)).await.is(200);
    let end = Call::delete("/sessions/current").cookie(token).header("sec-fetch-site", "same-origin");
    let ended = world.send(end).await;
    ended.is(204);
    assert!(
        ended.header("set-cookie").contains("__Host-reeve_session=; ")
            && ended.header("set-cookie").contains("Max-Age=0")
    );
    world.send(me().cookie(token)).await.refused(401, "unauthenticated");
}

// Every change without an origin fails; a look never changes anything.
#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    let world = World::new().await;
    let token = world.token(Who::Admin);
    let change = || Call::post("/organizations", &json!({"alias": "acme"})).cookie(token);
    let refused = [
        change(),
        change().header("origin", "https://evil.example"),
        change().header("origin", "null"),
        change().header("origin", "https://reeve.example.evil.example"),
        change().header("sec-fetch-site", "cross-site"),
        change().header("sec-fetch-site", "same-site").header("origin", "https://mail.reeve.example"),
        change().header("sec-fetch-site", "none"),
        change().header("origin", "https://evil.example").header("x-forwarded-host", "evil.example"),
        change().header("origin", "https://evil.example").header("forwarded", "host=evil.example"),
    ];
    for call in refused {
        world.send(call).await.refused(403, "denied");
    }
    world.send(Call::get("/organizations").cookie(token)).await.is(200);
    world.send(change().header("origin", "https://reeve.example")).await.is(202);
    world
        .send(
            Call::post("/organizations", &json!({"alias": "globex"}))
                .cookie(token)
                .header("sec-fetch-site", "same-origin"),
        )
        .await
        .is(202);
    world.settle().await;
}

#[tokio::test]
async fn a_page_of_another_site_signs_nobody_in() {
    let world = World::new().await;
    let body = json!({"username": "root@first.example", "password": PASSWORD, "transport": "cookie"});
    let call = Call::post("/sessions", &body);
    world.send(call.clone().header("origin", "https://evil.example")).await.refused(403, "denied");
    world.send(call.clone().header("sec-fetch-site", "cross-site")).await.refused(403, "denied");
    world.send(call.clone().header("origin", "https://reeve.example")).await.is(201);
    // An old cookie stands in nobody's way, and the new session has a new token.
    let again = world.send(call.cookie(UNKNOWN)).await;
    again.is(201);
    assert!(!again.header("set-cookie").contains(UNKNOWN));
}

// What cannot be read is refused, never passed over.
#[tokio::test]
async fn a_credential_that_cannot_be_read_is_never_nobody() {
    let world = World::new().await;
    let token = world.token(Who::Admin).to_owned();
    let wrong = [
        me().bearer(UNKNOWN),
        me().bearer(""),
        me().bearer("short"),
        me().bearer(&format!("{token}x")),
        me().bearer(&token.to_lowercase()),
        me().header("authorization", &token),
        me().header("authorization", "Basic cm9vdDpyb290"),
        me().bearer(&token).bearer(&token),
        me().cookie(UNKNOWN),
        me().cookie(""),
        me().cookie(&token).cookie(&token),
        me().cookie(&format!("\"{token}\"")),
        me().header("cookie", &format!("reeve_session={token}")),
        me().header("x-forwarded-user", "root@first.example"),
    ];
    for call in wrong {
        world.send(call).await.refused(401, "unauthenticated");
    }
    world.send(me().bearer(&token).cookie(&token)).await.invalid("Authorization");
    world.send(me().header("authorization", &format!("bearer  {token}"))).await.is(200);
}

#[tokio::test]
async fn the_operator_chooses_an_account_and_nobody_else_does() {
    let world = World::new().await;
    let current = world.by(Who::Operator, me()).await.is(200);
    assert_eq!((&current["actor"], &current["account_id"]), (&json!("operator"), &json!(world.account)));
    let organizations = || Call::get("/organizations").local(0);
    world.send(organizations()).await.invalid("account");
    world.send(organizations().header("reeve-account", &world.other_account)).await.is(200);
    world.send(organizations().header("reeve-account", "000000000000")).await.refused(404, "not_found");
    for wrong in ["", "1", "12345678901x", "1234567890123"] {
        world.send(organizations().header("reeve-account", wrong)).await.invalid("Reeve-Account");
    }
    // A header does not lead a session to another account.
    let theirs = Call::get("/organizations").header("reeve-account", &world.other_account);
    world.admin(theirs).await.refused(403, "denied");
    let ours = Call::get("/organizations").header("reeve-account", &world.account);
    world.admin(ours).await.is(200);
    world.by(Who::Operator, Call::delete("/sessions/current")).await.invalid("session");
    for call in [
        Call::get("/accounts"),
        Call::post("/accounts", &json!({"name": "x", "administrator": {"username": "x@x.example"}})),
    ] {
        world.admin(call).await.refused(403, "denied");
    }
}

// Known and unknown names get the same answer.
#[tokio::test]
async fn wrong_names_and_wrong_passwords_get_one_answer() {
    let world = World::new().await;
    let mut answers = Vec::new();
    for (username, password) in [
        ("root@first.example", "wrong"),
        ("nobody@first.example", "wrong"),
        ("", ""),
        ("root@first.example\0", PASSWORD),
        ("' OR 1=1 --", "x"),
    ] {
        let body = json!({"username": username, "password": password});
        let mut problem = world.send(Call::post("/sessions", &body)).await.refused(401, "sign_in_refused");
        problem.as_object_mut().unwrap().remove("request_id");
        answers.push(problem);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

#[tokio::test]
async fn a_name_is_locked_after_wrong_passwords_and_opens_again() {
    let world = World::new().await;
    let wrong = json!({"username": "root@first.example", "password": "wrong"});
    for _ in 0..ADMINISTRATOR_LOCKOUT_FAILURES {
        world.send(Call::post("/sessions", &wrong)).await.refused(401, "sign_in_refused");
    }
    world.sign_in("root@first.example", "bearer").await.refused(401, "sign_in_refused");
    // Whoever is signed in stays so, and other names are not locked.
    world.admin(me()).await.is(200);
    world.sign_in("root@second.example", "bearer").await.is(201);
    world.clock.advance(ADMINISTRATOR_LOCKOUT + Duration::from_secs(1));
    world.sign_in("root@first.example", "bearer").await.is(201);
}

#[tokio::test]
async fn events_say_from_where_and_ignore_what_proxies_claim() {
    let world = World::new().await;
    let call = Call::post("/organizations", &json!({"alias": "acme"})).from("198.51.100.9");
    let reply = world.admin(call.header("x-forwarded-for", "203.0.113.1")).await;
    world.settle().await;
    let events = world.events_of(&reply).await;
    assert_eq!(events[0]["source_address"], "198.51.100.9");
    assert_eq!(events[0]["actor"]["name"], "root@first.example");
    let local = world.by(Who::Operator, Call::delete("/organizations/acme")).await;
    world.settle().await;
    let events = world.events_of(&local).await;
    assert_eq!((&events[0]["source_address"], &events[0]["actor"]["kind"]), (&json!(null), &json!("operator")));
}
