//! Resources, how they answer, and who answers for them.

use serde_json::{Value, json};

use crate::people::People;

fn booking(accept: bool, recurring: bool, conflicting: bool) -> Value {
    json!({
        "AutoAcceptRequests": accept, "AutoDeclineRecurringRequests": recurring,
        "AutoDeclineConflictingRequests": conflicting,
    })
}

#[tokio::test]
async fn a_resource_is_made_shown_changed_and_deleted() {
    let people = People::new().await;
    let made = people.call("CreateResource", json!({"Name": "blue", "Type": "ROOM", "Description": "12 seats"})).await;
    let id = made.ok()["ResourceId"].as_str().unwrap().to_owned();
    let describe = async |resource: &str| people.call("DescribeResource", json!({"ResourceId": resource})).await;
    let expected = json!({
        "ResourceId": id, "Name": "blue", "Type": "ROOM", "BookingOptions": booking(true, false, true),
        "State": "DISABLED", "Description": "12 seats", "HiddenFromGlobalAddressList": false,
    });
    assert_eq!(describe(&id).await.ok(), expected);
    people.done("RegisterToWorkMail", json!({"EntityId": id, "Email": "blue@acme.mail.test"})).await;
    let change = json!({
        "ResourceId": "blue@acme.mail.test", "Name": "projector", "Type": "EQUIPMENT", "Description": "",
        "HiddenFromGlobalAddressList": true, "BookingOptions": {"AutoAcceptRequests": true},
    });
    people.done("UpdateResource", change).await;
    let shown = describe("projector").await.ok();
    let expected = json!({
        "ResourceId": id, "Name": "projector", "Type": "EQUIPMENT", "Email": "blue@acme.mail.test",
        "BookingOptions": booking(true, false, false), "State": "ENABLED", "EnabledDate": 1_767_225_600.0,
        "HiddenFromGlobalAddressList": true,
    });
    assert_eq!(shown, expected);
    people.done("UpdateResource", json!({"ResourceId": id})).await;
    assert_eq!(describe("projector").await.ok(), expected);
    people.call("DeleteResource", json!({"ResourceId": id})).await.fault("EntityStateException");
    people.done("DeregisterFromWorkMail", json!({"EntityId": id})).await;
    people.done("DeleteResource", json!({"ResourceId": id})).await;
    people.done("DeleteResource", json!({"ResourceId": id})).await;
    describe(&id).await.fault("EntityNotFoundException");
}

#[tokio::test]
async fn a_resource_that_cannot_be_made_or_changed_is_refused_by_the_right_name() {
    let people = People::new().await;
    people.world.user(&people.organization, "ada").await;
    people.call("CreateResource", json!({"Name": "blue", "Type": "ROOM"})).await.ok();
    for (input, fault) in [
        (json!({"Name": "ADA", "Type": "ROOM"}), "NameAvailabilityException"),
        (json!({"Name": "guest", "Type": "ROOM"}), "ReservedNameException"),
        (json!({"Name": "x".repeat(21), "Type": "ROOM"}), "InvalidParameterException"),
        (json!({"Name": "red", "Type": "room"}), "InvalidParameterException"),
        (json!({"Name": "red", "Type": "ROOM", "Description": ""}), "InvalidParameterException"),
    ] {
        people.call("CreateResource", input).await.fault(fault);
    }
    people
        .call("UpdateResource", json!({"ResourceId": "blue", "Name": "ada"}))
        .await
        .fault("NameAvailabilityException");
    people.call("UpdateResource", json!({"ResourceId": "nobody"})).await.fault("EntityNotFoundException");
    // A user is no resource, whatever the name says.
    people.call("DescribeResource", json!({"ResourceId": "ada"})).await.fault("EntityNotFoundException");
}

#[tokio::test]
async fn a_resource_answers_by_itself_or_by_a_delegate() {
    let people = People::new().await;
    let ids = people.enabled(&["ada"]).await;
    people.call("CreateResource", json!({"Name": "blue", "Type": "ROOM"})).await.ok();
    let manual = json!({"ResourceId": "blue", "BookingOptions": booking(false, false, false)});
    people.call("UpdateResource", manual.clone()).await.fault("InvalidConfigurationException");
    let pair = |entity: &str| json!({"ResourceId": "blue", "EntityId": entity});
    people.done("AssociateDelegateToResource", pair("ada@acme.mail.test")).await;
    people.done("AssociateDelegateToResource", pair(&ids[0])).await;
    people.done("UpdateResource", manual).await;
    let group = people.call("CreateGroup", json!({"Name": "staff"})).await.ok();
    people.call("DisassociateDelegateFromResource", pair("ada")).await.fault("EntityStateException");
    people.done("AssociateDelegateToResource", pair("staff")).await;
    let delegates = async |input: Value| people.call("ListResourceDelegates", input).await.ok();
    let all = delegates(json!({"ResourceId": "blue"})).await["Delegates"].clone();
    let (user, group) = (json!({"Id": ids[0], "Type": "USER"}), json!({"Id": group["GroupId"], "Type": "GROUP"}));
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert!(all.as_array().unwrap().contains(&user) && all.as_array().unwrap().contains(&group), "{all}");
    let first = delegates(json!({"ResourceId": "blue", "MaxResults": 1})).await;
    let rest = delegates(json!({"ResourceId": "blue", "MaxResults": 1, "NextToken": first["NextToken"]})).await;
    assert_ne!(first["Delegates"], rest["Delegates"]);
    people.done("DisassociateDelegateFromResource", pair("ada")).await;
    people.done("DisassociateDelegateFromResource", pair("ada")).await;
    people.call("AssociateDelegateToResource", pair("nobody")).await.fault("EntityNotFoundException");
    people.call("AssociateDelegateToResource", pair("blue")).await.fault("InvalidParameterException");
    people.call("DeleteGroup", json!({"GroupId": "staff"})).await.fault("EntityStateException");
}

#[tokio::test]
async fn a_list_of_resources_takes_one_filter() {
    let people = People::new().await;
    for name in ["blue", "black", "red"] {
        people.call("CreateResource", json!({"Name": name, "Type": "ROOM", "Description": "A room"})).await.ok();
    }
    people.done("RegisterToWorkMail", json!({"EntityId": "red", "Email": "red@acme.mail.test"})).await;
    let names = async |filters: Value| {
        let found = people.call("ListResources", json!({"Filters": filters})).await.ok()["Resources"].clone();
        found.as_array().unwrap().iter().map(|one| one["Name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(json!({"NamePrefix": "bl"})).await, ["black", "blue"]);
    assert_eq!(names(json!({"PrimaryEmailPrefix": "r"})).await, ["red"]);
    assert_eq!(names(json!({"State": "ENABLED"})).await, ["red"]);
    assert!(names(json!({"State": "DELETED"})).await.is_empty());
    let two = json!({"Filters": {"State": "ENABLED", "PrimaryEmailPrefix": "r"}});
    people.call("ListResources", two).await.fault("InvalidParameterException");
    let listed = people.call("ListResources", json!({"Filters": {"NamePrefix": "red"}})).await.ok();
    let red = &listed["Resources"][0];
    assert_eq!((&red["Type"], &red["Email"]), (&json!("ROOM"), &json!("red@acme.mail.test")));
    assert_eq!((&red["Description"], &red["State"]), (&json!("A room"), &json!("ENABLED")));
}
