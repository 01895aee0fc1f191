//! What holds for every operation, whoever adds one: the closed tests over the register.

use std::collections::BTreeSet;

use reeve_domain::operations;

use crate::caller::Call;
use crate::walk::{TYPED, steps, take, walk_to};
use crate::world::{PASSWORD, Who, World};

#[test]
fn the_walk_passes_every_operation() {
    let walked: BTreeSet<_> = steps().iter().map(|step| step.operation).collect();
    let registered = operations::ALL.iter().map(|operation| operation.name);
    assert_eq!(walked, registered.filter(|name| *name != "advance_organization").collect());
}

#[tokio::test]
async fn every_change_writes_an_event_and_every_look_none() {
    let world = World::new().await;
    for step in steps() {
        let reply = take(&world, &step).await;
        if step.operation == "sign_out" || step.operation == "create_account" {
            // The admin is gone, or the event is another account's; both are looked at below.
            continue;
        }
        let events = world.events_of(&reply).await;
        let operation = operations::ALL.iter().find(|o| o.name == step.operation).unwrap();
        assert_eq!(operation.writes_event(), !events.is_empty(), "{}", step.operation);
        for event in events {
            assert_eq!(event["operation"], step.operation);
            assert!(!event["changes"].as_array().unwrap().is_empty(), "{event}");
        }
    }
    let look = |account: String| Call::get("/events").local(0).header("reeve-account", &account);
    let ours = world.send(look(world.account.clone())).await.is(200);
    assert!(ours["items"].as_array().unwrap().iter().any(|event| event["operation"] == "sign_out"));
    let accounts = world.by(Who::Operator, Call::get("/accounts")).await.is(200);
    let mut all = accounts["items"].as_array().unwrap().iter();
    let third = all.find(|account| account["name"] == "Third").unwrap()["account_id"].as_str().unwrap();
    let theirs = world.send(look(third.to_owned())).await.is(200);
    assert_eq!(theirs["items"][0]["operation"], "create_account");
}

#[tokio::test]
async fn no_operation_answers_nobody() {
    let world = World::new().await;
    for step in steps().into_iter().filter(|step| step.operation != "sign_in") {
        let reply = world.by(Who::Nobody, step.call).await;
        reply.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn no_operation_lets_another_account_near() {
    let world = World::new().await;
    walk_to(&world, "disable_user").await;
    let acme = world.admin(Call::get("/organizations/acme")).await.is(200);
    let job = world.admin(Call::get("/jobs")).await.is(200)["items"][0]["job_id"].as_str().unwrap().to_owned();
    let ours =
        [acme["organization_id"].as_str().unwrap(), acme["directory_id"].as_str().unwrap(), &world.account, &job];
    for mut step in steps() {
        // Their own are theirs to see and to make; that none of ours is among them is checked all the same.
        let about_themselves = [
            "sign_in",
            "show_session",
            "list_regions",
            "create_organization",
            "list_organizations",
            "list_directories",
            "sign_out",
        ];
        step.call.path = step.call.path.replace("{job}", &job);
        let named = step.call.path.contains("acme") || step.operation == "show_job";
        if about_themselves.contains(&step.operation) && step.operation != "sign_out" {
            let reply = world.by(Who::Other, step.call).await;
            if step.operation != "sign_in" {
                assert!(!ours.iter().any(|id| reply.text().contains(id)), "{}: {}", step.operation, reply.text());
            }
            continue;
        }
        let by_id = step.call.path.replace("acme/", &format!("{}/", ours[0]));
        for path in [step.call.path.clone(), by_id] {
            let mut call = step.call.clone();
            call.path = path;
            if step.operation == "sign_out" {
                continue;
            }
            let reply = world.by(Who::Other, call).await;
            if named {
                reply.refused(404, "not_found");
            } else {
                reply.refused(403, "denied");
            }
        }
    }
    let after = world.admin(Call::get("/organizations/acme")).await.is(200);
    assert_eq!(after, acme);
}

#[tokio::test]
async fn no_operation_lets_a_general_administrator_without_a_policy_near() {
    let world = World::new().await;
    walk_to(&world, "disable_user").await;
    let acme = world.admin(Call::get("/organizations/acme")).await.is(200);
    let job = world.admin(Call::get("/jobs")).await.is(200)["items"][0]["job_id"].as_str().unwrap().to_owned();
    for mut step in steps() {
        step.call.path = step.call.path.replace("{job}", &job);
        match step.operation {
            // Themselves, and where they are.
            "sign_in" | "show_session" | "list_regions" | "sign_out" => continue,
            "list_organizations" => {
                let list = world.by(Who::General, step.call).await.is(200);
                assert_eq!((&list["items"], &list["total"]), (&serde_json::json!([]), &serde_json::json!(0)));
            }
            operation => {
                let reply = world.by(Who::General, step.call).await;
                assert!([403, 404].contains(&reply.status.as_u16()), "{operation}: {}", reply.text());
            }
        }
    }
    assert_eq!(world.admin(Call::get("/organizations/acme")).await.is(200), acme);
}

#[tokio::test]
async fn no_answer_shows_a_secret_but_the_one_that_made_it() {
    let world = World::new().await;
    let mut made = Vec::new();
    let mut said = Vec::new();
    for step in steps() {
        let reply = take(&world, &step).await;
        if let Some(cookie) = reply.headers.get("set-cookie") {
            let token = cookie.to_str().unwrap().split(['=', ';']).nth(1).unwrap();
            made.extend(Some(token.to_owned()).filter(|token| !token.is_empty()));
        }
        if ["create_user", "create_account", "reset_password"].contains(&step.operation) {
            made.extend(reply.json()["password"].as_str().map(str::to_owned));
        } else if step.operation != "sign_out" {
            said.push((step.operation, reply.text().to_owned()));
        }
        if step.operation == "delete_organization" {
            let events = world.admin(Call::get("/events?limit=1000")).await;
            said.push(("list_events", events.text().to_owned()));
        }
    }
    assert_eq!(made.len(), 4, "a cookie, and three passwords that were made up");
    made.extend([TYPED, PASSWORD, world.token(Who::Admin), "$argon2", "password_hash"].map(str::to_owned));
    for (operation, text) in said {
        for secret in &made {
            assert!(!text.contains(secret.as_str()), "{operation} shows {secret}");
        }
    }
}

#[tokio::test]
async fn what_the_server_sets_no_body_may_set() {
    let world = World::new().await;
    walk_to(&world, "disable_user").await;
    let fields = [
        "user_id",
        "organization_id",
        "directory_id",
        "state",
        "account_id",
        "version",
        "created_at",
        "mailbox",
        "locked_until",
        "administrator_id",
        "status",
        "region",
        "ownership",
        "token",
        "actor",
        "__proto__",
    ];
    let document = crate::world::document();
    for (path, method, operation) in crate::document::operations_of(document) {
        let example = &operation["requestBody"]["content"]["application/json"]["example"];
        let Some(members) = example.as_object() else { continue };
        let path =
            path.replace("{organization}", "acme").replace("{user}", "ada").replace("{address}", "ada@acme.mail.test");
        for field in fields {
            let mut body = members.clone();
            body.insert(field.to_owned(), "x".into());
            let call = Call::new(method.parse().unwrap(), &path).json(&body.into());
            let who = if path.contains("/accounts") { Who::Operator } else { Who::Admin };
            let reply = if path.ends_with("/sessions") { world.send(call).await } else { world.by(who, call).await };
            reply.invalid(field);
        }
    }
}
