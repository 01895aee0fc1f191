//! Organizations and their domains, as Terraform and scripts expect them to behave.

use serde_json::{Value, json};

use crate::world::World;

async fn state(world: &World, organization: &str) -> Value {
    world.call("DescribeOrganization", &json!({"OrganizationId": organization})).await.ok()["State"].clone()
}

#[tokio::test]
async fn an_organization_is_requested_and_becomes_active_and_then_deleted() {
    let world = World::new().await;
    let made = world.call("CreateOrganization", &json!({"Alias": "acme"})).await.ok();
    let organization = made["OrganizationId"].as_str().unwrap();
    assert_eq!(made, json!({"OrganizationId": organization}));
    assert_eq!(state(&world, organization).await, "Requested");
    let waiting = json!({"OrganizationId": organization});
    world.call("ListUsers", &waiting).await.fault("OrganizationStateException");
    world.settle().await;
    let shown = world.call("DescribeOrganization", &waiting).await.ok();
    let arn = format!("arn:aws:workmail:us-east-1:{}:organization/{organization}", world.accounts[0]);
    assert_eq!(
        shown,
        json!({
            "OrganizationId": organization, "Alias": "acme", "State": "Active", "DirectoryId": shown["DirectoryId"],
            "DirectoryType": "VpcDirectory", "DefaultMailDomain": "acme.mail.test", "CompletedDate": 1_767_225_600.0,
            "ARN": arn, "InteroperabilityEnabled": false,
        })
    );

    let input =
        json!({"OrganizationId": organization, "DeleteDirectory": true, "DeleteIdentityCenterApplication": true});
    let deleted = world.call("DeleteOrganization", &input).await.ok();
    assert_eq!(deleted, json!({"OrganizationId": organization, "State": "Deleting"}));
    world.settle().await;
    // Terraform waits for the tombstone, and takes these errors for "gone".
    assert_eq!(state(&world, organization).await, "Deleted");
    let listed = world.call("ListOrganizations", &json!({})).await.ok();
    let summary = json!({
        "OrganizationId": organization, "Alias": "acme", "DefaultMailDomain": "acme.mail.test", "State": "Deleted",
    });
    assert_eq!(listed, json!({"OrganizationSummaries": [summary]}));
    world.call("DeleteOrganization", &input).await.fault("OrganizationStateException");
    for (operation, member) in [
        ("DescribeUser", ("UserId", "ada")),
        ("DescribeGroup", ("GroupId", "staff")),
        ("GetMailDomain", ("DomainName", "acme.mail.test")),
    ] {
        let input = json!({"OrganizationId": organization, member.0: member.1});
        world.call(operation, &input).await.fault("OrganizationStateException");
    }
    world.call("CreateOrganization", &json!({"Alias": "acme"})).await.fault("NameAvailabilityException");
}

#[tokio::test]
async fn an_organization_with_enabled_users_is_deleted_by_force_alone() {
    let world = World::new().await;
    let organization = world.organization("acme").await;
    let user = world.user(&organization, "ada").await;
    let email = json!({"OrganizationId": organization, "EntityId": user, "Email": "ada@acme.mail.test"});
    world.call("RegisterToWorkMail", &email).await.ok();
    let delete = |force: bool| json!({"OrganizationId": organization, "DeleteDirectory": true, "ForceDelete": force});
    world.call("DeleteOrganization", &delete(false)).await.fault("OrganizationStateException");
    assert_eq!(state(&world, &organization).await, "Active");
    assert_eq!(world.call("DeleteOrganization", &delete(true)).await.ok()["State"], "Deleting");
}

#[tokio::test]
async fn the_application_goes_with_its_organization_where_that_is_asked_for() {
    let world = World::new().await;
    let instance = "arn:aws:sso:::instance/ssoins-0123456789abcdef";
    for (alias, goes) in [("kept", false), ("gone", true)] {
        let organization = world.organization(alias).await;
        let create = json!({"Name": alias, "InstanceArn": instance});
        let made = world.call("CreateIdentityCenterApplication", &create).await.ok();
        let put = |organization: &str| {
            json!({
                "OrganizationId": organization, "AuthenticationMode": "IDENTITY_PROVIDER_AND_DIRECTORY",
                "IdentityCenterConfiguration": {"InstanceArn": instance, "ApplicationArn": made["ApplicationArn"]},
                "PersonalAccessTokenConfiguration": {"Status": "INACTIVE"},
            })
        };
        world.call("PutIdentityProviderConfiguration", &put(&organization)).await.ok();
        let delete = json!({
            "OrganizationId": organization, "DeleteDirectory": true, "DeleteIdentityCenterApplication": goes,
        });
        world.call("DeleteOrganization", &delete).await.ok();
        world.settle().await;
        let other = world.organization(&format!("other-{alias}")).await;
        let reply = world.call("PutIdentityProviderConfiguration", &put(&other)).await;
        if goes {
            reply.fault("ResourceNotFoundException");
        } else {
            reply.ok();
        }
    }
}

