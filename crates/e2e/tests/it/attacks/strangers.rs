//! An admin of another account, with every id of ours in hand: nothing is found, nothing changes, and the answer is the
//! same as for what was never there (field.md §5 nos. 6, 8, 9 and 10).

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::deployment::{Deployment, PASSWORD, UNBRAKED, text};

const GRACE: &str = "grace@example.com";
const EVE: &str = "eve@evil.example";
/// A general administrator of Eve's account.
const MALLORY: &str = "mallory@evil.example";

/// Ids of ours, by the name of the place where each fits.
type Ids = BTreeMap<&'static str, String>;

/// Two accounts: ours with one of everything, and Eve's.
struct Scene<'a> {
    here: &'a Deployment,
    root: Caller,
    eve: Caller,
    account: String,
    ours: Ids,
}

impl<'a> Scene<'a> {
    async fn set(here: &'a Deployment) -> Self {
        here.json(&["org", "create", "acme", "--wait"]);
        let user =
            ["user", "create", "ada", "--org", "acme", "--display-name", "Ada", "--email", "ada@acme.reeve.test"];
        let user = here.json(&[&user[..], &["--generate-password"]].concat());
        let root = Caller::root(here).await;
        root.add(GRACE, "general", json!([{ "policy": "read-only" }])).await;
        root.open_api(GRACE).await;
        let (key, _) = root.make_key(GRACE).await;
        let mine = json!({ "name": "Ours", "cedar": "permit (principal, action, resource);" });
        let policy = root.post("/policies", mine).await.done();
        let org = root.get("/organizations/acme").await.done();
        let session = root.get("/sessions").await.done()["items"][0]["session_id"].as_str().unwrap().to_owned();
        let job = root.get("/jobs").await.done()["items"][0]["job_id"].as_str().unwrap().to_owned();
        let grace = root.get(&format!("/administrators/{GRACE}")).await.done();
        let mut ours = Ids::from([
            ("administrator", text(&grace, "administrator_id").to_owned()),
            ("access_key_id", key),
            ("policy", text(&policy, "policy_id").to_owned()),
            ("organization", text(&org, "organization_id").to_owned()),
            ("user", text(&user["user"], "user_id").to_owned()),
            ("domain", "acme.reeve.test".to_owned()),
            ("address", "ada@acme.reeve.test".to_owned()),
            ("job_id", job),
            ("session_id", session),
            ("passkey_id", "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a80".to_owned()),
        ]);
        ours.extend(outside(&root).await);
        ours.extend(in_the_organization(&root, text(&user["user"], "user_id")).await);
        let account = root.get("/account").await.done()["account_id"].as_str().unwrap().to_owned();
        let first = json!({ "username": EVE, "password": PASSWORD, "first_name": "E", "last_name": "V" });
        let other = json!({ "name": "Evil", "administrator": first });
        Caller::operator(here).post("/accounts", other).await.done();
        let eve = Caller::nobody(here).sign_in(EVE, PASSWORD).await;
        Self { here, root, eve, account, ours }
    }

    /// Everything of ours that Eve could have changed.
    async fn snapshot(&self) -> String {
        let key = format!("/administrators/{GRACE}/access-keys");
        let mut all = String::new();
        for path in [
            "/administrators",
            "/policies",
            "/policies/Ours/administrators",
            "/account",
            "/organizations",
            &key,
            "/jobs",
            "/organizations/acme/users",
            "/organizations/acme/domains",
            "/organizations/acme/directory",
            "/organizations/acme/groups",
            "/organizations/acme/resources",
            "/organizations/acme/tags",
            "/organizations/acme/key",
            "/organizations/acme/hold-settings",
            "/dns-providers",
            "/encryption-keys",
            "/organizations/acme/access-control-rules",
            "/organizations/acme/mobile-device-rules",
            "/organizations/acme/impersonation-roles",
            "/events?limit=1000",
        ] {
            all.push_str(&self.root.get(path).await.text);
            all.push('\n');
        }
        all
    }

    fn our(&self, what: &str) -> &str {
        &self.ours[what]
    }
}

