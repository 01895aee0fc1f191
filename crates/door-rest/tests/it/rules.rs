//! Rules over the wire: access control, mobile devices and their overrides, impersonation roles; the forms of answers, and
//! every refusal that they know.

use serde_json::{Value, json};

use crate::caller::Call;
use crate::world::{PASSWORD, World};

/// Where something of acme's is found.
fn of(rest: &str) -> String {
    format!("/organizations/acme/{rest}")
}

/// An organization with ada, who is enabled, and eve, who is not.
async fn world() -> World {
    let world = World::new().await;
    world.organization("acme").await;
    world.user("acme", "ada").await;
    let eve = json!({"username": "eve", "display_name": "Eve"});
    world.admin(Call::post(&of("users"), &eve)).await.is(201);
    world
}

async fn put(world: &World, path: &str, body: Value) -> Value {
    world.admin(Call::put(&of(path), &body)).await.is(200)
}

async fn post(world: &World, path: &str, body: Value) -> Value {
    world.admin(Call::post(&of(path), &body)).await.is(201)
}

async fn ask(world: &World, path: &str, body: Value) -> Value {
    world.admin(Call::post(&of(path), &body)).await.is(200)
}

async fn items(world: &World, path: &str) -> Vec<Value> {
    world.admin(Call::get(&of(path))).await.is(200)["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_rules_that_an_organization_begins_with() {
    let world = world().await;
    let access = items(&world, "access-control-rules").await;
    assert_eq!(
        access,
        [json!({
            "name": "default", "effect": "allow", "description": "Default WorkMail Rule",
            "ip_ranges": [], "not_ip_ranges": [], "protocols": [], "not_protocols": [], "users": [], "not_users": [],
            "impersonation_roles": [], "not_impersonation_roles": [],
            "created_at": null, "updated_at": null, "version": 1
        })]
    );
    let devices = items(&world, "mobile-device-rules").await;
    assert_eq!((devices.len(), &devices[0]["rule_id"], &devices[0]["effect"]), (1, &json!("default"), &json!("allow")));
    assert_eq!(devices[0]["not_device_user_agents"], json!([]));
    let effect = ask(&world, "mobile-device-tests", json!({})).await;
    assert_eq!(effect, json!({"effect": "allow", "rules": [{"rule_id": "default", "name": "default"}]}));
}

#[tokio::test]
async fn an_access_control_rule_is_put_and_asked() {
    let world = world().await;
    let ada = world.admin(Call::get(&of("users/ada"))).await.is(200)["user_id"].clone();
    let role = post(&world, "impersonation-roles", json!({"name": "Archive", "kind": "read_only"})).await;
    let role = role["impersonation_role_id"].clone();
    let rule = json!({
        "effect": "deny", "description": "office only",
        "not_ip_ranges": ["192.0.2.0/24", "2001:db8::/32"], "protocols": ["IMAP", "SMTP", "WindowsOutlook"],
        "users": ["ada@acme.mail.test", "ada"], "not_impersonation_roles": [role]
    });
    let reply = world.admin(Call::put(&of("access-control-rules/Office_1"), &rule)).await;
    let made = reply.is(200);
    assert_eq!(reply.header("etag"), "\"1\"");
    assert_eq!(
        (&made["name"], &made["users"], &made["protocols"][2]),
        (&json!("Office_1"), &json!([ada]), &json!("WindowsOutlook"))
    );
    assert_eq!(made["not_impersonation_roles"], json!([role]));
    assert_eq!(made["created_at"], made["updated_at"]);
    let from = |address: &str| json!({"protocol": "IMAP", "source_address": address, "user": "ada"});
    for (address, effect, rules) in [
        ("192.0.2.7", "allow", json!(["default"])),
        ("::ffff:192.0.2.7", "allow", json!(["default"])),
        ("2001:db8::7", "allow", json!(["default"])),
        ("203.0.113.9", "deny", json!(["Office_1"])),
    ] {
        let answer = ask(&world, "access-control-tests", from(address)).await;
        assert_eq!(answer, json!({"effect": effect, "rules": rules}), "{address}");
    }
    let program = json!({"protocol": "EWS", "source_address": "203.0.113.9", "impersonation_role": role});
    assert_eq!(ask(&world, "access-control-tests", program).await["effect"], "allow");
    let replaced = put(&world, "access-control-rules/Office_1", json!({"effect": "allow", "description": ""})).await;
    assert_eq!(
        (&replaced["description"], &replaced["users"], &replaced["version"]),
        (&json!(null), &json!([]), &json!(2))
    );
    let stale = Call::put(&of("access-control-rules/Office_1"), &rule).header("if-match", "\"1\"");
    world.admin(stale).await.refused(412, "version_mismatch");
    world
        .admin(Call::delete(&of("access-control-rules/Office_1")).header("if-match", "\"1\""))
        .await
        .refused(412, "version_mismatch");
    for name in ["Office_1", "Office_1", "default"] {
        world.admin(Call::delete(&of(&format!("access-control-rules/{name}")))).await.is(204);
    }
    let nobody = ask(&world, "access-control-tests", from("192.0.2.7")).await;
    assert_eq!(nobody, json!({"effect": "deny", "rules": []}));
}

#[tokio::test]
async fn a_rule_refuses_what_it_cannot_mean() {
    let world = world().await;
    let rule = |member: &str, value: Value| {
        let mut body = json!({"effect": "deny"});
        body[member] = value;
        Call::put(&of("access-control-rules/office"), &body)
    };
    for (member, value, field) in [
        ("effect", json!("permit"), "effect"),
        ("description", json!("a\u{202E}b"), "description"),
        ("description", json!("x".repeat(257)), "description"),
        ("ip_ranges", json!(["192.0.2.7/24"]), "ip_ranges"),
        ("not_ip_ranges", json!(["somewhere"]), "not_ip_ranges"),
        ("ip_ranges", json!(null), "ip_ranges"),
        ("protocols", json!(["POP3"]), "protocols[0]"),
        ("not_protocols", json!(["imap"]), "not_protocols[0]"),
        ("users", json!("ada"), "users"),
        ("not_users", json!(["a\u{0}"]), "not_users"),
        ("impersonation_roles", json!(["a b"]), "impersonation_roles"),
        ("not_impersonation_roles", json!([""]), "not_impersonation_roles"),
        ("users", json!(vec!["ada"; 11]), "users"),
        ("name", json!("office"), "name"),
    ] {
        world.admin(rule(member, value)).await.invalid(field);
    }
    world.admin(rule("users", json!(["nobody"]))).await.refused(404, "not_found");
    world.admin(rule("impersonation_roles", json!(["nobody"]))).await.refused(404, "not_found");
    let body = json!({"effect": "allow"});
    for name in ["a.b", "a%20b", "%C3%A4", &"a".repeat(65)] {
        world.admin(Call::put(&of(&format!("access-control-rules/{name}")), &body)).await.invalid("rule");
        world.admin(Call::delete(&of(&format!("access-control-rules/{name}")))).await.invalid("rule");
    }
    for n in 1..10 {
        put(&world, &format!("access-control-rules/rule-{n}"), body.clone()).await;
    }
    world.admin(Call::put(&of("access-control-rules/more"), &body)).await.refused(409, "limit_reached");
    let test = |body: Value| Call::post(&of("access-control-tests"), &body);
    let arrival = json!({"protocol": "IMAP", "source_address": "192.0.2.7"});
    let with = |member: &str, value: &str| {
        let mut body = arrival.clone();
        body[member] = value.into();
        body
    };
    world.admin(test(arrival.clone())).await.invalid("user");
    let both = json!({"protocol": "EWS", "source_address": "192.0.2.7", "user": "ada", "impersonation_role": "x"});
    world.admin(test(both)).await.invalid("user");
    world.admin(test(with("user", "nobody"))).await.refused(404, "not_found");
    world.admin(test(with("impersonation_role", "nobody"))).await.invalid("protocol");
    for address in ["", "192.0.2", "192.0.2.0/24", "fe80::1%eth0"] {
        let body = json!({"protocol": "IMAP", "source_address": address, "user": "ada"});
        world.admin(test(body)).await.invalid("source_address");
    }
}

#[tokio::test]
async fn a_sign_in_is_checked_as_somebody_would_come() {
    let world = world().await;
    world.admin(Call::post(&of("users/ada/reset-password"), &json!({"password": PASSWORD}))).await.is(200);
    put(&world, "access-control-rules/office", json!({"effect": "deny", "not_ip_ranges": ["192.0.2.0/24"]})).await;
    let check = |body: Value| Call::post(&of("users/ada/check-sign-in"), &body);
    for (arrival, outcome) in [
        (json!({}), "accepted"),
        (json!({"protocol": "IMAP", "source_address": "192.0.2.7"}), "accepted"),
        (json!({"protocol": "IMAP", "source_address": "203.0.113.9"}), "refused_by_rule"),
        (json!({"protocol": null, "source_address": null}), "accepted"),
    ] {
        let mut body = arrival.clone();
        body["password"] = PASSWORD.into();
        assert_eq!(world.admin(check(body)).await.is(200)["outcome"], outcome, "{arrival}");
    }
    world.admin(check(json!({"password": PASSWORD, "protocol": "IMAP"}))).await.invalid("source_address");
    world.admin(check(json!({"password": PASSWORD, "source_address": "192.0.2.7"}))).await.invalid("protocol");
    let odd = json!({"password": PASSWORD, "protocol": "POP3", "source_address": "192.0.2.7"});
    world.admin(check(odd)).await.invalid("protocol");
}

#[tokio::test]
async fn a_mobile_device_rule_is_made_replaced_and_asked() {
    let world = world().await;
    world.admin(Call::delete(&of("mobile-device-rules/default"))).await.is(204);
    let new = json!({
        "name": "Phones", "effect": "allow", "description": "one\ntwo", "device_types": ["iphone", "$NONE"],
        "not_device_models": ["iPhone6"], "device_operating_systems": ["iOS"], "not_device_user_agents": ["Bad"]
    });
    let create = || Call::post(&of("mobile-device-rules"), &new).header("idempotency-key", "k");
    let reply = world.admin(create()).await;
    let made = reply.is(201);
    assert_eq!((reply.header("etag"), reply.header("idempotent-replayed")), ("\"1\"", ""));
    for member in ["name", "effect", "description", "device_types", "not_device_models", "not_device_user_agents"] {
        assert_eq!(made[member], new[member], "{member}");
    }
    let again = world.admin(create()).await;
    assert_eq!((again.is(201), again.header("idempotent-replayed")), (made.clone(), "true"));
    let id = made["rule_id"].as_str().unwrap();
    let device = json!({
        "device_type": "iPhone", "device_model": "iPhone15C2", "device_operating_system": "iOS 18",
        "device_user_agent": "Apple-iPhone15C2/2202.83"
    });
    let matched = json!({"effect": "allow", "rules": [{"rule_id": id, "name": "Phones"}]});
    assert_eq!(ask(&world, "mobile-device-tests", device).await, matched);
    let unknown = ask(&world, "mobile-device-tests", json!({"device_operating_system": "iOS 18"})).await;
    assert_eq!(unknown, json!({"effect": "deny", "rules": []}));
    let edited = put(&world, &format!("mobile-device-rules/{id}"), json!({"name": "All", "effect": "deny"})).await;
    assert_eq!((&edited["name"], &edited["device_types"], &edited["version"]), (&json!("All"), &json!([]), &json!(2)));
    assert_eq!((&edited["description"], &edited["created_at"]), (&json!(null), &made["created_at"]));
    let stale = Call::put(&of(&format!("mobile-device-rules/{id}")), &new).header("if-match", "\"1\"");
    world.admin(stale).await.refused(412, "version_mismatch");
    world.admin(Call::put(&of("mobile-device-rules/never"), &new)).await.refused(404, "not_found");
    world.admin(Call::put(&of("mobile-device-rules/a%20b"), &new)).await.invalid("rule_id");
    for _ in 0..2 {
        world.admin(Call::delete(&of(&format!("mobile-device-rules/{id}")))).await.is(204);
    }
    for (member, value, field) in [
        ("name", json!(""), "name"),
        ("name", json!("x".repeat(65)), "name"),
        ("effect", json!("maybe"), "effect"),
        ("device_types", json!([""]), "device_types"),
        ("not_device_types", json!(["王"]), "not_device_types"),
        ("device_models", json!(vec!["x"; 11]), "device_models"),
        ("device_user_agents", json!(["x".repeat(257)]), "device_user_agents"),
    ] {
        let mut body = json!({"name": "x", "effect": "allow"});
        body[member] = value;
        world.admin(Call::post(&of("mobile-device-rules"), &body)).await.invalid(field);
    }
    world.admin(Call::post(&of("mobile-device-tests"), &json!({"device_type": ""}))).await.invalid("device_type");
    for n in 0..10 {
        post(&world, "mobile-device-rules", json!({"name": format!("rule {n}"), "effect": "allow"})).await;
    }
    world.admin(Call::post(&of("mobile-device-rules"), &new)).await.refused(409, "limit_reached");
}

#[tokio::test]
async fn an_override_is_put_shown_listed_and_deleted() {
    let world = world().await;
    let phone = "users/ada/mobile-device-overrides/ApplDNPK1234F18X";
    let made = put(&world, phone, json!({"effect": "deny", "description": "lost"})).await;
    assert_eq!((&made["device_id"], &made["description"]), (&json!("ApplDNPK1234F18X"), &json!("lost")));
    let lower = world.admin(Call::get(&of("users/ada@acme.mail.test/mobile-device-overrides/appldnpk1234f18x"))).await;
    assert_eq!(lower.is(200), made);
    put(&world, "users/ada/mobile-device-overrides/second", json!({"effect": "allow"})).await;
    for (query, expected) in [
        ("", vec!["ApplDNPK1234F18X", "second"]),
        ("?user=ada", vec!["ApplDNPK1234F18X", "second"]),
        ("?device_id=SECOND", vec!["second"]),
        ("?user=eve", vec![]),
    ] {
        let listed = items(&world, &format!("mobile-device-overrides{query}")).await;
        let ids: Vec<_> = listed.iter().map(|item| item["device_id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{query}");
    }
    let first = world.admin(Call::get(&of("mobile-device-overrides?limit=1"))).await.is(200);
    assert_eq!(first["total"], 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(
        items(&world, &format!("mobile-device-overrides?limit=1&cursor={cursor}")).await[0]["device_id"],
        "second"
    );
    for _ in 0..2 {
        world.admin(Call::delete(&of(phone))).await.is(204);
    }
    world.admin(Call::get(&of(phone))).await.refused(404, "not_found");
    let deny = json!({"effect": "deny"});
    let odd = |user: &str, device: &str| of(&format!("users/{user}/mobile-device-overrides/{device}"));
    world.admin(Call::put(&odd("eve", "x"), &deny)).await.refused(409, "wrong_state");
    world.admin(Call::put(&odd("nobody", "x"), &deny)).await.refused(404, "not_found");
    world.admin(Call::delete(&odd("nobody", "x"))).await.refused(404, "not_found");
    for device in ["a-b", "%C3%A4", &"a".repeat(33)] {
        world.admin(Call::put(&odd("ada", device), &deny)).await.invalid("device_id");
    }
    world.admin(Call::put(&odd("ada", "x"), &json!({}))).await.invalid("effect");
    world.admin(Call::get(&of("mobile-device-overrides?user=nobody"))).await.refused(404, "not_found");
    world.admin(Call::get(&of("mobile-device-overrides?device_id=a-b"))).await.invalid("device_id");
}

#[tokio::test]
async fn an_impersonation_role_is_made_replaced_and_asked() {
    let world = world().await;
    let ada = world.admin(Call::get(&of("users/ada"))).await.is(200)["user_id"].clone();
    let new = json!({
        "name": "Archive", "kind": "read_only", "description": "at night",
        "rules": [
            {"rule_id": "everybody", "effect": "allow"},
            {"rule_id": "board", "name": "Board", "description": "not them", "effect": "deny", "target_users": ["ada"]}
        ]
    });
    let create = || Call::post(&of("impersonation-roles"), &new).header("idempotency-key", "k");
    let reply = world.admin(create()).await;
    let made = reply.is(201);
    let id = made["impersonation_role_id"].as_str().unwrap();
    let role = of(&format!("impersonation-roles/{id}"));
    assert_eq!(reply.header("location"), format!("/api/v1{role}"));
    assert_eq!(
        made["rules"][1],
        json!({
            "rule_id": "board", "name": "Board", "description": "not them", "effect": "deny",
            "target_users": [ada], "not_target_users": []
        })
    );
    assert_eq!((&made["rules"][0]["name"], &made["description"]), (&json!(null), &json!("at night")));
    assert_eq!(world.admin(create()).await.header("idempotent-replayed"), "true");
    let shown = world.admin(Call::get(&role)).await;
    assert_eq!((shown.is(200), shown.header("etag")), (made.clone(), "\"1\""));
    world.admin(Call::get(&role).header("if-none-match", "\"1\"")).await.is(304);
    assert_eq!(items(&world, "impersonation-roles").await, [made]);
    let tests = format!("{role}/tests");
    let denied = world.admin(Call::post(&tests, &json!({"user": "ada"}))).await.is(200);
    let board = json!([{"rule_id": "board", "name": "Board"}]);
    assert_eq!(denied, json!({"kind": "read_only", "effect": "deny", "rules": board}));
    let wider = json!({"name": "Copy", "kind": "full_access", "rules": [{"rule_id": "1", "effect": "allow"}]});
    let edited = world.admin(Call::put(&role, &wider)).await.is(200);
    assert_eq!(
        (&edited["name"], &edited["kind"], &edited["version"]),
        (&json!("Copy"), &json!("full_access"), &json!(2))
    );
    let allowed = world.admin(Call::post(&tests, &json!({"user": ada}))).await.is(200);
    assert_eq!(allowed["effect"], "allow");
    world.admin(Call::put(&role, &new).header("if-match", "\"1\"")).await.refused(412, "version_mismatch");
    world.admin(Call::post(&tests, &json!({"user": "eve"}))).await.refused(409, "wrong_state");
    world.admin(Call::post(&tests, &json!({"user": "nobody"}))).await.refused(404, "not_found");
    for _ in 0..2 {
        world.admin(Call::delete(&role)).await.is(204);
    }
    for gone in [Call::get(&role), Call::put(&role, &wider), Call::post(&tests, &json!({"user": "ada"}))] {
        world.admin(gone).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn an_impersonation_role_refuses_what_it_cannot_mean() {
    let world = world().await;
    let role = |member: &str, value: Value| {
        let mut body = json!({"name": "Archive", "kind": "read_only"});
        body[member] = value;
        Call::post(&of("impersonation-roles"), &body)
    };
    let rule = |member: &str, value: Value| {
        let mut rule = json!({"rule_id": "1", "effect": "allow"});
        rule[member] = value;
        json!([rule])
    };
    for (member, value, field) in [
        ("name", json!(""), "name"),
        ("name", json!("x".repeat(65)), "name"),
        ("kind", json!("everything"), "kind"),
        ("description", json!("x".repeat(257)), "description"),
        ("rules", json!(null), "rules"),
        ("rules", rule("rule_id", json!("a b")), "rule_id"),
        ("rules", rule("effect", json!("maybe")), "rules[0].effect"),
        ("rules", rule("target_users", json!(vec!["ada"; 11])), "target_users"),
        ("rules", rule("user", json!("ada")), "rules[0].user"),
        ("rules", json!([{"rule_id": "1", "effect": "allow"}, {"rule_id": "1", "effect": "deny"}]), "rules"),
    ] {
        world.admin(role(member, value)).await.invalid(field);
    }
    world.admin(role("rules", rule("target_users", json!(["nobody"])))).await.refused(404, "not_found");
    world.admin(role("rules", rule("not_target_users", json!(["eve"])))).await.refused(409, "wrong_state");
    world.admin(role("rules", json!([]))).await.is(201);
    world.admin(role("name", json!("ARCHIVE"))).await.invalid("name");
    world.admin(Call::get(&of("impersonation-roles/a%20b"))).await.invalid("role_id");
    for n in 1..20 {
        world.admin(role("name", json!(format!("role {n}")))).await.is(201);
    }
    world.admin(role("name", json!("one more"))).await.refused(409, "limit_reached");
}
