//! Pages: all of a list, once each, in order, whatever the size of the page.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::{Who, World};

/// Reads a list page by page; says the keys in order, and the totals of all pages.
async fn read(world: &World, who: Who, (path, filter): (&str, &str), key: &str) -> (Vec<String>, BTreeSet<String>) {
    let (mut keys, mut totals) = (Vec::new(), BTreeSet::new());
    let mut cursor = String::new();
    for _ in 0..100 {
        let page = world.by(who, Call::get(&format!("{path}?limit=7{filter}{cursor}"))).await.is(200);
        let items = page["items"].as_array().unwrap();
        assert!((1..=7).contains(&items.len()), "{path}");
        keys.extend(items.iter().map(|item| item[key].as_str().unwrap().to_owned()));
        totals.insert(page["total"].to_string());
        match page["next_cursor"].as_str() {
            None => return (keys, totals),
            Some(next) => cursor = format!("&cursor={next}"),
        }
    }
    panic!("{path} has no end");
}

#[tokio::test]
async fn every_list_can_be_read_to_its_end() {
    let world = World::new().await;
    world.organization("acme").await;
    for n in 0..23 {
        let alias = json!({"alias": format!("org{n:02}")});
        world.admin(Call::post("/organizations", &alias)).await.is(202);
        let domain = json!({"domain": format!("d{n:02}.example")});
        world.admin(Call::post("/organizations/acme/domains", &domain)).await.is(201);
        let user = json!({"username": format!("User{n:02}"), "display_name": "U"});
        world.admin(Call::post("/organizations/acme/users", &user)).await.is(201);
        let account = json!({"name": "X", "administrator": {"username": format!("r{n}@x.example")}});
        world.by(Who::Operator, Call::post("/accounts", &account)).await.is(201);
    }
    people_and_things(&world).await;
    world.settle().await;
    for (who, path, filter, key, count) in [
        (Who::Admin, "/organizations", "", "alias", 24),
        (Who::Admin, "/organizations", "&search=ORG1&state=Active&region=us-east-1", "alias", 10),
        (Who::Admin, "/directories", "", "directory_id", 24),
        (Who::Admin, "/organizations/acme/domains", "", "domain", 24),
        (Who::Admin, "/organizations/acme/users", "", "username", 25),
        (Who::Admin, "/organizations/acme/users", "&search=user1&state=disabled&role=user", "username", 10),
        (Who::Admin, "/organizations/acme/groups", "", "name", 24),
        (Who::Admin, "/organizations/acme/groups", "&search=group%201&state=disabled", "name", 10),
        (Who::Admin, "/organizations/acme/groups/all/members", "", "name", 23),
        (Who::Admin, "/organizations/acme/entities/user00/groups", "", "name", 24),
        (Who::Admin, "/organizations/acme/entities/user00/groups", "&name_prefix=group%201", "name", 10),
        (Who::Admin, "/organizations/acme/resources", "", "name", 23),
        (Who::Admin, "/organizations/acme/resources", "&search=room1&kind=room&state=enabled", "name", 10),
        (Who::Admin, "/organizations/acme/resources/room00/delegates", "", "name", 23),
        (Who::Admin, "/organizations/acme/entities/room00/permissions", "", "name", 23),
        (Who::Admin, "/jobs", "", "job_id", 24),
        (Who::Operator, "/accounts", "", "account_id", 25),
    ] {
        let (keys, totals) = read(&world, who, (path, filter), key).await;
        assert_eq!(keys.len(), count, "{path}{filter}");
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), count, "{path}{filter}");
        assert_eq!(totals, BTreeSet::from([count.to_string()]), "{path}{filter}");
        let mut sorted = keys.clone();
        sorted.sort_by_key(|key| key.to_lowercase());
        if path == "/jobs" {
            sorted.reverse();
        }
        assert_eq!(keys, sorted, "{path}{filter}");
    }
}

/// Groups, rooms, and everybody as a member, a delegate and a grantee of one of them.
async fn people_and_things(world: &World) {
    let post = async |path: &str, body: Value| {
        world.admin(Call::post(&format!("/organizations/acme/{path}"), &body)).await.is(201);
    };
    post("groups", json!({"name": "all"})).await;
    for n in 0..23 {
        let (user, room) = (format!("user{n:02}"), format!("room{n:02}"));
        post("groups", json!({"name": format!("Group {n:02}")})).await;
        post(&format!("groups/Group%20{n:02}/members"), json!({"member": "user00"})).await;
        post("groups/all/members", json!({"member": user})).await;
        post("resources", json!({"name": room, "kind": "room", "email": format!("{room}@acme.mail.test")})).await;
        post("resources/room00/delegates", json!({"delegate": user})).await;
        let path = format!("/organizations/acme/entities/room00/permissions/{user}");
        world.admin(Call::put(&path, &json!({"permissions": ["send_as"]}))).await.is(200);
    }
}

#[tokio::test]
async fn events_are_newest_first_and_not_counted() {
    let world = World::new().await;
    world.organization("acme").await;
    for n in 0..20 {
        world.user("acme", &format!("u{n}")).await;
    }
    let (ids, totals) = read(&world, Who::Admin, ("/events", ""), "event_id").await;
    assert!(ids.len() > 23 && ids.windows(2).all(|pair| pair[0] > pair[1]));
    assert_eq!(totals, BTreeSet::from(["null".to_owned()]));
    let made = world.admin(Call::get("/events?operation=create_user&organization=acme")).await.is(200);
    assert_eq!(made["items"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn a_cursor_serves_only_the_list_that_gave_it() {
    let world = World::new().await;
    world.organization("acme").await;
    world.organization("globex").await;
    let page = world.admin(Call::get("/organizations/acme/users?limit=1")).await.is(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    for path in ["/organizations/globex/users", "/organizations", "/organizations/acme/users?state=enabled"] {
        let joint = if path.contains('?') { '&' } else { '?' };
        world.admin(Call::get(&format!("{path}{joint}cursor={cursor}"))).await.invalid("cursor");
    }
}
