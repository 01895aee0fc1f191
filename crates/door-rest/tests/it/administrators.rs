//! Who may use the console and the APIs: adding, editing, switching off, and what nobody does to themselves.

use axum::http::Method;
use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::{PASSWORD, Who, World};

const ADMINISTRATORS: &str = "/administrators";

fn bare(path: &str) -> Call {
    Call::new(Method::POST, path)
}

fn grace(rest: &Value) -> Value {
    let mut body = json!({
        "username": "grace@first.example", "first_name": "Grace", "last_name": "Hopper", "role": "general",
        "password": PASSWORD
    });
    body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    body
}

fn add(rest: &Value) -> Call {
    Call::post(ADMINISTRATORS, &grace(rest))
}

fn of(name: &str, rest: &str) -> String {
    format!("{ADMINISTRATORS}/{name}@first.example{rest}")
}

// A1: a general administrator sees themselves and nobody else.
#[tokio::test]
async fn everybody_sees_themselves_and_only_admins_see_others() {
    let world = World::new().await;
    let me = world.by(Who::General, Call::get("/administrators/me")).await.is(200);
    assert_eq!((&me["username"], &me["role"]), (&json!("general@first.example"), &json!("general")));
    let id = me["administrator_id"].as_str().unwrap();
    for name in [id, "GENERAL@first.example"] {
        assert_eq!(world.by(Who::General, Call::get(&format!("{ADMINISTRATORS}/{name}"))).await.is(200), me);
    }
    for path in [ADMINISTRATORS, &of("root", ""), &of("nobody", ""), &of("deputy", "/access-keys")] {
        world.by(Who::General, Call::get(path)).await.refused(403, "denied");
    }
    assert_eq!(world.admin(Call::get(&of("general", ""))).await.is(200), me);
    // Nobody is "me" over the local socket.
    world.by(Who::Operator, Call::get("/administrators/me")).await.invalid("administrator");
    world.by(Who::Operator, Call::get(&of("general", ""))).await.is(200);
}

// A2: password typed or made up, status active unless said, policies for a general user.
#[tokio::test]
async fn an_administrator_is_added_as_asked() {
    let world = World::new().await;
    let added = world.admin(add(&json!({"policies": [{"policy": "help-desk"}]}))).await;
    let shown = added.is(201);
    assert_eq!(
        added.header("location"),
        format!("/api/v1/administrators/{}", shown["administrator_id"].as_str().unwrap())
    );
    assert_eq!(added.header("etag"), format!("\"{}\"", shown["version"]));
    assert_eq!(
        (&shown["status"], &shown["api_access"], &shown["api_password"]),
        (&json!("active"), &json!(false), &Value::Null)
    );
    assert_eq!(shown["policies"][0]["policy_id"], "help-desk");
    assert_eq!(shown["policies"][0]["organizations"], json!([]));
    assert!(shown.get("password").is_none() && shown.get("last_sign_in_at").is_none());
    world.sign_in("grace@first.example", "bearer").await.is(201);

    let made = json!({
        "username": "alan@first.example", "first_name": "Alan", "last_name": "Turing", "role": "admin",
        "generate_password": true, "status": "inactive"
    });
    let made = world.admin(Call::post(ADMINISTRATORS, &made)).await.is(201);
    let signing_in = json!({"username": "alan@first.example", "password": made["password"]});
    world.send(Call::post("/sessions", &signing_in)).await.refused(401, "sign_in_refused");
    world.admin(bare(&of("alan", "/activate"))).await.is(200);
    world.send(Call::post("/sessions", &signing_in)).await.is(201);
    assert!(world.admin(Call::get(&of("alan", ""))).await.is(200)["last_sign_in_at"].is_string());
}

