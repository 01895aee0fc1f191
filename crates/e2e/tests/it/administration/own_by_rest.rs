//! Rows A6, A7 and A10 through REST, and second factors: what somebody may do about themselves, and what never.

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Answer, Caller, Pass};
use crate::deployment::{ADMIN, Deployment, PASSWORD, UNBRAKED, text};
use crate::generator::Generator;

const GRACE: &str = "grace@example.com";
const OTHER_PASSWORD: &str = "Copper-meadow-19-lantern";

/// Every request by which somebody could change their own standing.
async fn own_ways(caller: &Caller, name: &str) -> Vec<Answer> {
    let path = format!("/administrators/{name}");
    let mut answers = Vec::new();
    for body in [
        json!({ "status": "inactive" }),
        json!({ "role": "general" }),
        json!({ "role": "general", "policies": [{ "policy": "read-only" }] }),
        json!({ "first_name": "New", "status": "inactive" }),
    ] {
        answers.push(caller.patch(&path, body).await);
    }
    for verb in ["activate", "deactivate"] {
        answers.push(caller.post(&format!("{path}/{verb}"), Value::Null).await);
    }
    answers.push(caller.put(&format!("/policies/read-only/administrators/{name}"), json!({})).await);
    answers.push(caller.delete(&format!("/policies/read-only/administrators/{name}")).await);
    answers
}

// A6: "Users (admin and non-admin alike) are not allowed to activate/deactivate, or enable/disable admin access for
// themselves", by no session, name or credential.
#[tokio::test]
async fn a6_nobody_changes_their_own_standing_by_any_route() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        here.json(&["org", "create", "acme", "--wait"]);
        let root = Caller::root(&here).await;
        // With another admin, so that it is not the last one's protection that answers.
        let grace = root.add(GRACE, "admin", json!([])).await;
        let own = grace.get("/administrators/me").await.done();
        let id = text(&own, "administrator_id").to_owned();
        let program = grace.basic(GRACE, &root.open_api(GRACE).await);
        let (key, secret) = grace.make_key("me").await;
        let second = grace.sign_in(GRACE, PASSWORD).await;
        let version = grace.get("/administrators/me").await.done()["version"].clone();
        for caller in [&grace, &second, &program, &grace.basic(&key, &secret)] {
            for name in ["me", GRACE, "GRACE@example.com", id.as_str()] {
                for answer in own_ways(caller, name).await {
                    let refused = answer.body["code"].as_str().unwrap_or_default();
                    // There is no policy to take from an admin.
                    assert!(["self_forbidden", "not_found"].contains(&refused), "{name}: {}", answer.text);
                }
            }
        }
        // An import makes users of an organization and touches nobody who administers.
        let csv = format!("username,display_name,email,role,status\r\n{GRACE},Grace,{GRACE},admin,inactive\r\n");
        let import = grace.request(Method::POST, "/organizations/acme/users/import");
        Answer::of(import.header("content-type", "text/csv").body(csv)).await;
        let after = grace.get("/administrators/me").await.done();
        assert_eq!((text(&after, "role"), text(&after, "status"), &after["version"]), ("admin", "active", &version));
    }
}

// A6: "admin and non-admin alike"
#[tokio::test]
async fn a6_a_general_user_makes_nobody_an_admin_and_least_of_all_themselves() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let grace = root.add(GRACE, "general", json!([{ "policy": "auditor" }])).await;
        for answer in own_ways(&grace, "me").await {
            assert_eq!(answer.status, 403, "{}", answer.text);
        }
        grace.patch("/administrators/me", json!({ "role": "admin" })).await.refused(403, "denied");
        let all = json!({ "name": "All", "cedar": "permit (principal, action, resource);" });
        grace.post("/policies", all).await.refused(403, "denied");
        let after = grace.get("/administrators/me").await.done();
        assert_eq!((text(&after, "role"), after["policies"].as_array().unwrap().len()), ("general", 1));
    }
}

// A7: "Enable direct API access for a user; create, generate, or reset the API password for a user"
#[tokio::test]
async fn a7_api_access_is_enabled_per_user_with_a_password_of_its_own() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let grace = root.add(GRACE, "admin", json!([])).await;
        let path = format!("/administrators/{GRACE}");
        let set = async |body: Value| root.put(&format!("{path}/api-password"), body).await;
        let access = async |enabled: bool| root.put(&format!("{path}/api-access"), json!({ "enabled": enabled })).await;
        let program = |password: &str| grace.basic(GRACE, password);
        let typed = "Lantern-copper-48-meadow";
        // Not before access is enabled.
        set(json!({ "password": typed })).await.refused(409, "wrong_state");
        access(true).await.done();
        assert!(set(json!({ "password": typed })).await.done().get("password").is_none());
        program(typed).get("/administrators").await.done();
        // Separate from the sign-in password, both ways.
        program(PASSWORD).get("/administrators").await.refused(401, "unauthenticated");
        root.try_sign_in(GRACE, typed).await.refused(401, "sign_in_refused");
        set(json!({ "password": PASSWORD })).await.refused(400, "invalid");
        // Generated, which is a reset: the old one opens nothing.
        let made = set(json!({ "generate_password": true })).await.done();
        let made = text(&made, "password");
        program(typed).get("/administrators").await.refused(401, "unauthenticated");
        program(made).get("/administrators").await.done();
        let shown = root.get(&path).await;
        assert!(shown.body["api_password"]["changed_at"].is_string() && !shown.text.contains(made), "{}", shown.text);
        access(false).await.done();
        program(made).get("/administrators").await.refused(401, "unauthenticated");
        access(true).await.done();
        root.delete(&format!("{path}/api-password")).await.done();
        program(made).get("/administrators").await.refused(401, "unauthenticated");
        // A session of hers goes on; it has nothing to do with it.
        grace.get("/administrators").await.done();
    }
}

