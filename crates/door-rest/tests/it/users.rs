//! Users over the wire: the forms of answers, and every refusal that they know.

use axum::http::Method;
use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::{Who, World};

const USERS: &str = "/organizations/acme/users";

fn of(user: &str, rest: &str) -> String {
    format!("{USERS}/{user}{rest}")
}

fn bare(path: &str) -> Call {
    Call::new(Method::POST, path)
}

#[tokio::test]
async fn a_user_is_found_by_id_name_and_every_address() {
    let world = World::new().await;
    world.organization("acme").await;
    let made = world
        .admin(Call::post(USERS, &json!({"username": "Ada", "display_name": "Ada Lovelace", "email": "Ada@acme.mail.test", "city": "London"})))
        .await;
    let ada = made.is(201)["user"].clone();
    assert_eq!(
        (&ada["state"], &ada["city"], &ada["has_password"]),
        (&json!("enabled"), &json!("London"), &json!(false))
    );
    assert_eq!((&ada["mailbox"]["state"], &ada["mailbox"]["quota_mb"]), (&json!("active"), &json!(51_200)));
    let id = ada["user_id"].as_str().unwrap();
    assert_eq!(
        made.header("location"),
        format!("/api/v1/organizations/{}/users/{id}", ada["organization_id"].as_str().unwrap())
    );
    world.admin(Call::post(&of("ada", "/aliases"), &json!({"address": "countess@acme.mail.test"}))).await.is(201);
    let now = world.admin(Call::get(made.header("location"))).await.is(200);
    for name in [id, "ADA", "ada@acme.mail.test", "Countess%40acme.mail.test"] {
        assert_eq!(world.admin(Call::get(&of(name, ""))).await.is(200), now, "{name}");
    }
    let head = world.admin(Call::new(Method::HEAD, &of("ada", ""))).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
}

#[tokio::test]
async fn a_user_goes_through_life() {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    let edit = |body: Value| Call::patch(&of("ada", ""), &body);
    let edited = world.admin(edit(json!({"job_title": "Director", "hidden_from_global_address_list": true}))).await;
    assert_eq!(edited.is(200)["job_title"], "Director");
    assert_eq!(world.admin(edit(json!({"job_title": ""}))).await.is(200)["job_title"], "");
    world.admin(edit(json!({"job_title": null}))).await.invalid("job_title");
    world.admin(edit(json!({"display_name": ""}))).await.invalid("display_name");
    world.admin(edit(json!({"username": "eve"}))).await.invalid("username");
    world.admin(edit(json!({"role": "resource"}))).await.invalid("role");
    world.admin(Call::delete(&of("ada", ""))).await.refused(409, "wrong_state");
    let disabled = world.admin(bare(&of("ada", "/disable"))).await.is(200);
    assert_eq!((&disabled["email"], &disabled["mailbox"]["state"]), (&json!(null), &json!("retained")));
    assert!(disabled["mailbox"]["purge_at"].is_string());
    world.admin(bare(&of("ada", "/disable"))).await.is(200);
    let enable = |email: &str| Call::post(&of("ada", "/enable"), &json!({ "email": email }));
    assert_eq!(world.admin(enable("ada@acme.mail.test")).await.is(200)["mailbox"]["state"], "active");
    world.admin(enable("ada@acme.mail.test")).await.is(200);
    world.admin(enable("other@acme.mail.test")).await.refused(409, "wrong_state");
    world.admin(bare(&of("ada", "/disable"))).await.is(200);
    world.admin(Call::delete(&of("ada", ""))).await.is(204);
    world.admin(Call::get(&of("ada", ""))).await.refused(404, "not_found");
    world.user("acme", "bob").await;
    for (display_name, code) in [("Another", "name_taken"), ("ada", "address_taken")] {
        let taken = json!({"username": "ada", "display_name": display_name, "email": "ada@acme.mail.test"});
        world.admin(Call::post(USERS, &taken)).await.refused(409, code);
    }
}

#[tokio::test]
async fn every_refusal_has_its_code() {
    let world = World::new().await;
    let requested = json!({"alias": "early"});
    world.admin(Call::post("/organizations", &requested)).await.is(202);
    let user = |name: &str, email: &str| json!({"username": name, "display_name": name, "email": email});
    let early = Call::post("/organizations/early/users", &user("ada", "ada@early.mail.test"));
    world.admin(early).await.refused(409, "organization_state");
    world.organization("acme").await;
    world.user("acme", "ada").await;
    world.admin(Call::post("/organizations/acme/domains", &json!({"domain": "acme.example"}))).await.is(201);
    let post = |body: &Value| Call::post(USERS, body);
    assert_eq!(
        world.admin(post(&user("ADA", "x@acme.mail.test"))).await.refused(409, "name_taken")["field"],
        "username"
    );
    world.admin(post(&user("bob", "ADA@acme.mail.test"))).await.refused(409, "address_taken");
    world.admin(post(&user("bob", "bob@nowhere.example"))).await.refused(422, "domain_not_found");
    world.admin(post(&user("bob", "bob@acme.example"))).await.refused(422, "domain_unverified");
    world.admin(post(&user("administrator", "b@acme.mail.test"))).await.refused(409, "reserved");
    // All or nothing: none of the refused ones is there.
    assert_eq!(world.admin(Call::get(&format!("{USERS}?role=user"))).await.is(200)["total"], 1);
    for call in [
        Call::patch(&of("guest", ""), &json!({"city": "x"})),
        Call::delete(&of("guest", "")),
        Call::post(&of("guest", "/enable"), &json!({"email": "guest@acme.mail.test"})),
        bare(&of("guest", "/disable")),
        bare(&of("guest", "/unlock")),
        Call::post(&of("guest", "/reset-password"), &json!({"generate_password": true})),
        Call::post(&of("guest", "/check-sign-in"), &json!({"password": "x"})),
        Call::post(&of("guest", "/aliases"), &json!({"address": "g@acme.mail.test"})),
        Call::delete(&of("guest", "/aliases/g@acme.mail.test")),
        Call::put(&of("guest", "/default-address"), &json!({"email": "g@acme.mail.test"})),
    ] {
        world.admin(call).await.refused(409, "reserved");
    }
}