#[tokio::test]
async fn what_cannot_be_added_is_refused_by_name() {
    let world = World::new().await;
    for (rest, field) in [
        (json!({"username": "grace"}), "username"),
        (json!({"username": ""}), "username"),
        (json!({"first_name": "a\u{202e}b"}), "first_name"),
        (json!({"last_name": "x".repeat(257)}), "last_name"),
        (json!({"role": "king"}), "role"),
        (json!({"status": "asleep"}), "status"),
        (json!({"generate_password": true}), "password"),
        (json!({"policies": "help-desk"}), "policies"),
        (json!({"policies": [{"policy": "help\u{0}desk"}]}), "policy"),
        (json!({"policies": [{"policy": "organization-owner"}]}), "organizations"),
        (json!({"policies": [{"policy": "read-only"}, {"policy": "read-only"}]}), "policies"),
        (json!({"policies": [{"policy": "read-only", "organization": []}]}), "policies[0].organization"),
        (json!({"role": "admin", "policies": [{"policy": "read-only"}]}), "policies"),
    ] {
        world.admin(add(&rest)).await.invalid(field);
    }
    world.admin(add(&json!({"policies": [{"policy": "nothing"}]}))).await.refused(404, "not_found");
    let elsewhere = json!({"policies": [{"policy": "organization-owner", "organizations": ["nowhere"]}]});
    world.admin(add(&elsewhere)).await.refused(404, "not_found");
    world.admin(add(&json!({"password": "short"}))).await.refused(422, "password_refused");
    assert_eq!(world.admin(Call::get(ADMINISTRATORS)).await.is(200)["total"], 3);
}

