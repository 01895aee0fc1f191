//! Settings of organizations: tags, retention, mail, availability, identity providers, tokens; what is sent, shown and refused.

use serde_json::{Value, json};

use crate::run::reeve;
use crate::server::{Reply, Server, ok, problem, status};

const ACME: &str = "/api/v1/organizations/acme";

const POLICY: &str = r#"{"retention_policy_id":"rp-1","name":"standard","description":null,"folders":[{"folder":"drafts","action":"none","days":null},{"folder":"junk_email","action":"delete","days":14}],"created_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-02T00:00:00Z","version":2}"#;

const EWS: &str = r#"{"domain":"elsewhere.example","ews":{"endpoint":"https://ews.elsewhere.example/EWS","username":"reeve"},"created_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-02T00:00:00Z","version":1}"#;

const LAMBDA: &str = r#"{"domain":"other.example","lambda":{"function_arn":"arn:f"},"created_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-02T00:00:00Z","version":1}"#;

const PROVIDER: &str = r#"{"mode":"provider_only","instance_arn":"arn:i","application_arn":"arn:a","tokens":{"status":"active","lifetime_days":null}}"#;

const APPLICATION: &str =
    r#"{"application_arn":"arn:a/b:c","name":"mail","instance_arn":"arn:i","created_at":"2026-11-01T00:00:00Z"}"#;

const TOKEN: &str = r#"{"token_id":"t-1","user_id":"u-1","name":"telephone","scopes":["IMAP","SMTP"],"created_at":"2026-11-01T00:00:00Z","last_used_at":null,"expires_at":"2027-11-01T00:00:00Z"}"#;

/// What a command sent, with its body as JSON, and what it wrote to standard output and error.
async fn run(line: &str, reply: Reply) -> (String, Value, String, String) {
    let server = Server::start(vec![reply]).await;
    let ran = reeve(&server.data(), line).input("secret\n").run().await;
    assert_eq!(ran.code, 0, "{line}: {}", ran.err);
    let request = server.requests().remove(0);
    let body = if request.body.is_empty() { Value::Null } else { serde_json::from_str(&request.body).unwrap() };
    (request.line.replace(ACME, ""), body, ran.out, ran.err)
}

fn gone() -> Reply {
    status(204, "", "")
}

#[tokio::test]
async fn tags_are_set_in_one_request_and_removed_one_by_one() {
    let page = r#"{"items":[{"key":"a/b","value":"4711"},{"key":"team","value":""}]}"#;
    let (sent, body, out, _) = run("org tag add acme a/b=47=11 team=", ok(page)).await;
    assert_eq!(sent, "POST /tags");
    assert_eq!(body, json!({"tags": [{"key": "a/b", "value": "47=11"}, {"key": "team", "value": ""}]}));
    assert_eq!(out, "set 2 tags of acme\nKEY   VALUE\na/b   4711\nteam  -\n");
    let (sent, _, out, _) = run("org tag list acme", ok(page)).await;
    assert_eq!((sent.as_str(), out.as_str()), ("GET /tags", "KEY   VALUE\na/b   4711\nteam  -\n"));
    let server = Server::start(vec![gone(), gone()]).await;
    let ran = reeve(&server.data(), "org tag remove acme a/b team").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "acme has no tag a/b\nacme has no tag team\n"));
    assert_eq!(server.lines(), [format!("DELETE {ACME}/tags/a%2Fb"), format!("DELETE {ACME}/tags/team")]);
}

#[tokio::test]
async fn a_retention_policy_is_set_shown_and_deleted() {
    let line =
        "retention set standard --folder drafts=none --folder junk_email=delete:14 --description For~all --org acme";
    let (sent, body, out, _) = run(line, ok(POLICY)).await;
    assert_eq!(sent, "PUT /retention-policy");
    let expected = json!({
        "name": "standard", "description": "For all",
        "folders": [{"folder": "drafts", "action": "none"}, {"folder": "junk_email", "action": "delete", "days": 14}]
    });
    assert_eq!(body, expected);
    assert_eq!(
        out,
        "retention policy standard is kept\nname     standard\nid       rp-1\nfolder   drafts=none\n\
         folder   junk_email=delete:14\ncreated  2026-11-01 00:00:00 UTC\nupdated  2026-11-02 00:00:00 UTC\n\
         version  2\n"
    );
    let (_, body, _, _) = run("retention set empty --org acme", ok(POLICY)).await;
    assert_eq!(body, json!({"name": "empty", "folders": []}));
    let (sent, _, out, _) = run("retention show --org acme", ok(POLICY)).await;
    assert!(sent == "GET /retention-policy" && out.starts_with("name     standard\n"));
    let (sent, _, out, _) = run("retention delete --org acme", gone()).await;
    assert_eq!((sent.as_str(), out.as_str()), ("DELETE /retention-policy", "acme has no retention policy\n"));
    let server = Server::start(vec![problem(412, "version_mismatch", "it was changed since you read it")]).await;
    let ran = reeve(&server.data(), "retention set standard --if-version 1 --org acme").run().await;
    assert_eq!((ran.code, server.requests()[0].header("if-match").as_deref()), (1, Some("\"1\"")));
}

