//! What holds for every operation, whoever adds one: the closed tests over the register.

use std::collections::BTreeSet;

use reeve_base::limits::REAUTHENTICATION_WINDOW;
use reeve_domain::operations::{self, Operation, Reach};
use serde_json::{Value, json};

use crate::caller::Call;
use crate::walk::{Step, TURN, TYPED, TYPED_TOO, filled, steps, take, walk_to};
use crate::world::{PASSWORD, Who, World};

#[test]
fn the_walk_passes_every_operation() {
    let walked: BTreeSet<_> = steps().iter().map(|step| step.operation).collect();
    let registered = operations::ALL.iter().filter(|operation| operation.reach != Reach::System);
    assert_eq!(walked, registered.map(|operation| operation.name).collect());
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
        let operation = Operation::named(step.operation).unwrap();
        assert_eq!(operation.writes_event(), !events.is_empty(), "{}", step.operation);
        for event in events {
            assert_eq!(event["operation"], step.operation);
            assert!(!event["changes"].as_array().unwrap().is_empty(), "{event}");
            let kind = if step.who == Who::Nobody { &json!(null) } else { &json!("session") };
            assert_eq!(&event["credential"]["kind"], kind, "{event}");
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

fn reach(step: &Step) -> Reach {
    Operation::named(step.operation).unwrap().reach
}

/// What would end the session that a test goes on with.
const ENDS_ITSELF: [&str; 3] = ["reauthenticate", "change_password", "sign_out"];

#[tokio::test]
async fn no_operation_answers_nobody() {
    let world = World::new().await;
    for step in steps().into_iter().filter(|step| reach(step) != Reach::Anyone) {
        let reply = world.by(Who::Nobody, step.call).await;
        reply.refused(401, "unauthenticated");
    }
}

/// What is ours and must not be seen by others.
async fn ours(world: &World) -> Vec<String> {
    let acme = world.admin(Call::get("/organizations/acme")).await.is(200);
    let me = world.admin(Call::get("/administrators/me")).await.is(200);
    let ids = [&acme["organization_id"], &acme["directory_id"], &me["administrator_id"]];
    let ids = ids.map(|id| id.as_str().unwrap().to_owned());
    let notes = world.notes.lock().unwrap();
    let noted = [
        "job",
        "policy",
        "key",
        "passkey",
        "session",
        "group",
        "resource",
        "application",
        "token",
        "impersonation_role",
        "device_rule",
        "encryption_key",
    ];
    let noted = noted.map(|name| notes[name].clone());
    ids.into_iter().chain(noted).chain([world.account.clone()]).collect()
}

/// The account with everything that was made in it.
async fn everything(world: &World) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "/organizations/acme",
        "/policies",
        "/account",
        "/administrators",
        "/identity-center-applications",
        "/encryption-keys",
    ] {
        all.push(world.admin(Call::get(path)).await.is(200));
    }
    for path in [
        "users",
        "users/bob/mailbox",
        "groups",
        "groups/engineers/members",
        "resources",
        "resources/blue/delegates",
        "entities/bob/permissions",
        "access-control-rules",
        "mobile-device-rules",
        "mobile-device-overrides",
        "impersonation-roles",
        "tags",
        "retention-policy",
        "inbound-dmarc",
        "email-monitoring",
        "availability-configurations",
        "identity-provider",
        "personal-access-tokens",
        "key",
    ] {
        all.push(world.admin(Call::get(&format!("/organizations/acme/{path}"))).await.is(200));
    }
    all
}

