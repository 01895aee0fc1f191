//! What a browser can be made to do, and what a header can be made to say: session fixation, cookies, other sites,
//! forged addresses and hosts.

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Answer, Caller, Pass};
use crate::deployment::{ADMIN, Deployment, PASSWORD, UNBRAKED, text};

/// What an attacker would put into a victim's browser; of the form of a token.
const PLANTED: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The cookie that an answer sets, without its attributes.
fn cookie(answer: &Answer) -> (String, String) {
    let set = answer.headers["set-cookie"].to_str().unwrap();
    let (pair, attributes) = set.split_once("; ").unwrap();
    let (name, value) = pair.split_once('=').unwrap();
    assert_eq!(name, "__Host-reeve_session");
    (value.to_owned(), attributes.to_owned())
}

fn with_origin(caller: &Caller, method: Method, path: &str, origin: Option<&str>) -> reqwest::RequestBuilder {
    let request = caller.request(method, path);
    origin.into_iter().fold(request, |request, origin| request.header("origin", origin))
}

// field.md §5 no. 32
#[tokio::test]
async fn a_session_that_a_client_chose_is_never_adopted() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let url = here.server.url();
        let nobody = Caller::nobody(&here);
        let planted = nobody.with(Pass::Cookie(PLANTED.to_owned()));
        let body = json!({ "username": ADMIN, "password": PASSWORD, "transport": "cookie" });
        let sign_in = with_origin(&planted, Method::POST, "/sessions", Some(&url)).json(&body);
        let answer = Answer::of(sign_in).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let (token, attributes) = cookie(&answer);
        assert_ne!(token, PLANTED);
        assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Strict");
        assert!(!answer.text.contains(&token), "a cookie's token is not for scripts");
        planted.get("/sessions/current").await.refused(401, "unauthenticated");
        nobody.with(Pass::Bearer(PLANTED.to_owned())).get("/sessions/current").await.refused(401, "unauthenticated");
        // Members that would choose an id or a token are not known.
        for member in ["session_id", "token", "id", "challenge"] {
            let mut body = json!({ "username": ADMIN, "password": PASSWORD });
            body[member] = json!(PLANTED);
            nobody.post("/sessions", body).await.refused(400, "invalid");
        }
        // Who signs in twice has two sessions: the second does not take over the first.
        let victim = nobody.with(Pass::Cookie(token.clone()));
        let again = with_origin(&victim, Method::POST, "/sessions", Some(&url)).json(&body);
        let again = Answer::of(again).await;
        assert_ne!(cookie(&again).0, token);
        assert_ne!(again.body["session_id"], answer.body["session_id"]);
    }
}

// field.md §5 no. 32: "id changes at login and elevation"
#[tokio::test]
async fn the_token_changes_whenever_somebody_proves_anew_who_they_are() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let url = here.server.url();
        let root = Caller::root(&here).await;
        let renewed = root.post("/sessions/current/reauthentication", json!({ "password": PASSWORD })).await.done();
        root.get("/sessions/current").await.refused(401, "unauthenticated");
        root.with(Pass::Bearer(text(&renewed, "token").to_owned())).get("/sessions/current").await.done();

        let body = json!({ "username": ADMIN, "password": PASSWORD, "transport": "cookie" });
        let (before, _) = cookie(&root.with(Pass::Nobody).post("/sessions", body).await);
        let browser = root.with(Pass::Cookie(before.clone()));
        let path = "/sessions/current/reauthentication";
        let again = with_origin(&browser, Method::POST, path, Some(&url)).json(&json!({ "password": PASSWORD }));
        let again = Answer::of(again).await;
        let (after, _) = cookie(&again);
        assert!(after != before && again.body.get("token").is_none(), "{}", again.text);
        browser.get("/sessions/current").await.refused(401, "unauthenticated");
        let browser = browser.with(Pass::Cookie(after));
        browser.get("/sessions/current").await.done();
        let out = Answer::of(with_origin(&browser, Method::DELETE, "/sessions/current", Some(&url))).await;
        assert_eq!((out.status, cookie(&out).0.as_str()), (204, ""));
        browser.get("/sessions/current").await.refused(401, "unauthenticated");
    }
}