/// Systems of ours that are asked by the account, made known; the ids of each.
async fn outside(root: &Caller) -> Ids {
    let provider = json!({ "name": "ours", "kind": "powerdns", "url": "http://127.0.0.1:1", "secret": "seven" });
    let provider = root.post("/dns-providers", provider).await.done();
    let key = json!({
        "name": "ours", "kind": "vault_transit", "reference": "vault:transit/ours", "address": "http://127.0.0.1:1",
        "secret": "seven",
    });
    let key = root.post("/encryption-keys", key).await.done();
    Ids::from([
        ("provider", text(&provider, "dns_provider_id").to_owned()),
        ("encryption_key", text(&key, "encryption_key_id").to_owned()),
    ])
}

/// What there is in the organization besides its user, each made for this.
async fn in_the_organization(root: &Caller, user: &str) -> Ids {
    let post = async |path: &str, body: Value| root.post(&format!("/organizations/acme{path}"), body).await.done();
    let group = post("/groups", json!({ "name": "staff" })).await;
    let resource = post("/resources", json!({ "name": "orchard", "kind": "room" })).await;
    let rule = post("/mobile-device-rules", json!({ "name": "ours", "effect": "allow" })).await;
    let role = json!({ "name": "ours", "kind": "read_only", "rules": [{ "rule_id": "all", "effect": "allow" }] });
    let role = post("/impersonation-roles", role).await;
    post("/tags", json!({ "tags": [{ "key": "stage7", "value": "test" }] })).await;
    let group = text(&group, "group_id").to_owned();
    Ids::from([
        ("entity", user.to_owned()),
        ("grantee", group.clone()),
        ("member", user.to_owned()),
        ("delegate", user.to_owned()),
        ("group", group),
        ("resource", text(&resource, "resource_id").to_owned()),
        ("rule", text(&rule, "rule_id").to_owned()),
        ("role", text(&role, "impersonation_role_id").to_owned()),
        ("key", "stage7".to_owned()),
        ("device_id", "Phone7".to_owned()),
        ("availability_domain", "elsewhere7.example".to_owned()),
        ("token_id", "019aa5b2-7c31-7f02-8f0a-3b1d5e6f7a81".to_owned()),
    ])
}

/// Ids of the same form that nobody has.
fn absent(ours: &Ids) -> Ids {
    let other = |id: &str| {
        let turned = |c: char| if c.is_ascii_digit() { char::from(b'0' + (9 - (c as u8 - b'0'))) } else { c };
        let (head, tail) = id.split_at(id.len() - id.len().min(8));
        format!("{head}{}", tail.chars().map(turned).collect::<String>())
    };
    let renamed = |(place, id): (&&'static str, &String)| {
        let id = match *place {
            "domain" => "none.reeve.test".to_owned(),
            "address" => "non@none.reeve.test".to_owned(),
            "access_key_id" => format!("{}{}", &id[..16], if id.ends_with("AAAA") { "BBBB" } else { "AAAA" }),
            _ => other(id),
        };
        (*place, id)
    };
    ours.iter().map(renamed).collect()
}

/// An operation of the document with ids in its path.
struct Operation {
    name: String,
    method: Method,
    path: String,
    body: Value,
}

fn operations(here: &Deployment) -> Vec<Operation> {
    let document: Value = here.server.reeve(&["openapi"]).done().json();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.contains('{')) {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse() else { continue };
            let Some(name) = operation["operationId"].as_str() else { continue };
            let body = operation["requestBody"]["content"]["application/json"]["example"].clone();
            // A key is a tag's everywhere else.
            let path = path.strip_prefix("/api/v1").unwrap();
            let path = path.replace("/encryption-keys/{key}", "/encryption-keys/{encryption_key}");
            found.push(Operation { name: name.to_owned(), method, path, body });
        }
    }
    found
}

impl Operation {
    async fn ask(&self, eve: &Caller, ids: &Ids) -> Answer {
        let path = ids.iter().fold(self.path.clone(), |path, (place, id)| path.replace(&format!("{{{place}}}"), id));
        assert!(!path.contains('{'), "{path}");
        if self.name == "import_users" {
            let request = eve.request(self.method.clone(), &path).header("content-type", "text/csv");
            return Answer::of(request.body("username,display_name\r\nx,X\r\n")).await;
        }
        eve.ask(self.method.clone(), &path, self.body.clone()).await
    }
}

/// What an answer says once the ids are taken out of it.
fn said(answer: &Answer, ids: &Ids) -> (u16, String) {
    let mut text = answer.text.replace(answer.body["request_id"].as_str().unwrap_or("-"), "");
    for id in ids.values() {
        text = text.replace(id, "<id>");
    }
    (answer.status, text)
}

