//! Rows A1 to A5, A8 and A9 through REST: what an admin does to others.

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::deployment::{ADMIN, Deployment, PASSWORD, UNBRAKED, text};

const GRACE: &str = "grace@example.com";

/// Another password that the rules accept.
const OTHER_PASSWORD: &str = "Copper-meadow-19-lantern";

fn grace(rest: &Value) -> Value {
    let mut body = json!({ "username": GRACE, "first_name": "Grace", "last_name": "Hopper" });
    body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    body
}

// A1
#[tokio::test]
async fn a1_the_administration_area_opens_for_account_admins_only() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let general = root.add(GRACE, "general", json!([{ "policy": "auditor" }])).await;
        let program = general.basic(GRACE, &root.open_api(GRACE).await);
        let (id, secret) = root.make_key(GRACE).await;
        let other = format!("/administrators/{ADMIN}");
        for caller in [&general, &program, &general.basic(&id, &secret)] {
            for path in ["/administrators", &other, "/policies", "/policies/read-only", "/policies/actions"] {
                caller.get(path).await.refused(403, "denied");
            }
            caller.post("/administrators", grace(&json!({ "role": "admin" }))).await.refused(403, "denied");
            caller.patch(&other, json!({ "status": "inactive" })).await.refused(403, "denied");
            caller.put(&format!("{other}/api-access"), json!({ "enabled": true })).await.refused(403, "denied");
            let own = caller.get("/administrators/me").await.done();
            assert_eq!(text(&own, "username"), GRACE);
        }
        let nobody = Caller::nobody(&here);
        nobody.get("/administrators").await.refused(401, "unauthenticated");
        nobody.basic(GRACE, PASSWORD).get("/administrators").await.refused(401, "unauthenticated");
        let all = root.get("/administrators").await.done();
        assert_eq!(all["total"], 2, "{all}");
    }
}

// A2: "In the Password field, enter a password manually or select Auto-Generate Password."
#[tokio::test]
async fn a2_a_password_is_typed_or_generated_and_shown_once() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let typed = root.post("/administrators", grace(&json!({ "role": "admin", "password": PASSWORD }))).await;
        let place = typed.headers["location"].to_str().unwrap().to_owned();
        let made = typed.done();
        assert!(made.get("password").is_none(), "{made}");
        assert_eq!(place, format!("/api/v1/administrators/{}", text(&made, "administrator_id")));
        // "Active is selected by default."
        assert_eq!((text(&made, "status"), text(&made, "role")), ("active", "admin"));
        assert_eq!((text(&made, "first_name"), text(&made, "last_name")), ("Grace", "Hopper"));
        root.sign_in(GRACE, PASSWORD).await.get("/administrators").await.done();

        let body = json!({
            "username": "ada@example.com", "first_name": "Ada", "last_name": "King", "generate_password": true,
            "role": "general",
        });
        let generated = root.post("/administrators", body).await.done();
        let password = text(&generated, "password").to_owned();
        root.sign_in("ada@example.com", &password).await;
        for path in ["/administrators/ada@example.com", "/administrators?search=ada", "/events?limit=100"] {
            let shown = root.get(path).await;
            assert!(!shown.text.contains(&password) && !shown.text.contains(PASSWORD), "{}", shown.text);
        }
        root.post("/administrators", grace(&json!({ "role": "general", "password": "password" })))
            .await
            .refused(422, "password_refused");
    }
}

// A2: "If you do not yet want the user account to be active, select Inactive."
#[tokio::test]
async fn a2_who_is_added_inactive_gets_in_when_set_active() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let body = grace(&json!({ "role": "admin", "password": PASSWORD, "status": "inactive" }));
        assert_eq!(text(&root.post("/administrators", body).await.done(), "status"), "inactive");
        let stranger = Caller::nobody(&here);
        stranger.try_sign_in(GRACE, PASSWORD).await.refused(401, "sign_in_refused");
        root.post(&format!("/administrators/{GRACE}/activate"), Value::Null).await.done();
        stranger.sign_in(GRACE, PASSWORD).await;
    }
}