#[tokio::test]
async fn no_operation_lets_another_account_near() {
    let world = World::new().await;
    walk_to(&world, TURN).await;
    let (ours, before) = (ours(&world).await, everything(&world).await);
    let organization = format!("{}/", ours[0]);
    for step in steps() {
        if ENDS_ITSELF.contains(&step.operation) || reach(&step) == Reach::Anyone {
            continue;
        }
        // Deleting what is not there succeeds, and theirs is not.
        let by_name_alone = step.operation == "delete_identity_center_application";
        let named = !by_name_alone && step.call.path.contains('{')
            || ["acme", "grace"].iter().any(|name| step.call.path.contains(name));
        let call = filled(&world, step.call.clone());
        let by_id = Call { path: call.path.replace("acme/", &organization), ..call.clone() };
        for call in [call, by_id] {
            let reply = world.by(Who::Other, call).await;
            if reach(&step) == Reach::Operator {
                reply.refused(403, "denied");
            } else if named {
                reply.refused(404, "not_found");
            } else {
                // Their own are theirs to see and to make; ours are not among them.
                let said = reply.text();
                assert!(!ours.iter().any(|id| said.contains(id)), "{}: {said}", step.operation);
            }
        }
    }
    assert_eq!(everything(&world).await, before);
}

// A1: a plain refusal for general users, whatever of administration they ask for.
#[tokio::test]
async fn no_operation_lets_a_general_administrator_without_a_policy_near() {
    let world = World::new().await;
    walk_to(&world, TURN).await;
    let before = everything(&world).await;
    for step in steps() {
        let call = filled(&world, step.call.clone());
        match reach(&step) {
            // Themselves, and where they are.
            Reach::Anyone | Reach::Own | Reach::Everybody => {}
            Reach::Lists(_) if step.call.path.contains("acme") => {
                world.by(Who::General, call).await.refused(404, "not_found");
            }
            Reach::Lists(_) => {
                let list = world.by(Who::General, call).await.is(200);
                assert_eq!((&list["items"], &list["total"]), (&json!([]), &json!(0)), "{}", step.operation);
            }
            Reach::Admins | Reach::Owner | Reach::Operator => {
                world.by(Who::General, call).await.refused(403, "denied");
            }
            Reach::Policies(_) | Reach::System => {
                let reply = world.by(Who::General, call).await;
                assert!([403, 404].contains(&reply.status.as_u16()), "{}: {}", step.operation, reply.text());
            }
        }
    }
    assert_eq!(everything(&world).await, before);
}

// Every act that is dangerous wants a sign-in of the last five minutes; nothing else does.
#[tokio::test]
async fn what_is_dangerous_needs_a_fresh_sign_in() {
    let world = World::new().await;
    walk_to(&world, TURN).await;
    let before = everything(&world).await;
    world.clock.advance(REAUTHENTICATION_WINDOW);
    for step in steps() {
        let operation = Operation::named(step.operation).unwrap();
        if !operation.fresh || step.operation == "complete_sign_in" {
            continue;
        }
        let reply = world.by(step.who, filled(&world, step.call.clone())).await;
        reply.refused(401, "reauthentication_required");
    }
    assert_eq!(everything(&world).await, before);
    let names = Call::patch("/administrators/grace@first.example", &json!({"first_name": "Amazing"}));
    world.admin(names).await.is(200);
    // Whoever shows a credential that is proven with each request is as fresh as it gets.
    let operator = Call::patch("/account", &json!({"event_retention_days": 0}));
    world.by(Who::Operator, operator).await.is(200);
}

/// Members of answers that open something.
const SECRETS: [&str; 7] =
    ["password", "token", "secret", "otpauth_url", "secret_access_key", "recovery_codes", "challenge"];

/// The operations whose answers may hold one of those.
const MAY_SHOW: [&str; 18] = [
    "add_administrator",
    "begin_passkey",
    "begin_totp",
    "change_password",
    "complete_sign_in",
    "confirm_passkey",
    "confirm_totp",
    "create_access_key",
    "create_account",
    "create_personal_access_token",
    "create_user",
    "edit_administrator",
    "make_recovery_codes",
    "reauthenticate",
    "reset_administrator_password",
    "reset_password",
    "set_api_password",
    "sign_in",
];

