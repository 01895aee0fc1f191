//! The audit trail: who, by what, by which policy; and all of it as a file.

use axum::http::Method;
use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::{Who, World};

#[tokio::test]
async fn an_event_says_by_which_policy() {
    let world = World::new().await;
    let acme = world.organization("acme").await;
    world.user("acme", "ada").await;
    let attach =
        Call::put("/policies/help-desk/administrators/general@first.example", &json!({"organizations": ["acme"]}));
    let attached = world.admin(attach).await;
    assert_eq!(attached.is(200)["policies"][0]["organizations"], json!([acme["organization_id"]]));
    let changes = &world.events_of(&attached).await[0]["changes"];
    assert!(changes.to_string().contains("Help desk"), "{changes}");
    let reset = Call::post("/organizations/acme/users/ada/reset-password", &json!({"generate_password": true}));
    let reply = world.by(Who::General, reset).await;
    reply.is(200);
    let event = &world.events_of(&reply).await[0];
    assert_eq!(event["policy"]["policy_id"], "help-desk");
    assert_eq!(
        (&event["actor"]["name"], &event["credential"]["kind"]),
        (&json!("general@first.example"), &json!("session"))
    );
    let by_role = world.admin(Call::patch("/organizations/acme/users/ada", &json!({"city": "London"}))).await;
    assert!(world.events_of(&by_role).await[0].get("policy").is_none());
}

#[tokio::test]
async fn events_are_found_by_who_did_it() {
    let world = World::new().await;
    world.organization("acme").await;
    world.by(Who::Deputy, Call::patch("/account", &json!({"event_retention_days": 60}))).await.is(200);
    let me = world.by(Who::Deputy, Call::get("/administrators/me")).await.is(200);
    let id = me["administrator_id"].as_str().unwrap();
    for actor in [id, "DEPUTY@first.example"] {
        let found = world.admin(Call::get(&format!("/events?actor={actor}"))).await.is(200);
        let items = found["items"].as_array().unwrap();
        assert!(items.iter().any(|event| event["operation"] == "edit_account"), "{found}");
        assert!(items.iter().all(|event| event["actor"]["id"] == id), "{found}");
    }
    let nobody = world.admin(Call::get("/events?actor=nobody@first.example")).await.is(200);
    assert_eq!(nobody["items"], json!([]));
    world.admin(Call::get(&format!("/events?actor={}", "x".repeat(257)))).await.invalid("actor");
    world.admin(Call::get(&format!("/events/export?actor={}", "x".repeat(257)))).await.invalid("actor");
    world.admin(Call::get("/events/export?since=yesterday")).await.invalid("since");
    world.admin(Call::get("/events/export?limit=5")).await.invalid("limit");
}

#[tokio::test]
async fn an_export_is_every_event_oldest_first() {
    let world = World::new().await;
    world.organization("acme").await;
    let csv: String = (0..1_200).map(|n| format!("user{n:04},Somebody {n}\r\n")).collect();
    let import = Call::new(Method::POST, "/organizations/acme/users/import");
    world.admin(import.text("text/csv", format!("username,display_name\r\n{csv}"))).await.is_lines(200);
    let mut listed = Vec::new();
    let mut path = "/events?limit=1000".to_owned();
    loop {
        let page = world.admin(Call::get(&path)).await.is(200);
        listed.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/events?limit=1000&cursor={cursor}");
    }
    listed.reverse();
    let export = world.admin(Call::get("/events/export")).await;
    assert_eq!(export.header("content-type"), "application/x-ndjson");
    let expected = format!("attachment; filename=\"events-{}.jsonl\"", world.account);
    assert_eq!(export.header("content-disposition"), expected);
    assert!(export.text().ends_with('\n'));
    assert!(listed.len() > 1_200, "more than one piece: {}", listed.len());
    assert_eq!(export.lines(), listed);
    let some = world.admin(Call::get("/events/export?operation=edit_account&organization=acme")).await;
    assert_eq!(some.text(), "");
    assert_eq!(some.header("content-disposition"), "attachment; filename=\"events-acme.jsonl\"");
}

// An auditor of one organization sees its events and no others.
#[tokio::test]
async fn an_export_shows_what_the_caller_may_see() {
    let world = World::new().await;
    let acme = world.organization("acme").await;
    world.organization("globex").await;
    assert_eq!(world.by(Who::General, Call::get("/events/export")).await.text(), "");
    let attach =
        Call::put("/policies/auditor/administrators/general@first.example", &json!({"organizations": ["acme"]}));
    world.admin(attach).await.is(200);
    let of_acme = |lines: &[Value]| lines.iter().all(|event| event["organization_id"] == acme["organization_id"]);
    let own = world.by(Who::General, Call::get("/events/export")).await;
    let lines = own.lines();
    assert!(!lines.is_empty() && of_acme(&lines), "{}", own.text());
    let listed = world.by(Who::General, Call::get("/events")).await.is(200);
    assert!(of_acme(listed["items"].as_array().unwrap()), "{listed}");
    world.by(Who::General, Call::get("/events/export?organization=globex")).await.refused(404, "not_found");
}