#[tokio::test]
async fn mail_settings_are_one_request_each() {
    let (sent, body, out, _) = run("dmarc set ignored --org acme", ok(r#"{"enforced":false}"#)).await;
    assert_eq!((sent.as_str(), body), ("PUT /inbound-dmarc", json!({"enforced": false})));
    assert_eq!(out, "DMARC of mail to acme is ignored\nenforced  no\n");
    let (sent, _, out, _) = run("dmarc show --org acme", ok(r#"{"enforced":true}"#)).await;
    assert_eq!((sent.as_str(), out.as_str()), ("GET /inbound-dmarc", "enforced  yes\n"));
    let monitoring = r#"{"log_group_arn":"arn:l:*","role_arn":null}"#;
    let (sent, body, out, _) = run("monitoring set arn:l:* --org acme", ok(monitoring)).await;
    assert_eq!((sent.as_str(), body), ("PUT /email-monitoring", json!({"log_group_arn": "arn:l:*"})));
    assert_eq!(out, "the email monitoring of acme is kept\nlog group  arn:l:*\n");
    let (_, body, _, _) = run("monitoring set arn:l:* --role arn:r --org acme", ok(monitoring)).await;
    assert_eq!(body, json!({"log_group_arn": "arn:l:*", "role_arn": "arn:r"}));
    let (sent, _, _, _) = run("monitoring show --org acme", ok(monitoring)).await;
    assert_eq!(sent, "GET /email-monitoring");
    let (sent, _, out, _) = run("monitoring remove --org acme", gone()).await;
    assert_eq!((sent.as_str(), out.as_str()), ("DELETE /email-monitoring", "acme has no email monitoring\n"));
}

#[tokio::test]
async fn an_availability_configuration_takes_its_password_from_a_file() {
    let ews = "--endpoint https://ews.elsewhere.example/EWS --username reeve --password-file - --org acme";
    let provider = json!({"endpoint": "https://ews.elsewhere.example/EWS", "username": "reeve", "password": "secret"});
    let server = Server::start(vec![status(503, "retry-after: 0\r\n", ""), status(201, "", EWS)]).await;
    let line = format!("availability create elsewhere.example {ews}");
    let ran = reeve(&server.data(), &line).input("secret\n").run().await;
    let seen = server.requests();
    assert_eq!(seen[1].line, format!("POST {ACME}/availability-configurations"));
    assert!(seen[0].header("idempotency-key").is_some());
    assert_eq!(seen[0].header("idempotency-key"), seen[1].header("idempotency-key"));
    let body: Value = serde_json::from_str(&seen[1].body).unwrap();
    assert_eq!(body, json!({"domain": "elsewhere.example", "ews": provider}));
    assert_eq!(
        ran.out,
        "created the availability configuration of elsewhere.example\ndomain    elsewhere.example\n\
         provider  https://ews.elsewhere.example/EWS as reeve\ncreated   2026-11-01 00:00:00 UTC\n\
         updated   2026-11-02 00:00:00 UTC\nversion   1\n"
    );
    let (sent, body, _, _) = run(&format!("availability edit elsewhere.example {ews}"), ok(EWS)).await;
    assert_eq!(
        (sent.as_str(), body),
        ("PUT /availability-configurations/elsewhere.example", json!({ "ews": provider }))
    );
    let (_, body, out, _) = run("availability edit other.example --function arn:f --org acme", ok(LAMBDA)).await;
    assert_eq!(body, json!({"lambda": {"function_arn": "arn:f"}}));
    assert!(out.contains("provider  arn:f\n"), "{out}");
    let page = format!(r#"{{"items":[{EWS},{LAMBDA}],"next_cursor":null,"total":2}}"#);
    let (sent, _, out, _) = run("availability list --limit 5 --org acme", ok(&page)).await;
    assert_eq!(sent, "GET /availability-configurations?limit=5");
    assert!(out.contains("other.example      arn:f"), "{out}");
    let (sent, _, out, _) = run("availability delete other.example --org acme", gone()).await;
    assert_eq!(sent, "DELETE /availability-configurations/other.example");
    assert_eq!(out, "there is no availability configuration of other.example\n");
}

#[tokio::test]
async fn a_test_that_does_not_pass_ends_in_a_failure() {
    let (sent, body, out, _) =
        run("availability test elsewhere.example --org acme", ok(r#"{"passed":true,"failure":null}"#)).await;
    assert_eq!((sent.as_str(), body), ("POST /availability-tests", json!({"domain": "elsewhere.example"})));
    assert_eq!(out, "elsewhere.example takes us\n");
    let refused = r#"{"passed":false,"failure":"the endpoint refuses the username or the password"}"#;
    let server = Server::start(vec![ok(refused), ok(refused)]).await;
    let line = "availability test --endpoint https://x.example/ --username a --password-file - --org acme";
    let ran = reeve(&server.data(), line).input("secret\n").run().await;
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    let expected = "error: https://x.example/ does not serve: the endpoint refuses the username or the password\n";
    assert!(ran.err.starts_with(expected), "{}", ran.err);
    let body: Value = serde_json::from_str(&server.requests()[0].body).unwrap();
    assert_eq!(body, json!({"ews": {"endpoint": "https://x.example/", "username": "a", "password": "secret"}}));
    let ran = reeve(&server.data(), &format!("{line} -o json")).input("secret\n").run().await;
    assert_eq!((ran.code, ran.out.trim()), (1, refused));
}

#[tokio::test]
async fn identity_providers_and_applications_are_one_request_each() {
    let line =
        "identity-provider set --mode provider_only --instance arn:i --application arn:a --tokens active --org acme";
    let (sent, mut body, out, _) = run(line, ok(PROVIDER)).await;
    let expected = json!({
        "mode": "provider_only", "instance_arn": "arn:i", "application_arn": "arn:a", "tokens": {"status": "active"}
    });
    assert_eq!((sent.as_str(), &body), ("PUT /identity-provider", &expected));
    assert_eq!(
        out,
        "acme has this identity provider\nmode            provider_only\ninstance        arn:i\n\
         application     arn:a\ntokens          active\ntoken lifetime  for ever\n"
    );
    (_, body, _, _) = run(&format!("{line} --token-lifetime 30"), ok(PROVIDER)).await;
    assert_eq!(body["tokens"], json!({"status": "active", "lifetime_days": 30}));
    let (sent, _, _, _) = run("identity-provider show --org acme", ok(PROVIDER)).await;
    assert_eq!(sent, "GET /identity-provider");
    let (sent, _, out, _) = run("identity-provider remove --org acme", gone()).await;
    assert_eq!((sent.as_str(), out.as_str()), ("DELETE /identity-provider", "acme has no identity provider\n"));
    let applications = "/api/v1/identity-center-applications";
    let create = "identity-center-application create mail --instance arn:i";
    let (sent, body, out, _) = run(create, status(201, "", APPLICATION)).await;
    assert_eq!((sent, body), (format!("POST {applications}"), json!({"name": "mail", "instance_arn": "arn:i"})));
    assert!(out.starts_with("created application mail\narn       arn:a/b:c\n"), "{out}");
    let page = format!(r#"{{"items":[{APPLICATION}],"next_cursor":null,"total":1}}"#);
    let (sent, _, out, _) = run("identity-center-application list", ok(&page)).await;
    assert_eq!(sent, format!("GET {applications}"));
    assert!(out.contains("mail  arn:a/b:c  2026-11-01"), "{out}");
    let (sent, _, _, _) = run("identity-center-application delete arn:a/b:c", gone()).await;
    assert_eq!(sent, format!("DELETE {applications}?application_arn=arn%3Aa%2Fb%3Ac"));
}

#[tokio::test]
async fn a_token_is_shown_once_alone_to_the_quiet() {
    let made = TOKEN.replacen('{', r#"{"secret":"rpat_x","#, 1);
    let line = "token create ada@acme.test --name telephone --scope SMTP,IMAP --org acme";
    let (sent, body, out, err) = run(line, status(201, "", &made)).await;
    assert_eq!(sent, "POST /users/ada@acme.test/personal-access-tokens");
    assert_eq!(body, json!({"name": "telephone", "scopes": ["SMTP", "IMAP"]}));
    assert!(
        out.starts_with("created a personal access token of ada@acme.test\nid       t-1\nsecret   rpat_x\n"),
        "{out}"
    );
    assert!(err.contains("only this once"), "{err}");
    let (_, body, out, err) =
        run("token create ada --name x --expires 2027-01-01 --org acme --quiet", status(201, "", &made)).await;
    assert_eq!(body, json!({"name": "x", "expires_at": "2027-01-01T00:00:00Z"}));
    assert_eq!((out.as_str(), err.as_str()), ("rpat_x\n", ""));
    let server = Server::start(vec![status(503, "retry-after: 0\r\n", "")]).await;
    assert_ne!(reeve(&server.data(), line).run().await.code, 0);
    assert_eq!(server.lines().len(), 1, "it is not tried again");
    let page = format!(r#"{{"items":[{TOKEN}],"next_cursor":null,"total":1}}"#);
    let (sent, _, out, _) = run("token list --user ada --org acme", ok(&page)).await;
    assert_eq!(sent, "GET /personal-access-tokens?user=ada");
    assert!(out.contains("t-1  telephone  u-1   IMAP, SMTP  -          2027-11-01 00:00:00 UTC"), "{out}");
    let (sent, _, out, _) = run("token show t-1 --org acme", ok(TOKEN)).await;
    assert!(sent == "GET /personal-access-tokens/t-1" && !out.contains("secret"), "{out}");
    let (sent, _, out, _) = run("token delete t-1 --org acme", gone()).await;
    assert_eq!((sent.as_str(), out.as_str()), ("DELETE /personal-access-tokens/t-1", "there is no token t-1\n"));
}

#[tokio::test]
async fn a_domain_shows_its_records_and_a_sign_in_says_that_passwords_are_off() {
    let domain = r#"{"domain":"acme.example","ownership":"pending","default":false,"test_domain":false,"records":[{"type":"MX","host":"acme.example","value":"10 mx.example"}],"created_at":"2026-11-01T00:00:00Z"}"#;
    let (_, _, out, _) = run("domain show acme.example --org acme", ok(domain)).await;
    assert!(out.ends_with("dns record   acme.example MX 10 mx.example\n"), "{out}");
    let looked = domain.replace(
        r#""value":"10 mx.example""#,
        r#""value":"10 mx.example","state":"different","found":["5 a.example","10 b.example"],"advice":"mail goes elsewhere""#,
    );
    let (sent, _, out, _) = run("domain check acme.example --org acme", ok(&looked)).await;
    assert_eq!(sent, "POST /domains/acme.example/check");
    let told: Vec<_> = out.lines().rev().take(3).collect();
    assert!(told[0].ends_with("advice     mail goes elsewhere"), "{out}");
    assert!(told[1].ends_with("is         5 a.example | 10 b.example"), "{out}");
    assert!(told[2].ends_with("acme.example MX 10 mx.example (different)"), "{out}");
    let (sent, body, _, _) = run("domain rotate-dkim-key acme.example --force --org acme", ok(domain)).await;
    assert_eq!((sent.as_str(), body), ("POST /domains/acme.example/dkim-rotation", json!({"force": true})));
    let (sent, _, out, _) =
        run("domain zone-file acme.example --org acme", ok("acme.example. 300 IN MX 10 mx.\n")).await;
    assert_eq!(
        (sent.as_str(), out.as_str()),
        ("GET /domains/acme.example/zone-file", "acme.example. 300 IN MX 10 mx.\n")
    );
    let server = Server::start(vec![ok(r#"{"outcome":"password_sign_in_off"}"#)]).await;
    let ran = reeve(&server.data(), "user check-sign-in ada --password-file - --org acme").input("x\n").run().await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("passwords open nothing here") && ran.err.contains("reeve token create ada"),
        "{}",
        ran.err
    );
}
