//! What is taken away opens nothing from the moment of the answer (row A4), also in the hands of many at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use axum::http::Method;
use serde_json::json;
use tower::ServiceExt;

use crate::caller::Call;
use crate::factors::enrol;
use crate::world::{Who, World};

const GENERAL: &str = "/administrators/general@first.example";

/// Clients that go on asking while something is taken from them.
const CLIENTS: usize = 16;

/// Requests that succeed before it is taken.
const WARM: usize = 64;

/// Three credentials of the general administrator: a session, an API password, a key.
async fn credentials(world: &World) -> Vec<Call> {
    world.admin(Call::put(&format!("{GENERAL}/api-access"), &json!({"enabled": true}))).await.is(200);
    let password = Call::put(&format!("{GENERAL}/api-password"), &json!({"generate_password": true}));
    let password = world.admin(password).await.is(200)["password"].as_str().unwrap().to_owned();
    let key = world.admin(Call::post(&format!("{GENERAL}/access-keys"), &json!({"name": "k"}))).await.is(201);
    let text = |member: &str| key[member].as_str().unwrap().to_owned();
    let ask = || Call::get("/organizations");
    vec![
        ask().bearer(world.token(Who::General)),
        ask().basic("general@first.example", &password),
        ask().basic(&text("access_key_id"), &text("secret_access_key")),
    ]
}

/// Lets many clients ask by these credentials while a change is made; says how many requests that began after the
/// answer to it succeeded, and how many in all.
async fn succeeded_after(world: &World, calls: &[Call], change: Call) -> (usize, usize) {
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients = (0..CLIENTS).map(|client| {
        let (door, call) = (world.door.clone(), calls[client % calls.len()].clone());
        let (stop, done) = (Arc::clone(&stop), Arc::clone(&done));
        tokio::spawn(async move {
            let mut answers = Vec::new();
            while !stop.load(Ordering::Acquire) {
                let began = Instant::now();
                let status = door.clone().oneshot(call.clone().request()).await.unwrap().status();
                done.fetch_add(1, Ordering::AcqRel);
                answers.push((began, status.as_u16()));
                tokio::task::yield_now().await;
            }
            answers
        })
    });
    let clients: Vec<_> = clients.collect();
    while done.load(Ordering::Acquire) < WARM {
        tokio::task::yield_now().await;
    }
    let reply = world.admin(change).await;
    assert!(reply.status.is_success(), "{}", reply.text());
    let answered = Instant::now();
    let so_far = done.load(Ordering::Acquire);
    while done.load(Ordering::Acquire) < so_far + 4 * CLIENTS {
        tokio::task::yield_now().await;
    }
    stop.store(true, Ordering::Release);
    let mut all = Vec::new();
    for client in clients {
        all.extend(client.await.unwrap());
    }
    let good = |status: u16| status == 200;
    let late = all.iter().filter(|(began, status)| *began > answered && good(*status)).count();
    let later = all.iter().filter(|(began, _)| *began > answered).count();
    assert!(later >= CLIENTS, "{later} requests began after the answer");
    (late, all.iter().filter(|(_, status)| good(*status)).count())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_of_a_deactivated_administrator_succeeds() {
    let world = World::new().await;
    let calls = credentials(&world).await;
    let off = Call::new(Method::POST, &format!("{GENERAL}/deactivate"));
    let (late, before) = succeeded_after(&world, &calls, off).await;
    assert!(late == 0 && before > 0, "{late} requests succeeded after the answer, {before} in all");
    // Nothing of it comes back when they do.
    world.admin(Call::new(Method::POST, &format!("{GENERAL}/activate"))).await.is(200);
    for call in calls {
        world.send(call).await.refused(401, "unauthenticated");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_by_a_credential_that_was_taken_away_succeeds() {
    let world = World::new().await;
    let calls = credentials(&world).await;
    let keys = world.admin(Call::get(&format!("{GENERAL}/access-keys"))).await.is(200);
    let key = keys["items"][0]["access_key_id"].as_str().unwrap();
    for (call, change) in [
        (&calls[2], Call::patch(&format!("{GENERAL}/access-keys/{key}"), &json!({"status": "inactive"}))),
        (&calls[1], Call::put(&format!("{GENERAL}/api-password"), &json!({"generate_password": true}))),
        (&calls[0], Call::new(Method::POST, &format!("{GENERAL}/end-sessions"))),
    ] {
        let path = change.path.clone();
        let (late, before) = succeeded_after(&world, std::slice::from_ref(call), change).await;
        assert!(late == 0 && before > 0, "{path}: {late} requests succeeded after the answer, {before} in all");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_that_was_taken_away_is_gone() {
    let world = World::new().await;
    world.organization("acme").await;
    let held = "/policies/read-only/administrators/general@first.example";
    world.admin(Call::put(held, &json!({}))).await.is(200);
    let call = Call::get("/organizations/acme").bearer(world.token(Who::General));
    let (late, before) = succeeded_after(&world, &[call], Call::delete(held)).await;
    assert!(late == 0 && before > 0, "{late} requests succeeded after the answer, {before} in all");
}

// What ends a session also ends the half of a sign-in that waits for its code.
#[tokio::test]
async fn a_half_done_sign_in_ends_with_the_rest() {
    let world = World::new().await;
    let (_, codes) = enrol(&world, world.token(Who::General)).await;
    for (n, change) in [
        Call::post(&format!("{GENERAL}/reset-password"), &json!({"password": "Pewter-garden-26-falcon"})),
        Call::post(&format!("{GENERAL}/reset-password"), &json!({"password": crate::world::PASSWORD})),
        Call::new(Method::POST, &format!("{GENERAL}/end-sessions")),
        Call::new(Method::POST, &format!("{GENERAL}/deactivate")),
    ]
    .into_iter()
    .enumerate()
    {
        let password = if n == 1 { "Pewter-garden-26-falcon" } else { crate::world::PASSWORD };
        let body = json!({"username": "general@first.example", "password": password});
        let asked = world.send(Call::post("/sessions", &body)).await.is(200);
        world.admin(change).await.is(200);
        let proof = json!({"challenge": asked["challenge"], "code": codes[n]});
        world.send(Call::post("/sessions/second-factor", &proof)).await.refused(401, "sign_in_refused");
    }
}
