//! What one proves besides a password: codes, passkeys, codes on paper, and an account that demands them.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use crate::caller::{Call, Reply};
use crate::factors::{SoftKey, challenge, code, enrol};
use crate::world::{PASSWORD, Who, World};

const FACTORS: &str = "/sessions/current/second-factors";
const GENERAL: &str = "general@first.example";
const CONSOLE: &str = "https://reeve.example";

fn bare(path: &str) -> Call {
    Call::new(Method::POST, &format!("{FACTORS}/{path}"))
}

fn sign_in_with(code: &str) -> Call {
    Call::post("/sessions", &json!({"username": GENERAL, "password": PASSWORD, "code": code}))
}

async fn complete(world: &World, challenge: &Value, proof: (&str, Value)) -> Reply {
    let body = json!({"challenge": challenge["challenge"], proof.0: proof.1});
    world.send(Call::post("/sessions/second-factor", &body)).await
}

fn next_step(world: &World) {
    world.clock.advance(Duration::from_secs(30));
}

/// Adds a passkey to the session of the general administrator.
async fn add_passkey(world: &World, key: &SoftKey, origin: &str) -> Reply {
    let begun = world.by(Who::General, bare("passkeys")).await.is(200);
    let credential = key.register(&begun["options"], origin);
    let body = json!({"challenge": begun["challenge"], "name": "blue key", "credential": credential});
    world.by(Who::General, Call::post(&format!("{FACTORS}/passkeys/confirmation"), &body)).await
}

#[tokio::test]
async fn a_generator_counts_once_a_code_of_it_was_shown() {
    let world = World::new().await;
    let none = json!({"totp": null, "passkeys": [], "recovery_codes_left": 0, "required": false});
    assert_eq!(world.by(Who::General, Call::get(FACTORS)).await.is(200), none);
    let begun = world.by(Who::General, bare("totp")).await.is(200);
    let (secret, url) = (begun["secret"].as_str().unwrap(), begun["otpauth_url"].as_str().unwrap());
    assert!(url.starts_with("otpauth://totp/") && url.contains(secret), "{url}");
    let confirm = |challenge: &Value, code: &str| {
        Call::post(&format!("{FACTORS}/totp/confirmation"), &json!({"challenge": challenge, "code": code}))
    };
    // Nothing has changed yet, and a challenge is its session's own.
    world.sign_in(GENERAL, "bearer").await.is(201);
    let right = code(&world, secret);
    world.by(Who::Admin, confirm(&begun["challenge"], &right)).await.invalid("challenge");
    world.by(Who::General, confirm(&json!("x"), &right)).await.invalid("challenge");
    world.by(Who::General, confirm(&begun["challenge"], "000000")).await.invalid("code");
    let codes = world.by(Who::General, confirm(&begun["challenge"], &right)).await.is(200);
    assert_eq!(codes["recovery_codes"].as_array().unwrap().len(), 10);
    world.by(Who::General, confirm(&begun["challenge"], &right)).await.invalid("challenge");
    let factors = world.by(Who::General, Call::get(FACTORS)).await.is(200);
    assert!(factors["totp"]["confirmed_at"].is_string() && factors["recovery_codes_left"] == 10, "{factors}");
    let seen = world.admin(Call::get(&format!("/administrators/{GENERAL}"))).await.is(200);
    assert_eq!(seen["second_factors"], json!({"totp": true, "passkeys": 0}));
}

#[tokio::test]
async fn a_sign_in_needs_the_code_and_each_code_opens_once() {
    let world = World::new().await;
    let (secret, _) = enrol(&world, world.token(Who::General)).await;
    // The code that confirmed it opens nothing else.
    world.send(sign_in_with(&code(&world, &secret))).await.refused(401, "sign_in_refused");
    next_step(&world);
    let now = code(&world, &secret);
    let asked = challenge(&world, GENERAL).await;
    assert_eq!(asked["methods"], json!(["totp", "recovery_code"]));
    assert!(asked.get("token").is_none() && asked.get("passkey_options").is_none());
    let session = complete(&world, &asked, ("code", now.clone().into())).await.is(201);
    assert_eq!((&session["second_factor"], &session["administrator"]["username"]), (&json!(true), &json!(GENERAL)));
    // TOTP replay: not the code, not the challenge.
    world.send(sign_in_with(&now)).await.refused(401, "sign_in_refused");
    complete(&world, &asked, ("code", now.into())).await.refused(401, "sign_in_refused");
    next_step(&world);
    world.send(sign_in_with(&code(&world, &secret))).await.is(201);
    // A wrong password with a right code says the same as everything else that is wrong.
    next_step(&world);
    let wrong = json!({"username": GENERAL, "password": "wrong", "code": code(&world, &secret)});
    world.send(Call::post("/sessions", &wrong)).await.refused(401, "sign_in_refused");
}

