//! Requests that cannot be understood: each is refused by name, in one shape, and none is a fault of ours.

use axum::http::Method;
use serde_json::json;

use crate::caller::Call;
use crate::world::{Who, World};

fn create(body: &str) -> Call {
    Call::new(Method::POST, "/organizations").text("application/json", body.to_owned())
}

#[tokio::test]
async fn wrong_json_is_refused_by_field_and_place() {
    let world = World::new().await;
    for (body, field, says) in [
        ("", "body", "is not JSON at line 1"),
        ("{", "body", "is not JSON at line 1 column 1"),
        ("{\"alias\":\"acme\",\n}", "body", "line 2 column 1"),
        ("nonsense", "body", "is not JSON"),
        ("{\"alias\":\"acme\"} {}", "body", "is not JSON"),
        ("[]", "body", "must be a JSON object"),
        ("null", "body", "must be a JSON object"),
        ("{}", "alias", "must be given"),
        ("{\"alias\":5}", "alias", "must be a string"),
        ("{\"alias\":null}", "alias", "must be a string"),
        ("{\"alias\":\"acme\",\"allias\":\"acme\"}", "allias", "is not known here"),
        ("{\"alias\":\"acme\",\"alias\":\"globex\"}", "alias", "is given twice"),
        ("{\"alias\":\"acme\",\"domains\":\"acme.example\"}", "domains", "must be a list"),
        ("{\"alias\":\"acme\",\"domains\":[1]}", "domains[0]", "must be a string"),
        ("{\"alias\":\"acme\",\"directory_id\":\"x\"}", "directory_id", "d- and 10"),
        ("{\"alias\":\"\"}", "alias", "must not be empty"),
        ("{\"alias\":\"\\u0000\"}", "alias", "may hold letters"),
        ("{\"alias\":\"аcme\"}", "alias", "may hold letters"),
        ("{\"alias\":\"\\ud800\"}", "body", "is not JSON"),
        ("\u{feff}{\"alias\":\"acme\"}", "body", "is not JSON"),
    ] {
        let problem = world.admin(create(body)).await.invalid(field);
        assert!(problem["detail"].as_str().unwrap().contains(says), "{body}: {problem}");
    }
    let bytes = Call::new(Method::POST, "/organizations").text("application/json", vec![b'{', 0xff, b'}']);
    world.admin(bytes).await.invalid("body");
    assert_eq!(world.admin(Call::get("/organizations")).await.is(200)["total"], 0);
}

#[tokio::test]
async fn deep_long_and_large_bodies_are_refused() {
    let world = World::new().await;
    for open in ["[", "{\"a\":"] {
        world.admin(create(&format!("{{\"alias\":{}", open.repeat(100_000)))).await.invalid("alias");
        world.admin(create(&open.repeat(100_000))).await.refused(400, "invalid");
    }
    let long = json!({"alias": "a".repeat(63)});
    world.admin(Call::post("/organizations", &long)).await.invalid("alias");
    let most = json!({"alias": "a".repeat((1 << 20) - 12)});
    assert_eq!(most.to_string().len(), 1 << 20);
    world.admin(Call::post("/organizations", &most)).await.invalid("alias");
    let over = json!({"alias": "a".repeat((1 << 20) - 11)});
    world.admin(Call::post("/organizations", &over)).await.refused(413, "payload_too_large");
    let announced = Call::post("/organizations", &json!({})).header("content-length", "9999999999999");
    world.admin(announced).await.refused(413, "payload_too_large");
}