#[tokio::test]
async fn no_id_of_another_account_is_found_in_any_path() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let scene = Scene::set(&here).await;
        let before = scene.snapshot().await;
        let nowhere = absent(&scene.ours);
        let operations = operations(scene.here);
        assert!(operations.len() >= 120, "{}", operations.len());
        for operation in &operations {
            let ours = operation.ask(&scene.eve, &scene.ours).await;
            // What attaches a policy names two things; ready-made ones are everybody's.
            ours.refused(404, "not_found");
            let none = operation.ask(&scene.eve, &nowhere).await;
            assert_eq!(said(&ours, &scene.ours), said(&none, &nowhere), "{}", operation.name);
        }
        // Beside things of her own.
        scene.eve.add(MALLORY, "general", json!([])).await;
        for (path, method) in [
            (format!("/policies/read-only/administrators/{}", scene.our("administrator")), Method::PUT),
            (format!("/policies/read-only/administrators/{GRACE}"), Method::DELETE),
            (format!("/policies/{}/administrators/{MALLORY}", scene.our("policy")), Method::PUT),
            (format!("/policies/Ours/administrators/{MALLORY}"), Method::DELETE),
            (format!("/administrators/me/access-keys/{}", scene.our("access_key_id")), Method::DELETE),
        ] {
            scene.eve.ask(method, &path, json!({})).await.refused(404, "not_found");
        }
        assert_eq!(scene.snapshot().await, before);
        scene.root.get("/sessions/current").await.done();
    }
}

/// Requests of Eve's about things of hers, with ids of ours in the body. `key` is one of hers.
fn bodies(scene: &Scene<'_>, key: &str) -> Vec<(Method, String, Value)> {
    let (org, policy, grace) = (scene.our("organization"), scene.our("policy"), scene.our("administrator"));
    let add = |policies: Value| {
        let body = json!({ "username": "m2@evil.example", "first_name": "M", "last_name": "M", "role": "general",
            "generate_password": true, "policies": policies });
        (Method::POST, "/administrators".to_owned(), body)
    };
    let edit = |policies: Value| (Method::PATCH, format!("/administrators/{MALLORY}"), json!({ "policies": policies }));
    let attach = |policy: &str, org: &str| {
        let path = format!("/policies/{policy}/administrators/{MALLORY}");
        (Method::PUT, path, json!({ "organizations": [org] }))
    };
    let permission = |member: &str, id: &str| {
        let mut one = json!({ "resource_type": "organization", "actions": ["read"] });
        one[member] = json!([id]);
        json!([one])
    };
    let create = |member: &str, id: &str| {
        (Method::POST, "/policies".to_owned(), json!({ "name": "Theirs", "permissions": permission(member, id) }))
    };
    let validate = json!({ "permissions": permission("organizations", org) });
    let test = |who: &str, kind: &str, id: &str| {
        let mut resource = json!({ "type": kind, "id": id });
        if kind == "user" {
            resource["organization"] = json!(org);
        }
        let body = json!({ "administrator": who, "action": format!("show_{kind}"), "resource": resource });
        (Method::POST, "/policies/test".to_owned(), body)
    };
    let limit = |method: Method, last: &str, mut body: Value, policy: &str| {
        body["limit_policy"] = json!(policy);
        (method, format!("/administrators/{MALLORY}/{last}"), body)
    };
    let reads_ours = json!([{ "policy": "read-only", "organizations": [org] }]);
    vec![
        add(json!([{ "policy": policy }])),
        add(json!([{ "policy": "Ours" }])),
        add(reads_ours.clone()),
        edit(json!([{ "policy": policy }])),
        edit(reads_ours),
        attach("read-only", org),
        attach("organization-owner", "acme"),
        create("organizations", org),
        create("organizations", "acme"),
        create("resources", org),
        (Method::POST, "/policies/validate".to_owned(), validate),
        limit(Method::PUT, "api-password", json!({ "generate_password": true }), policy),
        limit(Method::POST, "access-keys", json!({ "name": "x" }), policy),
        limit(Method::PATCH, &format!("access-keys/{key}"), json!({}), "Ours"),
        test(grace, "organization", org),
        test(GRACE, "organization", org),
        test(MALLORY, "organization", org),
        test(MALLORY, "user", scene.our("user")),
    ]
}

