//! Mailboxes and who may act for whom, and whose an address is.

use axum::http::Method;
use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::World;

const ACME: &str = "/organizations/acme";

fn of(rest: &str) -> String {
    format!("{ACME}/{rest}")
}

/// An organization with ada, bob, the group office and the room blue, all enabled.
async fn world() -> World {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    world.user("acme", "bob").await;
    let office = json!({"name": "office", "email": "office@acme.mail.test"});
    world.admin(Call::post(&of("groups"), &office)).await.is(201);
    let blue = json!({"name": "blue", "kind": "room", "email": "blue@acme.mail.test"});
    world.admin(Call::post(&of("resources"), &blue)).await.is(201);
    world
}

fn put(owner: &str, grantee: &str, permissions: &Value) -> Call {
    Call::put(&of(&format!("entities/{owner}/permissions/{grantee}")), &json!({ "permissions": permissions }))
}

fn delete(owner: &str, grantee: &str) -> Call {
    Call::delete(&of(&format!("entities/{owner}/permissions/{grantee}")))
}

#[tokio::test]
async fn an_address_says_whose_it_is() {
    let world = world().await;
    let alias = json!({"address": "desk@acme.mail.test"});
    world.admin(Call::post(&of("groups/office/aliases"), &alias)).await.is(201);
    for (address, kind, name) in [
        ("ADA@acme.mail.test", "user", "ada"),
        ("desk%40acme.mail.test", "group", "office"),
        ("blue@acme.mail.test", "resource", "blue"),
    ] {
        let found = world.admin(Call::get(&of(&format!("entities/{address}")))).await.is(200);
        assert_eq!((&found["kind"], &found["name"], &found["state"]), (&json!(kind), &json!(name), &json!("enabled")));
        assert!(found["entity_id"].as_str().is_some_and(|id| !id.is_empty()));
    }
    world.admin(Call::get(&of("entities/nobody@acme.mail.test"))).await.refused(404, "not_found");
    world.admin(Call::get(&of("entities/ada"))).await.invalid("address");
    // What is held for somebody is nobody's.
    world.admin(Call::new(Method::POST, &of("groups/office/disable"))).await.is(200);
    world.admin(Call::get(&of("entities/desk@acme.mail.test"))).await.refused(404, "not_found");
    world.admin(Call::get(&of("entities/nobody/groups"))).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_mailbox_says_what_it_may_hold() {
    let world = world().await;
    let mailbox = of("users/ada/mailbox");
    let shown = world.admin(Call::get(&mailbox)).await.is(200);
    assert_eq!((&shown["state"], &shown["quota_mb"]), (&json!("active"), &json!(51_200)));
    assert_eq!((&shown["size_bytes"], &shown["purge_at"]), (&json!(0), &json!(null)));
    let quota = |quota: Value| Call::patch(&mailbox, &json!({ "quota_mb": quota }));
    let user = world.admin(Call::get(&of("users/ada"))).await;
    assert_eq!(world.admin(quota(json!(1))).await.is(200)["quota_mb"], 1);
    let changed = world.admin(Call::get(&of("users/ada"))).await;
    assert_eq!(changed.is(200)["mailbox"]["quota_mb"], 1);
    // Who kept the user as it was then reads it anew.
    assert_ne!(changed.header("etag"), user.header("etag"));
    world.admin(quota(json!(2)).header("if-match", user.header("etag"))).await.refused(412, "version_mismatch");
    for wrong in [json!(0), json!(-1), json!(51_201), json!("1"), json!(null), json!(1.5), json!(u64::MAX)] {
        world.admin(quota(wrong)).await.invalid("quota_mb");
    }
    world.admin(Call::patch(&mailbox, &json!({}))).await.invalid("quota_mb");
    world.admin(Call::patch(&of("users/guest/mailbox"), &json!({"quota_mb": 5}))).await.refused(409, "reserved");
    world.admin(Call::new(Method::POST, &of("users/ada/disable"))).await.is(200);
    world.admin(quota(json!(5))).await.refused(409, "wrong_state");
    let kept = world.admin(Call::get(&mailbox)).await.is(200);
    assert_eq!((&kept["state"], &kept["quota_mb"]), (&json!("retained"), &json!(1)));
    assert!(kept["purge_at"].is_string());
    let new = json!({"username": "carol", "display_name": "Carol"});
    world.admin(Call::post(&of("users"), &new)).await.is(201);
    world.admin(Call::get(&of("users/carol/mailbox"))).await.refused(404, "not_found");
    world.admin(Call::get(&of("users/office/mailbox"))).await.refused(404, "not_found");
}

#[tokio::test]
async fn permissions_are_replaced_as_a_whole() {
    let world = world().await;
    let list = of("entities/ada/permissions");
    let grant = world.admin(put("ada", "bob", &json!(["send_on_behalf", "full_access", "full_access"]))).await.is(200);
    assert_eq!((&grant["kind"], &grant["name"]), (&json!("user"), &json!("bob")));
    assert_eq!(grant["permissions"], json!(["full_access", "send_on_behalf"]));
    world.clock.advance(std::time::Duration::from_secs(60));
    let now = world.admin(put("ada@acme.mail.test", "BOB", &json!(["send_as"]))).await.is(200);
    assert_eq!((&now["permissions"], &now["granted_at"]), (&json!(["send_as"]), &grant["granted_at"]));
    assert_ne!(now["updated_at"], grant["updated_at"]);
    world.admin(put("ada", "office", &json!(["send_as"]))).await.is(200);
    let listed = world.admin(Call::get(&list)).await.is(200);
    assert_eq!(listed["total"], 2);
    assert!(listed["items"].as_array().unwrap().contains(&now));
    // None at all takes away what there was, as deleting does.
    let none = world.admin(put("ada", "bob", &json!([]))).await;
    none.is(204);
    assert_eq!(world.events_of(&none).await.len(), 1);
    world.admin(put("ada", "bob", &json!([]))).await.is(204);
    for events in [1, 0] {
        let reply = world.admin(delete("ada", "office")).await;
        reply.is(204);
        assert_eq!(world.events_of(&reply).await.len(), events);
    }
    assert_eq!(world.admin(Call::get(&list)).await.is(200)["total"], 0);
}

#[tokio::test]
async fn every_refusal_has_its_code() {
    let world = world().await;
    for (owner, grantee) in [("ada", "office"), ("office", "ada")] {
        world.admin(put(owner, grantee, &json!(["full_access"]))).await.invalid("permissions");
    }
    world.admin(put("office", "ada", &json!(["send_as", "send_on_behalf"]))).await.is(200);
    world.admin(put("blue", "ada", &json!(["full_access"]))).await.is(200);
    world.admin(put("ada", "ada", &json!(["send_as"]))).await.invalid("grantee");
    for wrong in [json!(["everything"]), json!(["FULL_ACCESS"]), json!([null])] {
        world.admin(put("ada", "bob", &wrong)).await.invalid("permissions[0]");
    }
    world.admin(put("ada", "bob", &json!("send_as"))).await.invalid("permissions");
    world.admin(put("ada", "bob", &json!(null))).await.invalid("permissions");
    for (owner, grantee) in [("nobody", "bob"), ("ada", "nobody")] {
        world.admin(put(owner, grantee, &json!(["send_as"]))).await.refused(404, "not_found");
        world.admin(delete(owner, grantee)).await.refused(404, "not_found");
    }
    for (owner, grantee) in [("guest", "bob"), ("ada", "guest")] {
        world.admin(put(owner, grantee, &json!(["send_as"]))).await.refused(409, "reserved");
    }
    world.admin(Call::get(&of("entities/nobody/permissions"))).await.refused(404, "not_found");
    world.admin(Call::new(Method::POST, &of("users/ada/disable"))).await.is(200);
    world.admin(put("ada", "bob", &json!(["send_as"]))).await.refused(409, "wrong_state");
}