// What is new with administration is read as strictly as the rest.
#[tokio::test]
async fn bodies_of_administration_are_read_as_strictly() {
    let world = World::new().await;
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let long = format!("\"{}\"", "x".repeat(1_000_000));
    for (method, path, member, also) in [
        ("POST", "/administrators", "username", ""),
        ("POST", "/administrators", "first_name", ",\"username\":\"x@x.example\""),
        ("PATCH", "/administrators/general@first.example", "last_name", ""),
        ("PATCH", "/administrators/general@first.example", "role", ""),
        ("PATCH", "/administrators/general@first.example", "status", ""),
        ("PUT", "/administrators/general@first.example/api-access", "enabled", ""),
        ("POST", "/administrators/general@first.example/access-keys", "name", ""),
        ("POST", "/policies", "name", ",\"cedar\":\"\""),
        ("PATCH", "/policies/Looks", "name", ""),
        ("PATCH", "/account", "event_retention_days", ""),
        ("POST", "/policies/test", "administrator", ""),
        ("POST", "/organizations/acme/groups", "name", ""),
        ("PATCH", "/organizations/acme/groups/crew", "hidden_from_global_address_list", ""),
        ("POST", "/organizations/acme/groups/crew/members", "member", ""),
        ("POST", "/organizations/acme/resources", "kind", ",\"name\":\"blue\""),
        ("PATCH", "/organizations/acme/resources/blue", "description", ""),
        ("POST", "/organizations/acme/resources/blue/delegates", "delegate", ""),
        ("PATCH", "/organizations/acme/users/ada/mailbox", "quota_mb", ""),
        ("PUT", "/organizations/acme/entities/ada/permissions/bob", "permissions", ""),
    ] {
        let send = async |body: String| {
            let call = Call::new(method.parse().unwrap(), path).text("application/json", body);
            world.admin(call).await
        };
        for value in [&deep, &objects, &long] {
            let problem = send(format!("{{\"{member}\":{value}{also}}}")).await.refused(400, "invalid");
            assert!(problem["detail"].as_str().unwrap().len() < 1_000, "{problem}");
        }
        send(format!("{{\"{member}\":null,\"{member}\":null}}")).await.refused(400, "invalid");
        send(format!("{{\"{member}\":\"a\",\"{member}\":\"b\"}}")).await.refused(400, "invalid");
        send(format!("{{\"{member}\":{{\"{member}\":1}}}}")).await.invalid(member);
        send("[]".to_owned()).await.invalid("body");
    }
    let sign_in = |body: String| Call::new(Method::POST, "/sessions").text("application/json", body);
    for value in [&deep, &objects] {
        let body = format!("{{\"username\":\"x\",\"password\":\"x\",\"code\":{value}}}");
        world.send(sign_in(body)).await.refused(400, "invalid");
    }
    let body = format!("{{\"username\":{long},\"password\":\"x\"}}");
    world.send(sign_in(body)).await.refused(401, "sign_in_refused");
    let twice = "{\"username\":\"x\",\"password\":\"x\",\"password\":\"y\"}";
    world.send(sign_in(twice.to_owned())).await.invalid("password");
}

#[tokio::test]
async fn other_media_types_are_refused() {
    let world = World::new().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "text/json"] {
        let call = Call::new(Method::POST, "/organizations").text(kind, r#"{"alias":"acme"}"#);
        world.admin(call).await.refused(415, "unsupported_media_type");
    }
    let none = Call { headers: axum::http::HeaderMap::new(), ..create("{}") };
    world.admin(none).await.refused(415, "unsupported_media_type");
    let packed = create(r#"{"alias":"acme"}"#).header("content-encoding", "gzip");
    world.admin(packed).await.refused(415, "unsupported_media_type");
    world.organization("acme").await;
    let json = Call::post("/organizations/acme/users/import", &json!({}));
    world.admin(json).await.refused(415, "unsupported_media_type");
    let latin = Call::new(Method::POST, "/organizations/acme/users/import");
    world.admin(latin.text("text/csv; charset=iso-8859-1", "username")).await.refused(415, "unsupported_media_type");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    let world = World::new().await;
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v2/organizations",
        "/",
        "/api/v1/organizations/",
        "/favicon.ico",
    ] {
        let mut call = Call::get("/");
        call.path = path.to_owned();
        world.send(call.clone()).await.refused(404, "not_found");
        world.admin(call).await.refused(404, "not_found");
    }
    let reply = world.admin(Call::new(Method::PUT, "/organizations")).await;
    reply.refused(405, "method_not_allowed");
    let mut allowed: Vec<_> = reply.header("allow").split(',').collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);
    for method in [Method::OPTIONS, Method::TRACE, Method::PATCH, "PROPFIND".parse().unwrap()] {
        world.send(Call::new(method, "/sessions")).await.refused(405, "method_not_allowed");
    }
}

