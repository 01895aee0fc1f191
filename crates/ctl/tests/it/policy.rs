//! Policies: permissions in a word and in files, places in files, and questions.

use crate::run::reeve;
use crate::server::{Server, ok, problem, refused_policy, status};

const POLICY: &str = r#"{"policy_id":"p-1","name":"rome","description":"Rome office","kind":"simple","permissions":[{"resource_type":"user","actions":["read","update"],"organizations":["m-1"]},{"resource_type":"*","actions":["read"],"resources":["*"]}],"cedar":"permit(principal, action, resource);\n","attached":2,"version":3}"#;
const CEDAR: &str = r#"{"policy_id":"p-2","name":"night","kind":"advanced","permissions":null,"cedar":"permit (principal,\n  action\u001b[2J, resource);\n","attached":0,"version":1}"#;

// A9
#[tokio::test]
async fn permissions_are_given_as_words() {
    let server = Server::start(vec![status(201, "", POLICY)]).await;
    let line = "policy create rome --description Rome~office --allow user:read,update@acme,initech --allow *:read --allow job:read#j-1";
    let ran = reeve(&server.data(), line).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /api/v1/policies");
    assert!(request.header("idempotency-key").is_some());
    let expected = r#"{"description":"Rome office","name":"rome","permissions":[{"resource_type":"user","actions":["read","update"],"organizations":["acme","initech"]},{"resource_type":"*","actions":["read"],"resources":["*"]},{"resource_type":"job","actions":["read"],"resources":["j-1"]}]}"#;
    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body, serde_json::from_str::<serde_json::Value>(expected).unwrap());
    assert!(ran.out.contains("allows       user:read,update@m-1\nallows       *:read\n"), "{}", ran.out);
}

