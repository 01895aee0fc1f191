//! Single calls: what is sent, retries, refusals, and a server that is not there.

use crate::run::reeve;
use crate::server::{Reply, Server, ok, problem, status};

const USER: &str =
    r#"{"user_id":"u-1","username":"ada","display_name":"Ada","state":"enabled","email":"ada@acme.test","version":3}"#;

#[tokio::test]
async fn without_a_server_the_command_says_how_to_start_one() {
    let folder = tempfile::tempdir().unwrap();
    let ran = reeve(folder.path(), "org list").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    let lines: Vec<&str> = ran.err.lines().collect();
    assert!(lines[0].starts_with("error: no server runs on this data folder"), "{}", ran.err);
    assert_eq!(lines[1], "hint: start it with `reeve serve`, or name its folder with --data");
    assert_eq!(lines.len(), 2);
}

#[tokio::test]
async fn a_socket_that_nobody_listens_on_is_no_server() {
    let folder = tempfile::tempdir().unwrap();
    drop(std::os::unix::net::UnixListener::bind(folder.path().join("reeve.sock")).unwrap());
    let ran = reeve(folder.path(), "org list -o json").run().await;
    assert_eq!(ran.code, 3);
    let told: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(told["code"], "unreachable");
}

#[tokio::test]
async fn a_busy_server_is_asked_again() {
    let server = Server::start(vec![status(503, "retry-after: 0\r\n", "{}"), status(503, "", "{}"), ok(USER)]).await;
    let ran = reeve(&server.data(), "user show ada --org acme").run().await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("ada@acme.test"), "{}", ran.out);
    assert_eq!(server.lines(), ["GET /api/v1/organizations/acme/users/ada"; 3]);
}

#[tokio::test]
async fn a_connection_that_breaks_is_made_again() {
    let server = Server::start(vec![Reply::Nothing, ok(USER)]).await;
    let ran = reeve(&server.data(), "user show ada --org acme -o json").run().await;
    assert_eq!(ran.code, 0);
    assert_eq!(ran.out.trim(), USER);
}

#[tokio::test]
async fn creations_are_repeated_under_one_key() {
    let made = format!(r#"{{"user":{USER}}}"#);
    let server =
        Server::start(vec![Reply::Nothing, status(503, "retry-after: 0\r\n", ""), status(201, "", &made)]).await;
    let ran = reeve(&server.data(), "user create ada --org acme --display-name Ada --city Rome").run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let keys: Vec<_> = server.requests().iter().map(|request| request.header("idempotency-key")).collect();
    assert!(keys.iter().all(|key| key.is_some() && *key == keys[0]), "{keys:?}");
    assert_eq!(keys.len(), 3);
    let body: serde_json::Value = serde_json::from_str(&server.requests()[0].body).unwrap();
    assert_eq!(body, serde_json::json!({"username": "ada", "display_name": "Ada", "city": "Rome"}));
}

#[tokio::test]
async fn two_creations_have_two_keys() {
    let server = Server::start(vec![status(201, "", "{}"), status(201, "", "{}")]).await;
    for _ in 0..2 {
        reeve(&server.data(), "domain add acme.example --org acme").run().await;
    }
    let seen = server.requests();
    assert_ne!(seen[0].header("idempotency-key"), seen[1].header("idempotency-key"));
}

#[tokio::test]
async fn a_change_without_a_key_is_sent_once() {
    let server = Server::start(vec![Reply::Nothing, ok(USER)]).await;
    let ran = reeve(&server.data(), "user disable ada --org acme").run().await;
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("hint: see with show or list what was done"), "{}", ran.err);
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn nobody_waits_longer_than_is_bearable() {
    let server = Server::start(vec![status(503, "retry-after: 3600\r\n", "{}"), ok(USER)]).await;
    let ran = reeve(&server.data(), "user show ada --org acme").run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("hint: run the command again in 3600 s"), "{}", ran.err);
}

#[tokio::test]
async fn repetitions_come_to_an_end() {
    let server = Server::start((0..9).map(|_| status(503, "retry-after: 0\r\n", "{}")).collect()).await;
    let ran = reeve(&server.data(), "org list").run().await;
    assert_eq!(ran.code, 1);
    assert_eq!(server.lines().len(), 5);
}

#[tokio::test]
async fn a_refusal_is_two_lines_and_exit_code_1() {
    let server = Server::start(vec![problem(409, "name_taken", "the name ada is taken")]).await;
    let ran = reeve(&server.data(), "user create ada --org acme --display-name Ada").run().await;
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.err,
        "error: the name ada is taken\nhint: choose another name, or look at the one that has it with show\n"
    );
}

#[tokio::test]
async fn programs_get_the_problem_itself() {
    let server = Server::start(vec![problem(404, "not_found", "no such user")]).await;
    let ran = reeve(&server.data(), "-o json user show nobody --org acme").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    let told: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(told["code"], "not_found");
    assert_eq!(told["request_id"], "req-7");
}

#[tokio::test]
async fn a_fault_of_the_server_names_the_request() {
    let server = Server::start(vec![problem(500, "internal", "something broke")]).await;
    let ran = reeve(&server.data(), "org list").run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("error: something broke (request req-7)\n"), "{}", ran.err);
}

