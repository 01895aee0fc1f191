//! Spreadsheets of people: in, out, and in again.

use axum::http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::caller::Call;
use crate::world::{Who, World};

const USERS: &str = "/organizations/acme/users";

fn import(query: &str, csv: impl Into<axum::body::Bytes>) -> Call {
    Call::new(Method::POST, &format!("{USERS}/import{query}")).text("text/csv", csv)
}

fn many(rows: usize) -> String {
    let mut csv = "username,display_name,email,city\r\n".to_owned();
    for n in 0..rows {
        csv.push_str(&format!("user{n:04},User {n},user{n:04}@acme.mail.test,London\r\n"));
    }
    csv
}

fn sum(lines: &[Value]) -> &Value {
    let last = lines.last().unwrap();
    assert_eq!(last["kind"], "done", "{last}");
    last
}

#[tokio::test]
async fn two_thousand_rows_go_in_come_out_and_change_nothing_a_second_time() {
    let world = World::new().await;
    world.organization("acme").await;
    let csv = many(2_000);
    let planned = world.admin(import("?dry_run=true", csv.clone())).await.lines();
    assert_eq!(
        (&planned[0]["kind"], &planned[0]["format"], &planned[0]["create"]),
        (&json!("plan"), &json!("reeve"), &json!(2_000))
    );
    assert_eq!((&planned[1]["outcome"], &planned[1]["user_id"]), (&json!("create"), &json!(null)));
    assert_eq!(world.admin(Call::get(&format!("{USERS}?role=user"))).await.is(200)["total"], 0);
    let reply = world.admin(import("", csv.clone())).await;
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    let done = reply.lines();
    assert_eq!(done.len(), 2_002);
    assert_eq!((&done[1]["line"], &done[1]["outcome"]), (&json!(2), &json!("created")));
    assert!(done[1]["user_id"].is_string());
    assert_eq!(sum(&done)["created"], 2_000);
    let again = world.admin(import("", csv)).await.lines();
    assert_eq!((&sum(&again)["unchanged"], &again[1]["outcome"]), (&json!(2_000), &json!("unchanged")));
    let out = world.admin(Call::get(&format!("{USERS}/export"))).await;
    assert_eq!(out.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(out.header("content-disposition"), "attachment; filename=\"users-acme.csv\"");
    assert_eq!(out.text().lines().count(), 2_001);
    let back = world.admin(import("", out.body.clone())).await.lines();
    assert_eq!(sum(&back)["unchanged"], 2_000, "{:?}", &back[..3]);
    for format in ["google", "microsoft365"] {
        let out = world.admin(Call::get(&format!("{USERS}/export?format={format}"))).await;
        let back = world.admin(import("?dry_run=true", out.body.clone())).await.lines();
        assert_eq!((&back[0]["format"], &back[0]["rows"]), (&json!(format), &json!(2_000)));
        assert_eq!(back[0]["refused"], 0, "{format}: {:?}", &back[1]);
    }
}

#[tokio::test]
async fn a_wrong_row_says_why_and_holds_up_nobody() {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    world.user("acme", "bob").await;
    let csv = "username,display_name,email,city\r\n\
               ada,ada,ada@acme.mail.test,London\r\n\
               b ad,Bad,,\r\n\
               carol,Carol,carol@old.example,\r\n\
               dave,Dave,bob@acme.mail.test,\r\n\
               administrator,Root,,\r\n";
    let lines = world.admin(import("?map_domain=old.example:acme.mail.test", csv)).await.lines();
    let outcome = |at: usize| (lines[at]["line"].as_i64().unwrap(), lines[at]["outcome"].as_str().unwrap());
    assert_eq!(outcome(1), (2, "updated"));
    assert_eq!(lines[1]["changes"], json!(["city"]));
    assert_eq!(outcome(2), (3, "refused"));
    assert_eq!((&lines[2]["problem"]["code"], &lines[2]["problem"]["field"]), (&json!("invalid"), &json!("username")));
    assert_eq!((outcome(3), &lines[3]["email"]), ((4, "created"), &json!("carol@acme.mail.test")));
    assert_eq!(lines[4]["problem"]["code"], "address_taken");
    assert_eq!(lines[5]["problem"]["code"], "reserved");
    let counts = json!({"kind": "done", "created": 1, "updated": 1, "unchanged": 0, "refused": 3});
    assert_eq!(*sum(&lines), counts);
}

/// The first piece of a streamed answer, what `between` does, and how the rest went.
async fn streamed(world: &World, call: Call, between: Call) -> (String, Option<String>) {
    let request = call.bearer(world.token(Who::Admin)).request();
    let mut body = world.door.clone().oneshot(request).await.unwrap().into_body();
    let mut text = body.frame().await.unwrap().unwrap().into_data().unwrap().to_vec();
    world.admin(between).await.is(202);
    let rest = body.collect().await.ok().map(|rest| rest.to_bytes());
    text.extend_from_slice(rest.as_deref().unwrap_or_default());
    let text = String::from_utf8(text).unwrap();
    (text.clone(), rest.map(|_| text))
}

#[tokio::test]
async fn an_import_that_cannot_go_on_says_so_and_an_export_breaks_off() {
    let world = World::new().await;
    world.organization("acme").await;
    world.organization("globex").await;
    let gone = |alias: &str| Call::delete(&format!("/organizations/{alias}?force=true"));
    let (_, whole) = streamed(&world, import("", many(2_000)), gone("acme")).await;
    let whole = whole.expect("the answer ends in order");
    let last: Value = serde_json::from_str(whole.lines().last().unwrap()).unwrap();
    assert_eq!(last["kind"], "stopped");
    assert!(last["reason"].as_str().unwrap().contains("Deleting"), "{last}");
    let csv = many(8_000).replace("acme", "globex");
    let there = Call::new(Method::POST, "/organizations/globex/users/import").text("text/csv", csv);
    assert_eq!(sum(&world.admin(there).await.lines())["created"], 8_000);
    let export = Call::get("/organizations/globex/users/export");
    let (part, whole) = streamed(&world, export, gone("globex")).await;
    assert!(whole.is_none() && part.starts_with("username,"));
    world.settle().await;
}

#[tokio::test]
async fn a_file_that_is_no_list_of_people_is_an_ordinary_refusal() {
    let world = World::new().await;
    world.organization("acme").await;
    for file in ["", "a,b\r\n1,2\r\n", "username\r\n\"open", "{}"] {
        let reply = world.admin(import("", file)).await;
        reply.refused(400, "invalid");
    }
    let binary = world.admin(import("", vec![0xff, 0xfe, 0x00, 0x80])).await;
    binary.refused(400, "invalid");
    world.admin(import("?dry_run=perhaps", many(1))).await.invalid("dry_run");
    world.admin(import("?dryrun=true", many(1))).await.invalid("dryrun");
    world.admin(import("?map_domain=x", many(1))).await.invalid("map_domain");
    let nowhere = Call::new(Method::POST, "/organizations/nobody/users/import").text("text/csv", many(1));
    world.admin(nowhere).await.refused(404, "not_found");
    world.admin(Call::get("/organizations/nobody/users/export")).await.refused(404, "not_found");
    let excel = Call::new(Method::POST, &format!("{USERS}/import")).text("application/csv", many(1));
    assert_eq!(sum(&world.admin(excel).await.lines())["created"], 1);
}

#[tokio::test]
async fn cells_that_a_spreadsheet_would_run_are_made_harmless() {
    let world = World::new().await;
    world.organization("acme").await;
    let body = json!({"username": "eve", "display_name": "=HYPERLINK(\"x\")"});
    world.admin(Call::post(USERS, &body)).await.is(201);
    let out = world.admin(Call::get(&format!("{USERS}/export"))).await;
    assert!(!out.text().contains(",=") && !out.text().contains("\"="), "{}", out.text());
}
