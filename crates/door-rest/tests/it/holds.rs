//! What is held back of who is gone, and passwords that are known from breaches, as they look on the wire.

use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::{PASSWORD, Who, World};

/// Stands in the list, and passes every other rule.
const BREACHED: &str = "whelCHEL08";

fn of(rest: &str) -> String {
    format!("/organizations/acme/{rest}")
}

/// An organization whose ada is gone.
async fn without_ada() -> World {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    world.admin(Call::post(&of("users/ada/disable"), &json!({}))).await.is(200);
    world.admin(Call::delete(&of("users/ada"))).await.is(204);
    world
}

fn release(kind: &str, value: &str, reason: &str) -> Call {
    Call::post(&of("holds/release"), &json!({"kind": kind, "value": value, "reason": reason}))
}

#[tokio::test]
async fn what_is_held_back_is_listed_and_released_for_a_reason() {
    let world = without_ada().await;
    let page = world.admin(Call::get(&of("holds"))).await.is(200);
    let items = page["items"].as_array().unwrap();
    let what: Vec<_> = items.iter().map(|hold| (hold["kind"].clone(), hold["value"].clone())).collect();
    assert_eq!(what, [(json!("name"), json!("ada")), (json!("address"), json!("ada@acme.mail.test"))]);
    assert!(items[0]["held_until"].is_string() && items[0]["held_for"] == items[1]["held_for"], "{page}");
    assert_eq!((&page["total"], &page["next_cursor"]), (&json!(2), &Value::Null));
    for (kind, value, reason, field) in [
        ("address", "ada@acme.mail.test", "", "reason"),
        ("address", "ada@acme.mail.test", &"x".repeat(257), "reason"),
        ("mailbox", "ada@acme.mail.test", "gone", "kind"),
        ("address", "ada\u{0}", "gone", "value"),
        ("address", &"x".repeat(321), "gone", "value"),
    ] {
        world.admin(release(kind, value, reason)).await.invalid(field);
    }
    world.by(Who::General, release("name", "ada", "gone")).await.refused(404, "not_found");
    world.admin(release("name", "bob", "gone")).await.refused(404, "not_found");
    world.admin(release("alias", "acme", "gone")).await.refused(404, "not_found");
    let byron = json!({"username": "ada", "display_name": "Ada Byron", "email": "ada@acme.mail.test"});
    let create = || Call::post(&of("users"), &byron);
    let refused = world.admin(create()).await.refused(409, "name_taken");
    assert!(refused["detail"].as_str().unwrap().contains("held back"), "{refused}");
    world.admin(release("name", "ADA", "another Ada joins")).await.is(204);
    world.admin(create()).await.refused(409, "address_taken");
    world.admin(release("address", "Ada@acme.mail.test", "another Ada joins")).await.is(204);
    world.admin(create()).await.is(201);
    assert_eq!(world.admin(Call::get(&of("holds"))).await.is(200)["items"], json!([]));
    let events = world.admin(Call::get("/events?operation=release_hold")).await.is(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn settings_say_for_how_long_and_keep_what_is_not_named() {
    let world = World::new().await;
    world.organization("acme").await;
    let place = of("hold-settings");
    let first = json!({"addresses_days": 30, "names_days": 30, "alias_days": 365});
    assert_eq!(world.admin(Call::get(&place)).await.is(200), first);
    let edited = world.admin(Call::patch(&place, &json!({"names_days": 0, "alias_days": 3650}))).await.is(200);
    assert_eq!(edited, json!({"addresses_days": 30, "names_days": 0, "alias_days": 3650}));
    assert_eq!(world.admin(Call::get(&place)).await.is(200), edited);
    assert_eq!(world.admin(Call::patch(&place, &json!({}))).await.is(200), edited);
    for (body, field) in [
        (json!({"names_days": 3651}), "names_days"),
        (json!({"names_days": -1}), "names_days"),
        (json!({"names_days": null}), "names_days"),
        (json!({"mailboxes_days": 1}), "mailboxes_days"),
    ] {
        world.admin(Call::patch(&place, &body)).await.invalid(field);
    }
    world.by(Who::General, Call::get(&place)).await.refused(404, "not_found");
}

#[tokio::test]
async fn the_alias_of_a_deleted_organization_is_released_under_its_id() {
    let world = World::new().await;
    let made = world.organization("acme").await;
    let id = made["organization_id"].as_str().unwrap();
    world.admin(Call::delete("/organizations/acme?force=true&delete_directory=true")).await.is(202);
    world.settle().await;
    let place = format!("/organizations/{id}/holds");
    let page = world.admin(Call::get(&place)).await.is(200);
    assert_eq!((&page["items"][0]["kind"], &page["items"][0]["value"]), (&json!("alias"), &json!("acme")));
    let new = json!({"alias": "acme"});
    world.admin(Call::post("/organizations", &new)).await.refused(409, "name_taken");
    let body = json!({"kind": "alias", "value": "acme", "reason": "deleted by mistake"});
    world.admin(Call::post(&format!("{place}/release"), &body)).await.is(204);
    world.admin(Call::post("/organizations", &new)).await.is(202);
    world.settle().await;
}

#[tokio::test]
async fn a_breached_password_is_refused_and_where_it_is_in_use_shown() {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    let reset = |password: &str| Call::post(&of("users/ada/reset-password"), &json!({ "password": password }));
    let refused = world.admin(reset(BREACHED)).await.refused(422, "password_refused");
    assert_eq!((&refused["rule"], &refused["field"]), (&json!("breached"), &json!("password")));
    assert_eq!(world.admin(Call::get(&of("users/ada"))).await.is(200)["password_breached_at"], Value::Null);
    // As a hash nobody can look at it, until its owner signs in.
    let hash =
        reeve_domain::passwords::Hasher::default().hash(&BREACHED.into(), &reeve_base::random::OsRandom).unwrap();
    let bob = json!({"username": "bob", "display_name": "Bob", "email": "bob@acme.mail.test", "password_hash": hash});
    world.admin(Call::post(&of("users"), &bob)).await.is(201);
    let check = Call::post(&of("users/bob/check-sign-in"), &json!({ "password": BREACHED }));
    assert_eq!(world.admin(check).await.is(200)["outcome"], "accepted");
    assert!(world.admin(Call::get(&of("users/bob"))).await.is(200)["password_breached_at"].is_string());
    world.admin(Call::post(&of("users/bob/reset-password"), &json!({ "password": PASSWORD }))).await.is(200);
    assert_eq!(world.admin(Call::get(&of("users/bob"))).await.is(200)["password_breached_at"], Value::Null);
}