// A2: "If you selected General User, click the Select policies dropdown and select the desired policy."
#[tokio::test]
async fn a2_a_general_user_gets_policies_and_an_admin_none() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        here.json(&["org", "create", "acme", "--wait"]);
        let root = Caller::root(&here).await;
        let policies = json!([{ "policy": "help-desk", "organizations": ["acme"] }, { "policy": "read-only" }]);
        let refused = grace(&json!({ "role": "admin", "generate_password": true, "policies": policies }));
        root.post("/administrators", refused).await.refused(400, "invalid");
        let general = root.add(GRACE, "general", policies).await;
        let shown = root.get(&format!("/administrators/{GRACE}")).await.done();
        let held: Vec<_> = shown["policies"].as_array().unwrap().iter().map(|one| text(one, "policy_id")).collect();
        assert_eq!(held, ["help-desk", "read-only"]);
        let acme = root.get("/organizations/acme").await.done();
        assert_eq!(shown["policies"][0]["organizations"], json!([acme["organization_id"]]));
        general.get("/organizations/acme/users").await.done();
        let user = json!({ "username": "x", "display_name": "X", "generate_password": true });
        general.post("/organizations/acme/users", user).await.refused(403, "denied");
        // Nobody is made with a policy that is not there, and half of a request is not done.
        let wrong = json!([{ "policy": "read-only" }, { "policy": "no-such-policy" }]);
        let body = json!({
            "username": "ada@example.com", "first_name": "Ada", "last_name": "King", "generate_password": true,
            "role": "general", "policies": wrong,
        });
        root.post("/administrators", body).await.refused(404, "not_found");
        root.get("/administrators/ada@example.com").await.refused(404, "not_found");
    }
}

// A3: "Usernames cannot be changed once created, they can only be deactivated."
#[tokio::test]
async fn a3_a_username_never_changes_and_is_never_used_again() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        root.add(GRACE, "admin", json!([])).await;
        let path = format!("/administrators/{GRACE}");
        let refused = root.patch(&path, json!({ "username": "other@example.com" })).await;
        refused.refused(400, "invalid");
        assert_eq!(refused.body["field"], "username");
        root.patch("/administrators/me", json!({ "username": ADMIN })).await.refused(400, "invalid");
        assert_eq!(root.delete(&path).await.status, 405);
        root.post(&format!("{path}/deactivate"), Value::Null).await.done();
        for again in [GRACE, "GRACE@Example.COM", "grace@EXAMPLE.com", ADMIN] {
            let mut body = grace(&json!({ "role": "general", "password": PASSWORD }));
            body["username"] = json!(again);
            root.post("/administrators", body).await.refused(409, "name_taken");
        }
        // Not in another account either.
        let first = json!({ "username": GRACE, "password": PASSWORD, "first_name": "G", "last_name": "H" });
        let account = json!({ "name": "Other", "administrator": first });
        Caller::operator(&here).post("/accounts", account).await.refused(409, "name_taken");
        assert_eq!(root.get("/administrators").await.done()["total"], 2);
    }
}

// A4: "Set as Inactive" ends everything at once; "Set as Active" brings none of it back.
#[tokio::test]
async fn a4_an_inactive_user_loses_every_session_key_and_api_password_at_once() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let first = root.add(GRACE, "admin", json!([])).await;
        let second = root.sign_in(GRACE, PASSWORD).await;
        let program = root.basic(GRACE, &root.open_api(GRACE).await);
        let (id, secret) = root.make_key(GRACE).await;
        let all = [first, second, program, root.basic(&id, &secret)];
        for caller in &all {
            caller.get("/administrators/me").await.done();
        }
        let path = format!("/administrators/{GRACE}");
        let set = root.post(&format!("{path}/deactivate"), Value::Null).await.done();
        assert_eq!((text(&set, "status"), &set["api_password"]), ("inactive", &Value::Null));
        for caller in &all {
            caller.get("/administrators/me").await.refused(401, "unauthenticated");
        }
        root.try_sign_in(GRACE, PASSWORD).await.refused(401, "sign_in_refused");
        root.post(&format!("{path}/activate"), Value::Null).await.done();
        for caller in &all {
            caller.get("/administrators/me").await.refused(401, "unauthenticated");
        }
        let keys = root.get(&format!("{path}/access-keys")).await.done();
        assert_eq!(keys["items"][0]["status"], "inactive");
        root.sign_in(GRACE, PASSWORD).await.get("/administrators").await.done();
    }
}