// A3: a username never changes and is never given to anybody else, in any account and in any case.
#[tokio::test]
async fn a_username_is_for_ever() {
    let world = World::new().await;
    world.admin(add(&json!({}))).await.is(201);
    for who in [Who::Admin, Who::Other] {
        let again = add(&json!({"username": "GRACE@first.example"}));
        assert_eq!(world.by(who, again).await.refused(409, "name_taken")["field"], "username");
    }
    for value in [json!("amazing@first.example"), json!("grace@first.example"), json!(null), json!({"deep": [1]})] {
        let problem =
            world.admin(Call::patch(&of("grace", ""), &json!({ "username": value }))).await.invalid("username");
        let says = "can never be changed; deactivate this administrator and add another";
        assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    world.admin(bare(&of("grace", "/deactivate"))).await.is(200);
    world.admin(add(&json!({}))).await.refused(409, "name_taken");
    world.admin(Call::delete(&of("grace", ""))).await.refused(405, "method_not_allowed");
}

// A4: switched off and on from outside; what it ends is in revocation.rs.
#[tokio::test]
async fn an_administrator_is_switched_off_and_on() {
    let world = World::new().await;
    world.admin(add(&json!({}))).await.is(201);
    let token = world.token_of("grace@first.example").await;
    let off = world.admin(bare(&of("grace", "/deactivate"))).await.is(200);
    assert_eq!(off["status"], "inactive");
    world.send(Call::get("/sessions/current").bearer(&token)).await.refused(401, "unauthenticated");
    world.sign_in("grace@first.example", "bearer").await.refused(401, "sign_in_refused");
    // Once more changes nothing and succeeds.
    assert_eq!(world.admin(bare(&of("grace", "/deactivate"))).await.is(200), off);
    assert_eq!(world.admin(Call::get("/administrators?status=inactive")).await.is(200)["total"], 1);
    let on = world.admin(Call::patch(&of("grace", ""), &json!({"status": "active"}))).await.is(200);
    assert_eq!(on["status"], "active");
    // Nothing that the deactivation ended comes back.
    world.send(Call::get("/sessions/current").bearer(&token)).await.refused(401, "unauthenticated");
    world.sign_in("grace@first.example", "bearer").await.is(201);
}

// A5: names, status, password, role and policies, all in one act or none of them.
#[tokio::test]
async fn an_administrator_is_edited_in_one_act() {
    let world = World::new().await;
    let before = world.admin(add(&json!({}))).await.is(201);
    let token = world.token_of("grace@first.example").await;
    let edit = |body: Value| Call::patch(&of("grace", ""), &body);
    for (body, field) in [
        (json!({"first_name": "Amazing", "status": null}), "status"),
        (json!({"first_name": "Amazing", "role": null}), "role"),
        (json!({"first_name": null}), "first_name"),
        (json!({"first_name": "Amazing", "policies": null}), "policies"),
        (json!({"first_name": "Amazing", "password": null}), "password"),
        (json!({"first_name": "Amazing", "password": "x", "generate_password": true}), "password"),
        (json!({"first_name": "Amazing", "version": 3}), "version"),
        (json!({"first_name": "Amazing", "first_name ": "x"}), "first_name "),
    ] {
        world.admin(edit(body)).await.invalid(field);
    }
    let refused = json!({"first_name": "Amazing", "status": "inactive", "password": "short"});
    world.admin(edit(refused)).await.refused(422, "password_refused");
    let refused = json!({"first_name": "Amazing", "role": "general", "policies": [{"policy": "nothing"}]});
    world.admin(edit(refused)).await.refused(404, "not_found");
    let now = world.admin(Call::get(&of("grace", ""))).await.is(200);
    assert_eq!((&now["version"], &now["first_name"]), (&before["version"], &before["first_name"]));

    let all = json!({
        "first_name": "Amazing", "last_name": "", "policies": [{"policy": "auditor"}], "generate_password": true
    });
    let edited = world.admin(edit(all)).await.is(200);
    assert_eq!((&edited["first_name"], &edited["last_name"]), (&json!("Amazing"), &json!("")));
    assert_eq!(edited["policies"][0]["policy_id"], "auditor");
    // The old password and its sessions open nothing; the new one, shown once, does.
    world.send(Call::get("/sessions/current").bearer(&token)).await.refused(401, "unauthenticated");
    world.sign_in("grace@first.example", "bearer").await.refused(401, "sign_in_refused");
    let signing_in = json!({"username": "grace@first.example", "password": edited["password"]});
    world.send(Call::post("/sessions", &signing_in)).await.is(201);
    assert_eq!(world.admin(edit(json!({"policies": []}))).await.is(200)["policies"], json!([]));
    assert!(world.admin(edit(json!({}))).await.is(200).get("password").is_none());
}

// A6: nobody changes their own status, role or policies, by any route; nor their password without the old one.
#[tokio::test]
async fn nobody_does_to_themselves_what_others_must_do() {
    let world = World::new().await;
    let me = world.by(Who::Deputy, Call::get("/administrators/me")).await.is(200);
    let id = me["administrator_id"].as_str().unwrap();
    let names = ["me".to_owned(), id.to_owned(), "DEPUTY@first.example".to_owned()];
    for name in &names {
        let path = |rest: &str| format!("{ADMINISTRATORS}/{name}{rest}");
        for call in [
            bare(&path("/deactivate")),
            bare(&path("/activate")),
            bare(&path("/reset-second-factors")),
            Call::post(&path("/reset-password"), &json!({"generate_password": true})),
            Call::patch(&path(""), &json!({"status": "inactive"})),
            Call::patch(&path(""), &json!({"role": "general"})),
            Call::patch(&path(""), &json!({"policies": [{"policy": "read-only"}]})),
            Call::patch(&path(""), &json!({"first_name": "D", "role": "general", "policies": []})),
            Call::patch(&path(""), &json!({"password": "Pewter-garden-26-falcon"})),
            Call::put(&format!("/policies/read-only/administrators/{name}"), &json!({})),
            Call::delete(&format!("/policies/read-only/administrators/{name}")),
        ] {
            let place = format!("{} {}", call.method, call.path);
            let reply = world.by(Who::Deputy, call).await;
            assert_eq!(reply.json()["code"], "self_forbidden", "{place}: {}", reply.text());
        }
    }
    // By a credential that they made themselves, it is no different.
    world.admin(Call::put(&of("deputy", "/api-access"), &json!({"enabled": true}))).await.is(200);
    let key = Call::post("/administrators/me/access-keys", &json!({"name": "detour"}));
    let key = world.by(Who::Deputy, key).await.is(201);
    let text = |member: &str| key[member].as_str().unwrap().to_owned();
    let by_key = |call: Call| call.basic(&text("access_key_id"), &text("secret_access_key"));
    for call in [bare(&of("deputy", "/deactivate")), Call::patch(&of("deputy", ""), &json!({"role": "general"}))] {
        world.send(by_key(call)).await.refused(403, "self_forbidden");
    }
    // By another session, neither.
    let second = world.token_of("deputy@first.example").await;
    world.send(bare(&of("deputy", "/deactivate")).bearer(&second)).await.refused(403, "self_forbidden");
    let now = world.by(Who::Deputy, Call::get("/administrators/me")).await.is(200);
    assert_eq!((&now["status"], &now["role"], &now["policies"]), (&me["status"], &me["role"], &me["policies"]));
    // One's own names are one's own to change.
    world.by(Who::Deputy, Call::patch("/administrators/me", &json!({"first_name": "Dee"}))).await.is(200);
}

// A8: admin access is given and taken by others; whoever gets it loses what only bound them.
#[tokio::test]
async fn admin_access_is_given_and_taken() {
    let world = World::new().await;
    world.admin(add(&json!({"policies": [{"policy": "read-only"}]}))).await.is(201);
    let token = world.token_of("grace@first.example").await;
    let list = || Call::get(ADMINISTRATORS).bearer(&token);
    world.send(list()).await.refused(403, "denied");
    let role = |role: &str| Call::patch(&of("grace", ""), &json!({ "role": role }));
    let admin = world.admin(role("admin")).await.is(200);
    assert_eq!((&admin["role"], &admin["policies"]), (&json!("admin"), &json!([])));
    // The same session, at once.
    world.send(list()).await.is(200);
    world.admin(role("general")).await.is(200);
    world.send(list()).await.refused(403, "denied");
}

// A10: an active admin remains, also when two switch each other off at the same moment.
#[tokio::test]
async fn one_active_admin_always_remains() {
    let world = World::new().await;
    let off = |name: &str| bare(&of(name, "/deactivate"));
    world.admin(off("deputy")).await.is(200);
    for call in [off("root"), Call::patch(&of("root", ""), &json!({"role": "general"}))] {
        world.by(Who::Operator, call).await.refused(409, "last_admin");
    }
    world.admin(bare(&of("deputy", "/activate"))).await.is(200);
    *world.deputy.lock().unwrap() = world.token_of("deputy@first.example").await;
    let both = [(Who::Admin, off("deputy")), (Who::Deputy, off("root"))];
    let replies = futures_util::future::join_all(both.map(|(who, call)| world.by(who, call))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    let admins = Call::get("/administrators?role=admin&status=active");
    assert_eq!(world.by(Who::Operator, admins).await.is(200)["total"], 1);
}

#[tokio::test]
async fn administrators_are_found_and_paged() {
    let world = World::new().await;
    for name in ["ada", "adele", "bob"] {
        let body = grace(&json!({"username": format!("{name}@first.example"), "last_name": "Jäger"}));
        world.admin(Call::post(ADMINISTRATORS, &body)).await.is(201);
    }
    let total = |list: Value| list["total"].as_u64().unwrap();
    let find = async |query: &str| world.admin(Call::get(&format!("{ADMINISTRATORS}?{query}"))).await.is(200);
    assert_eq!(total(find("search=ad").await), 2);
    assert_eq!(total(find("search=jager").await), 3);
    assert_eq!(total(find("search=grace&role=general").await), 3);
    assert_eq!(total(find("role=admin").await), 2);
    assert_eq!(total(find("search=second").await), 0);
    let mut seen = Vec::new();
    let mut path = format!("{ADMINISTRATORS}?limit=2");
    loop {
        let page = world.admin(Call::get(&path)).await.is(200);
        assert_eq!(page["total"], 6);
        seen.extend(page["items"].as_array().unwrap().iter().map(|one| one["username"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{ADMINISTRATORS}?limit=2&cursor={cursor}");
    }
    assert!(seen.is_sorted() && seen.len() == 6, "{seen:?}");
    world.admin(Call::get(&format!("{ADMINISTRATORS}?status=gone"))).await.invalid("status");
    world.admin(Call::get(&format!("{ADMINISTRATORS}?search={}", "x".repeat(257)))).await.invalid("search");
}

#[tokio::test]
async fn wrong_passwords_lock_and_somebody_forgives() {
    let world = World::new().await;
    world.admin(add(&json!({}))).await.is(201);
    let wrong = json!({"username": "grace@first.example", "password": "wrong"});
    for _ in 0..10 {
        world.send(Call::post("/sessions", &wrong)).await.refused(401, "sign_in_refused");
    }
    world.sign_in("grace@first.example", "bearer").await.refused(401, "sign_in_refused");
    assert!(world.admin(Call::get(&of("grace", ""))).await.is(200)["locked_until"].is_string());
    assert!(world.admin(bare(&of("grace", "/unlock"))).await.is(200).get("locked_until").is_none());
    world.sign_in("grace@first.example", "bearer").await.is(201);
    let ended = world.admin(bare(&of("grace", "/end-sessions"))).await.is(200);
    assert_eq!(ended, json!({"ended": 1}));
}

#[tokio::test]
async fn a_password_is_reset_and_the_sessions_of_the_old_one_end() {
    let world = World::new().await;
    world.admin(add(&json!({}))).await.is(201);
    let token = world.token_of("grace@first.example").await;
    let reset = |body: &Value| Call::post(&of("grace", "/reset-password"), body);
    for body in [json!({}), json!({"generate_password": false}), json!({"password": "x", "generate_password": true})] {
        world.admin(reset(&body)).await.invalid("password");
    }
    assert_eq!(world.admin(reset(&json!({"password": "Pewter-garden-26-falcon"}))).await.is(200), json!({}));
    world.send(Call::get("/sessions/current").bearer(&token)).await.refused(401, "unauthenticated");
    world.sign_in("grace@first.example", "bearer").await.refused(401, "sign_in_refused");
    let made = world.admin(reset(&json!({"generate_password": true}))).await.is(200);
    let signing_in = json!({"username": "grace@first.example", "password": made["password"]});
    world.send(Call::post("/sessions", &signing_in)).await.is(201);
}

#[tokio::test]
async fn ids_of_another_account_fit_nowhere() {
    let world = World::new().await;
    world.organization("acme").await;
    let body = json!({"name": "Ours", "cedar": "permit (principal, action == Action::\"show_user\", resource);"});
    let ours = world.admin(Call::post("/policies", &body)).await.is(201);
    let policy = ours["policy_id"].as_str().unwrap();
    let root = world.admin(Call::get("/administrators/me")).await.is(200);
    let root = root["administrator_id"].as_str().unwrap();
    let theirs = |rest: &Value| {
        let mut body = grace(&json!({"username": "theirs@second.example"}));
        body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        Call::post(ADMINISTRATORS, &body)
    };
    let permission = json!([{"resource_type": "user", "actions": ["read"], "organizations": ["acme"]}]);
    let question = |administrator: &str| {
        let resource = json!({"type": "user", "id": "ada", "organization": "acme"});
        Call::post(
            "/policies/test",
            &json!({"administrator": administrator, "action": "show_user", "resource": resource}),
        )
    };
    world.by(Who::Other, theirs(&json!({}))).await.is(201);
    let their_name = "theirs@second.example";
    world
        .by(Who::Other, Call::put(&format!("{ADMINISTRATORS}/{their_name}/api-access"), &json!({"enabled": true})))
        .await
        .is(200);
    for call in [
        theirs(&json!({"username": "x@second.example", "policies": [{"policy": policy}]})),
        theirs(&json!({
            "username": "x@second.example", "policies": [{"policy": "read-only", "organizations": ["acme"]}]
        })),
        Call::patch(&format!("{ADMINISTRATORS}/{their_name}"), &json!({"policies": [{"policy": policy}]})),
        Call::put(&format!("/policies/{policy}/administrators/{their_name}"), &json!({})),
        Call::put(&format!("/policies/read-only/administrators/{root}"), &json!({})),
        Call::put(&format!("/policies/read-only/administrators/{their_name}"), &json!({"organizations": ["acme"]})),
        Call::put(
            &format!("{ADMINISTRATORS}/{their_name}/api-password"),
            &json!({"generate_password": true, "limit_policy": policy}),
        ),
        Call::post(
            &format!("{ADMINISTRATORS}/{their_name}/access-keys"),
            &json!({"name": "x", "limit_policy": policy}),
        ),
        Call::post("/policies", &json!({"name": "x", "permissions": permission})),
        Call::post("/policies/validate", &json!({"permissions": permission})),
        question(root),
        question(their_name),
        Call::get(&format!("/events?organization={}", "acme")),
        Call::get("/events/export?organization=acme"),
    ] {
        let place = format!("{} {}", call.method, call.path);
        let reply = world.by(Who::Other, call).await;
        assert_eq!(reply.json()["code"], "not_found", "{place}: {}", reply.text());
    }
    let export = world.by(Who::Other, Call::get(&format!("/events/export?actor={root}"))).await;
    assert_eq!((export.status.as_u16(), export.text()), (200, ""));
}
