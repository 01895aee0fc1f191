//! Who may do what, asked of a running server: every operation by everybody, written to `docs/access-matrix.md`.
//!
//! The requests come from the server's own OpenAPI document, so an operation that is added is asked too; the test fails
//! until the table is written anew (`REEVE_WRITE_MATRIX=1`) and its difference reviewed. Each caller has an
//! organization, people, administrators and a policy to themselves, so that what one does changes nothing for another.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::deployment::{ADMIN, Deployment, PASSWORD, text};

const INTRODUCTION: &str = "# Who may do what

Made by a test that asks a running server, on both SQL engines, for every operation as every kind of caller; it fails when
an answer changes.

- **yes**: it is done, or refused for another reason than the right to do it
- **no**: refused (403)
- **hidden**: answered as if the thing did not exist (404)
- **sign in**: nobody is signed in (401)
- **—**: about one's own session, which the local operator does not have

*general* is a general administrator without a policy; the five columns after it have the ready-made policy of that name,
the organization owner for the organization that is asked about. All sessions are fresh.

";

/// A device of ada's.
const PHONE: &str = "ApplDNPK1234F18X";

/// A domain whose calendars are elsewhere, and who is asked for them.
const ELSEWHERE: &str = "elsewhere.example";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:free-busy";

/// The instance of Identity Center in the examples.
const INSTANCE: &str = "arn:aws:sso:::instance/ssoins-1234567890abcdef";

/// Who asks: the heading of the column, and what they are.
const CALLERS: [(&str, Who); 11] = [
    ("anonymous", Who::Nobody),
    ("inactive", Who::Inactive),
    ("general", Who::General(None)),
    ("read-only", Who::General(Some("read-only"))),
    ("user-administrator", Who::General(Some("user-administrator"))),
    ("help-desk", Who::General(Some("help-desk"))),
    ("organization-owner", Who::General(Some("organization-owner"))),
    ("auditor", Who::General(Some("auditor"))),
    ("admin", Who::Admin),
    ("other account's admin", Who::Stranger),
    ("operator", Who::Operator),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Inactive,
    General(Option<&'static str>),
    Admin,
    Stranger,
    Operator,
}

/// One operation of the document.
struct Operation {
    name: String,
    method: Method,
    path: String,
    body: Option<Value>,
}

/// The deployment, and the account that everybody but the stranger belongs to.
struct Place<'a> {
    here: &'a Deployment,
    account: String,
}

impl Place<'_> {
    fn json(&self, arguments: &[&str]) -> Value {
        self.here.json(&[&["--account", &self.account], arguments].concat())
    }
}

/// A caller with everything that they are asked about.
struct Scene {
    who: Who,
    token: Option<String>,
    names: BTreeMap<&'static str, String>,
}

#[tokio::test]
async fn everybody_may_do_what_the_published_matrix_says() {
    let mut tables = Vec::new();
    for here in Deployment::each() {
        tables.push(ask_everything(&here).await);
    }
    let table = tables.first().unwrap();
    for other in &tables {
        assert_eq!(other, table, "both engines decide alike");
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/access-matrix.md");
    if is_to_be_written() {
        std::fs::write(&path, table).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    for (line, (is, was)) in table.lines().zip(published.lines()).enumerate() {
        assert_eq!(is, was, "docs/access-matrix.md, line {}: set REEVE_WRITE_MATRIX=1 and review", line + 1);
    }
    assert_eq!(table.lines().count(), published.lines().count(), "docs/access-matrix.md is of another length");
}

#[expect(clippy::disallowed_methods, reason = "how a person tells this test to write the table that it checks")]
fn is_to_be_written() -> bool {
    std::env::var_os("REEVE_WRITE_MATRIX").is_some()
}

async fn ask_everything(here: &Deployment) -> String {
    let document: Value = here.server.reeve(&["openapi"]).done().json();
    let operations = operations(&document);
    let account = text(&here.json(&["account", "show"]), "account_id").to_owned();
    let place = Place { here, account };
    let mut cells: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for (number, (_, who)) in CALLERS.iter().enumerate() {
        let scene = Scene::set(&place, *who, number).await;
        for operation in &operations {
            let cell = scene.ask(&place, operation).await;
            cells.entry(operation.name.clone()).or_default().push(cell);
        }
    }
    written(&operations, &cells)
}

/// The operations in an order in which none takes away what a later one needs.
fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            let Some(name) = operation["operationId"].as_str().filter(|name| *name != "openapi") else { continue };
            let content = &operation["requestBody"]["content"];
            let body = content["application/json"]["example"].clone();
            let body =
                if content["text/csv"].is_object() { Some(Value::Null) } else { Some(body).filter(Value::is_object) };
            found.push(Operation { name: name.to_owned(), method, path: path.clone(), body });
        }
    }
    found.sort_by_key(|operation| (rank(operation), operation.name.clone()));
    found
}

