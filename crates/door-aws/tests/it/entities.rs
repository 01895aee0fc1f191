//! What users, groups and resources have in common: registration, addresses, and being found.

use serde_json::{Value, json};

use crate::people::People;

/// A user, a group and a resource: their ids and names.
async fn three(people: &People) -> Vec<(String, &'static str)> {
    let user = people.world.user(&people.organization, "ada").await;
    let group = people.call("CreateGroup", json!({"Name": "staff"})).await.ok();
    let room = people.call("CreateResource", json!({"Name": "blue", "Type": "ROOM"})).await.ok();
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    vec![(user, "ada"), (id(&group["GroupId"]), "staff"), (id(&room["ResourceId"]), "blue")]
}

#[tokio::test]
async fn each_kind_is_registered_addressed_found_and_deregistered() {
    let people = People::new().await;
    for ((id, name), kind) in three(&people).await.into_iter().zip(["USER", "GROUP", "RESOURCE"]) {
        let email = format!("{name}@acme.mail.test");
        let alias = |local: &str| json!({"EntityId": id, "Alias": format!("{local}.{name}@acme.mail.test")});
        people.call("CreateAlias", alias("a")).await.fault("EntityStateException");
        people.done("RegisterToWorkMail", json!({"EntityId": name, "Email": email})).await;
        people.done("RegisterToWorkMail", json!({"EntityId": id, "Email": email})).await;
        let other = json!({"EntityId": id, "Email": format!("x{email}")});
        people.call("RegisterToWorkMail", other).await.fault("EntityAlreadyRegisteredException");

        people.done("CreateAlias", alias("a")).await;
        people.done("CreateAlias", alias("a")).await;
        people.done("CreateAlias", alias("b")).await;
        people.done("DeleteAlias", alias("absent")).await;
        people.call("CreateAlias", json!({"EntityId": id, "Alias": email})).await.fault("InvalidParameterException");
        people.call("DeleteAlias", json!({"EntityId": id, "Alias": email})).await.fault("InvalidParameterException");
        let first = people.call("ListAliases", json!({"EntityId": id, "MaxResults": 1})).await.ok();
        assert_eq!(first["Aliases"], json!([format!("a.{name}@acme.mail.test")]));
        let rest = json!({"EntityId": id, "MaxResults": 1, "NextToken": first["NextToken"]});
        let rest = people.call("ListAliases", rest).await.ok();
        assert_eq!(rest, json!({"Aliases": [format!("b.{name}@acme.mail.test")]}));

        let primary = json!({"EntityId": name, "Email": format!("a.{name}@acme.mail.test")});
        people.done("UpdatePrimaryEmailAddress", primary).await;
        for address in ["a.", "b.", ""].map(|local| format!("{local}{name}@acme.mail.test")) {
            let found = people.call("DescribeEntity", json!({"Email": address.to_uppercase()})).await.ok();
            assert_eq!(found, json!({"EntityId": id, "Name": name, "Type": kind}));
        }
        people.done("DeleteAlias", alias("b")).await;
        let listed = people.call("ListAliases", json!({"EntityId": id})).await.ok();
        assert_eq!(listed, json!({"Aliases": [email]}));

        people.done("DeregisterFromWorkMail", json!({"EntityId": email})).await;
        people.done("DeregisterFromWorkMail", json!({"EntityId": id})).await;
        people.call("DescribeEntity", json!({"Email": email})).await.fault("EntityNotFoundException");
        let primary = json!({"EntityId": id, "Email": email});
        people.call("UpdatePrimaryEmailAddress", primary).await.fault("EntityStateException");
    }
}