/// Takes the secrets out of an answer.
fn secrets_of(reply: &mut Value) -> Vec<String> {
    let Some(members) = reply.as_object_mut() else { return Vec::new() };
    let shown = SECRETS.iter().filter_map(|name| members.remove(*name));
    let texts = shown.flat_map(|value| match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text],
        Value::Array(texts) => texts.iter().map(|text| text.as_str().unwrap().to_owned()).collect(),
        other => panic!("{other} is no secret"),
    });
    texts.collect()
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
        let mut text = reply.text().to_owned();
        if reply.header("content-type") == "application/json" && MAY_SHOW.contains(&step.operation) {
            let mut answer = reply.json();
            made.extend(secrets_of(&mut answer));
            text = answer.to_string();
        }
        said.push((step.operation, text));
        if step.operation == "delete_organization" {
            let events = world.admin(Call::get("/events?limit=1000")).await;
            said.push(("list_events", events.text().to_owned()));
            let export = world.admin(Call::get("/events/export")).await;
            said.push(("export_events", export.text().to_owned()));
        }
    }
    assert!(made.len() > 25, "passwords, tokens, keys, and twice ten recovery codes: {}", made.len());
    let known = [TYPED, TYPED_TOO, PASSWORD, world.token(Who::Admin), "$argon2", "password_hash"];
    made.extend(known.map(str::to_owned));
    for (operation, text) in said {
        for secret in &made {
            assert!(!text.contains(secret.as_str()), "{operation} shows {secret}");
        }
    }
}

/// What the server says of things, or knows of those who ask.
const SET_BY_THE_SERVER: &[&str] = &[
    "user_id",
    "organization_id",
    "directory_id",
    "state",
    "account_id",
    "version",
    "created_at",
    "created_by",
    "updated_at",
    "mailbox",
    "locked_until",
    "administrator_id",
    "policy_id",
    "access_key_id",
    "session_id",
    "group_id",
    "resource_id",
    "entity_id",
    "enabled_at",
    "granted_at",
    "role",
    "status",
    "username",
    "policies",
    "api_access",
    "api_password",
    "second_factors",
    "second_factor",
    "attached",
    "kind",
    "fresh",
    "region",
    "ownership",
    "token",
    "actor",
    "__proto__",
];

/// What stands in the places of paths.
const PLACES: &[(&str, &str)] = &[
    ("{organization}", "acme"),
    ("{user}", "ada"),
    ("{address}", "ada@acme.mail.test"),
    ("{group}", "engineers"),
    ("{member}", "bob"),
    ("{resource}", "blue"),
    ("{delegate}", "bob"),
    ("{entity}", "bob"),
    ("{grantee}", "carol"),
    ("{rule}", "default"),
    ("{role}", "{impersonation_role}"),
    ("{device_id}", "ApplDNPK1234F18X"),
    ("{administrator}", "grace@first.example"),
    ("{policy}", "People%20of%20Acme"),
    ("{access_key_id}", "{key}"),
    ("{availability_domain}", "elsewhere.example"),
    ("{token_id}", "{token}"),
];

#[tokio::test]
async fn what_the_server_sets_no_body_may_set() {
    let world = World::new().await;
    walk_to(&world, TURN).await;
    let before = everything(&world).await;
    let document = crate::world::document();
    for (path, method, operation) in crate::document::operations_of(document) {
        let content = &operation["requestBody"]["content"]["application/json"];
        let Some(members) = content["example"].as_object() else { continue };
        let schema = content["schema"]["$ref"].as_str().unwrap().trim_start_matches('#');
        let known = document.pointer(schema).unwrap()["properties"].as_object().unwrap();
        let path = PLACES.iter().fold(path, |path, (place, name)| path.replace(place, name));
        for field in SET_BY_THE_SERVER.iter().filter(|field| !known.contains_key(**field)) {
            let mut body = members.clone();
            body.insert((*field).to_owned(), "x".into());
            let call = filled(&world, Call::new(method.parse().unwrap(), &path).json(&body.into()));
            let who = if path.contains("/accounts") { Who::Operator } else { Who::Admin };
            let open = path.ends_with("/sessions") || path.ends_with("/sessions/second-factor");
            let reply = if open { world.send(call).await } else { world.by(who, call).await };
            reply.invalid(field);
        }
    }
    assert_eq!(everything(&world).await, before);
}
