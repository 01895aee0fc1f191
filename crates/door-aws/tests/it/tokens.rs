//! Retries with a client token find what the first try did.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn a_retry_finds_the_organization_that_the_first_try_asked_for() {
    let world = World::new().await;
    let input = json!({"Alias": "acme", "ClientToken": "token-1"});
    let made = world.call("CreateOrganization", &input).await.ok();
    let again = json!({"ClientToken": "token-1", "Alias": "acme", "DirectoryId": null});
    assert_eq!(world.call("CreateOrganization", &again).await.ok(), made);
    world.settle().await;
    assert_eq!(world.call("CreateOrganization", &input).await.ok(), made);
    let listed = world.call("ListOrganizations", &json!({})).await.ok();
    assert_eq!(listed["OrganizationSummaries"].as_array().unwrap().len(), 1);
    world.clock.advance(Duration::from_secs(8 * 24 * 3600));
    world.call("CreateOrganization", &input).await.fault("NameAvailabilityException");
}

#[tokio::test]
async fn a_token_serves_one_request() {
    let world = World::new().await;
    let create = |alias: &str| json!({"Alias": alias, "ClientToken": "token-1"});
    world.call("CreateOrganization", &create("acme")).await.ok();
    world.call("CreateOrganization", &create("other")).await.fault("InvalidParameterException");
    let elsewhere = world.call_by(&world.other, "CreateOrganization", &create("other")).await.ok();
    assert!(elsewhere["OrganizationId"].is_string(), "another account has tokens of its own");
}

#[tokio::test]
async fn a_retry_of_a_registration_succeeds() {
    let world = World::new().await;
    let organization = world.organization("acme").await;
    let input = json!({"OrganizationId": organization, "DomainName": "acme.example", "ClientToken": "t"});
    assert_eq!(world.call("RegisterMailDomain", &input).await.ok(), json!({}));
    assert_eq!(world.call("RegisterMailDomain", &input).await.ok(), json!({}));
    let other = json!({"OrganizationId": organization, "DomainName": "other.example", "ClientToken": "t"});
    world.call("RegisterMailDomain", &other).await.fault("InvalidParameterException");
}

#[tokio::test]
async fn a_retry_of_a_deletion_succeeds() {
    let world = World::new().await;
    let organization = world.organization("acme").await;
    let delete = |token: Value| json!({"OrganizationId": organization, "DeleteDirectory": true, "ClientToken": token});
    let deleted = world.call("DeleteOrganization", &delete(json!("t"))).await.ok();
    assert_eq!(deleted, json!({"OrganizationId": organization, "State": "Deleting"}));
    assert_eq!(world.call("DeleteOrganization", &delete(json!("t"))).await.ok(), deleted);
    world.settle().await;
    assert_eq!(world.call("DeleteOrganization", &delete(json!("t"))).await.ok()["State"], "Deleted");
    world.call("DeleteOrganization", &delete(json!("u"))).await.fault("OrganizationStateException");
    world.call("DeleteOrganization", &delete(Value::Null)).await.fault("OrganizationStateException");
}