// A7: several keys with names, for the AWS door and for Basic
#[tokio::test]
async fn a7_access_keys_have_an_id_of_20_and_a_secret_of_40_and_are_shown_once() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        root.add(GRACE, "general", json!([{ "policy": "read-only" }])).await;
        let path = format!("/administrators/{GRACE}");
        root.put(&format!("{path}/api-access"), json!({ "enabled": true })).await.done();
        let made = json!({ "name": "export", "source_networks": ["127.0.0.0/8"] });
        let made = root.post(&format!("{path}/access-keys"), made).await.done();
        let (id, secret) = (text(&made, "access_key_id").to_owned(), text(&made, "secret_access_key").to_owned());
        assert_eq!((id.len(), secret.len()), (20, 40));
        let program = root.basic(&id, &secret);
        program.get("/organizations").await.done();
        let listed = root.get(&format!("{path}/access-keys")).await;
        assert!(!listed.text.contains(&secret), "{}", listed.text);
        assert_eq!((&listed.body["total"], &listed.body["items"][0]["created_by"]), (&json!(1), &json!(ADMIN)));
        let one = format!("{path}/access-keys/{id}");
        let edit = async |body: Value| root.patch(&one, body).await.done();
        for (closed, open) in [
            (json!({ "status": "inactive" }), json!({ "status": "active" })),
            (json!({ "source_networks": ["203.0.113.0/24"] }), json!({ "source_networks": [] })),
        ] {
            edit(closed).await;
            program.get("/organizations").await.refused(401, "unauthenticated");
            edit(open).await;
            program.get("/organizations").await.done();
        }
        // Limited further, never beyond its owner.
        edit(json!({ "limit_policy": "help-desk" })).await;
        program.get("/organizations").await.done();
        program.get("/jobs").await.done();
        program.get("/events").await.refused(403, "denied");
        root.delete(&one).await.done();
        program.get("/organizations").await.refused(401, "unauthenticated");
    }
}

// A7: "by its owner for themselves when allowed"
#[tokio::test]
async fn a7_owners_manage_their_own_api_secrets_only_where_the_account_lets_them() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let grace = root.add(GRACE, "general", json!([])).await;
        let allow = async |yes: bool| root.patch("/account", json!({ "owners_manage_api_secrets": yes })).await.done();
        root.put(&format!("/administrators/{GRACE}/api-access"), json!({ "enabled": true })).await.done();
        let own = "/administrators/me/api-password";
        allow(false).await;
        grace.put(own, json!({ "generate_password": true })).await.refused(403, "denied");
        grace.post("/administrators/me/access-keys", json!({ "name": "x" })).await.refused(403, "denied");
        allow(true).await;
        let made = grace.put(own, json!({ "generate_password": true })).await.done();
        let program = grace.basic(GRACE, text(&made, "password"));
        program.get("/administrators/me").await.done();
        // But nobody enables it for themselves, and no credential makes another one.
        grace.put("/administrators/me/api-access", json!({ "enabled": true })).await.refused(403, "denied");
        program.post("/administrators/me/access-keys", json!({ "name": "x" })).await.refused(403, "denied");
    }
}

// A10
#[tokio::test]
async fn a10_one_active_admin_always_remains() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let grace = root.add(GRACE, "admin", json!([])).await;
        // Neither an inactive admin nor a general user stands in.
        root.add("ada@example.com", "general", json!([])).await;
        grace.post(&format!("/administrators/{ADMIN}/deactivate"), Value::Null).await.done();
        let operator = Caller::operator(&here);
        let path = format!("/administrators/{GRACE}");
        for body in [json!({ "role": "general" }), json!({ "status": "inactive" })] {
            operator.patch(&path, body.clone()).await.refused(409, "last_admin");
            grace.patch("/administrators/me", body).await.refused(403, "self_forbidden");
        }
        operator.post(&format!("{path}/deactivate"), Value::Null).await.refused(409, "last_admin");
        grace.get("/administrators").await.done();
        operator.post(&format!("/administrators/{ADMIN}/activate"), Value::Null).await.done();
        operator.post(&format!("{path}/deactivate"), Value::Null).await.done();
        assert_eq!(operator.get("/administrators?role=admin&status=active").await.done()["total"], 1);
    }
}