fn rank(operation: &Operation) -> u8 {
    match operation.name.as_str() {
        // These end what speaks for the caller, or what everything else is about.
        "sign_out" => 9,
        "change_password" | "reauthenticate" | "end_other_sessions" => 8,
        "delete_organization" | "deactivate_administrator" => 7,
        "delete_user" | "delete_group" | "delete_resource" | "delete_policy" => 6,
        "disable_user" | "disable_group" | "disable_resource" => 4,
        // Before an edit replaces what the target was given.
        "detach_policy" => 0,
        _ if operation.method == Method::GET => 0,
        _ if operation.method == Method::DELETE => 5,
        _ => 1,
    }
}

/// Gives an organization one of every setting, so that what is shown or removed is there; the name of the application that
/// its identity provider uses, and the id of a token.
fn set_settings(here: &Place<'_>, org: &str) -> (String, String) {
    let of = |words: &[&str]| here.json(&[words, &["--org", org]].concat());
    here.json(&["org", "tag", "add", org, "team=mail"]);
    of(&["retention", "set", "standard"]);
    of(&["monitoring", "set", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/events/acme:*"]);
    of(&["availability", "create", ELSEWHERE, "--function", FUNCTION]);
    let application = here.json(&["identity-center-application", "create", org, "--instance", INSTANCE]);
    let application = text(&application, "application_arn").to_owned();
    let set = ["identity-provider", "set", "--mode", "provider_and_directory", "--tokens", "active"];
    of(&[&set[..], &["--instance", INSTANCE, "--application", &application]].concat());
    let token = of(&["token", "create", "ada", "--name", "telephone"]);
    (application, text(&token, "token_id").to_owned())
}

impl Scene {
    /// Makes a caller, and things for them to be asked about.
    async fn set(here: &Place<'_>, who: Who, number: usize) -> Self {
        let org = format!("column-{number}");
        here.json(&["org", "create", &org, "--wait"]);
        for name in ["ada", "bob"] {
            let email = format!("{name}@{org}.reeve.test");
            let user = ["user", "create", name, "--org", &org, "--display-name", name, "--email", &email];
            here.json(&[&user[..], &["--generate-password"]].concat());
        }
        let email = |name: &str| format!("{name}@{org}.reeve.test");
        here.json(&["user", "create", "gone", "--org", &org, "--display-name", "gone"]);
        here.here.reeve(&["--account", &here.account, "user", "delete", "gone", "--org", &org, "--yes"]);
        here.json(&["group", "create", "crew", "--org", &org, "--email", &email("crew")]);
        here.json(&["resource", "create", "blue", "--kind", "room", "--org", &org, "--email", &email("blue")]);
        here.json(&["device-override", "put", "ada", PHONE, "--effect", "deny", "--org", &org]);
        let role = ["impersonation-role", "create", "archive", "--kind", "read_only", "--org", &org];
        let role = here.json(&role);
        let (application, token) = set_settings(here, &org);
        here.json(&["domain", "add", &format!("{org}.example"), "--org", &org]);
        let target = format!("target-{number}@example.com");
        let add = ["admin", "add", &target, "--first-name", "T", "--last-name", "T", "--generate-password"];
        here.json(&[&add[..], &["--role", "general"]].concat());
        here.json(&["admin", "api-access", &target, "--enable"]);
        let key = here.json(&["key", "create", "--admin", &target, "--name", "one"]);
        let secret = here.here.file("secret", "c2VjcmV0IG9mIGEgc3lzdGVt");
        let provider = ["dns-provider", "create", &org, "--kind", "powerdns", "--url", "http://127.0.0.1:1"];
        here.json(&[&provider[..], &["--secret-file", &secret]].concat());
        let vault = ["--kind", "vault_transit", "--reference", &format!("vault:transit/{org}")];
        let vault = [&["encryption-key", "create", &org][..], &vault, &["--address", "http://127.0.0.1:1"]].concat();
        here.json(&[&vault[..], &["--secret-file", &secret]].concat());
        let policy = here.json(&["policy", "create", &org, "--allow", "user:read"]);
        here.json(&["policy", "attach", &org, &target]);
        let job = here.json(&["job", "list", "--limit", "1"])["items"][0]["job_id"].as_str().unwrap().to_owned();
        let names = BTreeMap::from([
            ("organization", org.clone()),
            ("user", "ada".to_owned()),
            ("group", "crew".to_owned()),
            ("member", "bob".to_owned()),
            ("resource", "blue".to_owned()),
            ("delegate", "bob".to_owned()),
            ("entity", "ada".to_owned()),
            ("grantee", "bob".to_owned()),
            // An organization begins with an access control rule and a mobile device rule of this name.
            ("rule", "default".to_owned()),
            ("device_id", PHONE.to_owned()),
            ("role", text(&role, "impersonation_role_id").to_owned()),
            ("domain", format!("{org}.example")),
            ("availability_domain", ELSEWHERE.to_owned()),
            ("application", application),
            ("token_id", token),
            ("key", "team".to_owned()),
            ("provider", org.clone()),
            ("address", format!("ada@{org}.reeve.test")),
            ("administrator", target),
            ("access_key_id", text(&key, "access_key_id").to_owned()),
            ("policy", text(&policy, "policy_id").to_owned()),
            ("job_id", job),
            ("session_id", "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80".to_owned()),
            ("passkey_id", "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80".to_owned()),
        ]);
        let token = Self::enter(here, who, number, &org).await;
        Self { who, token, names }
    }

    /// Adds the caller and signs them in.
    async fn enter(here: &Place<'_>, who: Who, number: usize, org: &str) -> Option<String> {
        let username = format!("caller-{number}@example.com");
        let password = here.here.file("password", PASSWORD);
        match who {
            Who::Nobody | Who::Operator => return None,
            Who::Stranger => {
                let account = ["account", "create", "Other", "--admin", &username, "--password-file", &password];
                here.json(&account);
            }
            Who::Admin | Who::Inactive | Who::General(_) => {
                let role = if who == Who::Admin { "admin" } else { "general" };
                let mut add: Vec<String> = ["admin", "add", &username, "--first-name", "C", "--last-name", "C"]
                    .iter()
                    .map(|word| (*word).to_owned())
                    .collect();
                add.extend(["--role", role, "--password-file", &password].map(str::to_owned));
                if let Who::General(Some(policy)) = who {
                    let only = if policy == "organization-owner" { format!("@{org}") } else { String::new() };
                    add.extend(["--policy".to_owned(), format!("{policy}{only}")]);
                }
                let words: Vec<&str> = add.iter().map(String::as_str).collect();
                here.json(&words);
            }
        }
        let body = json!({ "username": username, "password": PASSWORD });
        let answer = Client::new().post(format!("{}/api/v1/sessions", here.here.server.url())).json(&body).send().await;
        let session: Value = answer.unwrap().json().await.unwrap();
        let token = text(&session, "token").to_owned();
        if who == Who::Inactive {
            here.json(&["admin", "deactivate", &username]);
        }
        Some(token)
    }

    async fn ask(&self, here: &Place<'_>, operation: &Operation) -> &'static str {
        // A key is a tag's everywhere else.
        let mut path = operation.path.replace("/encryption-keys/{key}", "/encryption-keys/{organization}");
        for (name, value) in &self.names {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        assert!(!path.contains('{'), "{}: {path} has a place that the matrix cannot fill", operation.name);
        if operation.name == "delete_identity_center_application" {
            path = format!("{path}?application_arn={}", self.names["application"]);
        }
        let (status, code) = match self.who {
            Who::Operator => self.operator(here, operation, &path).await,
            _ => {
                let url = format!("{}{path}", here.here.server.url());
                let mut request = Client::new().request(operation.method.clone(), url);
                if let Some(token) = &self.token {
                    request = request.bearer_auth(token);
                }
                answer(self.with_body(request, operation)).await
            }
        };
        verdict(&operation.name, status, &code)
    }

    fn with_body(&self, request: RequestBuilder, operation: &Operation) -> RequestBuilder {
        let Some(example) = &operation.body else { return request };
        if example.is_null() {
            return request.header("content-type", "text/csv").body("username,display_name\r\nzoe,Zoe\r\n");
        }
        let name = |what: &str| self.names[what].clone();
        // Examples that name something name what is not there.
        let own = match operation.name.as_str() {
            "sign_in" => json!({ "username": ADMIN, "password": PASSWORD }),
            "set_default_domain" => json!({ "domain": name("domain") }),
            "add_group_member" => json!({ "member": name("member") }),
            "add_resource_delegate" => json!({ "delegate": name("delegate") }),
            "create_policy" => json!({
                "name": format!("Made for {}", name("organization")),
                "cedar": "permit (principal, action == Action::\"show_user\", resource);",
            }),
            "test_policy" => json!({
                "administrator": name("administrator"), "action": "show_organization",
                "resource": { "type": "organization", "id": name("organization") },
            }),
            "set_identity_provider" => {
                let mut provider = example.clone();
                provider["application_arn"] = json!(name("application"));
                provider
            }
            "destroy_organization_key" => json!({ "alias": name("organization") }),
            "release_hold" => json!({ "kind": "name", "value": "gone", "reason": "nobody comes back" }),
            // Nobody outside is asked: what is decided is whether one may have them asked.
            "test_availability_configuration" => json!({ "lambda": { "function_arn": FUNCTION } }),
            _ => example.clone(),
        };
        request.json(&own)
    }

    /// Over the local socket, for which the client needs no port.
    async fn operator(&self, here: &Place<'_>, operation: &Operation, path: &str) -> (u16, String) {
        let client = Client::builder().unix_socket(here.here.server.data().join("reeve.sock")).build().unwrap();
        let url = format!("http://localhost{path}");
        let request = client.request(operation.method.clone(), url).header("reeve-account", &here.account);
        answer(self.with_body(request, operation)).await
    }
}

async fn answer(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default();
    let code = match body["field"].as_str() {
        Some("session") => "no session",
        // The domain was found, and has none: who may not see the domain does not learn that.
        _ if body["detail"].as_str().is_some_and(|detail| detail.contains("hosted zone")) => "no hosted zone",
        _ => body["code"].as_str().unwrap_or_default(),
    };
    (status, code.to_owned())
}

/// What an answer says about the right to ask.
fn verdict(name: &str, status: u16, code: &str) -> &'static str {
    assert!(status < 500, "{name}: {status}");
    assert_ne!(status, 429, "{name} was throttled, which says nothing");
    assert_ne!(code, "reauthentication_required", "{name}: the sign-in is too old for this test");
    match (status, code) {
        (401, "unauthenticated") => "sign in",
        (400, "no session") => "—",
        (403, _) => "no",
        (404, "no hosted zone") => "yes",
        // These are about oneself, and what is not found is not there.
        (404, "not_found") if ["end_session", "remove_passkey", "remove_totp"].contains(&name) => "yes",
        (404, _) => "hidden",
        _ => "yes",
    }
}

fn written(operations: &[Operation], cells: &BTreeMap<String, Vec<&'static str>>) -> String {
    let mut table = String::from(INTRODUCTION);
    let heads: Vec<&str> = CALLERS.iter().map(|(name, _)| *name).collect();
    writeln!(table, "| operation | {} |", heads.join(" | ")).unwrap();
    writeln!(table, "|---|{}", "---|".repeat(CALLERS.len())).unwrap();
    let mut names: Vec<&str> = operations.iter().map(|operation| operation.name.as_str()).collect();
    names.sort_unstable();
    for name in names {
        writeln!(table, "| `{name}` | {} |", cells[name].join(" | ")).unwrap();
    }
    table
}