#[tokio::test]
async fn no_id_of_another_account_is_taken_in_any_body() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let scene = Scene::set(&here).await;
        let mallory = scene.eve.add(MALLORY, "general", json!([])).await;
        scene.eve.open_api(MALLORY).await;
        let (key, _) = scene.eve.make_key(MALLORY).await;
        let before = scene.snapshot().await;
        for (method, path, body) in bodies(&scene, &key) {
            let answer = scene.eve.ask(method, &path, body.clone()).await;
            let refused = (answer.status, text(&answer.body, "code"));
            assert_eq!(refused, (404, "not_found"), "{path} {body}: {}", answer.text);
        }
        our_directory_stays_ours(&scene).await;
        cedar_that_names_ours_reaches_nothing(&scene, &mallory).await;
        assert_eq!(scene.snapshot().await, before);
        assert_eq!(scene.eve.get("/administrators").await.done()["total"], 2);
    }
}

/// Two organizations may share a directory; two accounts never.
async fn our_directory_stays_ours(scene: &Scene<'_>) {
    let directories = scene.root.get("/directories").await.done();
    let directory = text(&directories["items"][0], "directory_id");
    let create = scene.eve.post("/organizations", json!({ "alias": "evil", "directory_id": directory })).await;
    assert!((400..500).contains(&create.status), "{}", create.text);
    assert_eq!(scene.eve.get("/organizations").await.done()["total"], 0);
}

/// Cedar text may name any id; it opens nothing of another account.
async fn cedar_that_names_ours_reaches_nothing(scene: &Scene<'_>, mallory: &Caller) {
    let org = scene.our("organization");
    let cedar = format!(
        "permit (principal, action, resource in Organization::\"{org}\");\n\
         permit (principal, action, resource in Account::\"{}\");\npermit (principal, action, resource);",
        scene.account
    );
    scene.eve.post("/policies", json!({ "name": "Everything", "cedar": cedar })).await.done();
    scene.eve.put(&format!("/policies/Everything/administrators/{MALLORY}"), json!({})).await.done();
    for caller in [mallory, &scene.eve] {
        for path in
            ["/organizations/acme", &format!("/organizations/{org}/users"), &format!("/jobs/{}", scene.our("job_id"))]
        {
            caller.get(path).await.refused(404, "not_found");
        }
        for path in ["/organizations", "/jobs", "/directories"] {
            assert_eq!(caller.get(path).await.done()["items"], json!([]), "{path}");
        }
        for query in [
            format!("organization={org}"),
            "organization=acme".to_owned(),
            format!("actor={GRACE}"),
            format!("actor={}", scene.our("administrator")),
            format!("resource_id={org}"),
            String::new(),
        ] {
            for path in [format!("/events?limit=1000&{query}"), format!("/events/export?{query}")] {
                let answer = caller.get(&path).await;
                assert!([200, 404].contains(&answer.status), "{path}: {}", answer.text);
                let tells = answer.status == 200 && (answer.text.contains(&scene.account) || answer.text.contains(org));
                // Her own policy names the id; she wrote it herself.
                assert!(!tells || answer.text.contains("Everything"), "{path}: {}", answer.text);
                assert!(!answer.text.contains("root@example.com"), "{path}: {}", answer.text);
            }
        }
    }
}

// field.md §5 no. 9
#[tokio::test]
async fn a_header_leads_nobody_into_another_account() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let scene = Scene::set(&here).await;
        let before = scene.snapshot().await;
        for value in [scene.account.as_str(), "000000000000", "all", ""] {
            for (method, path) in [
                (Method::GET, "/organizations"),
                (Method::GET, "/administrators"),
                (Method::GET, "/events"),
                (Method::POST, "/administrators"),
                (Method::PATCH, "/account"),
            ] {
                let body = json!({ "username": "m@evil.example", "first_name": "M", "last_name": "M", "role": "admin",
                    "generate_password": true });
                let request = scene.eve.request(method, path).header("reeve-account", value).json(&body);
                let answer = Answer::of(request).await;
                assert!([400, 403].contains(&answer.status), "{path} {value}: {}", answer.text);
                assert!(!answer.text.contains("acme"), "{}", answer.text);
            }
        }
        assert_eq!(scene.snapshot().await, before);
    }
}