// Sign-in (issue 3, no. 3): with a code, with a recovery code, each once.
#[tokio::test]
async fn a_second_factor_is_asked_for_and_each_code_opens_once() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let grace = root.add(GRACE, "admin", json!([])).await;
        let factors = "/sessions/current/second-factors";
        let begun = grace.post(&format!("{factors}/totp"), Value::Null).await.done();
        let mut generator = Generator::new(text(&begun, "otpauth_url"));
        let proof = json!({ "challenge": begun["challenge"], "code": generator.code().await });
        let confirmed = grace.post(&format!("{factors}/totp/confirmation"), proof).await.done();
        let recovery = confirmed["recovery_codes"].as_array().unwrap().clone();
        assert_eq!(recovery.len(), 10);

        let asked = grace.try_sign_in(GRACE, PASSWORD).await;
        assert_eq!((asked.status, asked.body.get("token")), (200, None), "{}", asked.text);
        assert_eq!(asked.body["methods"], json!(["totp", "recovery_code"]));
        let challenge = asked.body["challenge"].clone();
        let stranger = grace.with(Pass::Nobody);
        let complete = async |code: &str| {
            stranger.post("/sessions/second-factor", json!({ "challenge": challenge, "code": code })).await
        };
        complete("000000").await.refused(401, "sign_in_refused");
        let session = complete(&generator.code().await).await;
        assert_eq!((session.status, &session.body["second_factor"]), (201, &json!(true)), "{}", session.text);
        complete("000000").await.refused(401, "sign_in_refused");

        let with_code = async |code: &Value| {
            stranger.post("/sessions", json!({ "username": GRACE, "password": PASSWORD, "code": code })).await
        };
        assert_eq!(with_code(&recovery[0]).await.status, 201);
        with_code(&recovery[0]).await.refused(401, "sign_in_refused");
        let left = grace.with(Pass::Bearer(text(&session.body, "token").to_owned())).get(factors).await.done();
        assert_eq!(left["recovery_codes_left"], 9);
        // An admin helps somebody who lost the telephone, but not themselves.
        root.post("/administrators/me/reset-second-factors", Value::Null).await.refused(403, "self_forbidden");
        root.post(&format!("/administrators/{GRACE}/reset-second-factors"), Value::Null).await.done();
        stranger.sign_in(GRACE, PASSWORD).await;
    }
}

// Sign-in (issue 3, no. 3): the account can demand a second factor.
#[tokio::test]
async fn where_a_second_factor_is_demanded_only_enrolling_is_open() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let grace = root.add(GRACE, "admin", json!([])).await;
        root.patch("/account", json!({ "second_factor_required": true })).await.done();
        for caller in [&root, &grace] {
            caller.get("/organizations").await.refused(403, "second_factor_enrolment_required");
            caller.get("/administrators").await.refused(403, "second_factor_enrolment_required");
            assert_eq!(caller.get("/sessions/current").await.done()["enrolment_required"], true);
        }
        let begun = grace.post("/sessions/current/second-factors/totp", Value::Null).await.done();
        let code = Generator::new(text(&begun, "otpauth_url")).code().await;
        let proof = json!({ "challenge": begun["challenge"], "code": code });
        grace.post("/sessions/current/second-factors/totp/confirmation", proof).await.done();
        grace.get("/administrators").await.done();
        let last = grace.delete("/sessions/current/second-factors/totp").await;
        last.refused(409, "wrong_state");
    }
}

// Sign-in (issue 3, no. 3): a password changes with the old one only, and what it opened elsewhere is over.
#[tokio::test]
async fn a_password_change_needs_the_old_one_and_ends_the_other_sessions() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let grace = root.add(GRACE, "admin", json!([])).await;
        let elsewhere = grace.sign_in(GRACE, PASSWORD).await;
        let own = "/sessions/current/password";
        let change = |old: &str| json!({ "old_password": old, "new_password": OTHER_PASSWORD });
        grace.put(own, change("Wrong-password-1")).await.refused(401, "sign_in_refused");
        elsewhere.get("/sessions/current").await.done();
        let session = grace.put(own, change(PASSWORD)).await.done();
        for over in [&grace, &elsewhere] {
            over.get("/sessions/current").await.refused(401, "unauthenticated");
        }
        let grace = grace.with(Pass::Bearer(text(&session, "token").to_owned()));
        let list = grace.get("/sessions").await.done();
        assert_eq!((&list["total"], &list["items"][0]["current"]), (&json!(1), &json!(true)));
        root.try_sign_in(GRACE, PASSWORD).await.refused(401, "sign_in_refused");
        root.sign_in(GRACE, OTHER_PASSWORD).await;
    }
}