#[tokio::test]
async fn an_address_belongs_to_one_entity_on_a_domain_that_is_proven() {
    let people = People::new().await;
    let ids = people.enabled(&["ada", "bob"]).await;
    let (taken, pending, unknown) = ("ada@acme.mail.test", "bob@pending.example", "bob@unknown.example");
    people.done("RegisterMailDomain", json!({"DomainName": "pending.example"})).await;
    let third = people.world.user(&people.organization, "carol").await;
    for (address, fault) in [
        (taken, "EmailAddressInUseException"),
        (pending, "MailDomainStateException"),
        (unknown, "MailDomainNotFoundException"),
        ("bob@acme", "InvalidParameterException"),
    ] {
        people.call("CreateAlias", json!({"EntityId": ids[1], "Alias": address})).await.fault(fault);
        people.call("UpdatePrimaryEmailAddress", json!({"EntityId": ids[1], "Email": address})).await.fault(fault);
        people.call("RegisterToWorkMail", json!({"EntityId": third, "Email": address})).await.fault(fault);
    }
}

#[tokio::test]
async fn aliases_are_named_by_id_alone_and_registration_by_no_address() {
    let people = People::new().await;
    people.enabled(&["ada.lovelace"]).await;
    let by = |entity: &str| json!({"EntityId": entity, "Alias": "a@acme.mail.test"});
    people.call("CreateAlias", by("ada.lovelace")).await.fault("EntityNotFoundException");
    people.call("CreateAlias", by("ada")).await.fault("InvalidParameterException");
    people.call("DeleteAlias", by("ada.lovelace")).await.fault("EntityNotFoundException");
    people.call("ListAliases", json!({"EntityId": "ada.lovelace"})).await.fault("EntityNotFoundException");
    let register = json!({"EntityId": "ada.lovelace@acme.mail.test", "Email": "ada.lovelace@acme.mail.test"});
    people.call("RegisterToWorkMail", register).await.fault("EntityNotFoundException");
}

#[tokio::test]
async fn a_hundred_aliases_are_enough() {
    let people = People::new().await;
    let ids = people.enabled(&["ada"]).await;
    let alias = |n: usize| json!({"EntityId": ids[0], "Alias": format!("a{n}@acme.mail.test")});
    for n in 0..100 {
        people.done("CreateAlias", alias(n)).await;
    }
    people.call("CreateAlias", alias(100)).await.fault("LimitExceededException");
    let primary = |local: &str| json!({"EntityId": ids[0], "Email": format!("{local}@acme.mail.test")});
    people.call("UpdatePrimaryEmailAddress", primary("new")).await.fault("InvalidParameterException");
    people.done("UpdatePrimaryEmailAddress", primary("a7")).await;
}

#[tokio::test]
async fn system_users_are_left_alone() {
    let people = People::new().await;
    let guest = people.describe("guest").await["UserId"].clone();
    for (operation, input) in [
        ("RegisterToWorkMail", json!({"EntityId": guest, "Email": "guest@acme.mail.test"})),
        ("DeregisterFromWorkMail", json!({"EntityId": guest})),
        ("CreateAlias", json!({"EntityId": guest, "Alias": "guest@acme.mail.test"})),
        ("DeleteUser", json!({"UserId": guest})),
    ] {
        people.call(operation, input).await.fault("EntityStateException");
    }
}

#[tokio::test]
async fn what_is_nobody_is_not_found() {
    let people = People::new().await;
    let id = "00000000-0000-7000-8000-000000000000";
    for (operation, input) in [
        ("RegisterToWorkMail", json!({"EntityId": id, "Email": "a@acme.mail.test"})),
        ("DeregisterFromWorkMail", json!({"EntityId": "nobody"})),
        ("CreateAlias", json!({"EntityId": id, "Alias": "a@acme.mail.test"})),
        ("DeleteAlias", json!({"EntityId": id, "Alias": "a@acme.mail.test"})),
        ("ListAliases", json!({"EntityId": id})),
        ("UpdatePrimaryEmailAddress", json!({"EntityId": "nobody", "Email": "a@acme.mail.test"})),
        ("DescribeEntity", json!({"Email": "a@acme.mail.test"})),
        ("ListGroupsForEntity", json!({"EntityId": "nobody"})),
    ] {
        people.call(operation, input).await.fault("EntityNotFoundException");
    }
}
