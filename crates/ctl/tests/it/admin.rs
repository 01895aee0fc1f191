//! Administrators and the rules of the account: what is sent, what is shown, what is refused.

use serde_json::{Value, json};

use crate::run::reeve;
use crate::server::{Server, ok, problem, status};

const HELP: &str = r#"{"administrator_id":"a-1","username":"help@acme.test","first_name":"Ada","last_name":"King","role":"general","status":"active","second_factors":{"totp":true,"passkeys":2},"api_access":true,"api_password":{"changed_at":"2026-11-01T00:00:00Z","limit_policy":"read-only"},"policies":[{"policy_id":"help-desk","name":"help-desk","organizations":["m-1"]},{"policy_id":"auditor","name":"auditor","organizations":[]}],"version":4}"#;

async fn sends(line: &str, reply: &str, expected: &str, body: &str) {
    let reply = if reply.is_empty() { status(204, "", "") } else { ok(reply) };
    let server = Server::start(vec![reply]).await;
    let ran = reeve(&server.data(), line).run().await;
    assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    assert_eq!(server.lines(), [expected], "{line}");
    assert_eq!(server.requests()[0].body, body, "{line}");
}

// A2
#[tokio::test]
async fn an_administrator_is_added_once_with_everything_that_was_said() {
    let server = Server::start(vec![status(503, "retry-after: 0\r\n", ""), status(201, "", HELP)]).await;
    let line = "admin add help@acme.test --first-name Ada --last-name King --policy help-desk@acme,initech \
        --policy auditor --inactive --password-file -"
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let ran = reeve(&server.data(), &line).input("correct horse\n").run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let seen = server.requests();
    assert_eq!(seen[1].line, "POST /api/v1/administrators");
    assert!(seen[0].header("idempotency-key").is_some());
    assert_eq!(seen[0].header("idempotency-key"), seen[1].header("idempotency-key"));
    let body: Value = serde_json::from_str(&seen[1].body).unwrap();
    let expected = json!({
        "username": "help@acme.test", "first_name": "Ada", "last_name": "King", "role": "general",
        "status": "inactive", "password": "correct horse",
        "policies": [{"policy": "help-desk", "organizations": ["acme", "initech"]}, {"policy": "auditor"}],
    });
    assert_eq!(body, expected);
    assert!(ran.out.starts_with("added administrator help@acme.test\n"), "{}", ran.out);
    assert!(ran.out.contains("help-desk in m-1"), "{}", ran.out);
    assert!(!ran.out.contains("correct horse") && !ran.err.contains("correct horse"));
}