#[tokio::test]
async fn an_answer_that_is_not_ours_is_not_taken_for_one() {
    let server =
        Server::start(vec![ok("<html>welcome</html>"), status(302, "location: http://elsewhere.test/\r\n", "")]).await;
    let ran = reeve(&server.data(), "org show acme").run().await;
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("not understood"), "{}", ran.err);
    let ran = reeve(&server.data(), "org show acme").run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("302"), "{}", ran.err);
}

#[tokio::test]
async fn versions_accounts_and_cleared_fields_are_sent() {
    let server = Server::start(vec![ok(USER)]).await;
    let words = "user edit ada --org acme --telephone  --if-version 4 --account 123456789012";
    let ran = reeve(&server.data(), words).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let request = &server.requests()[0];
    assert_eq!(request.line, "PATCH /api/v1/organizations/acme/users/ada");
    assert_eq!(request.header("if-match").as_deref(), Some("\"4\""));
    assert_eq!(request.header("reeve-account").as_deref(), Some("123456789012"));
    assert_eq!(request.body, r#"{"telephone":""}"#);
}

#[tokio::test]
async fn an_edit_of_nothing_is_a_usage_error() {
    let server = Server::start(vec![]).await;
    let ran = reeve(&server.data(), "user edit ada --org acme").run().await;
    assert_eq!(ran.code, 2);
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn deletion_asks_for_the_name_or_for_yes() {
    let server = Server::start(vec![status(204, "", ""), status(204, "", "")]).await;
    let line = "user delete ada --org acme";
    let nobody = reeve(&server.data(), line).run().await;
    assert_eq!(nobody.code, 2);
    assert!(nobody.err.contains("hint: add --yes if you mean it"), "{}", nobody.err);
    let wrong = reeve(&server.data(), line).person(&[]).input("y\n").run().await;
    assert_eq!(wrong.code, 2);
    assert!(server.lines().is_empty());
    let right = reeve(&server.data(), line).person(&[]).input("ada\n").run().await;
    assert_eq!((right.code, right.out.as_str()), (0, "deleted user ada\n"));
    let yes = reeve(&server.data(), "user delete ada --org acme --yes -o json").run().await;
    assert_eq!((yes.code, yes.out.as_str()), (0, ""));
    assert_eq!(server.lines(), ["DELETE /api/v1/organizations/acme/users/ada"; 2]);
}

#[tokio::test]
async fn deleting_an_organization_asks_for_its_alias() {
    let organization = r#"{"alias":"acme","state":"Deleting","user_counts":{"enabled":2,"disabled":1,"system":3}}"#;
    let server = Server::start(vec![ok(organization), status(202, "", organization)]).await;
    let ran = reeve(&server.data(), "org delete m-1 --keep-directory --force").person(&[]).input("acme\n").run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("(3 users)? type acme to go on: "), "{}", ran.err);
    assert_eq!(server.lines()[1], "DELETE /api/v1/organizations/m-1?delete_directory=false&force=true");
}

#[tokio::test]
async fn many_are_enabled_a_hundred_at_a_time() {
    let result = |from: usize, to: usize| {
        let results: Vec<String> =
            (from..to).map(|n| format!(r#"{{"user":"u{n}","outcome":"enabled","user_id":"{n}"}}"#)).collect();
        ok(&format!(r#"{{"results":[{}]}}"#, results.join(",")))
    };
    let last =
        ok(r#"{"results":[{"user":"u200","outcome":"refused","problem":{"code":"address_taken","detail":"taken"}}]}"#);
    let file: String = (0..201).map(|n| format!("u{n},u{n}@acme.test\n")).collect();
    let server = Server::start(vec![result(0, 100), result(100, 200), last]).await;
    let ran = reeve(&server.data(), "user enable --from - --org acme").input(&file).run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("u200     -      taken"), "{}", ran.out);
    assert!(ran.out.contains("enabled 200 users, 0 were enabled before"), "{}", ran.out);
    assert!(ran.err.starts_with("error: 1 of 201 users was refused"), "{}", ran.err);
    assert_eq!(server.requests()[2].body, r#"{"users":[{"user":"u200","email":"u200@acme.test"}]}"#);
}

#[tokio::test]
async fn a_closed_pipe_ends_the_command_quietly() {
    let server = Server::start(vec![ok(USER)]).await;
    let ran = reeve(&server.data(), "user show ada --org acme").into_closed_pipe().run().await;
    assert_eq!((ran.code, ran.err.as_str()), (141, ""));
}

#[tokio::test]
async fn the_past_is_counted_from_now() {
    let server = Server::start(vec![ok(r#"{"items":[],"next_cursor":null,"total":0}"#)]).await;
    let ran = reeve(&server.data(), "audit --since 2h --operation create_user").run().await;
    assert_eq!(ran.code, 0);
    assert_eq!(server.lines(), ["GET /api/v1/events?operation=create_user&since=2026-11-21T10%3A00%3A00Z"]);
}

#[tokio::test]
async fn completions_need_no_server() {
    let folder = tempfile::tempdir().unwrap();
    let ran = reeve(folder.path(), "completions bash").run().await;
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("reset-password"), "{}", ran.out);
}
