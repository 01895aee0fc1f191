//! Groups over the wire: the forms of answers, members, and every refusal that they know.

use axum::http::Method;
use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::World;

const GROUPS: &str = "/organizations/acme/groups";

fn of(group: &str, rest: &str) -> String {
    format!("{GROUPS}/{group}{rest}")
}

fn bare(path: &str) -> Call {
    Call::new(Method::POST, path)
}

/// Makes a group, enabled at `<name>@acme.mail.test`.
async fn group(world: &World, name: &str) -> Value {
    let body = json!({"name": name, "email": format!("{name}@acme.mail.test")});
    world.admin(Call::post(GROUPS, &body)).await.is(201)
}

async fn add(world: &World, group: &str, member: &str) -> Value {
    world.admin(Call::post(&of(group, "/members"), &json!({ "member": member }))).await.is(201)
}

/// The names of what a list holds.
async fn names(world: &World, path: &str) -> Vec<String> {
    let list = world.admin(Call::get(path)).await.is(200);
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_group_is_found_by_id_name_and_every_address() {
    let world = World::new().await;
    world.organization("acme").await;
    let name = "Café & Küche / 50%";
    let made = world.admin(Call::post(GROUPS, &json!({"name": name, "email": "Kitchen@acme.mail.test"}))).await;
    let kitchen = made.is(201);
    assert_eq!((&kitchen["name"], &kitchen["state"]), (&json!(name), &json!("enabled")));
    assert_eq!(kitchen["hidden_from_global_address_list"], false);
    let id = kitchen["group_id"].as_str().unwrap();
    let organization = kitchen["organization_id"].as_str().unwrap();
    assert_eq!(made.header("location"), format!("/api/v1/organizations/{organization}/groups/{id}"));
    assert_eq!(made.header("etag"), format!("\"{}\"", kitchen["version"]));
    world.admin(Call::post(&of(id, "/aliases"), &json!({"address": "cooks@acme.mail.test"}))).await.is(201);
    let now = world.admin(Call::get(made.header("location"))).await.is(200);
    let encoded = "caf%C3%A9%20%26%20K%C3%BCche%20%2F%2050%25";
    for name in [id, encoded, "kitchen@acme.mail.test", "Cooks%40acme.mail.test"] {
        assert_eq!(world.admin(Call::get(&of(name, ""))).await.is(200), now, "{name}");
    }
}

#[tokio::test]
async fn a_group_goes_through_life() {
    let world = World::new().await;
    world.organization("acme").await;
    let made = world.admin(Call::post(GROUPS, &json!({"name": "engineers"}))).await.is(201);
    assert_eq!((&made["state"], &made["email"], &made["enabled_at"]), (&json!("disabled"), &json!(null), &json!(null)));
    let hidden = |hidden: Value| Call::patch(&of("engineers", ""), &json!({"hidden_from_global_address_list": hidden}));
    assert_eq!(world.admin(hidden(json!(true))).await.is(200)["hidden_from_global_address_list"], true);
    world.admin(hidden(json!(null))).await.invalid("hidden_from_global_address_list");
    // A group is never renamed.
    world.admin(Call::patch(&of("engineers", ""), &json!({"name": "builders"}))).await.invalid("name");
    let enable = |email: &str| Call::post(&of("engineers", "/enable"), &json!({ "email": email }));
    let enabled = world.admin(enable("eng@acme.mail.test")).await.is(200);
    assert_eq!((&enabled["state"], &enabled["email"]), (&json!("enabled"), &json!("eng@acme.mail.test")));
    assert_eq!(world.admin(enable("ENG@acme.mail.test")).await.is(200)["version"], enabled["version"]);
    world.admin(enable("other@acme.mail.test")).await.refused(409, "wrong_state");
    world.admin(Call::delete(&of("engineers", ""))).await.refused(409, "wrong_state");
    let disabled = world.admin(bare(&of("engineers", "/disable"))).await.is(200);
    assert_eq!((&disabled["state"], &disabled["email"]), (&json!("disabled"), &json!(null)));
    world.admin(bare(&of("engineers", "/disable"))).await.is(200);
    world.admin(Call::delete(&of("engineers", ""))).await.is(204);
    world.admin(Call::get(&of("engineers", ""))).await.refused(404, "not_found");
    group(&world, "engineers").await;
    // The name is free at once, the address is not.
    let taken = json!({"name": "others", "email": "eng@acme.mail.test"});
    world.admin(Call::post(GROUPS, &taken)).await.refused(409, "address_taken");
}

#[tokio::test]
async fn every_refusal_has_its_code() {
    let world = World::new().await;
    world.admin(Call::post("/organizations", &json!({"alias": "early"}))).await.is(202);
    let early = Call::post("/organizations/early/groups", &json!({"name": "engineers"}));
    world.admin(early).await.refused(409, "organization_state");
    world.organization("acme").await;
    world.user("acme", "ada").await;
    group(&world, "engineers").await;
    world.admin(Call::post("/organizations/acme/domains", &json!({"domain": "acme.example"}))).await.is(201);
    let make = |name: &str, email: &str| Call::post(GROUPS, &json!({"name": name, "email": email}));
    // One name space for users, groups and resources.
    for name in ["ENGINEERS", "ada"] {
        let problem = world.admin(make(name, "x@acme.mail.test")).await.refused(409, "name_taken");
        assert_eq!(problem["field"], "name");
    }
    let user = json!({"username": "engineers", "display_name": "x"});
    world.admin(Call::post("/organizations/acme/users", &user)).await.refused(409, "name_taken");
    world.admin(make("others", "ada@acme.mail.test")).await.refused(409, "address_taken");
    world.admin(make("others", "others@nowhere.example")).await.refused(422, "domain_not_found");
    world.admin(make("others", "others@acme.example")).await.refused(422, "domain_unverified");
    world.admin(make("administrator", "x@acme.mail.test")).await.refused(409, "reserved");
    let long = "x".repeat(257);
    for name in ["", " x", "x\u{0}", "\u{200B}", "Łódź", long.as_str()] {
        world.admin(Call::post(GROUPS, &json!({ "name": name }))).await.invalid("name");
    }
    // All or nothing: none of the refused ones is there.
    assert_eq!(names(&world, GROUPS).await, ["engineers"]);
    // What is no group is not found as one.
    for name in ["ada", "ada@acme.mail.test", "nobody"] {
        world.admin(Call::get(&of(name, ""))).await.refused(404, "not_found");
    }
    world.admin(Call::get(&of("%00", ""))).await.invalid("path");
    world.admin(Call::get("/organizations/acme/users/engineers")).await.refused(404, "not_found");
    world.admin(Call::get(&format!("{GROUPS}?state=asleep"))).await.invalid("state");
    world.admin(Call::get(&of("engineers", "/members?search=a"))).await.invalid("search");
}

#[tokio::test]
async fn aliases_come_and_go_and_swap_with_the_default() {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    group(&world, "engineers").await;
    let aliases = of("engineers", "/aliases");
    let add = |address: &str| Call::post(&aliases, &json!({ "address": address }));
    world.admin(add("ada@acme.mail.test")).await.refused(409, "address_taken");
    world.admin(add("engineers@acme.mail.test")).await.invalid("address");
    world.admin(add("builders@acme.mail.test")).await.is(201);
    world.admin(add("builders@acme.mail.test")).await.is(201);
    world.admin(add("x@nowhere.example")).await.refused(422, "domain_not_found");
    let listed = world.admin(Call::get(&aliases)).await.is(200);
    assert_eq!((&listed["total"], &listed["items"][0]["address"]), (&json!(1), &json!("builders@acme.mail.test")));
    world.admin(add("mailer-daemon@acme.mail.test")).await.refused(409, "reserved");
    let swap = Call::put(&of("engineers", "/default-address"), &json!({"email": "builders@acme.mail.test"}));
    assert_eq!(world.admin(swap).await.is(200)["email"], "builders@acme.mail.test");
    world.admin(Call::delete(&format!("{aliases}/builders@acme.mail.test"))).await.invalid("address");
    for _ in 0..2 {
        world.admin(Call::delete(&format!("{aliases}/engineers@acme.mail.test"))).await.is(204);
    }
    world.admin(bare(&of("engineers", "/disable"))).await.is(200);
    world.admin(add("late@acme.mail.test")).await.refused(409, "wrong_state");
}

#[tokio::test]
async fn members_are_users_and_groups() {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    group(&world, "engineers").await;
    group(&world, "everybody").await;
    let room = json!({"name": "blue", "kind": "room"});
    world.admin(Call::post("/organizations/acme/resources", &room)).await.is(201);
    let ada = add(&world, "engineers", "ada@acme.mail.test").await;
    assert_eq!((&ada["kind"], &ada["name"], &ada["state"]), (&json!("user"), &json!("ada"), &json!("enabled")));
    assert!(ada["enabled_at"].is_string() && ada["disabled_at"].is_null() && ada["added_at"].is_string());
    // Again: it is as it was.
    assert_eq!(add(&world, "engineers", "ADA").await, ada);
    let engineers = add(&world, "everybody", "engineers").await;
    assert_eq!((&engineers["kind"], &engineers["email"]), (&json!("group"), &json!("engineers@acme.mail.test")));
    let refused = |group: &str, member: &str| Call::post(&of(group, "/members"), &json!({ "member": member }));
    world.admin(refused("engineers", "blue")).await.invalid("member");
    world.admin(refused("engineers", "engineers")).await.invalid("member");
    let cycle = world.admin(refused("engineers", "everybody")).await.invalid("member");
    assert!(cycle["detail"].as_str().unwrap().contains("everybody"), "{cycle}");
    world.admin(refused("engineers", "nobody")).await.refused(404, "not_found");
    world.admin(refused("engineers", "a\u{0}b")).await.invalid("member");
    world.admin(refused("engineers", &"x".repeat(321))).await.invalid("member");
    assert_eq!(names(&world, &of("engineers", "/members")).await, ["ada"]);
    assert_eq!(names(&world, "/organizations/acme/entities/ada/groups").await, ["engineers"]);
    assert_eq!(names(&world, "/organizations/acme/entities/engineers/groups").await, ["everybody"]);
    for _ in 0..2 {
        world.admin(Call::delete(&of("engineers", "/members/ada"))).await.is(204);
    }
    world.admin(Call::delete(&of("engineers", "/members/nobody"))).await.refused(404, "not_found");
    assert!(names(&world, &of("engineers", "/members")).await.is_empty());
    assert_eq!(world.admin(Call::get("/organizations/acme/users/ada")).await.is(200)["state"], "enabled");
}

#[tokio::test]
async fn lists_of_groups_are_narrowed() {
    let world = World::new().await;
    world.organization("acme").await;
    for name in ["engineers", "english", "board"] {
        group(&world, name).await;
    }
    world.admin(bare(&of("english", "/disable"))).await.is(200);
    world.user("acme", "ada").await;
    for name in ["engineers", "english", "board"] {
        add(&world, name, "ada").await;
    }
    for (filter, expected) in [
        ("", &["board", "engineers", "english"][..]),
        ("?search=ENG", &["engineers", "english"]),
        ("?state=disabled", &["english"]),
        ("?state=enabled&search=engineers@acme", &["engineers"]),
    ] {
        assert_eq!(names(&world, &format!("{GROUPS}{filter}")).await, expected, "{filter}");
    }
    let groups = "/organizations/acme/entities/ada/groups";
    assert_eq!(names(&world, groups).await, ["board", "engineers", "english"]);
    assert_eq!(names(&world, &format!("{groups}?name_prefix=Engl")).await, ["english"]);
    let item = world.admin(Call::get(&format!("{groups}?limit=1"))).await.is(200)["items"][0].clone();
    let board = world.admin(Call::get(&of("board", ""))).await.is(200);
    assert_eq!(item, json!({"group_id": board["group_id"], "name": "board"}));
}
