//! What general administrators may do (row A9): the simple form, Cedar, who has it, and trying it out.

use axum::http::Method;
use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::{Who, World};

const POLICIES: &str = "/policies";
const LOOK: &str = "permit (principal, action == Action::\"show_user\", resource);";
const GENERAL: &str = "general@first.example";

fn create(body: &Value) -> Call {
    Call::post(POLICIES, body)
}

fn simple(name: &str, actions: &[&str]) -> Value {
    let permission = json!({"resource_type": "user", "actions": actions, "organizations": ["acme"]});
    json!({"name": name, "permissions": [permission]})
}

fn attach(policy: &str, body: &Value) -> Call {
    Call::put(&format!("{POLICIES}/{policy}/administrators/{GENERAL}"), body)
}

// A9: permissions of {kind, actions, ids or everything under an organization}; what is not granted is not there.
#[tokio::test]
async fn a_general_administrator_may_do_what_a_policy_says_and_nothing_else() {
    let world = World::new().await;
    let acme = world.organization("acme").await;
    world.organization("globex").await;
    let ada = world.user("acme", "ada").await;
    world.user("globex", "bob").await;
    let general = async |call: Call| world.by(Who::General, call).await;
    let show = || Call::get("/organizations/acme/users/ada");
    let edit = || Call::patch("/organizations/acme/users/ada", &json!({"city": "London"}));
    general(show()).await.refused(404, "not_found");
    let made = world.admin(create(&simple("Looks", &["read"]))).await;
    let policy = made.is(201);
    assert!(made.header("location").ends_with(policy["policy_id"].as_str().unwrap()));
    assert_eq!((&policy["kind"], &policy["attached"], &policy["version"]), (&json!("simple"), &json!(0), &json!(1)));
    // An alias became an id, so that nothing else of that alias is ever meant.
    assert_eq!(policy["permissions"][0]["organizations"], json!([acme["organization_id"]]));
    let attached = world.admin(attach("looks", &json!({}))).await.is(200);
    assert_eq!(attached["policies"][0]["name"], "Looks");
    assert_eq!(general(show()).await.is(200), ada);
    general(edit()).await.refused(403, "denied");
    general(Call::get("/organizations/globex/users/bob")).await.refused(404, "not_found");
    let list = general(Call::get("/organizations/acme/users?role=user")).await.is(200);
    assert_eq!(list["total"], 1);
    // Whoever has it is held at once to what it says from now on.
    let more =
        json!({"permissions": [{"resource_type": "user", "actions": ["read", "edit_user"], "resources": ["*"]}]});
    let edited = world.admin(Call::patch("/policies/Looks", &more)).await.is(200);
    assert_eq!(edited["version"], 2);
    general(edit()).await.is(200);
    general(Call::get("/organizations/globex/users/bob")).await.is(200);
    let holders = world.admin(Call::get("/policies/Looks/administrators")).await.is(200);
    assert_eq!((&holders["items"][0]["username"], &holders["total"]), (&json!(GENERAL), &json!(1)));
    let held = world.admin(Call::delete("/policies/Looks")).await.refused(409, "conflict");
    assert!(held["detail"].as_str().unwrap().contains('1'), "{held}");
    world.admin(Call::delete(&format!("{POLICIES}/looks/administrators/{GENERAL}"))).await.is(200);
    general(show()).await.refused(404, "not_found");
    world.admin(Call::delete("/policies/Looks")).await.is(204);
    world.admin(Call::get("/policies/Looks")).await.refused(404, "not_found");
}

// A9: by default a general user reaches only what they created.
#[tokio::test]
async fn what_one_created_is_in_ones_reach() {
    let world = World::new().await;
    let body = json!({"name": "Makes", "permissions": [
        {"resource_type": "organization", "actions": ["create_organization"], "resources": ["*"]}
    ]});
    world.admin(create(&body)).await.is(201);
    world.admin(attach("Makes", &json!({}))).await.is(200);
    world.organization("acme").await;
    world.by(Who::General, Call::post("/organizations", &json!({"alias": "mine"}))).await.is(202);
    world.settle().await;
    let new = json!({"username": "ada", "display_name": "Ada"});
    world.by(Who::General, Call::get("/organizations/mine")).await.is(200);
    world.by(Who::General, Call::post("/organizations/mine/users", &new)).await.is(201);
    world.by(Who::General, Call::post("/organizations/acme/users", &new)).await.refused(404, "not_found");
    assert_eq!(world.by(Who::General, Call::get("/organizations")).await.is(200)["total"], 1);
}

