//! Profiles: what `reeve login` keeps, where its token goes, and what happens when a session is over or old.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::run::{profiles, reeve};
use crate::server::{Reply, Server, ok, problem, status};

const SESSION: &str = r#"{"session_id":"s-1","administrator":{"username":"root@acme.test","role":"admin"},"account_id":"123456789012","account_name":"Acme","token":"t0ken","expires_at":"2026-11-22T12:00:00Z"}"#;
const LIST: &str = r#"{"items":[],"next_cursor":null,"total":0}"#;
const HELP: &str = r#"{"username":"help@acme.test","status":"inactive"}"#;

fn session() -> Reply {
    status(201, "", SESSION)
}

fn stale() -> Reply {
    problem(401, "reauthentication_required", "sign in again to this session")
}

async fn sign_in(server: &Server, flags: &str) {
    let line = format!("login --server {} --username root@acme.test --password-file - {flags}", server.address());
    let ran = reeve(&server.data(), line.trim_end()).input("secret\n").run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
}

fn kept(data: &Path) -> toml::Table {
    std::fs::read_to_string(profiles(data)).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_profile_is_kept_for_the_owners_eyes_only() {
    let server = Server::start(vec![session(), session()]).await;
    sign_in(&server, "").await;
    sign_in(&server, "--profile work").await;
    let path = profiles(&server.data());
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    let table = kept(&server.data());
    assert_eq!(table.keys().collect::<Vec<_>>(), ["default", "work"]);
    let profile = &table["default"];
    assert_eq!(profile["server"].as_str().unwrap().trim_end_matches('/'), server.address());
    assert_eq!(profile["username"].as_str(), Some("root@acme.test"));
    assert_eq!(profile["token"].as_str(), Some("t0ken"));
    assert_eq!(profile["expires_at"].as_str(), Some("2026-11-22T12:00:00Z"));
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /api/v1/sessions");
    assert_eq!(request.body, r#"{"username":"root@acme.test","password":"secret","transport":"bearer"}"#);
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn a_sign_in_shows_no_secret_and_asks_for_what_it_needs() {
    for format in ["human", "json"] {
        let server = Server::start(vec![session()]).await;
        let line = format!("login --server {} -o {format}", server.address());
        let ran = reeve(&server.data(), &line).person(&["secret"]).input("root@acme.test\n").run().await;
        assert_eq!(ran.code, 0, "{}", ran.err);
        let told = format!("{}{}", ran.out, ran.err);
        assert!(!told.contains("t0ken") && !told.contains("secret"), "{told}");
        assert_eq!(format == "json", ran.out.starts_with('{'), "{}", ran.out);
        assert!(server.requests()[0].body.contains(r#""username":"root@acme.test""#));
    }
    let folder = tempfile::tempdir().unwrap();
    let ran = reeve(folder.path(), "login --username root@acme.test --password-file -").input("x\n").run().await;
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("hint: give --server URL"), "{}", ran.err);
}

#[tokio::test]
async fn the_second_factor_is_asked_for_when_the_server_wants_it() {
    let challenge =
        r#"{"challenge":"c-1","methods":["totp","passkey","recovery_code"],"expires_at":"2026-11-21T12:05:00Z"}"#;
    let server = Server::start(vec![ok(challenge), session(), ok(challenge), session()]).await;
    let line = format!("login --server {} --username root@acme.test", server.address());
    let ran = reeve(&server.data(), &line).person(&["secret", "123456"]).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let piped = format!("{line} --password-file - --code-file -");
    let ran = reeve(&server.data(), &piped).input("secret\naaaa-1111\n").run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let seen = server.requests();
    assert_eq!(seen[1].line, "POST /api/v1/sessions/second-factor");
    assert_eq!(seen[1].body, r#"{"challenge":"c-1","code":"123456","transport":"bearer"}"#);
    assert_eq!(seen[3].body, r#"{"challenge":"c-1","code":"aaaa-1111","transport":"bearer"}"#);
    assert_eq!(kept(&server.data())["default"]["token"].as_str(), Some("t0ken"));
}

#[tokio::test]
async fn a_passkey_alone_is_not_for_the_command_line() {
    let server = Server::start(vec![ok(r#"{"challenge":"c-1","methods":["passkey"]}"#)]).await;
    let line = format!("login --server {} --username root@acme.test", server.address());
    let ran = reeve(&server.data(), &line).person(&["secret"]).run().await;
    assert_eq!((ran.code, server.lines().len()), (1, 1));
    assert!(ran.err.starts_with("error: the only second factor here is a passkey"), "{}", ran.err);
    assert!(!profiles(&server.data()).exists());
}

#[tokio::test]
async fn a_refused_sign_in_leaves_the_profiles_as_they_were() {
    let server = Server::start(vec![session(), problem(401, "sign_in_refused", "wrong name or password")]).await;
    sign_in(&server, "").await;
    let before = kept(&server.data());
    let ran = reeve(&server.data(), "login --password-file -").input("wrong\n").run().await;
    assert_eq!(ran.code, 1);
    assert_eq!(kept(&server.data()), before);
    // The profile knew where to go and as whom.
    assert!(server.requests()[1].body.contains(r#""username":"root@acme.test""#));
}

#[tokio::test]
async fn a_profile_may_be_given_another_server_and_nothing_of_the_old_one() {
    let one = Server::start(vec![session()]).await;
    sign_in(&one, "").await;
    let other = Server::start(vec![session()]).await;
    let line = format!("login --server {} --password-file -", other.address());
    let ran = reeve(&one.data(), &line).input("secret\n").run().await;
    assert_eq!(ran.code, 2, "the username of another server is not taken: {}", ran.err);
    let named = format!("{line} --username root@acme.test");
    assert_eq!(reeve(&one.data(), &named).input("secret\n").run().await.code, 0);
    assert_eq!(other.requests()[0].header("authorization"), None);
    let server = kept(&one.data())["default"]["server"].as_str().unwrap().to_owned();
    assert_eq!(server.trim_end_matches('/'), other.address());
}

#[tokio::test]
async fn without_profile_or_server_the_socket_is_used_without_a_token() {
    let server = Server::start(vec![session(), ok(LIST), ok(LIST), ok(LIST)]).await;
    sign_in(&server, "").await;
    reeve(&server.data(), "org list").run().await;
    reeve(&server.data(), "org list --profile default").run().await;
    reeve(&server.data(), &format!("org list --server {}/", server.address())).run().await;
    let sent: Vec<_> = server.requests().iter().skip(1).map(|request| request.header("authorization")).collect();
    let token = Some("Bearer t0ken".to_owned());
    assert_eq!(sent, [None, token.clone(), token]);
}

#[tokio::test]
async fn a_token_goes_to_no_other_server_than_its_own() {
    let one = Server::start(vec![session()]).await;
    sign_in(&one, "--profile work").await;
    let other = Server::start(vec![ok(LIST), ok(LIST)]).await;
    let ran = reeve(&one.data(), &format!("org list --server {}", other.address())).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(other.requests()[0].header("authorization"), None);
    let ran = reeve(&one.data(), &format!("org list --profile work --server {}", other.address())).run().await;
    assert_eq!(ran.code, 2);
    assert!(ran.err.starts_with("error: profile work is of "), "{}", ran.err);
    assert_eq!(other.lines().len(), 1);
}

#[tokio::test]
async fn what_the_environment_holds_is_for_the_server_that_is_named_and_not_for_a_profiles() {
    let server = Server::start(vec![session(), ok(LIST), ok(LIST), ok(LIST), ok(LIST)]).await;
    sign_in(&server, "").await;
    let remote = format!("org list --server {}", server.address());
    reeve(&server.data(), &remote).token("mine").run().await;
    reeve(&server.data(), &remote).api_password("root@acme.test", "p").run().await;
    reeve(&server.data(), &remote).access_key("AK123", "s3cr3t").run().await;
    reeve(&server.data(), "org list --profile default").token("mine").run().await;
    let sent: Vec<_> = server.requests().iter().skip(1).filter_map(|request| request.header("authorization")).collect();
    assert_eq!(sent, ["Bearer mine", "Basic cm9vdEBhY21lLnRlc3Q6cA==", "Basic QUsxMjM6czNjcjN0", "Bearer t0ken"]);
}

#[tokio::test]
async fn half_a_credential_is_a_usage_error() {
    let server = Server::start(vec![]).await;
    let line = reeve(&server.data(), &format!("org list --server {}", server.address()));
    let ran = line.api_password("a:b", "p").run().await;
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn several_profiles_of_one_server_are_told_apart_by_name() {
    let server = Server::start(vec![session(), session(), ok(LIST)]).await;
    sign_in(&server, "--profile one").await;
    sign_in(&server, "--profile two").await;
    let remote = format!("org list --server {}", server.address());
    let ran = reeve(&server.data(), &remote).run().await;
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("one, two\nhint: say which one with --profile"), "{}", ran.err);
    let ran = reeve(&server.data(), &format!("{remote} --profile two")).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[tokio::test]
async fn a_session_that_is_over_says_how_to_sign_in_again() {
    let over = SESSION.replace("2026-11-22T12", "2026-11-21T11");
    let server =
        Server::start(vec![status(201, "", &over), session(), problem(401, "unauthenticated", "nobody is signed in")])
            .await;
    sign_in(&server, "--profile work").await;
    let remote = format!("org list --server {}", server.address());
    for line in ["org list --profile work", &remote] {
        let ran = reeve(&server.data(), line).run().await;
        assert_eq!(ran.code, 1);
        assert!(ran.err.ends_with("hint: sign in again: reeve login --profile work\n"), "{}", ran.err);
    }
    assert_eq!(server.lines().len(), 1);
    sign_in(&server, "--profile work").await;
    let ran = reeve(&server.data(), "org list --profile work").run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.ends_with("hint: sign in again: reeve login --profile work\n"), "{}", ran.err);
}

#[tokio::test]
async fn a_profile_that_is_not_there_or_open_to_others_is_not_used() {
    let server = Server::start(vec![session()]).await;
    let ran = reeve(&server.data(), "org list --profile work").run().await;
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("hint: make it: reeve login --profile work --server URL"), "{}", ran.err);
    sign_in(&server, "--profile work").await;
    let path = profiles(&server.data());
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o604)).unwrap();
    let ran = reeve(&server.data(), "org list --profile work").run().await;
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("(mode 0604)\nhint: chmod 600 "), "{}", ran.err);
    assert!(!ran.err.contains("t0ken"));
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn logging_out_ends_the_session_and_forgets_the_token() {
    let gone = || status(204, "", "");
    let over = problem(401, "unauthenticated", "nobody is signed in");
    let server = Server::start(vec![session(), gone(), session(), gone(), session(), over]).await;
    for (line, told) in [
        ("logout --profile work", "signed out, profile work holds no token any more\n"),
        ("session logout --profile work", "signed out, profile work holds no token any more\n"),
        ("logout --profile work", "the session was over, profile work holds no token any more\n"),
    ] {
        sign_in(&server, "--profile work").await;
        let ran = reeve(&server.data(), line).run().await;
        assert_eq!((ran.code, ran.out.as_str()), (0, told), "{}", ran.err);
        let profile = kept(&server.data())["work"].as_table().unwrap().clone();
        assert_eq!(profile.keys().collect::<Vec<_>>(), ["server", "username"]);
    }
    let last = &server.requests()[5];
    assert_eq!(last.line, "DELETE /api/v1/sessions/current");
    assert_eq!(last.header("authorization").as_deref(), Some("Bearer t0ken"));
    let ran = reeve(&server.data(), "logout --profile work").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "profile work was signed out before\n"));
    let ran = reeve(&server.data(), "org list --profile work").run().await;
    assert!(ran.err.starts_with("error: profile work is signed out\nhint: sign in again"), "{}", ran.err);
    assert_eq!(reeve(&server.data(), "logout").run().await.code, 2);
}

#[tokio::test]
async fn a_token_is_forgotten_also_when_the_server_is_gone() {
    let server = Server::start(vec![session(), problem(500, "internal", "something broke")]).await;
    sign_in(&server, "").await;
    let ran = reeve(&server.data(), "logout").run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("hint: the token is removed from the profile"), "{}", ran.err);
    assert!(kept(&server.data())["default"].get("token").is_none());
}

#[tokio::test]
async fn an_old_session_is_made_fresh_and_the_request_repeated_once() {
    let challenge = ok(r#"{"challenge":"c-1","methods":["totp"]}"#);
    let renewed = status(201, "", &SESSION.replace("t0ken", "t-new"));
    let server = Server::start(vec![session(), stale(), challenge, renewed, ok(HELP), ok(HELP)]).await;
    sign_in(&server, "--profile work").await;
    let line = "admin deactivate help@acme.test --profile work";
    let ran = reeve(&server.data(), line).person(&["secret", "123456"]).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("deactivated administrator help@acme.test\n"), "{}", ran.out);
    let told = format!("{}{}", ran.out, ran.err);
    assert!(!told.contains("t-new") && !told.contains("secret") && !told.contains("123456"), "{told}");
    reeve(&server.data(), line).run().await;
    let seen = server.requests();
    let deactivate = "POST /api/v1/administrators/help@acme.test/deactivate";
    let lines: Vec<&str> = seen.iter().skip(1).map(|request| request.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            deactivate,
            "POST /api/v1/sessions/current/reauthentication",
            "POST /api/v1/sessions/second-factor",
            deactivate,
            deactivate,
        ]
    );
    let tokens: Vec<_> = seen.iter().skip(1).filter_map(|request| request.header("authorization")).collect();
    assert_eq!(tokens, ["Bearer t0ken", "Bearer t0ken", "Bearer t0ken", "Bearer t-new", "Bearer t-new"]);
    assert_eq!(seen[2].body, r#"{"password":"secret"}"#);
    assert_eq!(kept(&server.data())["work"]["token"].as_str(), Some("t-new"));
}

#[tokio::test]
async fn a_repeated_creation_keeps_its_key() {
    let renewed = ok(&SESSION.replace("t0ken", "t-new"));
    let made = status(201, "", r#"{"name":"reader"}"#);
    let server = Server::start(vec![session(), stale(), renewed, made]).await;
    sign_in(&server, "").await;
    let line = "policy create reader --allow *:read --profile default";
    let ran = reeve(&server.data(), line).person(&["secret"]).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let seen = server.requests();
    assert!(seen[1].header("idempotency-key").is_some());
    assert_eq!(seen[1].header("idempotency-key"), seen[3].header("idempotency-key"));
    assert_eq!(seen[1].body, seen[3].body);
}

#[tokio::test]
async fn a_session_that_stays_old_is_not_asked_about_for_ever() {
    let renewed = || ok(&SESSION.replace("t0ken", "t-new"));
    let server = Server::start(vec![session(), stale(), renewed(), stale(), stale()]).await;
    sign_in(&server, "").await;
    let line = "admin deactivate help@acme.test --profile default";
    let ran = reeve(&server.data(), line).person(&["secret", "secret"]).run().await;
    assert_eq!((ran.code, server.lines().len()), (1, 4));
    let nobody = reeve(&server.data(), line).run().await;
    assert_eq!(nobody.code, 1);
}

#[tokio::test]
async fn a_wrong_password_ends_the_command() {
    let wrong = problem(401, "sign_in_refused", "wrong name or password");
    let server = Server::start(vec![session(), stale(), wrong]).await;
    sign_in(&server, "").await;
    let line = "admin deactivate help@acme.test --profile default";
    let ran = reeve(&server.data(), line).person(&["secret"]).run().await;
    assert_eq!((ran.code, server.lines().len()), (1, 3));
    assert_eq!(kept(&server.data())["default"]["token"].as_str(), Some("t0ken"));
}

#[tokio::test]
async fn a_changed_password_brings_a_token_that_the_profile_keeps() {
    let server = Server::start(vec![session(), ok(&SESSION.replace("t0ken", "t-new"))]).await;
    sign_in(&server, "").await;
    let line = "session change-password --profile default";
    let ran = reeve(&server.data(), line).person(&["secret", "better", "better"]).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.out,
        "your password is changed and your other sessions are over; profile default keeps the session\n"
    );
    assert_eq!(kept(&server.data())["default"]["token"].as_str(), Some("t-new"));
}

#[tokio::test]
async fn an_api_password_over_an_open_network_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    // A name that resolves nowhere: the warning comes before the connection.
    let ran = reeve(folder.path(), "org list --server http://reeve.invalid").api_password("a", "p").run().await;
    assert_eq!(ran.code, 3);
    assert!(ran.err.starts_with("warning: tokens and passwords travel unencrypted"), "{}", ran.err);
}

#[tokio::test]
async fn a_wrong_api_password_says_what_to_look_at() {
    let server = Server::start(vec![problem(401, "unauthenticated", "nobody is signed in")]).await;
    let line = format!("org list --server {}", server.address());
    let ran = reeve(&server.data(), &line).api_password("a", "hunter2").run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("API access is enabled") && !ran.err.contains("hunter2"), "{}", ran.err);
}
