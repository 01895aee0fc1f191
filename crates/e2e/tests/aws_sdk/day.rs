//! One day of an administrator who changed nothing but the endpoint.

use std::time::Duration;

use aws_sdk_workmail::Client;
use aws_sdk_workmail::types::{
    BookingOptions, EntityState, ListUsersFilters, PermissionType, ResourceType, Tag, UserRole,
};

use crate::service::Service;

/// Long enough for a busy machine; an organization takes well under a second.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn an_administrators_day_goes_through_the_sdk() {
    let service = Service::start(&[]);
    let client = service.client();
    let organization = an_organization(&client, "acme").await;
    let people = people(&client, &organization).await;
    groups(&client, &organization, &people).await;
    a_room(&client, &organization, &people).await;
    a_leaver(&client, &organization, &people[0]).await;
    the_end(&client, &organization).await;
}

/// Creates an organization and waits until it can be used.
async fn an_organization(client: &Client, alias: &str) -> String {
    let made = client.create_organization().alias(alias).send().await.unwrap();
    let organization = made.organization_id().unwrap().to_owned();
    wait_for(client, &organization, "Active").await;
    let shown = client.describe_organization().organization_id(&organization).send().await.unwrap();
    assert_eq!(shown.alias(), Some(alias));
    assert_eq!(shown.default_mail_domain(), Some(format!("{alias}.reeve.test").as_str()));
    assert!(shown.completed_date().is_some());
    let arn = shown.arn().unwrap();
    let tag = Tag::builder().key("stage").value("test").build().unwrap();
    client.tag_resource().resource_arn(arn).tags(tag).send().await.unwrap();
    let tags = client.list_tags_for_resource().resource_arn(arn).send().await.unwrap();
    assert_eq!(tags.tags().iter().map(|tag| (tag.key(), tag.value())).collect::<Vec<_>>(), [("stage", "test")]);
    client.register_mail_domain().organization_id(&organization).domain_name("acme.example").send().await.unwrap();
    let domain = client.get_mail_domain().organization_id(&organization).domain_name("acme.example").send();
    assert!(!domain.await.unwrap().records().is_empty());
    organization
}