#[tokio::test]
async fn wrong_queries_and_paths_are_refused_by_name() {
    let world = World::new().await;
    world.organization("acme").await;
    for (path, field) in [
        ("/organizations?limit=0", "limit"),
        ("/organizations?limit=1001", "limit"),
        ("/organizations?limit=x", "limit"),
        ("/organizations?limit=-1", "limit"),
        ("/organizations?limit=99999999999999999999", "limit"),
        ("/organizations?limit=1&limit=2", "limit"),
        ("/organizations?limit=", "limit"),
        ("/organizations?cursor=", "cursor"),
        ("/organizations?cursor=!", "cursor"),
        ("/organizations?serach=acme", "serach"),
        ("/organizations?state=asleep", "state"),
        ("/organizations/acme/users?role=king", "role"),
        ("/organizations/acme/users?state=Enabled", "state"),
        ("/organizations/acme/groups?limit=0", "limit"),
        ("/organizations/acme/resources?cursor=!", "cursor"),
        ("/organizations/acme/entities/ada/permissions?limit=x", "limit"),
        ("/organizations/acme/entities/%00", "path"),
        ("/events?since=yesterday", "since"),
        ("/events?until=2026-13-01T00:00:00Z", "until"),
        ("/jobs/1", "job_id"),
        ("/organizations?search=a%00", "path"),
        ("/organizations/a%0ab", "path"),
        ("/organizations/acme/users/%00", "path"),
        ("/organizations/%ff", "path"),
        ("/organizations/acme/domains/-", "domain"),
        ("/organizations/acme/users/export?format=excel", "format"),
    ] {
        world.admin(Call::get(path)).await.invalid(field);
    }
    world.admin(Call::delete("/organizations/acme?force=maybe")).await.invalid("force");
    world.admin(Call::delete("/organizations/acme?delete_directory=1")).await.invalid("delete_directory");
    let long = "x".repeat(257);
    world.admin(Call::get(&format!("/organizations/acme/users?search={long}"))).await.invalid("search");
}

#[tokio::test]
async fn what_nobody_has_is_not_found_whatever_it_is_called() {
    let world = World::new().await;
    world.organization("acme").await;
    let long = "x".repeat(5_000);
    for name in
        ["nobody", "m-00000000000000000000000000000000", "..", "%2e%2e%2f", "'%20OR%201=1", "%E2%80%AE", "*", &long]
    {
        world.admin(Call::get(&format!("/organizations/{name}"))).await.refused(404, "not_found");
        for kind in ["users", "groups", "resources"] {
            world.admin(Call::get(&format!("/organizations/acme/{kind}/{name}"))).await.refused(404, "not_found");
        }
    }
    world.admin(Call::get("/jobs/019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80")).await.refused(404, "not_found");
    world.admin(Call::get("/jobs?organization=nobody")).await.refused(404, "not_found");
    world.admin(Call::get("/events?organization=nobody")).await.refused(404, "not_found");
    world.admin(Call::get("/organizations/acme/domains/nobody.example")).await.refused(422, "domain_not_found");
}

#[tokio::test]
async fn names_that_deceive_are_refused() {
    let world = World::new().await;
    world.organization("acme").await;
    let good = json!({"username": "ada", "display_name": "Ada"});
    for (field, value) in [
        ("username", "ada\u{202E}"),
        ("username", "аda"),
        ("username", "a b"),
        ("username", ""),
        ("username", "a\0b"),
        ("username", &"a".repeat(65)),
        ("display_name", "a\nb"),
        ("display_name", "\u{200B}"),
        ("display_name", ""),
        ("display_name", " ada"),
        ("display_name", &"x".repeat(257)),
        ("first_name", "a\u{7f}"),
        ("city", "\u{2066}x"),
        ("telephone", "1\0"),
        ("email", "ada"),
        ("email", "a@b@c.example"),
        ("email", "a\r\nb@acme.mail.test"),
        ("email", ""),
    ] {
        let mut body = good.clone();
        body[field] = json!(value);
        world.admin(Call::post("/organizations/acme/users", &body)).await.invalid(field);
    }
    for (field, value) in [("role", json!("king")), ("role", json!("system_user")), ("generate_password", json!("yes"))]
    {
        let mut body = good.clone();
        body[field] = value;
        world.admin(Call::post("/organizations/acme/users", &body)).await.invalid(field);
    }
    let two = json!({"username": "ada", "display_name": "Ada", "password": "x", "generate_password": true});
    world.admin(Call::post("/organizations/acme/users", &two)).await.invalid("password");
    let enable = json!({"users": [{"user": "a\u{0}b", "email": "a@acme.mail.test"}]});
    world.admin(Call::post("/organizations/acme/users/enable", &enable)).await.invalid("user");
    let users = world.by(Who::Admin, Call::get("/organizations/acme/users?role=user")).await.is(200);
    assert_eq!(users["total"], 0);
}