// A5: "edit the user's first and last name, status, and password", then role and policies, then "Update User".
#[tokio::test]
async fn a5_names_status_password_role_and_policies_are_edited_in_one_step() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let before = root.add(GRACE, "admin", json!([])).await;
        let path = format!("/administrators/{GRACE}");
        let named = root.patch(&path, json!({ "first_name": "Ada", "last_name": "Lovelace" })).await.done();
        assert_eq!((text(&named, "first_name"), text(&named, "last_name")), ("Ada", "Lovelace"));
        before.get("/administrators/me").await.done();

        let all = json!({
            "first_name": "Augusta", "status": "active", "password": OTHER_PASSWORD, "role": "general",
            "policies": [{ "policy": "read-only" }],
        });
        let edited = root.patch(&path, all).await.done();
        assert_eq!((text(&edited, "first_name"), text(&edited, "role")), ("Augusta", "general"));
        assert_eq!(edited["policies"][0]["policy_id"], "read-only");
        before.get("/administrators/me").await.refused(401, "unauthenticated");
        root.try_sign_in(GRACE, PASSWORD).await.refused(401, "sign_in_refused");
        root.sign_in(GRACE, OTHER_PASSWORD).await;

        // All of it or none; and only the version that one has seen.
        let half = json!({ "first_name": "No", "role": "general", "policies": [{ "policy": "nothing" }] });
        root.patch(&path, half).await.refused(404, "not_found");
        let stale = root.request(reqwest::Method::PATCH, &path).header("if-match", "\"1\"");
        let stale = crate::caller::Answer::of(stale.json(&json!({ "first_name": "No" }))).await;
        stale.refused(412, "version_mismatch");
        assert_eq!(text(&root.get(&path).await.done(), "first_name"), "Augusta");
        let made = root.patch(&path, json!({ "generate_password": true })).await.done();
        root.sign_in(GRACE, text(&made, "password")).await;
        edit_is_an_event(&root, text(&made, "administrator_id")).await;
    }
}

async fn edit_is_an_event(root: &Caller, id: &str) {
    let events = root.get(&format!("/events?operation=edit_administrator&resource_id={id}&limit=100")).await.done();
    let events = events["items"].as_array().unwrap();
    assert_eq!(events.len(), 3, "{events:?}");
    let changes: Vec<&Value> = events.iter().flat_map(|event| event["changes"].as_array().unwrap()).collect();
    let of = |field: &str| changes.iter().find(|change| change["field"] == field).copied();
    let role = of("role").unwrap();
    assert_eq!((&role["before"], &role["after"]), (&json!("admin"), &json!("general")));
    assert!(of("password").is_some(), "{changes:?}");
    assert!(events.iter().all(|event| event["credential"]["kind"] == "session" && event["actor"]["name"] == ADMIN));
    assert!(!format!("{events:?}").contains(OTHER_PASSWORD));
}

// A8: "Click Admin or General User, then click Update User."
#[tokio::test]
async fn a8_admin_access_is_enabled_and_disabled_at_once() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        let root = Caller::root(&here).await;
        let grace = root.add(GRACE, "general", json!([{ "policy": "read-only" }])).await;
        let path = format!("/administrators/{GRACE}");
        grace.get("/administrators").await.refused(403, "denied");
        let enabled = root.patch(&path, json!({ "role": "admin" })).await.done();
        assert_eq!(enabled["policies"], json!([]), "an admin needs no policies");
        let grace = grace.sign_in(GRACE, PASSWORD).await;
        grace.get("/administrators").await.done();
        root.patch(&path, json!({ "role": "general" })).await.done();
        let after = grace.get("/administrators").await;
        assert!([401, 403].contains(&after.status), "{}", after.text);
        let grace = grace.sign_in(GRACE, PASSWORD).await;
        grace.get("/administrators").await.refused(403, "denied");
        assert_eq!(grace.get("/organizations").await.done()["total"], 0, "the policy did not come back");
    }
}