#[tokio::test]
async fn a_challenge_ends_with_time_and_with_mistakes() {
    let world = World::new().await;
    let (secret, _) = enrol(&world, world.token(Who::General)).await;
    next_step(&world);
    let asked = challenge(&world, GENERAL).await;
    world.clock.advance(Duration::from_secs(5 * 60));
    complete(&world, &asked, ("code", code(&world, &secret).into())).await.refused(401, "sign_in_refused");
    let asked = challenge(&world, GENERAL).await;
    for _ in 0..5 {
        complete(&world, &asked, ("code", "000000".into())).await.refused(401, "sign_in_refused");
    }
    complete(&world, &asked, ("code", code(&world, &secret).into())).await.refused(401, "sign_in_refused");
    for body in
        [json!({"challenge": asked["challenge"]}), json!({"challenge": asked["challenge"], "code": "1", "passkey": {}})]
    {
        world.send(Call::post("/sessions/second-factor", &body)).await.invalid("code");
    }
    let body = json!({"challenge": asked["challenge"], "passkey": "x"});
    world.send(Call::post("/sessions/second-factor", &body)).await.invalid("passkey");
    complete(&world, &json!({"challenge": "x".repeat(5_000)}), ("code", "1".into()))
        .await
        .refused(401, "sign_in_refused");
}

#[tokio::test]
async fn a_cookie_comes_only_when_both_are_right() {
    let world = World::new().await;
    let (secret, _) = enrol(&world, world.token(Who::General)).await;
    next_step(&world);
    let body = json!({"username": GENERAL, "password": PASSWORD, "transport": "cookie"});
    let asked = world.send(Call::post("/sessions", &body)).await;
    assert!(!asked.headers.contains_key("set-cookie"));
    let proof = json!({
        "challenge": asked.is(200)["challenge"], "code": code(&world, &secret), "transport": "cookie"
    });
    let call = Call::post("/sessions/second-factor", &proof);
    world.send(call.clone().header("origin", "https://evil.example")).await.refused(403, "denied");
    let done = world.send(call.header("origin", CONSOLE)).await;
    assert!(done.is(201).get("token").is_none());
    assert!(done.header("set-cookie").starts_with("__Host-reeve_session="));
}

#[tokio::test]
async fn a_sign_in_again_needs_the_second_factor_too() {
    let world = World::new().await;
    let (secret, _) = enrol(&world, world.token(Who::General)).await;
    world.clock.advance(Duration::from_secs(600));
    let again = |body: Value| Call::post("/sessions/current/reauthentication", &body);
    let before = world.by(Who::General, Call::get("/sessions/current")).await.is(200);
    let asked = world.by(Who::General, again(json!({ "password": PASSWORD }))).await.is(200);
    assert!(asked["challenge"].is_string());
    // Nothing is renewed yet.
    assert_eq!(world.by(Who::General, Call::get("/sessions/current")).await.is(200)["fresh"], false);
    let renewed = complete(&world, &asked, ("code", code(&world, &secret).into())).await.is(201);
    assert_eq!(renewed["session_id"], before["session"]["session_id"]);
    world.by(Who::General, Call::get("/sessions/current")).await.refused(401, "unauthenticated");
    let token = renewed["token"].as_str().unwrap();
    assert_eq!(world.send(Call::get("/sessions/current").bearer(token)).await.is(200)["fresh"], true);
    next_step(&world);
    let body = json!({"password": PASSWORD, "code": code(&world, &secret)});
    let once_more = world.send(again(body).bearer(token)).await.is(200);
    assert!(once_more["token"].is_string());
}

#[tokio::test]
async fn a_recovery_code_opens_once() {
    let world = World::new().await;
    let (_, codes) = enrol(&world, world.token(Who::General)).await;
    world.send(sign_in_with(&codes[0])).await.is(201);
    world.send(sign_in_with(&codes[0])).await.refused(401, "sign_in_refused");
    let asked = challenge(&world, GENERAL).await;
    complete(&world, &asked, ("code", codes[1].to_lowercase().into())).await.is(201);
    assert_eq!(world.by(Who::General, Call::get(FACTORS)).await.is(200)["recovery_codes_left"], 8);
    // New ones void the old.
    let made = world.by(Who::General, bare("recovery-codes")).await.is(200)["recovery_codes"].clone();
    assert_eq!(made.as_array().unwrap().len(), 10);
    world.send(sign_in_with(&codes[2])).await.refused(401, "sign_in_refused");
    world.send(sign_in_with(made[0].as_str().unwrap())).await.is(201);
}

