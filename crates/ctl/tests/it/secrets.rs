//! Passwords and tokens: where they come from, where they go, and where they never show.

use crate::run::reeve;
use crate::server::{Server, ok, status};

const SESSION: &str = r#"{"session_id":"s-1","administrator":{"username":"root@acme.test","role":"admin"},"account_id":"123456789012","account_name":"Acme","token":"t0ken"}"#;

#[tokio::test]
async fn a_password_comes_from_the_first_line_of_a_file_or_of_standard_input() {
    let server = Server::start(vec![ok("{}"), ok("{}")]).await;
    let path = server.data().join("secret.txt");
    std::fs::write(&path, "correct horse\nsecond line\n").unwrap();
    let from_file = format!("user reset-password ada --org acme --password-file {}", path.display());
    let ran = reeve(&server.data(), &from_file).run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "ada has a new password\n"));
    let ran =
        reeve(&server.data(), "user reset-password ada --org acme --password-file -").input("battery\n").run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let bodies: Vec<String> = server.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, [r#"{"password":"correct horse"}"#, r#"{"password":"battery"}"#]);
}

#[tokio::test]
async fn a_person_types_a_new_password_twice() {
    let server = Server::start(vec![ok("{}")]).await;
    let line = "user reset-password ada --org acme";
    let differ = reeve(&server.data(), line).person(&["one", "two"]).run().await;
    assert_eq!(differ.code, 2);
    assert!(server.lines().is_empty());
    let same = reeve(&server.data(), line).person(&["one", "one"]).run().await;
    assert_eq!(same.code, 0, "{}", same.err);
    assert_eq!(server.requests()[0].body, r#"{"password":"one"}"#);
}

#[tokio::test]
async fn without_a_terminal_nobody_is_asked() {
    let server = Server::start(vec![]).await;
    for line in
        ["user reset-password ada --org acme", "user check-sign-in ada --org acme", "session login --username x"]
    {
        let ran = reeve(&server.data(), line).run().await;
        assert_eq!(ran.code, 2, "{line}");
        assert!(ran.err.contains("--password-file FILE"), "{}", ran.err);
    }
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn a_generated_password_is_shown_once_and_alone() {
    let server = Server::start(vec![ok(r#"{"password":"tidal-maple-42"}"#)]).await;
    let ran = reeve(&server.data(), "user reset-password ada --org acme --generate-password").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "tidal-maple-42\n"));
    assert!(!ran.err.contains("tidal"));
    assert_eq!(server.requests()[0].body, r#"{"generate_password":true}"#);
}

#[tokio::test]
async fn a_generated_password_that_got_lost_is_said_to_be() {
    let server = Server::start(vec![status(201, "", r#"{"user":{"username":"ada"}}"#)]).await;
    let ran = reeve(&server.data(), "user create ada --org acme --display-name Ada --generate-password").run().await;
    assert_eq!(ran.code, 0);
    assert!(
        ran.err.contains("warning: the password did not come through: reeve user reset-password ada"),
        "{}",
        ran.err
    );
}

#[tokio::test]
async fn a_sign_in_that_would_be_refused_is_exit_code_1() {
    for (outcome, code) in [("accepted", 0), ("wrong_password", 1), ("locked", 1), ("disabled", 1), ("expired", 1)] {
        let server = Server::start(vec![ok(&format!(r#"{{"outcome":"{outcome}"}}"#))]).await;
        let ran = reeve(&server.data(), "user check-sign-in ada --org acme --password-file -").input("x").run().await;
        assert_eq!(ran.code, code, "{outcome}");
    }
}

#[tokio::test]
async fn a_sign_in_without_print_token_leaves_no_session_behind() {
    for format in ["human", "json"] {
        let server = Server::start(vec![status(201, "", SESSION), status(204, "", "")]).await;
        let line = format!("session login --username root@acme.test --password-file - -o {format}");
        let ran = reeve(&server.data(), &line).input("secret\n").run().await;
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(!ran.out.contains("t0ken") && !ran.err.contains("t0ken"));
        assert_eq!(server.lines(), ["POST /api/v1/sessions", "DELETE /api/v1/sessions/current"]);
        assert_eq!(server.requests()[1].header("authorization").as_deref(), Some("Bearer t0ken"));
    }
}

#[tokio::test]
async fn print_token_prints_the_token_alone() {
    let server = Server::start(vec![status(201, "", SESSION)]).await;
    let line = "session login --username root@acme.test --password-file - --print-token";
    let ran = reeve(&server.data(), line).input("secret\n").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "t0ken\n"));
    assert_eq!(ran.err, "signed in as root@acme.test to Acme (123456789012)\n");
}

#[tokio::test]
async fn the_token_goes_to_a_server_and_never_to_the_socket() {
    let session = r#"{"actor":"operator","region":"us-east-1"}"#;
    let server = Server::start(vec![ok(session), ok(session)]).await;
    reeve(&server.data(), "session show").token("t0ken").run().await;
    let remote = format!("session show --server {}", server.address());
    let ran = reeve(&server.data(), &remote).token("t0ken").run().await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let sent: Vec<_> = server.requests().iter().map(|request| request.header("authorization")).collect();
    assert_eq!(sent, [None, Some("Bearer t0ken".to_owned())]);
}

#[tokio::test]
async fn a_refused_connection_to_a_server_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let folder = tempfile::tempdir().unwrap();
    let ran = reeve(folder.path(), &format!("session show --server {address}")).run().await;
    assert_eq!(ran.code, 3);
    assert!(ran.err.starts_with(&format!("error: could not connect to {address}/: ")), "{}", ran.err);
}