// A9: name, description, permissions; a simple and an advanced form; who has it, and what it decides.
#[tokio::test]
async fn a9_policies_are_made_checked_given_tested_and_taken_away() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        for org in ["acme", "globex"] {
            here.json(&["org", "create", org, "--wait"]);
        }
        let root = Caller::root(&here).await;
        let grace = root.add(GRACE, "general", json!([])).await;
        let permissions =
            json!([{ "resource_type": "user", "actions": ["read", "create"], "organizations": ["acme"] }]);
        let simple = json!({ "name": "Acme people", "description": "for Rome", "permissions": permissions });
        let simple = root.post("/policies", simple).await.done();
        assert_eq!((text(&simple, "kind"), text(&simple, "description")), ("simple", "for Rome"));
        let cedar = "permit (principal, action in [Action::\"organization:read\"], resource);";
        let advanced = root.post("/policies", json!({ "name": "Sees all", "cedar": cedar })).await.done();
        assert_eq!(text(&advanced, "cedar"), cedar);
        let wrong =
            json!({ "name": "Wrong", "cedar": "permit (principal, action, resource);\npermit (principal, actoin);" });
        let wrong = root.post("/policies", wrong).await;
        wrong.refused(400, "policy_refused");
        assert_eq!((&wrong.body["line"], &wrong.body["column"]), (&json!(2), &json!(20)), "{}", wrong.text);

        grace.get("/organizations/acme").await.refused(404, "not_found");
        for policy in ["Acme people", "sees ALL"] {
            let path = format!("/policies/{policy}/administrators/{GRACE}");
            root.put(&path, json!({})).await.done();
        }
        grace.get("/organizations/acme").await.done();
        let user = json!({ "username": "ada", "display_name": "Ada", "generate_password": true });
        grace.post("/organizations/acme/users", user.clone()).await.done();
        let elsewhere = grace.post("/organizations/globex/users", user).await;
        elsewhere.refused(403, "denied");
        a9_questions_are_answered(&root, text(&simple, "policy_id")).await;
        a9_a_policy_in_use_stays_and_another_goes(&root, &grace).await;
    }
}

async fn a9_questions_are_answered(root: &Caller, policy: &str) {
    let ask = async |action: &str, organization: &str| {
        let resource = json!({ "type": "organization", "id": organization });
        let question = json!({ "administrator": GRACE, "action": action, "resource": resource });
        root.post("/policies/test", question).await.done()
    };
    let may = ask("create_user", "acme").await;
    assert_eq!((text(&may, "decision"), may["policies"][0]["policy_id"].as_str()), ("allow", Some(policy)), "{may}");
    let may_not = ask("create_user", "globex").await;
    assert_eq!((text(&may_not, "decision"), &may_not["policies"]), ("deny", &json!([])));
    assert!(!text(&may_not, "because").is_empty());
}

async fn a9_a_policy_in_use_stays_and_another_goes(root: &Caller, grace: &Caller) {
    root.delete("/policies/Acme people").await.refused(409, "conflict");
    let holders = root.get("/policies/Acme people/administrators").await.done();
    assert_eq!(holders["items"][0]["username"], GRACE);
    root.delete(&format!("/policies/Acme people/administrators/{GRACE}")).await.done();
    let user = json!({ "username": "bob", "display_name": "Bob", "generate_password": true });
    grace.post("/organizations/acme/users", user).await.refused(403, "denied");
    root.delete("/policies/Acme people").await.done();
    root.get("/policies/Acme people").await.refused(404, "not_found");
    root.delete("/policies/read-only").await.refused(409, "reserved");
}

// A9: "by default a general user reaches only what they created"
#[tokio::test]
async fn a9_a_general_user_reaches_only_what_they_created() {
    for here in Deployment::each_set(&[UNBRAKED]) {
        here.json(&["org", "create", "acme", "--wait"]);
        let root = Caller::root(&here).await;
        let creates = "permit (principal, action == Action::\"create_organization\", resource);";
        root.post("/policies", json!({ "name": "Creates", "cedar": creates })).await.done();
        let grace = root.add(GRACE, "general", json!([{ "policy": "Creates" }])).await;
        let ada = root.add("ada@example.com", "general", json!([])).await;
        ada.post("/organizations", json!({ "alias": "adas" })).await.refused(403, "denied");
        let made = grace.post("/organizations", json!({ "alias": "graces" })).await;
        assert_eq!(made.status, 202, "{}", made.text);
        for (caller, sees) in [(&grace, 1), (&ada, 0), (&root, 2)] {
            assert_eq!(caller.get("/organizations").await.done()["total"], sees);
        }
        grace.get("/organizations/graces").await.done();
        grace.get("/organizations/acme").await.refused(404, "not_found");
        ada.get("/organizations/graces").await.refused(404, "not_found");
    }
}