// A9: the advanced editor; what is wrong is told by line and column.
#[tokio::test]
async fn cedar_is_checked_before_it_is_kept() {
    let world = World::new().await;
    for (text, line) in [
        ("permit (principal, action == Action::\"show_userr\", resource);", 1),
        ("permit (\n  principal,\n  action == Action::\"show_user\",\n  resource\n)\nwhen { resource.salary > 5 };", 6),
        ("permit (principal, action, resource)", 1),
        ("permit (\nprincipal;", 2),
    ] {
        let problem = world.admin(create(&json!({"name": "x", "cedar": text}))).await.refused(400, "policy_refused");
        assert_eq!(problem["line"], line, "{text}: {problem}");
        assert!(problem["column"].as_u64().is_some_and(|column| column >= 1), "{text}: {problem}");
        let checked = world.admin(Call::post("/policies/validate", &json!({ "cedar": text }))).await.is(200);
        assert_eq!((&checked["valid"], &checked["problems"][0]["line"]), (&json!(false), &json!(line)), "{checked}");
    }
    let good = world.admin(Call::post("/policies/validate", &json!({ "cedar": LOOK }))).await.is(200);
    assert_eq!((&good["valid"], &good["problems"]), (&json!(true), &json!([])));
    let compiled = json!({"permissions": [{"resource_type": "user", "actions": ["read"], "resources": ["*"]}]});
    let compiled = world.admin(Call::post("/policies/validate", &compiled)).await.is(200);
    assert!(compiled["cedar"].as_str().unwrap().contains("Action::\"user:read\""), "{compiled}");
    let made = world.admin(create(&json!({"name": "Advanced", "cedar": LOOK}))).await.is(201);
    assert_eq!((&made["kind"], &made["permissions"], &made["cedar"]), (&json!("advanced"), &json!(null), &json!(LOOK)));
    assert_eq!(world.admin(Call::get(POLICIES)).await.is(200)["items"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn a_policy_without_end_is_refused() {
    let world = World::new().await;
    let big = LOOK.repeat(1_000_000 / LOOK.len());
    let nested =
        format!("permit (principal, action, resource) when {{ {}true{} }};", "(".repeat(50_000), ")".repeat(50_000));
    let wide = format!("permit (principal, action, resource) when {{ {} true }};", "true && ".repeat(50_000));
    let ids: Vec<String> = (0..50_000).map(|n| format!("id{n}")).collect();
    for text in [&big, &nested, &wide] {
        for (path, body) in
            [(POLICIES, json!({"name": "x", "cedar": text})), ("/policies/validate", json!({ "cedar": text }))]
        {
            let reply = world.admin(Call::post(path, &body)).await;
            if path == POLICIES {
                reply.refused(400, "policy_refused");
            } else {
                assert_eq!(reply.is(200)["valid"], false);
            }
        }
    }
    let many = json!({"name": "x", "permissions": [{"resource_type": "user", "actions": ["read"], "resources": ids}]});
    world.admin(create(&many)).await.refused(400, "invalid");
    let permission = json!({"resource_type": "user", "actions": ["read"], "resources": ["*"]});
    let many = json!({"name": "x", "permissions": vec![permission; 5_000]});
    world.admin(create(&many)).await.invalid("permissions");
    assert_eq!(world.admin(Call::get("/policies?search=x")).await.is(200)["total"], 0);
}

#[tokio::test]
async fn a_retry_finds_the_policy_that_the_first_try_made() {
    let world = World::new().await;
    let call = || create(&json!({"name": "Looks", "cedar": LOOK})).header("idempotency-key", "k");
    let first = world.admin(call()).await.is(201);
    assert_eq!(world.admin(call()).await.is(201), first);
    let other = create(&json!({"name": "Other", "cedar": LOOK})).header("idempotency-key", "k");
    world.admin(other).await.refused(409, "conflict");
}

#[tokio::test]
async fn what_is_no_policy_is_refused_by_name() {
    let world = World::new().await;
    world.organization("acme").await;
    let with = |permission: Value| json!({"name": "x", "permissions": [permission]});
    for (body, field) in [
        (json!({"name": "x"}), "permissions"),
        (json!({"name": "x", "permissions": []}), "permissions"),
        (json!({"name": "x", "permissions": [], "cedar": LOOK}), "cedar"),
        (json!({"name": "", "cedar": LOOK}), "name"),
        (json!({"name": "a\u{202e}b", "cedar": LOOK}), "name"),
        (json!({"name": "x".repeat(257), "cedar": LOOK}), "name"),
        (json!({"name": "x", "description": "a\nb", "cedar": LOOK}), "description"),
        (json!({"name": "x", "cedar": LOOK, "kind": "ready_made"}), "kind"),
        (with(json!({"resource_type": "user", "actions": ["read"]})), "resources"),
        (with(json!({"resource_type": "moon", "actions": ["read"], "resources": ["*"]})), "resource_type"),
        (with(json!({"resource_type": "administrator", "actions": ["*"], "resources": ["*"]})), "resource_type"),
        (with(json!({"resource_type": "user", "actions": ["fly"], "resources": ["*"]})), "actions"),
        (with(json!({"resource_type": "user", "actions": [], "resources": ["*"]})), "actions"),
        (with(json!({"resource_type": "user", "actions": ["add_administrator"], "resources": ["*"]})), "actions"),
        (with(json!({"resource_type": "user", "actions": ["read"], "resources": ["*", "x"]})), "resources"),
        (
            with(json!({"resource_type": "user", "actions": ["read"], "resources": ["*"], "organizations": ["acme"]})),
            "organizations",
        ),
        (with(json!({"resource_type": "user", "actions": ["read"], "resources": ["a b"]})), "resources"),
        (with(json!({"resource_type": "user", "action": ["read"], "resources": ["*"]})), "permissions[0].action"),
    ] {
        world.admin(create(&body)).await.invalid(field);
    }
    let twice = "{\"name\":\"x\",\"cedar\":\"\",\"cedar\":\"x\"}";
    let call = Call::new(Method::POST, POLICIES).text("application/json", twice);
    world.admin(call).await.invalid("cedar");
    for cedar in [
        "permit (principal, action == Action::\"add_administrator\", resource);",
        "permit (principal, action == Action::\"create_policy\", resource);",
    ] {
        world.admin(create(&json!({"name": "x", "cedar": cedar}))).await.refused(400, "policy_refused");
    }
}

#[tokio::test]
async fn what_comes_with_reeve_stays_as_it_is() {
    let world = World::new().await;
    let listed = world.admin(Call::get(POLICIES)).await.is(200);
    let ids: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|policy| policy["policy_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["read-only", "user-administrator", "help-desk", "organization-owner", "auditor"]);
    for id in ids {
        let path = format!("{POLICIES}/{id}");
        let shown = world.admin(Call::get(&path)).await.is(200);
        assert_eq!((&shown["kind"], shown.get("created_at")), (&json!("ready_made"), None));
        world.admin(Call::patch(&path, &json!({"description": "x"}))).await.refused(409, "reserved");
        world.admin(Call::delete(&path)).await.refused(409, "reserved");
        world.admin(create(&json!({"name": shown["name"], "cedar": LOOK}))).await.refused(409, "name_taken");
    }
    world.admin(create(&json!({"name": "Mine", "cedar": LOOK}))).await.is(201);
    world.admin(create(&json!({"name": "MINE", "cedar": LOOK}))).await.refused(409, "name_taken");
    world.admin(attach("organization-owner", &json!({}))).await.invalid("organizations");
    world.admin(attach("mine", &json!({"organizations": ["acme"]}))).await.invalid("organizations");
    world
        .admin(Call::put(&format!("{POLICIES}/mine/administrators/deputy@first.example"), &json!({})))
        .await
        .invalid("administrator");
}

// A9: "may X do Y to Z, and which policy decides?"
#[tokio::test]
async fn a_question_is_answered_by_the_decision_itself() {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    let ask = async |administrator: &str, action: &str| {
        let resource = json!({"type": "user", "id": "ada", "organization": "acme"});
        let body = json!({"administrator": administrator, "action": action, "resource": resource});
        world.admin(Call::post("/policies/test", &body)).await.is(200)
    };
    let denied = ask(GENERAL, "reset_password").await;
    assert_eq!((&denied["decision"], &denied["policies"]), (&json!("deny"), &json!([])));
    world.admin(attach("help-desk", &json!({}))).await.is(200);
    let allowed = ask(GENERAL, "reset_password").await;
    assert_eq!((&allowed["decision"], &allowed["policies"][0]["effect"]), (&json!("allow"), &json!("permit")));
    assert_eq!(allowed["policies"][0]["policy_id"], "help-desk");
    let forbid = "forbid (principal, action == Action::\"reset_password\", resource);";
    world.admin(create(&json!({"name": "Never", "cedar": forbid}))).await.is(201);
    world.admin(attach("Never", &json!({}))).await.is(200);
    let forbidden = ask(GENERAL, "reset_password").await;
    assert_eq!((&forbidden["decision"], &forbidden["policies"][0]["effect"]), (&json!("deny"), &json!("forbid")));
    assert_eq!(ask("deputy@first.example", "reset_password").await["decision"], "allow");
    // As the doors decide.
    let reset = Call::post("/organizations/acme/users/ada/reset-password", &json!({"generate_password": true}));
    world.by(Who::General, reset).await.refused(403, "denied");
    let resource = json!({"type": "user", "id": "ada", "organization": "acme"});
    for (body, field) in [
        (json!({"administrator": GENERAL, "action": "fly", "resource": resource}), "action"),
        (json!({"administrator": "x", "action": "show_user", "resource": resource}), "administrator"),
        (json!({"administrator": GENERAL, "action": "show_user", "resource": {"type": "user", "id": "a\u{0}"}}), "id"),
        (json!({"administrator": GENERAL, "action": "show_user"}), "resource"),
        (json!({"administrator": GENERAL, "action": "show_user", "resource": {"type": "moon", "id": "x"}}), "resource"),
    ] {
        world.admin(Call::post("/policies/test", &body)).await.invalid(field);
    }
}

#[tokio::test]
async fn what_policies_can_name_is_listed_with_what_it_does() {
    let world = World::new().await;
    let actions = world.admin(Call::get("/policies/actions")).await.is(200)["items"].clone();
    let actions = actions.as_array().unwrap();
    let reset = actions.iter().find(|action| action["action"] == "reset_password").unwrap();
    assert_eq!(
        (&reset["resource_type"], &reset["description"]),
        (&json!("user"), &json!("Reset the password of a user"))
    );
    assert!(reset["groups"].as_array().unwrap().contains(&json!("user:secret")), "{reset}");
    assert!(!actions.iter().any(|action| action["action"] == "add_administrator"));
    assert!(actions.iter().all(|action| !action["description"].as_str().unwrap().is_empty()));
}

// Nobody but an account admin reads or writes policies: so nobody grants what they do not hold.
#[tokio::test]
async fn a_policy_grants_no_administration() {
    let world = World::new().await;
    world.organization("acme").await;
    world.admin(attach("organization-owner", &json!({"organizations": ["acme"]}))).await.is(200);
    let all = json!({"name": "All", "permissions": [{"resource_type": "*", "actions": ["*"], "resources": ["*"]}]});
    world.admin(create(&all)).await.is(201);
    world.admin(attach("All", &json!({}))).await.is(200);
    world.by(Who::General, Call::get("/organizations/acme")).await.is(200);
    for call in [
        Call::get(POLICIES),
        Call::get("/policies/All"),
        create(&json!({"name": "x", "cedar": LOOK})),
        Call::put("/policies/All/administrators/deputy@first.example", &json!({})),
        Call::get("/administrators"),
        Call::patch("/administrators/me", &json!({"role": "admin"})),
        Call::patch("/administrators/deputy@first.example", &json!({"role": "general"})),
        Call::patch("/account", &json!({"event_retention_days": 30})),
        Call::post("/policies/validate", &json!({ "cedar": LOOK })),
        Call::get("/policies/actions"),
    ] {
        let place = format!("{} {}", call.method, call.path);
        let reply = world.by(Who::General, call).await;
        assert_eq!(reply.json()["code"], "denied", "{place}: {}", reply.text());
    }
}
