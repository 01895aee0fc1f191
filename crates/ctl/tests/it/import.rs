//! Import and export: streams that end well, badly, or not at all.

use tokio::sync::oneshot;

use crate::run::reeve;
use crate::server::{End, Reply, Server, chunks, problem, status};

const PLAN: &str = r#"{"kind":"plan","format":"google","rows":10,"create":8,"update":1,"unchanged":0,"refused":1}
"#;
const CREATED: &str = r#"{"kind":"row","line":2,"username":"ada","email":null,"outcome":"created","user_id":"u","changes":[],"problem":null}
"#;
const REFUSED: &str = r#"{"kind":"row","line":3,"username":"=bob","email":"b@x.test","outcome":"refused","problem":{"code":"invalid","field":"email","detail":"no such domain"}}
"#;
const DONE: &str = r#"{"kind":"done","created":1,"updated":0,"unchanged":0,"refused":1}
"#;

fn file(folder: &tempfile::TempDir, text: &str) -> String {
    let path = folder.path().join("staff.csv");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[tokio::test]
async fn the_file_is_sent_whole_and_every_refused_row_is_told() {
    let folder = tempfile::tempdir().unwrap();
    // Longer than the pieces in which it is read.
    let text: String = (0..20_000).map(|n| format!("user{n},User {n}\n")).collect();
    let path = file(&folder, &text);
    let report = folder.path().join("refused.csv");
    // Lines may be cut anywhere on their way.
    let (head, tail) = REFUSED.split_at(40);
    let server = Server::start(vec![chunks(&[PLAN, CREATED, head, tail, DONE], End::Proper)]).await;
    let line = format!("user import {path} --org acme --report {}", report.display());
    let ran = reeve(&server.data(), &line).run().await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.starts_with(&format!(
            "plan for {path} (google format, 10 rows): create 8, update 1, leave 0 unchanged, refuse 1\n"
        )),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("created    1\n"), "{}", ran.out);
    assert!(ran.out.contains("3     =bob  email  no such domain"), "{}", ran.out);
    assert!(ran.err.contains("error: 1 of 2 rows was refused\nhint: correct these rows"), "{}", ran.err);
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /api/v1/organizations/acme/users/import?dry_run=false");
    assert_eq!(request.header("content-type").as_deref(), Some("text/csv"));
    assert!(request.body == text);
    assert_eq!(
        std::fs::read_to_string(report).unwrap(),
        "line,username,email,code,field,rule,reason\n3,'=bob,b@x.test,invalid,email,,no such domain\n"
    );
}

#[tokio::test]
async fn a_clean_import_is_done() {
    let done = r#"{"kind":"done","created":1}"#;
    let server = Server::start(vec![chunks(&[PLAN, CREATED, done], End::Proper)]).await;
    let ran = reeve(&server.data(), "user import - --org acme --dry-run").input("username\nada\n").run().await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(server.lines()[0].ends_with("?dry_run=true"));
    assert_eq!(server.requests()[0].body, "username\nada\n");
}

#[tokio::test]
async fn programs_get_the_lines_as_they_come() {
    let server = Server::start(vec![chunks(&[PLAN, CREATED, REFUSED, DONE], End::Proper)]).await;
    let ran = reeve(&server.data(), "user import - --org acme -o json").input("x").run().await;
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out, [PLAN, CREATED, REFUSED, DONE].concat());
}

#[tokio::test]
async fn a_break_in_the_middle_says_how_far_it_came() {
    for pieces in [vec![PLAN, CREATED], vec![PLAN, CREATED, "{\"kind\":\"row\",\"li"]] {
        let server = Server::start(vec![chunks(&pieces, End::Broken)]).await;
        let ran = reeve(&server.data(), "user import - --org acme").input("x").run().await;
        assert_eq!(ran.code, 3);
        assert!(ran.err.starts_with("error: stopped after 1 of 10 rows: the connection to "), "{}", ran.err);
        assert!(ran.err.contains("hint: run the same command again: "), "{}", ran.err);
        assert!(ran.out.contains("created    1\n"), "{}", ran.out);
    }
}