// A9
#[tokio::test]
async fn permissions_and_cedar_come_from_files() {
    let server = Server::start(vec![status(201, "", POLICY), status(201, "", CEDAR), ok(CEDAR)]).await;
    let ran = reeve(&server.data(), "policy create rome --permissions-file -").input(POLICY).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let path = server.data().join("night.cedar");
    std::fs::write(&path, "permit (principal, action, resource);\n").unwrap();
    reeve(&server.data(), &format!("policy create night --cedar-file {}", path.display())).run().await;
    let edit = format!("policy edit night --name nights --cedar-file {} --if-version 1", path.display());
    reeve(&server.data(), &edit).run().await;
    let seen = server.requests();
    assert!(seen[0].body.contains(r#""actions":["read","update"],"organizations":["m-1"]"#), "{}", seen[0].body);
    let cedar = r#""cedar":"permit (principal, action, resource);\n""#;
    assert_eq!(seen[1].body, format!(r#"{{"name":"night",{cedar}}}"#));
    assert_eq!(
        (seen[2].line.as_str(), seen[2].header("if-match").as_deref()),
        ("PATCH /api/v1/policies/night", Some("\"1\""))
    );
    assert_eq!(seen[2].body, format!(r#"{{"name":"nights",{cedar}}}"#));
}

// A9
#[tokio::test]
async fn a_refused_policy_names_file_line_and_column() {
    let server = Server::start(vec![refused_policy(3, 14), refused_policy(3, 14), refused_policy(3, 14)]).await;
    let path = server.data().join("night.cedar");
    std::fs::write(&path, "x").unwrap();
    for line in [
        format!("policy create night --cedar-file {}", path.display()),
        format!("policy edit night --cedar-file {}", path.display()),
    ] {
        let ran = reeve(&server.data(), &line).run().await;
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        let expected = format!("error: {}:3:14: unexpected token\nhint: correct the policy", path.display());
        assert!(ran.err.starts_with(&expected), "{}", ran.err);
    }
    let ran = reeve(&server.data(), "policy create night --allow user:fly").run().await;
    assert!(ran.err.starts_with("error: cedar: unexpected token\n"), "{}", ran.err);
}

#[tokio::test]
async fn a_file_that_holds_no_permissions_is_told_before_anything_is_sent() {
    let server = Server::start(vec![]).await;
    let line = "policy create rome --permissions-file -";
    for (text, expected) in [
        ("[\n{,\n]", "error: standard input:2:2: "),
        ("{}", "error: standard input has no permissions\n"),
        ("7", "error: standard input has no permissions\n"),
    ] {
        let ran = reeve(&server.data(), line).input(text).run().await;
        assert_eq!(ran.code, 2);
        assert!(ran.err.starts_with(expected), "{}", ran.err);
    }
    let missing = reeve(&server.data(), "policy create rome --cedar-file /nonexistent/p.cedar").run().await;
    assert_eq!(missing.code, 2);
    assert!(server.lines().is_empty());
}

// A9
#[tokio::test]
async fn a_policy_is_shown_listed_and_printed_in_cedar() {
    let page = format!(r#"{{"items":[{POLICY},{CEDAR}],"next_cursor":null,"total":2}}"#);
    let server = Server::start(vec![ok(&page), ok(CEDAR), ok(CEDAR), ok(POLICY), ok(POLICY)]).await;
    let ran = reeve(&server.data(), "policy list --search r").run().await;
    assert_eq!(
        ran.out,
        "NAME   KIND      ATTACHED  DESCRIPTION\nrome   simple    2         Rome office\nnight  advanced  0\n"
    );
    let ran = reeve(&server.data(), "policy show night").run().await;
    assert!(ran.out.ends_with("\n\npermit (principal,\n  action\\u{1b}[2J, resource);\n"), "{}", ran.out);
    let ran = reeve(&server.data(), "policy show night --cedar").run().await;
    assert!(ran.out.starts_with("permit (principal,\n"), "{}", ran.out);
    let ran = reeve(&server.data(), "policy show rome").run().await;
    assert!(!ran.out.contains("permit"), "{}", ran.out);
    let ran = reeve(&server.data(), "policy show rome -o json").run().await;
    assert_eq!(ran.out.trim(), POLICY);
    assert_eq!(server.lines()[..2], ["GET /api/v1/policies?search=r", "GET /api/v1/policies/night"]);
}

// A9
#[tokio::test]
async fn a_policy_is_given_taken_and_its_holders_listed() {
    let holder = r#"{"username":"help@acme.test","policies":[]}"#;
    let holders = r#"{"items":[{"administrator_id":"a-1","username":"help@acme.test","organizations":["m-1","m-2"]}]}"#;
    let server = Server::start(vec![ok(holder), ok(holder), ok(holder), ok(holders)]).await;
    let attach = "policy attach help-desk help@acme.test";
    let ran = reeve(&server.data(), &format!("{attach} --org acme --org initech")).run().await;
    assert!(ran.out.starts_with("help@acme.test now holds help-desk\n"), "{}", ran.out);
    reeve(&server.data(), attach).run().await;
    let ran = reeve(&server.data(), "policy detach help-desk help@acme.test").run().await;
    assert!(ran.out.starts_with("help@acme.test no longer holds help-desk\n"), "{}", ran.out);
    let ran = reeve(&server.data(), "policy holders help-desk").run().await;
    assert_eq!(ran.out, "USERNAME        ID   ORGANIZATIONS\nhelp@acme.test  a-1  m-1, m-2\n");
    let path = "/api/v1/policies/help-desk/administrators";
    assert_eq!(
        server.lines(),
        [
            format!("PUT {path}/help@acme.test"),
            format!("PUT {path}/help@acme.test"),
            format!("DELETE {path}/help@acme.test"),
            format!("GET {path}"),
        ]
    );
    let bodies: Vec<String> = server.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, [r#"{"organizations":["acme","initech"]}"#, "{}", "", ""]);
}

#[tokio::test]
async fn a_policy_in_use_and_a_ready_made_one_stay() {
    let server = Server::start(vec![
        problem(409, "conflict", "2 administrators hold it"),
        problem(409, "reserved", "read-only is ready-made"),
        status(204, "", ""),
    ])
    .await;
    let ran = reeve(&server.data(), "policy delete rome").run().await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("hint: reeve policy holders 'rome' shows who holds it"), "{}", ran.err);
    let ran = reeve(&server.data(), "policy edit read-only --description x").run().await;
    assert!(ran.err.contains("hint: ready-made policies stay as they are"), "{}", ran.err);
    let ran = reeve(&server.data(), "policy delete rome").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "deleted policy rome\n"));
}

// A9
#[tokio::test]
async fn a_check_prints_every_problem_where_editors_find_it() {
    let wrong = r#"{"valid":false,"cedar":"","problems":[{"line":1,"column":9,"message":"unknown type","help":"did you mean user"},{"line":4,"column":1,"message":"\u001b[2Jno"}]}"#;
    let right = r#"{"valid":true,"cedar":"x","problems":[]}"#;
    let server = Server::start(vec![ok(wrong), ok(wrong), ok(right), refused_policy(2, 1)]).await;
    let path = server.data().join("p.cedar");
    std::fs::write(&path, "x").unwrap();
    let (line, file) = (format!("policy check {}", path.display()), path.display().to_string());
    let ran = reeve(&server.data(), &line).run().await;
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out, format!("{file}:1:9: unknown type\n  help: did you mean user\n{file}:4:1: \\u{{1b}}[2Jno\n"));
    assert!(ran.err.starts_with(&format!("error: {file} is refused: 2 problems\n")), "{}", ran.err);
    let ran = reeve(&server.data(), &format!("{line} -o json")).run().await;
    assert_eq!((ran.code, ran.out.trim()), (1, wrong));
    let ran = reeve(&server.data(), &line).run().await;
    assert_eq!((ran.code, ran.out), (0, format!("{file} is a policy that could be kept\n")));
    let ran = reeve(&server.data(), "policy check -").input("x").run().await;
    assert!(ran.err.starts_with("error: standard input:2:1: "), "{}", ran.err);
    assert_eq!(server.requests()[0].line, "POST /api/v1/policies/validate");
    assert_eq!(server.requests()[0].body, r#"{"cedar":"x"}"#);
}

// A9
#[tokio::test]
async fn a_question_is_answered_whichever_way() {
    let deny = r#"{"decision":"deny","because":"no policy permits it","policies":[]}"#;
    let allow = r#"{"decision":"allow","because":"help-desk permits it in acme","policies":[{"policy_id":"help-desk","name":"help-desk","effect":"permit"}]}"#;
    let server = Server::start(vec![ok(deny), ok(allow), ok(allow)]).await;
    let line = "policy test --admin help@acme.test --action delete_user --resource user:ada";
    let ran = reeve(&server.data(), line).run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "decision  deny\nbecause   no policy permits it\n"));
    let ran = reeve(&server.data(), &format!("{line} --org acme --address 192.0.2.7")).run().await;
    assert!(ran.out.ends_with("policy    help-desk (permit)\n"), "{}", ran.out);
    let ran = reeve(&server.data(), &format!("{line} -o json")).run().await;
    assert_eq!((ran.code, ran.out.trim()), (0, allow));
    let seen = server.requests();
    assert_eq!(seen[0].line, "POST /api/v1/policies/test");
    let body: serde_json::Value = serde_json::from_str(&seen[1].body).unwrap();
    let expected = serde_json::json!({
        "administrator": "help@acme.test", "action": "delete_user", "source_address": "192.0.2.7",
        "resource": {"type": "user", "id": "ada", "organization": "acme"},
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn what_can_be_allowed_is_listed() {
    let actions = r#"{"items":[{"action":"create_user","resource_type":"user","description":"Creates a user","groups":["create"]}]}"#;
    let server = Server::start(vec![ok(actions)]).await;
    let ran = reeve(&server.data(), "policy actions").run().await;
    assert_eq!(ran.out, "TYPE  ACTION       GROUPS  DESCRIPTION\nuser  create_user  create  Creates a user\n");
    assert_eq!(server.lines(), ["GET /api/v1/policies/actions"]);
}
