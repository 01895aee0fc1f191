//! Credentials for programs: API access, API passwords and access keys (row A7).

use std::time::Duration;

use serde_json::{Value, json};

use crate::caller::{Call, Reply};
use crate::world::{PASSWORD, Who, World};

const GENERAL: &str = "/administrators/general@first.example";
const KEYS: &str = "/administrators/general@first.example/access-keys";

fn api_access(enabled: bool) -> Call {
    Call::put(&format!("{GENERAL}/api-access"), &json!({ "enabled": enabled }))
}

fn api_password(body: &Value) -> Call {
    Call::put(&format!("{GENERAL}/api-password"), body)
}

/// A world whose general administrator has API access.
async fn with_access() -> World {
    let world = World::new().await;
    world.admin(api_access(true)).await.is(200);
    world
}

async fn key(world: &World, body: &Value) -> (String, String) {
    let made = world.admin(Call::post(KEYS, body)).await.is(201);
    let text = |member: &str| made[member].as_str().unwrap().to_owned();
    (text("access_key_id"), text("secret_access_key"))
}

async fn asks(world: &World, (id, secret): &(String, String)) -> Reply {
    world.send(Call::get("/sessions/current").basic(id, secret)).await
}

// A7: enabled per administrator by an admin; without it nothing is made and nothing opens.
#[tokio::test]
async fn nothing_opens_without_api_access() {
    let world = World::new().await;
    let new_key = || Call::post(KEYS, &json!({"name": "export"}));
    world.admin(api_password(&json!({"generate_password": true}))).await.refused(409, "wrong_state");
    world.admin(new_key()).await.refused(409, "wrong_state");
    assert_eq!(world.admin(api_access(true)).await.is(200)["api_access"], true);
    let password = world.admin(api_password(&json!({"generate_password": true}))).await.is(200);
    let password = ("general@first.example".to_owned(), password["password"].as_str().unwrap().to_owned());
    let key = key(&world, &json!({"name": "export"})).await;
    for credential in [&password, &key] {
        asks(&world, credential).await.is(200);
    }
    world.admin(api_access(false)).await.is(200);
    for credential in [&password, &key] {
        asks(&world, credential).await.refused(401, "unauthenticated");
    }
    // They are kept, and work again.
    world.admin(api_access(true)).await.is(200);
    for credential in [&password, &key] {
        asks(&world, credential).await.is(200);
    }
    for body in [json!({}), json!({"enabled": "yes"}), json!({"enabled": null})] {
        world.admin(Call::put(&format!("{GENERAL}/api-access"), &body)).await.invalid("enabled");
    }
}

// A7: typed, made up or reset; separate from the password that signs in, and shown once.
#[tokio::test]
async fn an_api_password_is_not_the_password_that_signs_in() {
    let world = with_access().await;
    world.admin(api_password(&json!({"password": PASSWORD}))).await.invalid("password");
    world.admin(api_password(&json!({"password": "short"}))).await.refused(422, "password_refused");
    for body in [json!({}), json!({"password": "Pewter-garden-26-falcon", "generate_password": true})] {
        world.admin(api_password(&body)).await.invalid("password");
    }
    let typed = json!({"password": "Pewter-garden-26-falcon"});
    assert_eq!(world.admin(api_password(&typed)).await.is(200), json!({}));
    let by = |password: &str| ("general@first.example".to_owned(), password.to_owned());
    asks(&world, &by("Pewter-garden-26-falcon")).await.is(200);
    asks(&world, &by(PASSWORD)).await.refused(401, "unauthenticated");
    let signing_in = json!({"username": "general@first.example", "password": "Pewter-garden-26-falcon"});
    world.send(Call::post("/sessions", &signing_in)).await.refused(401, "sign_in_refused");
    let shown = world.admin(Call::get(GENERAL)).await.is(200);
    assert!(shown["api_password"]["changed_at"].is_string() && shown["api_password"]["last_used_at"].is_string());
    // Another one ends the one before.
    let made = world.admin(api_password(&json!({"generate_password": true}))).await.is(200);
    asks(&world, &by("Pewter-garden-26-falcon")).await.refused(401, "unauthenticated");
    asks(&world, &by(made["password"].as_str().unwrap())).await.is(200);
    world.admin(Call::delete(&format!("{GENERAL}/api-password"))).await.is(204);
    asks(&world, &by(made["password"].as_str().unwrap())).await.refused(401, "unauthenticated");
    world.admin(Call::delete(&format!("{GENERAL}/api-password"))).await.is(204);
    assert_eq!(world.admin(Call::get(GENERAL)).await.is(200)["api_password"], json!(null));
}

