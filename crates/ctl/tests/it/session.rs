//! One's own sessions: seen, ended, made fresh; and a new password.

use crate::run::{profiles, reeve};
use crate::server::{Server, ok, problem, status};

const RENEWED: &str = r#"{"session_id":"s-1","administrator":{"username":"root@acme.test"},"token":"t-new","expires_at":"2026-11-22T12:00:00Z"}"#;

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let page = r#"{"items":[{"session_id":"s-1","current":true,"source_address":"192.0.2.7","user_agent":"reeve/0.1","second_factor":true,"last_seen_at":"2026-11-21T11:00:00Z","expires_at":"2026-11-22T11:00:00Z"}]}"#;
    let server = Server::start(vec![ok(page), status(204, "", ""), ok(r#"{"ended":1}"#)]).await;
    let ran = reeve(&server.data(), "session list").run().await;
    assert!(
        ran.out.contains("s-1      yes      192.0.2.7  reeve/0.1  yes            2026-11-21 11:00:00"),
        "{}",
        ran.out
    );
    let ran = reeve(&server.data(), "session end s-2").run().await;
    assert_eq!(ran.out, "ended session s-2\n");
    let ran = reeve(&server.data(), "session end-others").run().await;
    assert_eq!(ran.out, "ended 1 session of yours\n");
    assert_eq!(server.lines(), ["GET /api/v1/sessions", "DELETE /api/v1/sessions/s-2", "DELETE /api/v1/sessions"]);
}

#[tokio::test]
async fn who_one_is_says_by_what_one_was_let_in() {
    let current = r#"{"actor":"administrator","administrator":{"username":"root@acme.test","role":"admin"},"region":"us-east-1","credential":{"kind":"access_key","id":"AK123"},"fresh":false,"second_factor":true,"enrolment_required":true}"#;
    let server = Server::start(vec![ok(current)]).await;
    let ran = reeve(&server.data(), "session show").run().await;
    for shown in
        ["let in by      access key AK123\n", "fresh          no\n", "must enrol     yes: reeve second-factor totp\n"]
    {
        assert!(ran.out.contains(shown), "{shown}: {}", ran.out);
    }
}

#[tokio::test]
async fn a_new_token_without_a_profile_is_printed_alone() {
    let server = Server::start(vec![ok(RENEWED), ok(RENEWED)]).await;
    let remote = format!("--server {}", server.address());
    let line = format!("session reauthenticate --password-file - {remote}");
    let ran = reeve(&server.data(), &line).token("t-old").input("secret\n").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "t-new\n"));
    assert!(ran.err.contains("the token in REEVE_TOKEN is dead"), "{}", ran.err);
    let line = format!("session change-password --old-password-file - --new-password-file - {remote}");
    let ran = reeve(&server.data(), &line).token("t-old").input("secret\nbetter\n").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "t-new\n"));
    let seen = server.requests();
    assert_eq!(seen[0].line, "POST /api/v1/sessions/current/reauthentication");
    assert_eq!(seen[0].body, r#"{"password":"secret"}"#);
    assert_eq!(seen[1].line, "PUT /api/v1/sessions/current/password");
    assert_eq!(seen[1].body, r#"{"old_password":"secret","new_password":"better"}"#);
    assert!(!profiles(&server.data()).exists());
}

#[tokio::test]
async fn a_reauthentication_may_take_a_code() {
    let challenge = r#"{"challenge":"c-9","methods":["totp","recovery_code"]}"#;
    let server = Server::start(vec![ok(challenge), status(201, "", RENEWED)]).await;
    let line = format!("session reauthenticate --server {}", server.address());
    let ran = reeve(&server.data(), &line).token("t-old").person(&["secret", "123456"]).run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "t-new\n"));
    let last = &server.requests()[1];
    assert_eq!(last.line, "POST /api/v1/sessions/second-factor");
    assert_eq!(last.body, r#"{"challenge":"c-9","code":"123456","transport":"bearer"}"#);
    assert_eq!(last.header("authorization").as_deref(), Some("Bearer t-old"));
}

#[tokio::test]
async fn there_must_be_a_session_to_make_fresh() {
    let server = Server::start(vec![]).await;
    let line = "session reauthenticate --password-file -";
    let local = reeve(&server.data(), line).input("x\n").run().await;
    let remote = format!("{line} --server {}", server.address());
    let basic = reeve(&server.data(), &remote).api_password("root@acme.test", "p").input("x\n").run().await;
    for ran in [local, basic] {
        assert_eq!(ran.code, 2);
        assert!(ran.err.starts_with("error: there is no session: "), "{}", ran.err);
    }
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn without_a_profile_the_command_that_helps_is_named() {
    let stale = || problem(401, "reauthentication_required", "sign in again to this session");
    let server = Server::start(vec![stale(), stale()]).await;
    let line = format!("admin deactivate help@acme.test --server {}", server.address());
    let ran = reeve(&server.data(), &line).token("t-old").person(&["secret"]).run().await;
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.err,
        "error: sign in again to this session\nhint: this needs your password anew: reeve session reauthenticate\n"
    );
    let ran = reeve(&server.data(), &format!("{line} -o json")).token("t-old").run().await;
    assert!(ran.err.contains(r#""code":"reauthentication_required""#), "{}", ran.err);
    assert_eq!(server.lines().len(), 2);
}
