//! Organizations, domains and directories over the wire: the forms of answers, and every refusal that they know.

use serde_json::json;

use crate::caller::Call;
use crate::world::{Who, World};

#[tokio::test]
async fn an_organization_is_asked_for_watched_and_let_go() {
    let world = World::new().await;
    let reply = world.admin(Call::post("/organizations", &json!({"alias": "Acme", "domains": ["Acme.example"]}))).await;
    let asked = reply.is(202);
    assert_eq!((&asked["state"], &asked["completed_at"]), (&json!("Requested"), &json!(null)));
    let id = asked["organization_id"].as_str().unwrap();
    assert_eq!(reply.header("location"), format!("/api/v1/organizations/{id}"));
    assert_eq!(asked["arn"], format!("arn:aws:workmail:us-east-1:{}:organization/{id}", world.account));
    world.settle().await;
    let shown = world.admin(Call::get("/organizations/ACME")).await;
    let active = shown.is(200);
    assert_eq!((&active["state"], &active["test_domain"]), (&json!("Active"), &json!("acme.mail.test")));
    assert_eq!(world.admin(Call::get(reply.header("location"))).await.is(200), active);
    let states = world.admin(Call::get("/organizations/acme/states")).await.is(200);
    let words: Vec<_> = states["items"].as_array().unwrap().iter().map(|state| state["state"].clone()).collect();
    assert_eq!(words, ["Requested", "Creating", "Validating", "Active"]);
    let domains = world.admin(Call::get("/organizations/acme/domains")).await.is(200);
    assert_eq!(domains["items"][0]["ownership"], "pending");
    assert_eq!((&domains["items"][1]["test_domain"], &domains["items"][1]["default"]), (&json!(true), &json!(true)));
    world.user("acme", "ada").await;
    world.admin(Call::delete("/organizations/acme")).await.refused(409, "wrong_state");
    let gone = Call::delete("/organizations/acme?force=true").header("if-match", shown.header("etag"));
    assert_eq!(world.admin(gone).await.is(202)["state"], "Deleting");
    world.settle().await;
    assert_eq!(world.admin(Call::get("/organizations/acme")).await.is(200)["state"], "Deleted");
    let listed = world.admin(Call::get("/organizations?state=Deleted")).await.is(200);
    assert_eq!(listed["total"], 1);
    world.admin(Call::delete("/organizations/acme")).await.refused(409, "organization_state");
    world.admin(Call::post("/organizations", &json!({"alias": "acme"}))).await.refused(409, "name_taken");
    world.admin(Call::get("/organizations/acme/users")).await.refused(409, "organization_state");
    let jobs = world.admin(Call::get(&format!("/jobs?organization={id}"))).await.is(200);
    assert_eq!(jobs["items"][0]["state"], "done");
}

#[tokio::test]
async fn regions_say_which_is_served() {
    let world = World::new().await;
    let regions = world.admin(Call::get("/regions")).await.is(200);
    assert_eq!(regions, json!({"items": [{"region": "us-east-1", "current": true}]}));
}

#[tokio::test]
async fn directories_and_aliases_that_are_used_are_refused() {
    let world = World::new().await;
    let acme = world.organization("acme").await;
    let post = |body| Call::post("/organizations", &body);
    world.admin(post(json!({"alias": "ACME"}))).await.refused(409, "name_taken");
    world.by(Who::Other, post(json!({"alias": "acme"}))).await.refused(409, "name_taken");
    let with = |id: &serde_json::Value| json!({"alias": "globex", "directory_id": id});
    world.admin(post(with(&acme["directory_id"]))).await.refused(409, "directory_in_use");
    world.by(Who::Other, post(with(&acme["directory_id"]))).await.refused(404, "not_found");
    world.admin(Call::delete("/organizations/acme")).await.is(202);
    world.settle().await;
    world.admin(post(with(&acme["directory_id"]))).await.refused(409, "directory_unavailable");
    let many: Vec<_> = (0..6).map(|n| format!("d{n}.example")).collect();
    world.admin(post(json!({"alias": "many", "domains": many}))).await.refused(409, "limit_reached");
}

#[tokio::test]
async fn domains_wait_for_their_proof_and_are_not_taken_from_others() {
    let world = World::new().await;
    let acme = world.organization("acme").await;
    world.organization("globex").await;
    let add = |domain: &str| Call::post("/organizations/acme/domains", &json!({ "domain": domain }));
    let added = world.admin(add("Acme.Example")).await;
    assert_eq!(added.is(201)["domain"], "acme.example");
    assert!(added.header("location").ends_with("/domains/acme.example"));
    world.admin(add("acme.example")).await.is(201);
    world.admin(add("x.mail.test")).await.invalid("domain");
    for wrong in ["acme", "a..example", "ä.example", "acme.example.", "*.example", ""] {
        world.admin(add(wrong)).await.invalid("domain");
    }
    let set = |domain: &str| Call::put("/organizations/acme/default-domain", &json!({ "domain": domain }));
    world.admin(set("acme.example")).await.refused(422, "domain_unverified");
    world.admin(set("other.example")).await.refused(422, "domain_not_found");
    world.verify(&acme, "acme.example").await;
    assert_eq!(world.admin(set("acme.example")).await.is(200)["default"], true);
    let remove = |domain: &str| Call::delete(&format!("/organizations/acme/domains/{domain}"));
    world.admin(remove("acme.example")).await.refused(409, "domain_taken");
    world.admin(remove("acme.mail.test")).await.refused(409, "domain_taken");
    world.admin(remove("other.example")).await.refused(422, "domain_not_found");
    let theirs = Call::post("/organizations/globex/domains", &json!({"domain": "acme.example"}));
    world.admin(theirs).await.refused(409, "domain_taken");
}

#[tokio::test]
async fn a_password_policy_changes_rule_by_rule() {
    let world = World::new().await;
    world.organization("acme").await;
    let path = "/organizations/acme/directory";
    let before = world.admin(Call::get(path)).await.is(200);
    let edit = |policy| Call::patch(path, &json!({ "password_policy": policy }));
    let reply = world.admin(edit(json!({"length_min": 12, "history": 5}))).await;
    let after = reply.is(200);
    assert_eq!(
        (&after["password_policy"]["length_min"], &after["password_policy"]["history"]),
        (&json!(12), &json!(5))
    );
    assert_eq!(after["password_policy"]["classes_min"], before["password_policy"]["classes_min"]);
    assert_eq!(reply.header("etag"), format!("\"{}\"", after["version"]));
    for (rule, value, field) in [
        ("length_min", json!(0), "length_min"),
        ("length_min", json!(-1), "password_policy.length_min"),
        ("length_min", json!(null), "password_policy.length_min"),
        ("strength_min", json!(5), "strength_min"),
        ("strength_min", json!(300), "password_policy.strength_min"),
        ("lenght_min", json!(9), "password_policy.lenght_min"),
    ] {
        world.admin(edit(json!({ rule: value }))).await.invalid(field);
    }
    world.admin(edit(json!({}))).await.is(200);
    assert_eq!(world.admin(Call::get(path)).await.is(200), after);
    let events = world.events_of(&reply).await;
    assert_eq!(events[0]["changes"][0], json!({"field": "length_min", "before": "8", "after": "12"}));
}
