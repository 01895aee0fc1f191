//! Versions and retries: ETag, If-Match, If-None-Match, Idempotency-Key.

use axum::http::Method;
use serde_json::json;

use crate::caller::Call;
use crate::world::{Who, World};

#[tokio::test]
async fn a_version_can_be_asked_for_and_insisted_on() {
    let world = World::new().await;
    world.organization("acme").await;
    let ada = world.user("acme", "ada").await;
    let path = "/organizations/acme/users/ada";
    let shown = world.admin(Call::get(path)).await;
    let etag = shown.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", ada["version"]));
    let same = world.admin(Call::get(path).header("if-none-match", &etag)).await;
    same.is(304);
    assert_eq!(same.header("etag"), etag);
    world.admin(Call::get(path).header("if-none-match", &format!("W/{etag}"))).await.is(304);
    world.admin(Call::get(path).header("if-none-match", "\"99\"")).await.is(200);
    let edit = |city: &str| Call::patch(path, &json!({ "city": city }));
    let edited = world.admin(edit("London").header("if-match", &etag)).await;
    edited.is(200);
    assert_ne!(edited.header("etag"), etag);
    world.admin(edit("Paris").header("if-match", &etag)).await.refused(412, "version_mismatch");
    world.admin(edit("Paris").header("if-match", "*")).await.is(200);
    for wrong in ["", "3", "W/\"3\"", "\"3\", \"4\"", "\"x\"", "\"-1\""] {
        world.admin(edit("Rome").header("if-match", wrong)).await.invalid("If-Match");
    }
    world.admin(edit("Rome").header("if-match", "\"1\"").header("if-match", "\"2\"")).await.invalid("If-Match");
    assert_eq!(world.admin(Call::get(path)).await.is(200)["city"], "Paris");
}

const LOOK: &str = "permit (principal, action == Action::\"show_user\", resource);";

// Two people who edit the same thing at once: the slower one is told.
#[tokio::test]
async fn what_is_read_again_can_be_changed() {
    let world = World::new().await;
    world.organization("acme").await;
    world.admin(Call::post("/organizations/acme/groups", &json!({"name": "crew"}))).await.is(201);
    world.admin(Call::post("/organizations/acme/resources", &json!({"name": "blue", "kind": "room"}))).await.is(201);
    world.admin(Call::post("/policies", &json!({"name": "Looks", "cedar": LOOK}))).await.is(201);
    for (path, one, other) in [
        ("/policies/looks", json!({"description": "one"}), json!({"description": "other"})),
        ("/administrators/general@first.example", json!({"first_name": "one"}), json!({"first_name": "other"})),
        ("/account", json!({"event_retention_days": 100}), json!({"event_retention_days": 200})),
        (
            "/organizations/acme/groups/crew",
            json!({"hidden_from_global_address_list": true}),
            json!({"hidden_from_global_address_list": false}),
        ),
        ("/organizations/acme/resources/blue", json!({"description": "one"}), json!({"description": "other"})),
    ] {
        let etag = world.admin(Call::get(path)).await.header("etag").to_owned();
        world.admin(Call::get(path).header("if-none-match", &etag)).await.is(304);
        let changed = world.admin(Call::patch(path, &one).header("if-match", &etag)).await;
        changed.is(200);
        assert_ne!(changed.header("etag"), etag, "{path}");
        world.admin(Call::patch(path, &other).header("if-match", &etag)).await.refused(412, "version_mismatch");
        let now = world.admin(Call::get(path)).await.header("etag").to_owned();
        assert_eq!(now, changed.header("etag"));
        world.admin(Call::patch(path, &other).header("if-match", &now)).await.is(200);
    }
}