// A7: owners manage their own where the account lets them.
#[tokio::test]
async fn owners_manage_their_own_while_the_account_lets_them() {
    let world = with_access().await;
    let mine = || Call::put("/administrators/me/api-password", &json!({"generate_password": true}));
    let my_key = || Call::post("/administrators/me/access-keys", &json!({"name": "mine"}));
    world.by(Who::General, mine()).await.is(200);
    let key = world.by(Who::General, my_key()).await.is(201);
    world
        .by(Who::General, Call::put("/administrators/me/api-access", &json!({"enabled": false})))
        .await
        .refused(403, "denied");
    let secrets = |may: bool| Call::patch("/account", &json!({ "owners_manage_api_secrets": may }));
    world.admin(secrets(false)).await.is(200);
    let id = key["access_key_id"].as_str().unwrap();
    let one = format!("/administrators/me/access-keys/{id}");
    for call in [mine(), my_key(), Call::delete(&one), Call::patch(&one, &json!({"status": "inactive"}))] {
        world.by(Who::General, call).await.refused(403, "denied");
    }
    assert_eq!(world.by(Who::General, Call::get("/administrators/me/access-keys")).await.is(200)["total"], 1);
    // An admin goes on managing them.
    world.admin(Call::delete(&format!("{KEYS}/{id}"))).await.is(204);
    world.admin(secrets(true)).await.is(200);
    world.by(Who::General, mine()).await.is(200);
}

// A7: a credential makes no other credential of its owner: one that was stolen stays one.
#[tokio::test]
async fn a_credential_makes_no_other_for_its_owner() {
    let world = with_access().await;
    let (id, secret) = key(&world, &json!({"name": "stolen"})).await;
    for call in [
        Call::put("/administrators/me/api-password", &json!({"generate_password": true})),
        Call::post("/administrators/me/access-keys", &json!({"name": "another"})),
        Call::post("/sessions/current/reauthentication", &json!({"password": PASSWORD})),
        Call::put(
            "/sessions/current/password",
            &json!({"old_password": PASSWORD, "new_password": "Pewter-garden-26-falcon"}),
        ),
        Call::post("/sessions/current/second-factors/totp", &json!({})),
        Call::delete("/sessions/current"),
        Call::delete("/sessions"),
    ] {
        world.send(call.basic(&id, &secret)).await.refused(403, "denied");
    }
}

#[tokio::test]
async fn a_key_is_shown_once_and_edited_without_its_secret() {
    let world = with_access().await;
    let body = json!({
        "name": "nightly export", "source_networks": ["192.0.2.0/24", "2001:db8::/32"],
        "expires_at": "2030-01-01T00:00:00Z", "limit_policy": "read-only"
    });
    let made = world.admin(Call::post(KEYS, &body)).await;
    let created = made.is(201);
    let id = created["access_key_id"].as_str().unwrap();
    assert!(id.len() == 20 && id.starts_with("AK"), "{id}");
    assert_eq!(created["secret_access_key"].as_str().unwrap().len(), 40);
    assert_eq!(created["created_by"], "root@first.example");
    assert!(made.header("location").ends_with(&format!("/access-keys/{id}")));
    let one = format!("{KEYS}/{id}");
    let listed = world.admin(Call::get(KEYS)).await.is(200)["items"][0].clone();
    assert!(listed.get("secret_access_key").is_none());
    assert_eq!(listed["limit_policy"], "Read only");
    // Left out, it stays; null takes it away.
    let edited = world.admin(Call::patch(&one, &json!({"name": "weekly export"}))).await.is(200);
    assert_eq!((&edited["name"], &edited["expires_at"]), (&json!("weekly export"), &listed["expires_at"]));
    let freed = json!({"expires_at": null, "limit_policy": null, "source_networks": []});
    let freed = world.admin(Call::patch(&one, &freed)).await.is(200);
    assert!(freed.get("expires_at").is_none() && freed.get("limit_policy").is_none());
    assert_eq!(freed["source_networks"], json!([]));
    for (body, field) in [
        (json!({"name": null}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"status": null}), "status"),
        (json!({"status": "gone"}), "status"),
        (json!({"source_networks": null}), "source_networks"),
        (json!({"source_networks": ["192.0.2.0/33"]}), "source_networks"),
        (json!({"source_networks": ["anywhere"]}), "source_networks"),
        (json!({"expires_at": "tomorrow"}), "expires_at"),
        (json!({"expires_at": "2020-01-01T00:00:00Z"}), "expires_at"),
        (json!({"limit_policy": "a\u{0}b"}), "limit_policy"),
        (json!({"secret_access_key": "x"}), "secret_access_key"),
    ] {
        world.admin(Call::patch(&one, &body)).await.invalid(field);
    }
    world.admin(Call::patch(&one, &json!({"limit_policy": "nothing"}))).await.refused(404, "not_found");
    world
        .admin(Call::patch(&one, &json!({"name": "x"})).header("if-match", "\"77\""))
        .await
        .refused(412, "version_mismatch");
    for name in ["AKAAAAAAAAAAAAAAAAAA", "akaaaaaaaaaaaaaaaaaa", "x"] {
        let reply = world.admin(Call::delete(&format!("{KEYS}/{name}"))).await;
        assert!([400, 404].contains(&reply.status.as_u16()), "{name}: {}", reply.text());
    }
    world.admin(Call::delete(&one)).await.is(204);
    world.admin(Call::delete(&one)).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_key_opens_within_its_time_its_networks_and_its_status() {
    let world = with_access().await;
    let from =
        |address: &str, key: &(String, String)| Call::get("/sessions/current").basic(&key.0, &key.1).from(address);
    let near = key(&world, &json!({"name": "near", "source_networks": ["198.51.100.0/24"]})).await;
    world.send(from("198.51.100.9", &near)).await.is(200);
    world.send(from("203.0.113.9", &near)).await.refused(401, "unauthenticated");
    // What a proxy claims is no address.
    let claimed = from("203.0.113.9", &near).header("x-forwarded-for", "198.51.100.9");
    world.send(claimed).await.refused(401, "unauthenticated");
    let shown = world.admin(Call::get(KEYS)).await.is(200)["items"][0].clone();
    assert_eq!(shown["last_used_address"], "198.51.100.9");

    let switched = key(&world, &json!({"name": "switched"})).await;
    let one = format!("{KEYS}/{}", switched.0);
    asks(&world, &switched).await.is(200);
    world.admin(Call::patch(&one, &json!({"status": "inactive"}))).await.is(200);
    asks(&world, &switched).await.refused(401, "unauthenticated");
    world.admin(Call::patch(&one, &json!({"status": "active"}))).await.is(200);
    asks(&world, &switched).await.is(200);

    let soon = world.clock_after(Duration::from_secs(60));
    let brief = key(&world, &json!({"name": "brief", "expires_at": soon})).await;
    asks(&world, &brief).await.is(200);
    world.clock.advance(Duration::from_secs(61));
    asks(&world, &brief).await.refused(401, "unauthenticated");
    // Wrong secrets, and those of another key.
    asks(&world, &(switched.0.clone(), near.1)).await.refused(401, "unauthenticated");
    asks(&world, &(switched.0, "x".to_owned())).await.refused(401, "unauthenticated");
}