#[tokio::test]
async fn what_an_organization_cannot_be_made_with_is_refused() {
    let world = World::new().await;
    let refused = async |input: Value, fault: &str| world.call("CreateOrganization", &input).await.fault(fault);
    refused(json!({"Alias": "d-acme"}), "InvalidParameterException").await;
    refused(json!({"Alias": "acme", "DirectoryId": "d-0123456789"}), "DirectoryUnavailableException").await;
    refused(json!({"Alias": "acme", "EnableInteroperability": true}), "InvalidParameterException").await;
    let key = "arn:aws:kms:us-east-1:123456789012:key/1";
    refused(json!({"Alias": "acme", "KmsKeyArn": key}), "InvalidParameterException").await;
    let first = world.organization("first").await;
    let shown = world.call("DescribeOrganization", &json!({"OrganizationId": first})).await.ok();
    refused(json!({"Alias": "acme", "DirectoryId": shown["DirectoryId"]}), "DirectoryInUseException").await;
    refused(json!({"Alias": "FIRST"}), "NameAvailabilityException").await;
    world.verify(&first, "proven.example").await;
    let taken = json!({"Alias": "acme", "Domains": [{"DomainName": "proven.example"}]});
    refused(taken, "InvalidParameterException").await;
    let with = json!({"Alias": "acme", "Domains": [{"DomainName": "Acme.Example", "HostedZoneId": "Z1"}]});
    let made = world.call("CreateOrganization", &with).await.ok();
    world.settle().await;
    let listed = world.call("ListMailDomains", &made).await.ok();
    let domains = json!([
        {"DomainName": "acme.example", "DefaultDomain": false},
        {"DomainName": "acme.mail.test", "DefaultDomain": true},
    ]);
    assert_eq!(listed, json!({"MailDomains": domains}));
}

#[tokio::test]
async fn a_domain_is_registered_shown_chosen_and_deregistered() {
    let world = World::new().await;
    let organization = world.organization("acme").await;
    let named = |domain: &str| json!({"OrganizationId": organization, "DomainName": domain});
    let input = named("acme.example");
    assert_eq!(world.call("RegisterMailDomain", &input).await.ok(), json!({}));
    assert_eq!(world.call("RegisterMailDomain", &input).await.ok(), json!({}), "adding again refreshes");
    let shown = world.call("GetMailDomain", &input).await.ok();
    assert_eq!((&shown["IsTestDomain"], &shown["IsDefault"]), (&json!(false), &json!(false)));
    assert_eq!(shown["OwnershipVerificationStatus"], "PENDING");
    assert_eq!(shown["DkimVerificationStatus"], "PENDING");
    let records = shown["Records"].as_array().unwrap();
    let first = |kind: &str| records.iter().find(|record| record["Type"] == kind).unwrap();
    // Scripts take the first TXT for the proof, the first CNAME for autodiscover, and the only MX.
    assert_eq!(first("TXT")["Hostname"], "_reeve.acme.example");
    assert_eq!(first("CNAME")["Hostname"], "autodiscover.acme.example");
    assert_eq!(first("MX")["Value"], "10 mail.reeve.example");
    assert!(records.iter().all(|record| record["Value"].as_str().unwrap().len() <= 256));

    world.call("UpdateDefaultMailDomain", &input).await.fault("MailDomainStateException");
    world.call("UpdateDefaultMailDomain", &named("x.example")).await.fault("MailDomainNotFoundException");
    world.call("GetMailDomain", &named("x.example")).await.fault("MailDomainNotFoundException");
    world.verify(&organization, "acme.example").await;
    assert_eq!(world.call("UpdateDefaultMailDomain", &input).await.ok(), json!({}));
    let listed = world.call("ListMailDomains", &json!({"OrganizationId": organization})).await.ok();
    let domains = listed["MailDomains"].as_array().unwrap();
    assert_eq!(domains.iter().filter(|domain| domain["DefaultDomain"] == true).count(), 1);
    assert_eq!(world.call("GetMailDomain", &input).await.ok()["OwnershipVerificationStatus"], "VERIFIED");

    world.call("DeregisterMailDomain", &input).await.fault("MailDomainInUseException");
    world.call("UpdateDefaultMailDomain", &named("acme.mail.test")).await.ok();
    assert_eq!(world.call("DeregisterMailDomain", &input).await.ok(), json!({}));
    assert_eq!(world.call("DeregisterMailDomain", &input).await.ok(), json!({}), "what is gone is gone");
    world.call("DeregisterMailDomain", &named("acme.mail.test")).await.fault("MailDomainInUseException");
    world.call("RegisterMailDomain", &named("x.mail.test")).await.fault("InvalidParameterException");
}