#[tokio::test]
async fn a_passkey_is_added_and_signs_in() {
    let world = World::new().await;
    let added = add_passkey(&world, &world.key, CONSOLE).await.is(201);
    assert_eq!(added["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!((&added["passkey"]["name"], &added["passkey"]["last_used_at"]), (&json!("blue key"), &json!(null)));
    let asked = challenge(&world, GENERAL).await;
    assert_eq!(asked["methods"], json!(["passkey", "recovery_code"]));
    let signed = world.key.sign(&asked["passkey_options"], CONSOLE);
    complete(&world, &asked, ("passkey", signed.clone())).await.is(201);
    // Neither the answer nor the challenge is good twice.
    complete(&world, &asked, ("passkey", signed.clone())).await.refused(401, "sign_in_refused");
    let other = challenge(&world, GENERAL).await;
    complete(&world, &other, ("passkey", signed)).await.refused(401, "sign_in_refused");
    // Another key, and a page that only looks like the console.
    let wrong = SoftKey::new().sign(&other["passkey_options"], CONSOLE);
    complete(&world, &other, ("passkey", wrong)).await.refused(401, "sign_in_refused");
    let phished = world.key.sign(&other["passkey_options"], "https://reeve.example.evil.example");
    complete(&world, &other, ("passkey", phished)).await.refused(401, "sign_in_refused");
    complete(&world, &other, ("passkey", json!({"id": 5}))).await.invalid("passkey");
    let factors = world.by(Who::General, Call::get(FACTORS)).await.is(200);
    assert!(factors["passkeys"][0]["last_used_at"].is_string());
    // A second one brings no codes; the same one twice is refused.
    let second = add_passkey(&world, &SoftKey::new(), CONSOLE).await.is(201);
    assert_eq!(second["recovery_codes"], json!(null));
    let id = second["passkey"]["passkey_id"].as_str().unwrap();
    world.by(Who::Admin, Call::delete(&format!("{FACTORS}/passkeys/{id}"))).await.refused(404, "not_found");
    world.by(Who::General, Call::delete(&format!("{FACTORS}/passkeys/{id}"))).await.is(204);
    world.by(Who::General, Call::delete(&format!("{FACTORS}/passkeys/{id}"))).await.refused(404, "not_found");
}

#[tokio::test]
async fn what_is_no_passkey_is_refused() {
    let world = World::new().await;
    add_passkey(&world, &world.key, "https://evil.example").await.invalid("credential");
    let begun = world.by(Who::General, bare("passkeys")).await.is(200);
    let good = world.key.register(&begun["options"], CONSOLE);
    let confirm = |name: &str, credential: &Value| {
        let body = json!({"challenge": begun["challenge"], "name": name, "credential": credential});
        Call::post(&format!("{FACTORS}/passkeys/confirmation"), &body)
    };
    world.by(Who::General, confirm("", &good)).await.invalid("name");
    world.by(Who::General, confirm("a\u{202e}b", &good)).await.invalid("name");
    world.by(Who::General, confirm("blue", &json!({}))).await.invalid("credential");
    world.by(Who::General, confirm("blue", &json!("x"))).await.invalid("credential");
    let mut deep = good.clone();
    deep["response"]["attestationObject"] = json!("A".repeat(500_000));
    world.by(Who::General, confirm("blue", &deep)).await.invalid("credential");
    // Somebody else's session does not answer ours.
    world.by(Who::Admin, confirm("blue", &good)).await.invalid("challenge");
    world.by(Who::General, confirm("blue", &good)).await.is(201);
    let again = add_passkey(&world, &world.key, CONSOLE).await;
    assert!([400, 409].contains(&again.status.as_u16()), "{}", again.text());
}

#[tokio::test]
async fn an_account_that_demands_a_second_factor_lets_nobody_on_without() {
    let world = World::new().await;
    world.organization("acme").await;
    let demand = |yes: bool| Call::patch("/account", &json!({ "second_factor_required": yes }));
    world.admin(demand(true)).await.is(200);
    let refused = [
        Call::get("/organizations/acme"),
        Call::get("/account"),
        Call::get("/organizations"),
        Call::get("/administrators/me"),
        demand(false),
        Call::put("/administrators/me/api-password", &json!({"generate_password": true})),
    ];
    for call in refused {
        world.admin(call).await.refused(403, "second_factor_enrolment_required");
    }
    let session = world.sign_in(GENERAL, "bearer").await.is(201);
    assert_eq!(session["enrolment_required"], true);
    let me = world.by(Who::General, Call::get("/sessions/current")).await.is(200);
    assert_eq!(me["enrolment_required"], true);
    assert_eq!(world.by(Who::General, Call::get(FACTORS)).await.is(200)["required"], true);
    // One's own session and password stay in reach.
    world.by(Who::General, Call::get("/sessions")).await.is(200);
    enrol(&world, world.token(Who::Admin)).await;
    world.admin(Call::get("/organizations/acme")).await.is(200);
    // The last one stays.
    world.admin(Call::delete(&format!("{FACTORS}/totp"))).await.refused(409, "wrong_state");
    world.admin(demand(false)).await.is(200);
    world.admin(Call::delete(&format!("{FACTORS}/totp"))).await.is(204);
    world.admin(Call::delete(&format!("{FACTORS}/totp"))).await.refused(404, "not_found");
    world.admin(bare("recovery-codes")).await.refused(409, "wrong_state");
}

#[tokio::test]
async fn an_admin_resets_what_somebody_lost() {
    let world = World::new().await;
    enrol(&world, world.token(Who::General)).await;
    let reset = Call::new(Method::POST, &format!("/administrators/{GENERAL}/reset-second-factors"));
    let reply = world.admin(reset).await.is(200);
    assert_eq!(reply["second_factors"], json!({"totp": false, "passkeys": 0}));
    world.by(Who::General, Call::get("/sessions/current")).await.refused(401, "unauthenticated");
    world.sign_in(GENERAL, "bearer").await.is(201);
}