// A7: a limit holds whatever the owner may do, and a key never exceeds its owner.
#[tokio::test]
async fn a_key_reaches_no_further_than_its_limit_and_its_owner() {
    let world = World::new().await;
    world.organization("acme").await;
    let enable = Call::put("/administrators/deputy@first.example/api-access", &json!({"enabled": true}));
    world.admin(enable).await.is(200);
    let path = "/administrators/deputy@first.example/access-keys";
    let made = world.admin(Call::post(path, &json!({"name": "reads", "limit_policy": "read-only"}))).await.is(201);
    let text = |member: &str| made[member].as_str().unwrap().to_owned();
    let (id, secret) = (text("access_key_id"), text("secret_access_key"));
    let send = async |call: Call| world.send(call.basic(&id, &secret)).await;
    send(Call::get("/organizations/acme")).await.is(200);
    assert_eq!(send(Call::get("/organizations")).await.is(200)["total"], 1);
    let new = json!({"username": "ada", "display_name": "Ada"});
    send(Call::post("/organizations/acme/users", &new)).await.refused(403, "denied");
    send(Call::get("/administrators")).await.refused(403, "denied");
    send(Call::get("/policies")).await.refused(403, "denied");
    // A general owner: a key without a limit reaches what they reach, which is nothing.
    world.admin(api_access(true)).await.is(200);
    let plain = key(&world, &json!({"name": "plain"})).await;
    let call = Call::get("/organizations/acme").basic(&plain.0, &plain.1);
    world.send(call).await.refused(404, "not_found");
    // A policy that limits something is not deleted.
    let body =
        json!({"name": "Looks", "permissions": [{"resource_type": "user", "actions": ["read"], "resources": ["*"]}]});
    world.admin(Call::post("/policies", &body)).await.is(201);
    world.admin(Call::patch(&format!("{path}/{id}"), &json!({"limit_policy": "looks"}))).await.is(200);
    let kept = world.admin(Call::delete("/policies/Looks")).await.refused(409, "conflict");
    assert!(kept["detail"].as_str().unwrap().contains('1'), "{kept}");
    send(Call::get("/organizations/acme")).await.refused(404, "not_found");
}

#[tokio::test]
async fn an_administrator_has_so_many_keys_and_no_more() {
    let world = with_access().await;
    for n in 0..reeve_base::limits::ACCESS_KEYS_PER_ADMINISTRATOR_MAX {
        key(&world, &json!({"name": format!("key {n}")})).await;
    }
    world.admin(Call::post(KEYS, &json!({"name": "one more"}))).await.refused(409, "limit_reached");
    // A key of somebody else is nobody's here.
    let mine = world.admin(Call::get(KEYS)).await.is(200)["items"][0]["access_key_id"].as_str().unwrap().to_owned();
    let elsewhere = format!("/administrators/deputy@first.example/access-keys/{mine}");
    world.admin(Call::delete(&elsewhere)).await.refused(404, "not_found");
}