// field.md §5 no. 32: a neighbouring host can set any cookie but one with this prefix.
#[tokio::test]
async fn a_cookie_without_its_prefix_is_no_session() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let Pass::Bearer(token) = root.pass.clone() else { panic!("root signs in") };
        let nobody = root.with(Pass::Nobody);
        for name in [
            "reeve_session",
            "__Secure-reeve_session",
            "__host-reeve_session",
            "Host-reeve_session",
            "x__Host-reeve_session",
            "__Host-reeve_session2",
        ] {
            let request = nobody.request(Method::GET, "/sessions/current").header("cookie", format!("{name}={token}"));
            Answer::of(request).await.refused(401, "unauthenticated");
        }
        // Two of them, or one beside another credential, are nobody's.
        let pair = format!("__Host-reeve_session={token}; __Host-reeve_session={PLANTED}");
        let two = nobody.request(Method::GET, "/sessions/current").header("cookie", pair);
        Answer::of(two).await.refused(401, "unauthenticated");
        let both =
            root.request(Method::GET, "/sessions/current").header("cookie", format!("__Host-reeve_session={token}"));
        Answer::of(both).await.refused(400, "invalid");
    }
}

// field.md §5 no. 33
#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let Pass::Bearer(token) = root.pass.clone() else { panic!("root signs in") };
        let browser = root.with(Pass::Cookie(token));
        let host = here.server.url().replace("http://", "");
        let others = [
            None,
            Some("null".to_owned()),
            Some("https://evil.example".to_owned()),
            Some(format!("http://{host}.evil.example")),
            Some(format!("http://evil.example#{host}")),
            Some(format!("ftp://{host}")),
        ];
        let body = json!({ "username": "eve@example.com", "first_name": "E", "last_name": "E", "role": "admin",
            "password": PASSWORD });
        for origin in &others {
            let add = with_origin(&browser, Method::POST, "/administrators", origin.as_deref());
            // As a form can send it, and as a script would.
            let forged = add.try_clone().unwrap().header("x-forwarded-host", "evil.example");
            for request in [add.json(&body), forged.header("content-type", "text/plain").body(body.to_string())] {
                Answer::of(request).await.refused(403, "denied");
            }
            let out = with_origin(&browser, Method::DELETE, "/sessions/current", origin.as_deref());
            Answer::of(out).await.refused(403, "denied");
        }
        for site in ["cross-site", "same-site", "none", "same-origin, cross-site"] {
            let add = browser.request(Method::POST, "/administrators").header("sec-fetch-site", site).json(&body);
            Answer::of(add).await.refused(403, "denied");
        }
        // Signing somebody in as somebody else is a change, too.
        let body = json!({ "username": ADMIN, "password": PASSWORD, "transport": "cookie" });
        let login = with_origin(&root.with(Pass::Nobody), Method::POST, "/sessions", Some("https://evil.example"));
        Answer::of(login.json(&body)).await.refused(403, "denied");
        let all = root.get("/administrators").await.done();
        assert_eq!(all["total"], 1);
        root.get("/sessions/current").await.done();
    }
}

// field.md §5 no. 33: "GET never changes"
#[tokio::test]
async fn a_get_changes_nothing_whatever_it_asks_for() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        root.add("grace@example.com", "admin", json!([])).await;
        let events = async || root.get("/events?limit=1").await.done()["items"][0]["event_id"].clone();
        let before = events().await;
        let document: Value = here.server.reeve(&["openapi"]).done().json();
        for (path, item) in document["paths"].as_object().unwrap() {
            let path = path.strip_prefix("/api/v1").unwrap();
            let path = path.replace("{administrator}", "grace@example.com").replace("{policy}", "read-only");
            for (name, value) in [("_method", "DELETE"), ("role", "general"), ("status", "inactive")] {
                let request = root.request(Method::GET, &format!("{path}?{name}={value}"));
                let request = request.header("x-http-method-override", "DELETE").header("x-method-override", "POST");
                let answer = Answer::of(request.json(&json!({ "status": "inactive" }))).await;
                assert!(answer.status < 500, "{path}: {}", answer.text);
                assert!(item["get"].is_object() || [404, 405].contains(&answer.status), "{path}: {}", answer.text);
            }
        }
        assert_eq!(events().await, before);
        let grace = root.get("/administrators/grace@example.com").await.done();
        assert_eq!((text(&grace, "status"), text(&grace, "role")), ("active", "admin"));
    }
}

