//! Whose keys open the door, and how soon they no longer do.

use reeve_base::names::Network;
use reeve_domain::administrators::{
    self, AccessKeyEdit, ApiAccess, KeyStatus, delete_access_key, edit_access_key, set_api_access,
};
use reeve_net::Peer;
use serde_json::json;

use crate::world::{Sending, World};

const ROOT: &str = "root@first.example";

#[tokio::test]
async fn a_key_is_over_at_once() {
    let world = World::new().await;
    let operator = world.operator(0).await;
    let list = async |key| world.call_by(key, "ListOrganizations", &json!({})).await;
    let (switched_off, deleted) = (world.key_of(ROOT).await, world.key_of(ROOT).await);
    list(&switched_off).await.ok();
    list(&deleted).await.ok();
    let edit = AccessKeyEdit { status: Some(KeyStatus::Inactive), ..AccessKeyEdit::default() };
    edit_access_key(&operator, ROOT.parse().unwrap(), switched_off.id.parse().unwrap(), edit).await.unwrap();
    list(&switched_off).await.fault("UnrecognizedClientException");
    delete_access_key(&operator, ROOT.parse().unwrap(), deleted.id.parse().unwrap()).await.unwrap();
    list(&deleted).await.fault("UnrecognizedClientException");
    list(&world.admin).await.ok();
    set_api_access(&operator, ROOT.parse().unwrap(), ApiAccess::Disabled).await.unwrap();
    list(&world.admin).await.fault("UnrecognizedClientException");
}

#[tokio::test]
async fn the_keys_of_an_inactive_administrator_open_nothing() {
    let world = World::new().await;
    let key = world.general("gene@first.example", None).await;
    world.call_by(&key, "ListOrganizations", &json!({})).await.ok();
    let operator = world.operator(0).await;
    administrators::deactivate_administrator(&operator, "gene@first.example".parse().unwrap()).await.unwrap();
    world.call_by(&key, "ListOrganizations", &json!({})).await.fault("UnrecognizedClientException");
}

#[tokio::test]
async fn a_key_is_used_from_its_networks_and_never_from_the_local_socket() {
    let world = World::new().await;
    let networks = vec![Network::parse("networks", "198.51.100.0/24").unwrap()];
    let key = world.key_in(0, ROOT, networks).await;
    let from = async |peer: Peer| {
        let mut sending = Sending::new("ListOrganizations", "{}");
        sending.peer = peer;
        world.send_signed(&key, sending).await
    };
    from(Peer::Tcp("198.51.100.9:1".parse().unwrap())).await.ok();
    from(Peer::Tcp("203.0.113.9:1".parse().unwrap())).await.fault("UnrecognizedClientException");
    from(Peer::Local { uid: 0 }).await.fault("UnrecognizedClientException");
}

#[tokio::test]
async fn who_may_not_is_denied_and_who_may_not_see_finds_nothing() {
    let world = World::new().await;
    let (seen, hidden) = (world.organization("seen").await, world.organization("hidden").await);
    world.user(&seen, "ada").await;
    let policy = format!(
        "permit (principal, action in [Action::\"organization:read\", Action::\"user:read\"], resource in Organization::\"{seen}\");"
    );
    let limited = world.general("gene@first.example", Some(&policy)).await;
    let call = async |operation: &str, input| world.call_by(&limited, operation, &input).await;

    let listed = call("ListOrganizations", json!({})).await.ok();
    assert_eq!(listed["OrganizationSummaries"].as_array().unwrap().len(), 1);
    call("DescribeOrganization", json!({ "OrganizationId": seen })).await.ok();
    call("DescribeUser", json!({ "OrganizationId": seen, "UserId": "ada" })).await.ok();
    let reply = call("DescribeOrganization", json!({ "OrganizationId": hidden })).await;
    reply.fault("OrganizationNotFoundException");

    let user = json!({"OrganizationId": seen, "Name": "bob", "DisplayName": "Bob"});
    let said = call("CreateUser", user).await.fault("AccessDeniedException");
    let account = &world.accounts[0];
    let start = format!(
        "User: arn:aws:iam::{account}:user/gene@first.example is not authorized to perform: workmail:CreateUser on \
         resource: arn:aws:workmail:us-east-1:{account}:organization/{seen} because "
    );
    assert!(said.starts_with(&start), "{said}");
    let said = call("CreateOrganization", json!({"Alias": "new"})).await.fault("AccessDeniedException");
    assert!(said.contains("workmail:CreateOrganization on resource: * because "), "{said}");
    let delete = json!({"OrganizationId": seen, "DeleteDirectory": true});
    call("DeleteOrganization", delete).await.fault("AccessDeniedException");
    world
        .call("DescribeUser", &json!({"OrganizationId": seen, "UserId": "bob"}))
        .await
        .fault("EntityNotFoundException");
}

#[tokio::test]
async fn another_account_finds_nothing_of_ours() {
    let world = World::new().await;
    let ours = world.organization("acme").await;
    world.user(&ours, "ada").await;
    let listed = world.call_by(&world.other, "ListOrganizations", &json!({})).await.ok();
    assert_eq!(listed, json!({"OrganizationSummaries": []}));
    for (operation, input) in [
        ("DescribeOrganization", json!({ "OrganizationId": ours })),
        ("ListUsers", json!({ "OrganizationId": ours })),
        ("DescribeUser", json!({ "OrganizationId": ours, "UserId": "ada" })),
        ("DeleteUser", json!({ "OrganizationId": ours, "UserId": "ada" })),
        ("RegisterMailDomain", json!({ "OrganizationId": ours, "DomainName": "acme.example" })),
        ("DeleteOrganization", json!({ "OrganizationId": ours, "DeleteDirectory": true, "ForceDelete": true })),
    ] {
        world.call_by(&world.other, operation, &input).await.fault("OrganizationNotFoundException");
    }
    let shown = world.call("DescribeOrganization", &json!({ "OrganizationId": ours })).await.ok();
    assert_eq!(shown["State"], "Active");
}
