//! Passwords of users over the wire.

use axum::http::Method;
use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::{PASSWORD, World};

const ADA: &str = "/organizations/acme/users/ada";

async fn with_ada() -> World {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    world
}

fn reset(body: &Value) -> Call {
    Call::post(&format!("{ADA}/reset-password"), body)
}

async fn outcome(world: &World, password: &str) -> Value {
    let call = Call::post(&format!("{ADA}/check-sign-in"), &json!({ "password": password }));
    world.admin(call).await.is(200)["outcome"].clone()
}

#[tokio::test]
async fn a_refused_password_names_the_rule_and_is_not_repeated() {
    let world = with_ada().await;
    world.admin(Call::patch(ADA, &json!({"last_name": "Lovelace"}))).await.is(200);
    let long = "aB3$".repeat(70);
    for (password, rule) in [
        ("", "too_short"),
        ("Ab3$", "too_short"),
        (long.as_str(), "too_long"),
        ("copperwillowthrush", "classes"),
        ("Lovelace-41-thrush", "contains_name"),
        ("Password123!", "guessable"),
        ("Copper-willow-\u{7}41", "characters"),
    ] {
        let reply = world.admin(reset(&json!({ "password": password }))).await;
        assert_eq!(reply.status.as_u16(), 422, "{password}");
        let problem = reply.refused(422, "password_refused");
        assert_eq!((&problem["rule"], &problem["field"]), (&json!(rule), &json!("password")), "{password}");
        assert!(password.is_empty() || !reply.text().contains(password), "{}", reply.text());
        let new = json!({"username": "bob", "display_name": "Bob Lovelace", "password": password});
        let reply = world.admin(Call::post("/organizations/acme/users", &new)).await;
        reply.refused(422, "password_refused");
    }
    for body in
        [json!({}), json!({"generate_password": false}), json!({"password": PASSWORD, "generate_password": true})]
    {
        world.admin(reset(&body)).await.invalid("password");
    }
}

#[tokio::test]
async fn a_password_is_set_or_made_up_and_opens() {
    let world = with_ada().await;
    assert_eq!(outcome(&world, PASSWORD).await, "no_password");
    assert_eq!(world.admin(reset(&json!({"password": PASSWORD}))).await.is(200), json!({}));
    assert_eq!(outcome(&world, PASSWORD).await, "accepted");
    let made = world.admin(reset(&json!({"generate_password": true}))).await.is(200)["password"].clone();
    assert_eq!(outcome(&world, made.as_str().unwrap()).await, "accepted");
    assert_eq!(outcome(&world, PASSWORD).await, "wrong_password");
    world.admin(Call::new(Method::POST, &format!("{ADA}/disable"))).await.is(200);
    assert_eq!(outcome(&world, made.as_str().unwrap()).await, "disabled");
}

#[tokio::test]
async fn wrong_passwords_lock_a_user_until_somebody_forgives() {
    let world = with_ada().await;
    world.admin(reset(&json!({"password": PASSWORD}))).await.is(200);
    for _ in 0..10 {
        outcome(&world, "wrong").await;
    }
    assert_eq!(outcome(&world, PASSWORD).await, "locked");
    assert!(world.admin(Call::get(ADA)).await.is(200)["locked_until"].is_string());
    let unlocked = world.admin(Call::new(Method::POST, &format!("{ADA}/unlock"))).await.is(200);
    assert_eq!(unlocked["locked_until"], Value::Null);
    assert_eq!(outcome(&world, PASSWORD).await, "accepted");
}

#[tokio::test]
async fn a_hash_from_elsewhere_is_taken_and_an_unknown_one_refused() {
    let world = with_ada().await;
    let new = |name: &str, hash: &str| {
        let body = json!({"username": name, "display_name": name, "email": format!("{name}@acme.mail.test"), "password_hash": hash});
        Call::post("/organizations/acme/users", &body)
    };
    let known = "$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let made = world.admin(new("bob", known)).await.is(201);
    assert_eq!(made["user"]["has_password"], true);
    for hash in ["", "plain", "$1$abc$def", "$2b$99$x"] {
        world.admin(new("carol", hash)).await.invalid("password_hash");
    }
}