#[tokio::test]
async fn an_answer_that_ends_too_early_is_not_taken_for_done() {
    let server = Server::start(vec![chunks(&[PLAN, CREATED], End::Proper)]).await;
    let ran = reeve(&server.data(), "user import - --org acme").input("x").run().await;
    assert_eq!(ran.code, 3);
    assert!(ran.err.starts_with("error: the server fell silent after 1 of 10 rows\n"), "{}", ran.err);
}

#[tokio::test]
async fn a_server_that_gives_up_says_why() {
    let stopped = r#"{"kind":"stopped","reason":"the server is going down"}"#;
    let server = Server::start(vec![chunks(&[PLAN, CREATED, stopped], End::Proper)]).await;
    let ran = reeve(&server.data(), "user import - --org acme").input("x").run().await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("error: the server stopped after 1 of 10 rows: the server is going down\n"),
        "{}",
        ran.err
    );
}

#[tokio::test]
async fn a_file_that_is_refused_whole_leaves_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("refused.csv");
    let server = Server::start(vec![problem(400, "invalid", "the header is unknown")]).await;
    let line = format!("user import - --org acme --report {}", report.display());
    let ran = reeve(&server.data(), &line).input("a,b").run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("error: the header is unknown\n"), "{}", ran.err);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_interrupt_ends_the_request_and_says_how_far_it_came() {
    let (gone, went) = oneshot::channel();
    let server = Server::start(vec![chunks(&[PLAN, CREATED], End::Open(gone))]).await;
    let ran = reeve(&server.data(), "user import - --org acme").input("x").interrupt_at("plan for").run().await;
    assert_eq!(ran.code, 130);
    assert!(ran.err.starts_with("error: stopped after "), "{}", ran.err);
    assert!(ran.err.contains(" of 10 rows\nhint: run the same command again"), "{}", ran.err);
    went.await.unwrap();
}

#[tokio::test]
async fn a_missing_file_is_a_usage_error() {
    let server = Server::start(vec![]).await;
    for path in ["/nonexistent/staff.csv", "/"] {
        let ran = reeve(&server.data(), &format!("user import {path} --org acme")).run().await;
        assert_eq!(ran.code, 2, "{}", ran.err);
    }
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn an_export_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let line = format!("user export --org acme --format google --out {}", out.display());
    let server = Server::start(vec![
        chunks(&["username\r\n", "ada\r\n"], End::Broken),
        chunks(&["username\r\n", "ada\r\n", "\"b\no\"\r\n"], End::Proper),
    ])
    .await;
    let broken = reeve(&server.data(), &line).run().await;
    assert_eq!(broken.code, 3);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let whole = reeve(&server.data(), &line).run().await;
    assert_eq!((whole.code, whole.out), (0, format!("wrote 2 users to {}\n", out.display())));
    assert_eq!(std::fs::read_to_string(out).unwrap(), "username\r\nada\r\n\"b\no\"\r\n");
    assert!(server.lines()[1].ends_with("/users/export?format=google"));
}

#[tokio::test]
async fn an_export_is_asked_for_again_until_it_begins() {
    let server = Server::start(vec![
        status(503, "retry-after: 0\r\n", ""),
        Reply::Nothing,
        chunks(&["username\r\n"], End::Proper),
    ])
    .await;
    let ran = reeve(&server.data(), "user export --org acme").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "username\r\n"));
}

#[tokio::test]
async fn an_import_is_sent_once() {
    let server = Server::start(vec![status(503, "retry-after: 0\r\n", ""), chunks(&[PLAN], End::Proper)]).await;
    let ran = reeve(&server.data(), "user import - --org acme").input("x").run().await;
    assert_eq!((ran.code, server.lines().len()), (1, 1));
}

#[tokio::test]
async fn an_export_to_a_pipe_is_unchanged_and_to_a_terminal_harmless() {
    let text = "username\r\na\u{1b}[2Jda\r\nlast";
    let server = Server::start(vec![chunks(&[text], End::Proper), chunks(&[text], End::Proper)]).await;
    let piped = reeve(&server.data(), "user export --org acme").run().await;
    assert_eq!(piped.out, text);
    let seen = reeve(&server.data(), "user export --org acme").on_terminal(80).run().await;
    assert_eq!(seen.out, "username\na\\u{1b}[2Jda\nlast\n");
}