/// Waits until an organization is in a state.
pub(crate) async fn wait_for(client: &Client, organization: &str, state: &str) {
    let reached = async {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        loop {
            look.tick().await;
            let shown = client.describe_organization().organization_id(organization).send().await.unwrap();
            if shown.state() == Some(state) {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("{organization} is not {state} in time"));
}

/// Creates and registers five people; the SDK's paginator finds them two at a time.
async fn people(client: &Client, organization: &str) -> Vec<String> {
    let mut people = Vec::new();
    for number in 0..5 {
        let name = format!("person{number}");
        let created = client.create_user().organization_id(organization).name(&name);
        let created = created.display_name(format!("Person {number}")).password("Lantern-Copper-48").send().await;
        let id = created.unwrap().user_id().unwrap().to_owned();
        let address = format!("{name}@acme.reeve.test");
        let enabled = client.register_to_work_mail().organization_id(organization).entity_id(&id).email(address);
        enabled.send().await.unwrap();
        people.push(id);
    }
    let filters = ListUsersFilters::builder().username_prefix("person").build();
    let pages = client.list_users().organization_id(organization).filters(filters).max_results(2);
    let pages: Vec<_> = pages.into_paginator().send().collect::<Result<_, _>>().await.unwrap();
    assert_eq!(pages.len(), 3);
    let found: Vec<_> = pages.into_iter().flat_map(|page| page.users.unwrap_or_default()).collect();
    assert_eq!(found.iter().map(|user| user.id().unwrap().to_owned()).collect::<Vec<_>>(), people);
    assert!(found.iter().all(|user| user.state() == Some(&EntityState::Enabled)));
    let shown = client.describe_user().organization_id(organization).user_id("person3@acme.reeve.test").send().await;
    let shown = shown.unwrap();
    assert_eq!((shown.user_id(), shown.user_role()), (Some(people[3].as_str()), Some(&UserRole::User)));
    assert!(shown.mailbox_provisioned_date().is_some());
    let reset = client.reset_password().organization_id(organization).user_id(&people[1]);
    reset.password("Meadow-Harbour-52").send().await.unwrap();
    people
}

/// A group in a group, and no way round in a circle.
async fn groups(client: &Client, organization: &str, people: &[String]) {
    let mut ids = Vec::new();
    for name in ["Everybody", "Sales"] {
        let made = client.create_group().organization_id(organization).name(name).send().await.unwrap();
        ids.push(made.group_id().unwrap().to_owned());
    }
    let address = "everybody@acme.reeve.test";
    let enabled = client.register_to_work_mail().organization_id(organization).entity_id(&ids[0]).email(address);
    enabled.send().await.unwrap();
    let join = |group: &str, member: &str| {
        let join = client.associate_member_to_group().organization_id(organization);
        join.group_id(group).member_id(member).send()
    };
    join(&ids[0], &ids[1]).await.unwrap();
    join(&ids[1], &people[2]).await.unwrap();
    let refused = join(&ids[1], &ids[0]).await.unwrap_err().into_service_error();
    assert!(refused.is_invalid_parameter_exception(), "{refused}");
    let members = client.list_group_members().organization_id(organization).group_id(&ids[0]).send().await.unwrap();
    assert_eq!(members.members().iter().map(|member| member.name().unwrap()).collect::<Vec<_>>(), ["Sales"]);
}

/// A room that somebody answers for.
async fn a_room(client: &Client, organization: &str, people: &[String]) {
    let made = client.create_resource().organization_id(organization).name("orchard").r#type(ResourceType::Room);
    let room = made.send().await.unwrap().resource_id().unwrap().to_owned();
    let address = "orchard@acme.reeve.test";
    let enabled = client.register_to_work_mail().organization_id(organization).entity_id(&room).email(address);
    enabled.send().await.unwrap();
    let asked = BookingOptions::builder().auto_accept_requests(false).build();
    let update = || client.update_resource().organization_id(organization).resource_id(&room);
    let refused = update().booking_options(asked.clone()).send().await.unwrap_err().into_service_error();
    assert!(refused.is_invalid_configuration_exception(), "{refused}");
    let delegate = client.associate_delegate_to_resource().organization_id(organization).resource_id(&room);
    delegate.entity_id(&people[4]).send().await.unwrap();
    update().booking_options(asked).send().await.unwrap();
    let shown = client.describe_resource().organization_id(organization).resource_id(&room).send().await.unwrap();
    assert!(!shown.booking_options().unwrap().auto_accept_requests());
}

/// Somebody goes: another may read their mailbox, then it is shut and they are deleted.
async fn a_leaver(client: &Client, organization: &str, leaver: &str) {
    let alias = client.create_alias().organization_id(organization).entity_id(leaver).alias("first@acme.reeve.test");
    alias.send().await.unwrap();
    let put = client.put_mailbox_permissions().organization_id(organization).entity_id(leaver);
    put.grantee_id("person1").permission_values(PermissionType::FullAccess).send().await.unwrap();
    let granted = client.list_mailbox_permissions().organization_id(organization).entity_id(leaver).send().await;
    assert_eq!(granted.unwrap().permissions()[0].permission_values(), [PermissionType::FullAccess]);
    let early = client.delete_user().organization_id(organization).user_id(leaver).send().await;
    assert!(early.unwrap_err().into_service_error().is_entity_state_exception());
    client.deregister_from_work_mail().organization_id(organization).entity_id(leaver).send().await.unwrap();
    client.delete_user().organization_id(organization).user_id(leaver).send().await.unwrap();
    let gone = client.describe_user().organization_id(organization).user_id(leaver).send().await;
    assert!(gone.unwrap_err().into_service_error().is_entity_not_found_exception());
}

/// What Terraform does at the end: delete, wait for the tombstone, and be told that it is over.
async fn the_end(client: &Client, organization: &str) {
    let delete = || client.delete_organization().organization_id(organization).delete_directory(true);
    assert!(delete().send().await.is_err(), "enabled users are no reason to stop");
    let deleting = delete().force_delete(true).send().await.unwrap();
    assert_eq!(deleting.state(), Some("Deleting"));
    wait_for(client, organization, "Deleted").await;
    let again = delete().send().await.unwrap_err().into_service_error();
    assert!(again.is_organization_state_exception(), "{again}");
    let members = client.list_users().organization_id(organization).send().await.unwrap_err().into_service_error();
    assert!(members.is_organization_state_exception(), "{members}");
}
