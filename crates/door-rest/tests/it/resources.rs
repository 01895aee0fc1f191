//! Rooms and equipment over the wire: the forms of answers, delegates, and every refusal that they know.

use axum::http::Method;
use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::World;

const RESOURCES: &str = "/organizations/acme/resources";

fn of(resource: &str, rest: &str) -> String {
    format!("{RESOURCES}/{resource}{rest}")
}

fn bare(path: &str) -> Call {
    Call::new(Method::POST, path)
}

/// Makes a room, enabled at `<name>@acme.mail.test`.
async fn room(world: &World, name: &str) -> Value {
    let body = json!({"name": name, "kind": "room", "email": format!("{name}@acme.mail.test")});
    world.admin(Call::post(RESOURCES, &body)).await.is(201)
}

async fn names(world: &World, path: &str) -> Vec<String> {
    let list = world.admin(Call::get(path)).await.is(200);
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_resource_is_made_as_asked_and_found_by_id_name_and_address() {
    let world = World::new().await;
    world.organization("acme").await;
    let body = json!({
        "name": "Blue", "kind": "room", "description": "eight seats", "email": "blue@acme.mail.test",
        "booking": {"auto_decline_recurring": true}, "hidden_from_global_address_list": true
    });
    let made = world.admin(Call::post(RESOURCES, &body)).await;
    let blue = made.is(201);
    let booking = json!({"auto_accept": true, "auto_decline_recurring": true, "auto_decline_conflicting": true});
    for (member, value) in [
        ("name", json!("Blue")),
        ("kind", json!("room")),
        ("description", json!("eight seats")),
        ("booking", booking),
        ("state", json!("enabled")),
        ("hidden_from_global_address_list", json!(true)),
    ] {
        assert_eq!(blue[member], value, "{member}");
    }
    let id = blue["resource_id"].as_str().unwrap();
    let organization = blue["organization_id"].as_str().unwrap();
    assert_eq!(made.header("location"), format!("/api/v1/organizations/{organization}/resources/{id}"));
    for name in [id, "BLUE", "blue@acme.mail.test"] {
        assert_eq!(world.admin(Call::get(&of(name, ""))).await.is(200), blue, "{name}");
    }
    let projector = json!({"name": "projector", "kind": "equipment"});
    let projector = world.admin(Call::post(RESOURCES, &projector)).await.is(201);
    let booking = json!({"auto_accept": true, "auto_decline_recurring": false, "auto_decline_conflicting": true});
    assert_eq!((&projector["booking"], &projector["description"]), (&booking, &json!("")));
    assert_eq!((&projector["state"], &projector["email"]), (&json!("disabled"), &json!(null)));
}

#[tokio::test]
async fn a_resource_goes_through_life() {
    let world = World::new().await;
    world.organization("acme").await;
    room(&world, "blue").await;
    let edit = |resource: &str, body: Value| Call::patch(&of(resource, ""), &body);
    let body =
        json!({"name": "red", "kind": "equipment", "description": "x", "booking": {"auto_decline_conflicting": false}});
    let red = world.admin(edit("blue", body)).await.is(200);
    let booking = json!({"auto_accept": true, "auto_decline_recurring": false, "auto_decline_conflicting": false});
    assert_eq!((&red["name"], &red["kind"], &red["booking"]), (&json!("red"), &json!("equipment"), &booking));
    world.admin(Call::get(&of("blue", ""))).await.refused(404, "not_found");
    assert_eq!(world.admin(edit("red", json!({"description": ""}))).await.is(200)["description"], "");
    for (member, value) in [("name", json!("")), ("name", json!("a b")), ("name", json!("x".repeat(21)))] {
        world.admin(edit("red", json!({ member: value }))).await.invalid(member);
    }
    for member in ["name", "kind", "description", "booking", "hidden_from_global_address_list"] {
        world.admin(edit("red", json!({ member: null }))).await.invalid(member);
    }
    world.admin(edit("red", json!({"description": "x".repeat(65)}))).await.invalid("description");
    world.admin(edit("red", json!({"kind": "car"}))).await.invalid("kind");
    world.admin(edit("red", json!({"booking": {"auto_accept": null}}))).await.invalid("booking.auto_accept");
    world.admin(edit("red", json!({"booking": {"often": true}}))).await.invalid("booking.often");
    world.admin(edit("red", json!({"email": "x@acme.mail.test"}))).await.invalid("email");
    world.admin(Call::delete(&of("red", ""))).await.refused(409, "wrong_state");
    for _ in 0..2 {
        let disabled = world.admin(bare(&of("red", "/disable"))).await.is(200);
        assert_eq!((&disabled["state"], &disabled["email"]), (&json!("disabled"), &json!(null)));
    }
    let enable = |email: &str| Call::post(&of("red", "/enable"), &json!({ "email": email }));
    for _ in 0..2 {
        assert_eq!(world.admin(enable("blue@acme.mail.test")).await.is(200)["state"], "enabled");
    }
    world.admin(enable("other@acme.mail.test")).await.refused(409, "wrong_state");
    world.admin(bare(&of("red", "/disable"))).await.is(200);
    world.admin(Call::delete(&of("red", ""))).await.is(204);
    world.admin(Call::get(&of("red", ""))).await.refused(404, "not_found");
    let again = json!({"name": "red", "kind": "room", "email": "blue@acme.mail.test"});
    world.admin(Call::post(RESOURCES, &again)).await.refused(409, "address_taken");
}

#[tokio::test]
async fn every_refusal_has_its_code() {
    let world = World::new().await;
    world.admin(Call::post("/organizations", &json!({"alias": "early"}))).await.is(202);
    let early = Call::post("/organizations/early/resources", &json!({"name": "blue", "kind": "room"}));
    world.admin(early).await.refused(409, "organization_state");
    world.organization("acme").await;
    world.user("acme", "ada").await;
    room(&world, "blue").await;
    room(&world, "red").await;
    let make = |body: Value| Call::post(RESOURCES, &body);
    for name in ["BLUE", "ada"] {
        let taken = world.admin(make(json!({"name": name, "kind": "room"}))).await.refused(409, "name_taken");
        assert_eq!(taken["field"], "name");
        world.admin(Call::patch(&of("red", ""), &json!({ "name": name }))).await.refused(409, "name_taken");
    }
    world.admin(make(json!({"name": "guest", "kind": "room"}))).await.refused(409, "reserved");
    world.admin(Call::patch(&of("red", ""), &json!({"name": "guest"}))).await.refused(409, "reserved");
    world.admin(make(json!({"name": "x"}))).await.invalid("kind");
    world
        .admin(make(json!({"name": "x", "kind": "room", "email": "ada@acme.mail.test"})))
        .await
        .refused(409, "address_taken");
    let nowhere = json!({"name": "x", "kind": "room", "email": "x@nowhere.example"});
    world.admin(make(nowhere)).await.refused(422, "domain_not_found");
    // Somebody must answer those who book, and nobody can yet.
    let silent = json!({"name": "x", "kind": "room", "booking": {"auto_accept": false}});
    world.admin(make(silent)).await.refused(409, "conflict");
    assert_eq!(names(&world, RESOURCES).await, ["blue", "red"]);
    world.admin(Call::get(&of("ada", ""))).await.refused(404, "not_found");
    world.admin(Call::get("/organizations/acme/users/blue")).await.refused(404, "not_found");
    world.admin(Call::get(&format!("{RESOURCES}?kind=car"))).await.invalid("kind");
}

#[tokio::test]
async fn aliases_come_and_go_and_swap_with_the_default() {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    room(&world, "blue").await;
    let aliases = of("blue", "/aliases");
    let add = |address: &str| Call::post(&aliases, &json!({ "address": address }));
    world.admin(add("ada@acme.mail.test")).await.refused(409, "address_taken");
    world.admin(add("blue@acme.mail.test")).await.invalid("address");
    for _ in 0..2 {
        world.admin(add("azure@acme.mail.test")).await.is(201);
    }
    world.admin(add("mailer-daemon@acme.mail.test")).await.refused(409, "reserved");
    let swap = Call::put(&of("blue", "/default-address"), &json!({"email": "azure@acme.mail.test"}));
    assert_eq!(world.admin(swap).await.is(200)["email"], "azure@acme.mail.test");
    let listed = world.admin(Call::get(&aliases)).await.is(200);
    assert_eq!((&listed["total"], &listed["items"][0]["address"]), (&json!(1), &json!("blue@acme.mail.test")));
    world.admin(Call::delete(&format!("{aliases}/azure@acme.mail.test"))).await.invalid("address");
    for _ in 0..2 {
        world.admin(Call::delete(&format!("{aliases}/blue@acme.mail.test"))).await.is(204);
    }
    world.admin(bare(&of("blue", "/disable"))).await.is(200);
    world.admin(add("late@acme.mail.test")).await.refused(409, "wrong_state");
}

#[tokio::test]
async fn somebody_answers_those_who_book() {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    let office = json!({"name": "office", "email": "office@acme.mail.test"});
    world.admin(Call::post("/organizations/acme/groups", &office)).await.is(201);
    room(&world, "blue").await;
    room(&world, "red").await;
    let delegates = of("blue", "/delegates");
    let add = |delegate: &str| Call::post(&delegates, &json!({ "delegate": delegate }));
    let by_itself = |value: bool| Call::patch(&of("blue", ""), &json!({"booking": {"auto_accept": value}}));
    world.admin(by_itself(false)).await.refused(409, "conflict");
    let ada = world.admin(add("ada")).await.is(201);
    assert_eq!((&ada["kind"], &ada["email"]), (&json!("user"), &json!("ada@acme.mail.test")));
    assert_eq!(world.admin(add("ADA")).await.is(201), ada);
    assert_eq!(world.admin(add("office@acme.mail.test")).await.is(201)["kind"], "group");
    world.admin(add("red")).await.invalid("delegate");
    world.admin(add("nobody")).await.refused(404, "not_found");
    world.admin(add("a\u{0}b")).await.invalid("delegate");
    assert_eq!(world.admin(by_itself(false)).await.is(200)["booking"]["auto_accept"], false);
    world.admin(Call::delete(&format!("{delegates}/office"))).await.is(204);
    world.admin(Call::delete(&format!("{delegates}/office"))).await.is(204);
    world.admin(Call::delete(&format!("{delegates}/ada"))).await.refused(409, "wrong_state");
    assert_eq!(names(&world, &delegates).await, ["ada"]);
    // Nor does the last one leave by being deleted.
    world.admin(bare("/organizations/acme/users/ada/disable")).await.is(200);
    world.admin(Call::delete("/organizations/acme/users/ada")).await.refused(409, "wrong_state");
    world.admin(by_itself(true)).await.is(200);
    world.admin(Call::delete("/organizations/acme/users/ada")).await.is(204);
    assert!(names(&world, &delegates).await.is_empty());
}

#[tokio::test]
async fn lists_of_resources_are_narrowed() {
    let world = World::new().await;
    world.organization("acme").await;
    for name in ["blue", "black"] {
        room(&world, name).await;
    }
    world.admin(Call::post(RESOURCES, &json!({"name": "blender", "kind": "equipment"}))).await.is(201);
    for (filter, expected) in [
        ("", &["black", "blender", "blue"][..]),
        ("?search=BL&kind=room", &["black", "blue"]),
        ("?state=disabled", &["blender"]),
        ("?kind=equipment&state=enabled", &[]),
        ("?search=blue@acme", &["blue"]),
    ] {
        assert_eq!(names(&world, &format!("{RESOURCES}{filter}")).await, expected, "{filter}");
    }
}