/// Makes a group and a resource; every change of them.
async fn of_groups_and_resources(world: &World) -> Vec<Call> {
    world.admin(Call::post("/organizations/acme/groups", &json!({"name": "crew"}))).await.is(201);
    world.admin(Call::post("/organizations/acme/resources", &json!({"name": "blue", "kind": "room"}))).await.is(201);
    let group = |rest: &str| format!("/organizations/acme/groups/crew{rest}");
    let resource = |rest: &str| format!("/organizations/acme/resources/blue{rest}");
    let post = |path: &str| Call::new(Method::POST, path);
    let email = json!({"email": "ada2@acme.mail.test"});
    let alias = json!({"address": "x@acme.mail.test"});
    vec![
        Call::patch(&group(""), &json!({"hidden_from_global_address_list": true})),
        Call::delete(&group("")),
        Call::post(&group("/enable"), &email),
        post(&group("/disable")),
        Call::post(&group("/aliases"), &alias),
        Call::delete(&group("/aliases/x@acme.mail.test")),
        Call::put(&group("/default-address"), &email),
        Call::post(&group("/members"), &json!({"member": "ada"})),
        Call::delete(&group("/members/ada")),
        Call::patch(&resource(""), &json!({"description": "x"})),
        Call::delete(&resource("")),
        Call::post(&resource("/enable"), &email),
        post(&resource("/disable")),
        Call::post(&resource("/aliases"), &alias),
        Call::delete(&resource("/aliases/x@acme.mail.test")),
        Call::put(&resource("/default-address"), &email),
        Call::post(&resource("/delegates"), &json!({"delegate": "ada"})),
        Call::delete(&resource("/delegates/ada")),
    ]
}

/// Makes what is administered; every change of it.
async fn of_administration(world: &World) -> Vec<Call> {
    world.admin(Call::post("/policies", &json!({"name": "Looks", "cedar": LOOK}))).await.is(201);
    let post = |path: &str| Call::new(Method::POST, path);
    let general = |rest: &str| format!("/administrators/general@first.example{rest}");
    world.admin(Call::put(&general("/api-access"), &json!({"enabled": true}))).await.is(200);
    let key = world.admin(Call::post(&general("/access-keys"), &json!({"name": "k"}))).await.is(201);
    let key = general(&format!("/access-keys/{}", key["access_key_id"].as_str().unwrap()));
    vec![
        Call::patch("/account", &json!({"event_retention_days": 90})),
        Call::patch(&general(""), &json!({"first_name": "x"})),
        Call::patch(&general(""), &json!({"status": "inactive"})),
        post(&general("/deactivate")),
        post(&general("/activate")),
        post(&general("/unlock")),
        post(&general("/reset-second-factors")),
        Call::post(&general("/reset-password"), &json!({"generate_password": true})),
        Call::put(&general("/api-access"), &json!({"enabled": false})),
        Call::put(&general("/api-password"), &json!({"generate_password": true})),
        Call::delete(&general("/api-password")),
        Call::patch(&key, &json!({"status": "inactive"})),
        Call::delete(&key),
        Call::patch("/policies/Looks", &json!({"description": "x"})),
        Call::delete("/policies/Looks"),
        Call::put("/policies/Looks/administrators/general@first.example", &json!({})),
        Call::delete("/policies/Looks/administrators/general@first.example"),
    ]
}

#[tokio::test]
async fn every_change_of_what_has_a_version_honours_it() {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    let user = |rest: &str| format!("/organizations/acme/users/ada{rest}");
    let post = |path: &str| Call::new(Method::POST, path);
    let email = json!({"email": "ada2@acme.mail.test"});
    let calls = [
        Call::patch(&user("/mailbox"), &json!({"quota_mb": 5})),
        Call::patch(&user(""), &json!({"city": "x"})),
        Call::delete(&user("")),
        Call::post(&user("/enable"), &email),
        post(&user("/disable")),
        post(&user("/unlock")),
        Call::post(&user("/reset-password"), &json!({"generate_password": true})),
        Call::post(&user("/aliases"), &json!({"address": "ada2@acme.mail.test"})),
        Call::delete(&user("/aliases/ada2@acme.mail.test")),
        Call::put(&user("/default-address"), &email),
        Call::patch("/organizations/acme/directory", &json!({"password_policy": {"history": 3}})),
        Call::put("/organizations/acme/default-domain", &json!({"domain": "acme.mail.test"})),
        Call::delete("/organizations/acme?force=true"),
    ];
    let before = world.admin(Call::get(&user(""))).await.is(200);
    let others = [of_groups_and_resources(&world).await, of_administration(&world).await];
    for call in calls.into_iter().chain(others.into_iter().flatten()) {
        let place = format!("{} {}", call.method, call.path);
        let reply = world.admin(call.header("if-match", "\"77\"")).await;
        assert_eq!(reply.status.as_u16(), 412, "{place}: {}", reply.text());
    }
    assert_eq!(world.admin(Call::get(&user(""))).await.is(200), before);
}