/// Sends bytes as they are, and answers with what came back.
fn raw(here: &Deployment, request: &str) -> String {
    let mut stream = TcpStream::connect(here.server.address("http")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Every header by which a proxy, or whoever pretends to be one, says where a request came from and went to.
const FORGED: &str = "Forwarded: for=203.0.113.66;host=evil.example;proto=https\r\n\
    X-Forwarded-For: 203.0.113.66\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\n\
    X-Forwarded-Port: 6666\r\nX-Forwarded-Prefix: /evil\r\nX-Real-IP: 203.0.113.66\r\n\
    X-Forwarded-User: root@example.com\r\nX-Original-URL: /evil\r\nX-Rewrite-URL: /evil\r\n\
    True-Client-IP: 203.0.113.66\r\nCF-Connecting-IP: 203.0.113.66\r\nVia: 1.1 evil.example\r\n";

// field.md §5 nos. 25 and 38
#[tokio::test]
async fn a_forged_host_or_address_is_in_no_answer_event_or_log() {
    for here in Deployment::each_set(&[UNBRAKED, ("REEVE_LOG_LEVEL", "trace")]) {
        let root = Caller::root(&here).await;
        let Pass::Bearer(token) = root.pass.clone() else { panic!("root signs in") };
        let lines = ["/api/v1", "http://evil.example/api/v1", "http://evil.example:6666/api/v1"];
        let mut made = 0;
        for line in lines {
            for host in ["evil.example", "evil.example:6666"] {
                let head = |method: &str, path: &str, length: usize| {
                    format!(
                        "{method} {line}{path} HTTP/1.1\r\nHost: {host}\r\n{FORGED}Authorization: Bearer {token}\r\n\
                         Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                    )
                };
                made += 1;
                let body = json!({ "username": format!("a{made}@example.com"), "first_name": "A", "last_name": "B",
                    "role": "general", "password": PASSWORD })
                .to_string();
                let sign_in = json!({ "username": ADMIN, "password": "Wrong-password-1" }).to_string();
                for request in [
                    head("POST", "/administrators", body.len()) + &body,
                    head("POST", "/sessions", sign_in.len()) + &sign_in,
                    head("GET", "/openapi.json", 0),
                    head("GET", "/sessions", 0),
                    head("GET", "/evil-path", 0),
                ] {
                    let answer = raw(&here, &request);
                    let first = answer.lines().next().unwrap_or_default();
                    assert!(first.starts_with("HTTP/1.1 "), "{request}: {answer}");
                    for forged in ["evil", "203.0.113.66", ":6666", "gopher"] {
                        assert!(!answer.contains(forged), "{forged} in {answer}");
                    }
                }
            }
        }
        let events = root.get("/events?limit=200").await;
        let added = events.body["items"].as_array().unwrap().iter();
        let added: Vec<_> = added.filter(|event| event["operation"] == "add_administrator").collect();
        assert_eq!(added.len(), made);
        for forged in ["evil", "203.0.113", ":6666", "gopher"] {
            assert!(!events.text.contains(forged), "{forged} in the events");
        }
        assert!(added.iter().all(|event| event["source_address"] == "127.0.0.1"));
        assert_eq!(root.get("/sessions").await.done()["items"][0]["source_address"], "127.0.0.1");
        let log = here.server.log();
        let about = log.lines().filter(|line| line.contains("evil") || line.contains("203.0.113.66"));
        let about: Vec<_> = about.collect();
        assert!(about.is_empty(), "{about:#?}");
    }
}