// A2
#[tokio::test]
async fn a_generated_password_comes_with_the_administrator_and_alone_to_the_quiet() {
    let made = r#"{"username":"root2@acme.test","role":"admin","password":"tidal-maple-42"}"#;
    let line = "admin add root2@acme.test --first-name Grace --last-name Hopper --role admin --generate-password";
    for (flags, out) in
        [(" -q", Some("tidal-maple-42\n".to_owned())), (" -o json", Some(format!("{made}\n"))), ("", None)]
    {
        let server = Server::start(vec![status(201, "", made)]).await;
        let ran = reeve(&server.data(), &format!("{line}{flags}")).run().await;
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("tidal-maple-42"), "{}", ran.out);
        assert!(out.is_none_or(|out| out == ran.out), "{flags}");
        let body: Value = serde_json::from_str(&server.requests()[0].body).unwrap();
        assert_eq!((&body["generate_password"], &body["role"]), (&json!(true), &json!("admin")));
        assert!(body.get("policies").is_none() && body.get("status").is_none(), "{body}");
    }
    let server = Server::start(vec![status(201, "", r#"{"username":"root2@acme.test"}"#)]).await;
    let ran = reeve(&server.data(), line).run().await;
    assert!(ran.err.contains("did not come through: reeve admin reset-password root2@acme.test --g"), "{}", ran.err);
}

// A2
#[tokio::test]
async fn a_password_is_asked_for_when_none_is_given() {
    let line = "admin add help@acme.test --first-name Ada --last-name King";
    let server = Server::start(vec![status(201, "", HELP)]).await;
    assert_eq!(reeve(&server.data(), line).run().await.code, 2);
    assert_eq!(reeve(&server.data(), line).person(&["one", "two"]).run().await.code, 2);
    assert!(server.lines().is_empty());
    let ran = reeve(&server.data(), line).person(&["one", "one"]).run().await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(server.requests()[0].body.contains(r#""password":"one""#));
}

// A2
#[tokio::test]
async fn administrators_are_found_listed_and_shown() {
    let page = format!(r#"{{"items":[{HELP}],"next_cursor":null,"total":1}}"#);
    let list = "admin list --search he --role general --status active --limit 5";
    let server = Server::start(vec![ok(&page), ok(&page), ok(HELP), ok(HELP)]).await;
    let ran = reeve(&server.data(), list).run().await;
    assert_eq!(
        ran.out,
        "USERNAME        NAME      ROLE     STATUS  SECOND FACTOR               POLICIES            LAST SIGN-IN\n\
         help@acme.test  Ada King  general  active  code generator, 2 passkeys  help-desk, auditor  -\n"
    );
    let ran = reeve(&server.data(), &format!("{list} -o json")).run().await;
    assert_eq!(ran.out.trim(), page);
    let ran = reeve(&server.data(), "admin show me").run().await;
    for shown in ["set 2026-11-01 00:00:00 UTC, limited by read-only", "help-desk in m-1", "code generator, 2 passkeys"]
    {
        assert!(ran.out.contains(shown), "{shown}: {}", ran.out);
    }
    let ran = reeve(&server.data(), "admin show help@acme.test -o json").run().await;
    assert_eq!(ran.out.trim(), HELP);
    let wanted = "GET /api/v1/administrators?search=he&role=general&status=active&limit=5";
    let shown = ["GET /api/v1/administrators/me", "GET /api/v1/administrators/help@acme.test"];
    assert_eq!(server.lines(), [wanted, wanted, shown[0], shown[1]]);
}

// A4
#[tokio::test]
async fn one_verb_is_one_request() {
    for verb in ["activate", "deactivate", "unlock", "reset-second-factors"] {
        let path = format!("POST /api/v1/administrators/help@acme.test/{verb}");
        sends(&format!("admin {verb} help@acme.test"), HELP, &path, "").await;
    }
    let path = "POST /api/v1/administrators/help@acme.test/end-sessions";
    sends("admin end-sessions help@acme.test", r#"{"ended":3}"#, path, "").await;
}

#[tokio::test]
async fn the_number_of_ended_sessions_is_told() {
    let server = Server::start(vec![ok(r#"{"ended":3}"#), ok(r#"{"ended":3}"#)]).await;
    let ran = reeve(&server.data(), "admin end-sessions help@acme.test").run().await;
    assert_eq!(ran.out, "ended 3 sessions of help@acme.test\n");
    let ran = reeve(&server.data(), "admin end-sessions help@acme.test -o json").run().await;
    assert_eq!(ran.out, "{\"ended\":3}\n");
}

// A5 A8
#[tokio::test]
async fn an_edit_sends_what_was_named_and_replaces_all_policies() {
    let path = "PATCH /api/v1/administrators/help@acme.test";
    for (flags, body) in [
        ("--last-name Lovelace", r#"{"last_name":"Lovelace"}"#),
        ("--role admin", r#"{"role":"admin"}"#),
        ("--status inactive", r#"{"status":"inactive"}"#),
        ("--policy auditor", r#"{"policies":[{"policy":"auditor"}]}"#),
        ("--policy help-desk@acme", r#"{"policies":[{"policy":"help-desk","organizations":["acme"]}]}"#),
        ("--no-policies", r#"{"policies":[]}"#),
        ("--generate-password", r#"{"generate_password":true}"#),
    ] {
        sends(&format!("admin edit help@acme.test {flags}"), HELP, path, body).await;
    }
    let server = Server::start(vec![ok(HELP)]).await;
    let ran = reeve(&server.data(), "admin edit help@acme.test").run().await;
    assert_eq!((ran.code, server.lines().len()), (2, 0));
    reeve(&server.data(), "admin edit help@acme.test --first-name A --if-version 4").run().await;
    assert_eq!(server.requests()[0].header("if-match").as_deref(), Some("\"4\""));
}

// A6 A10
#[tokio::test]
async fn what_nobody_may_do_to_themselves_or_to_the_last_admin_is_refused_with_a_hint() {
    for (code, name, hint) in [
        (403, "self_forbidden", "hint: ask an administrator who may do this"),
        (409, "last_admin", "hint: make somebody else an administrator first"),
    ] {
        let server = Server::start(vec![problem(code, name, "no")]).await;
        let ran = reeve(&server.data(), "admin deactivate me").run().await;
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains(hint), "{}", ran.err);
    }
}

#[tokio::test]
async fn a_password_is_reset_and_shown_only_when_it_was_made() {
    let path = "POST /api/v1/administrators/help@acme.test/reset-password";
    sends("admin reset-password help@acme.test --generate-password", "{}", path, r#"{"generate_password":true}"#).await;
    let server = Server::start(vec![ok(r#"{"password":"tidal-maple-42"}"#), ok("{}")]).await;
    let ran = reeve(&server.data(), "admin reset-password help@acme.test --generate-password").run().await;
    assert_eq!(ran.out, "tidal-maple-42\n");
    let ran = reeve(&server.data(), "admin reset-password help@acme.test").person(&["one", "one"]).run().await;
    assert_eq!(ran.out, "help@acme.test has a new password\n");
    assert_eq!(server.requests()[1].body, r#"{"password":"one"}"#);
}

// A7
#[tokio::test]
async fn access_by_programs_is_allowed_and_forbidden() {
    let path = "PUT /api/v1/administrators/sync@acme.test/api-access";
    sends("admin api-access sync@acme.test --enable", HELP, path, r#"{"enabled":true}"#).await;
    sends("admin api-access sync@acme.test --disable", HELP, path, r#"{"enabled":false}"#).await;
}

// A7
#[tokio::test]
async fn an_api_password_is_made_limited_and_removed() {
    let path = "PUT /api/v1/administrators/me/api-password";
    for (flags, body) in [
        ("", r#"{"generate_password":true}"#),
        (" --limit-policy read-only", r#"{"generate_password":true,"limit_policy":"read-only"}"#),
        (" --no-limit", r#"{"generate_password":true,"limit_policy":null}"#),
    ] {
        sends(&format!("admin api-password set me --generate-password{flags}"), "{}", path, body).await;
    }
    let remove = "admin api-password remove sync@acme.test";
    sends(remove, "", "DELETE /api/v1/administrators/sync@acme.test/api-password", "").await;
    let server = Server::start(vec![ok(r#"{"password":"tidal-maple-42"}"#)]).await;
    let ran = reeve(&server.data(), "admin api-password set me --generate-password").run().await;
    assert_eq!(ran.out, "tidal-maple-42\n");
    assert_eq!(ran.err, "the new API password of me, shown only this once:\n");
}

#[tokio::test]
async fn the_rules_of_the_account_are_shown_and_changed() {
    let account = r#"{"account_id":"123456789012","name":"Acme","second_factor_required":true,"owners_manage_api_secrets":false,"event_retention_days":0,"version":2}"#;
    sends("account show", account, "GET /api/v1/account", "").await;
    let path = "PATCH /api/v1/account";
    sends("account edit --require-second-factor on", account, path, r#"{"second_factor_required":true}"#).await;
    let body = r#"{"owners_manage_api_secrets":false,"event_retention_days":365}"#;
    sends("account edit --owners-manage-api-secrets off --event-retention-days 365", account, path, body).await;
    let server = Server::start(vec![ok(account)]).await;
    assert_eq!(reeve(&server.data(), "account edit").run().await.code, 2);
    let ran = reeve(&server.data(), "account show").run().await;
    assert!(ran.out.contains("events kept                for ever\n"), "{}", ran.out);
}