#[tokio::test]
async fn a_retry_with_its_key_finds_what_the_first_try_made() {
    let world = World::new().await;
    world.organization("acme").await;
    let calls = [
        (Who::Admin, Call::post("/organizations", &json!({"alias": "globex"})), json!({"alias": "initech"})),
        (
            Who::Admin,
            Call::post("/organizations/acme/users", &json!({"username": "ada", "display_name": "Ada"})),
            json!({"username": "bob", "display_name": "Bob"}),
        ),
        (
            Who::Admin,
            Call::post("/organizations/acme/domains", &json!({"domain": "acme.example"})),
            json!({"domain": "other.example"}),
        ),
        (
            Who::Admin,
            Call::post("/organizations/acme/groups", &json!({"name": "crew", "email": "crew@acme.mail.test"})),
            json!({"name": "others"}),
        ),
        (
            Who::Admin,
            Call::post("/organizations/acme/resources", &json!({"name": "blue", "kind": "room"})),
            json!({"name": "red", "kind": "room"}),
        ),
        (
            Who::Admin,
            Call::post(
                "/administrators",
                &json!({
                    "username": "grace@first.example", "first_name": "", "last_name": "", "role": "general",
                    "password": "Marble-anchor-73-heron"
                }),
            ),
            json!({"username": "alan@first.example", "first_name": "", "last_name": "", "role": "general"}),
        ),
        (
            Who::Operator,
            Call::post(
                "/accounts",
                &json!({"name": "Third", "administrator": {"username": "root@third.example", "password": "Marble-anchor-73-heron"}}),
            ),
            json!({"name": "Fourth", "administrator": {"username": "root@fourth.example"}}),
        ),
    ];
    for (who, call, other) in calls {
        let place = call.path.clone();
        let keyed = call.clone().header("idempotency-key", "key 1");
        let first = world.by(who, keyed.clone()).await;
        let again = world.by(who, keyed).await;
        assert_eq!(first.status, again.status, "{place}: {}", again.text());
        assert_eq!(first.json(), again.json(), "{place}");
        assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"), "{place}");
        let reused = call.clone().json(&other);
        let mut reused = reused.header("idempotency-key", "key 1");
        reused.headers.insert("content-type", "application/json".parse().unwrap());
        world.by(who, reused).await.refused(409, "conflict");
        for wrong in ["", &"k".repeat(129), "a\tb"] {
            let call = call.clone().header("idempotency-key", wrong);
            world.by(who, call).await.invalid("Idempotency-Key");
        }
    }
    world.settle().await;
    assert_eq!(world.by(Who::Operator, Call::get("/accounts")).await.is(200)["total"], 3);
}

#[tokio::test]
async fn a_key_is_its_accounts_own_and_a_made_up_password_is_shown_once() {
    let world = World::new().await;
    world.organization("acme").await;
    let body = json!({"username": "ada", "display_name": "Ada", "generate_password": true});
    let call = || Call::post("/organizations/acme/users", &body).header("idempotency-key", "k");
    let first = world.admin(call()).await.is(201);
    assert!(first["password"].as_str().is_some_and(|password| password.len() >= 8));
    let again = world.admin(call()).await.is(201);
    assert!(again.get("password").is_none());
    assert_eq!(first["user"], again["user"]);
    let theirs = Call::post("/organizations", &json!({"alias": "theirs"})).header("idempotency-key", "k");
    let ours = Call::post("/organizations", &json!({"alias": "ours"})).header("idempotency-key", "k");
    world.by(Who::Other, theirs).await.is(202);
    assert_eq!(world.admin(ours).await.is(202)["alias"], "ours");
    world.settle().await;
}

#[tokio::test]
async fn a_client_token_in_the_body_is_the_same_as_the_header() {
    let world = World::new().await;
    let with_token = json!({"alias": "acme", "client_token": "t1"});
    world.admin(Call::post("/organizations", &with_token)).await.is(202);
    let plain = Call::post("/organizations", &json!({"alias": "acme"})).header("idempotency-key", "t1");
    assert_eq!(world.admin(plain).await.header("idempotent-replayed"), "true");
    let differs = Call::post("/organizations", &with_token).header("idempotency-key", "t2");
    world.admin(differs).await.invalid("client_token");
    world.settle().await;
}