#[tokio::test]
async fn aliases_come_and_go_and_swap_with_the_default() {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    world.user("acme", "bob").await;
    let add = |address: &str| Call::post(&of("ada", "/aliases"), &json!({ "address": address }));
    world.admin(add("bob@acme.mail.test")).await.refused(409, "address_taken");
    for n in 0..100 {
        world.admin(add(&format!("a{n}@acme.mail.test"))).await.is(201);
    }
    world.admin(add("one-more@acme.mail.test")).await.refused(409, "limit_reached");
    world.admin(add("a0@acme.mail.test")).await.is(201);
    world.admin(add("ada@acme.mail.test")).await.invalid("address");
    let listed = world.admin(Call::get(&of("ada", "/aliases"))).await.is(200);
    assert_eq!((&listed["total"], &listed["next_cursor"]), (&json!(100), &json!(null)));
    let swap = Call::put(&of("ada", "/default-address"), &json!({"email": "a7@acme.mail.test"}));
    assert_eq!(world.admin(swap).await.is(200)["email"], "a7@acme.mail.test");
    world.admin(Call::delete(&of("ada", "/aliases/ada@acme.mail.test"))).await.is(204);
    world.admin(Call::delete(&of("ada", "/aliases/ada@acme.mail.test"))).await.is(204);
    world.admin(Call::delete(&of("ada", "/aliases/a7@acme.mail.test"))).await.invalid("address");
    world.admin(Call::delete(&of("ada", "/aliases/bob@acme.mail.test"))).await.is(204);
    assert_eq!(world.admin(Call::get(&of("bob", ""))).await.is(200)["email"], "bob@acme.mail.test");
    world.admin(bare(&of("bob", "/disable"))).await.is(200);
    let late = Call::post(&of("bob", "/aliases"), &json!({"address": "late@acme.mail.test"}));
    world.admin(late).await.refused(409, "wrong_state");
}

#[tokio::test]
async fn several_users_are_enabled_each_for_itself() {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    for name in ["bob", "carol"] {
        world.admin(Call::post(USERS, &json!({"username": name, "display_name": name}))).await.is(201);
    }
    let call = |users: Value| Call::post(&format!("{USERS}/enable"), &json!({ "users": users }));
    let users = json!([
        {"user": "bob", "email": "bob@acme.mail.test"},
        {"user": "ada", "email": "ada@acme.mail.test"},
        {"user": "nobody", "email": "n@acme.mail.test"},
        {"user": "carol", "email": "ada@acme.mail.test"},
        {"user": "guest", "email": "guest@acme.mail.test"},
    ]);
    let results = world.admin(call(users)).await.is(200)["results"].clone();
    let outcomes: Vec<_> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["outcome"].as_str().unwrap(), r["problem"]["code"].as_str().unwrap_or("")))
        .collect();
    let refused = "refused";
    assert_eq!(
        outcomes,
        [("enabled", ""), ("unchanged", ""), (refused, "not_found"), (refused, "address_taken"), (refused, "reserved")]
    );
    assert_eq!((&results[0]["user"], &results[0]["email"]), (&json!("bob"), &json!("bob@acme.mail.test")));
    world.admin(call(json!([]))).await.invalid("users");
    let many: Vec<_> = (0..101).map(|n| json!({"user": "bob", "email": format!("b{n}@acme.mail.test")})).collect();
    world.admin(call(many.into())).await.invalid("users");
    world.admin(call(json!([{"user": "bob"}]))).await.invalid("users[0].email");
    world.admin(call(json!([{"user": "bob", "email": "x"}]))).await.invalid("email");
}

#[tokio::test]
async fn one_of_fifty_who_want_a_name_gets_it() {
    let world = World::new().await;
    world.organization("acme").await;
    let body = json!({"username": "ada", "display_name": "Ada"});
    let all = (0..50).map(|_| world.by(Who::Admin, Call::post(USERS, &body)));
    let replies = futures_util::future::join_all(all).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        reply.refused(409, "name_taken");
    }
}
