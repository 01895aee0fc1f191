//! Groups and their members.

use serde_json::{Value, json};

use crate::people::People;

async fn group(people: &People, name: &str) -> String {
    let made = people.call("CreateGroup", json!({"Name": name})).await.ok();
    made["GroupId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_group_is_made_shown_hidden_and_deleted() {
    let people = People::new().await;
    let id = group(&people, "Früh stück").await;
    let shown = people.call("DescribeGroup", json!({"GroupId": id})).await.ok();
    let expected =
        json!({"GroupId": id, "Name": "Früh stück", "State": "DISABLED", "HiddenFromGlobalAddressList": false});
    assert_eq!(shown, expected);
    people.done("UpdateGroup", json!({"GroupId": id, "HiddenFromGlobalAddressList": true})).await;
    people.done("UpdateGroup", json!({"GroupId": id})).await;
    people.done("RegisterToWorkMail", json!({"EntityId": id, "Email": "all@acme.mail.test"})).await;
    let shown = people.call("DescribeGroup", json!({"GroupId": "all@acme.mail.test"})).await.ok();
    assert_eq!((&shown["State"], &shown["HiddenFromGlobalAddressList"]), (&json!("ENABLED"), &json!(true)));
    assert_eq!((&shown["Email"], &shown["EnabledDate"]), (&json!("all@acme.mail.test"), &json!(1_767_225_600.0)));
    people.call("DeleteGroup", json!({"GroupId": id})).await.fault("EntityStateException");
    people.done("DeregisterFromWorkMail", json!({"EntityId": id})).await;
    people.done("DeleteGroup", json!({"GroupId": id})).await;
    people.done("DeleteGroup", json!({"GroupId": id})).await;
    people.call("DescribeGroup", json!({"GroupId": id})).await.fault("EntityNotFoundException");
    people.call("UpdateGroup", json!({"GroupId": id})).await.fault("EntityNotFoundException");
}

#[tokio::test]
async fn one_name_is_one_entity_and_some_names_are_kept() {
    let people = People::new().await;
    people.world.user(&people.organization, "ada").await;
    let made = people.call("CreateGroup", json!({"Name": "ADA"})).await;
    made.fault("NameAvailabilityException");
    people.call("CreateGroup", json!({"Name": "administrator"})).await.fault("ReservedNameException");
    people.call("CreateGroup", json!({"Name": "\u{202e}"})).await.fault("InvalidParameterException");
    people.call("CreateGroup", json!({"Name": " "})).await.fault("InvalidParameterException");
}

#[tokio::test]
async fn members_come_and_go_and_no_group_is_in_itself() {
    let people = People::new().await;
    let ids = people.enabled(&["ada"]).await;
    let (inner, outer) = (group(&people, "inner").await, group(&people, "outer").await);
    let pair = |group: &str, member: &str| json!({"GroupId": group, "MemberId": member});
    people.done("AssociateMemberToGroup", pair("inner", "ada@acme.mail.test")).await;
    people.done("AssociateMemberToGroup", pair(&inner, &ids[0])).await;
    people.done("AssociateMemberToGroup", pair("outer", "inner")).await;
    people.call("AssociateMemberToGroup", pair("inner", "outer")).await.fault("InvalidParameterException");
    people.call("AssociateMemberToGroup", pair("inner", "inner")).await.fault("InvalidParameterException");
    let room = people.call("CreateResource", json!({"Name": "blue", "Type": "ROOM"})).await.ok();
    let refused = people.call("AssociateMemberToGroup", pair("inner", room["ResourceId"].as_str().unwrap())).await;
    refused.fault("InvalidParameterException");
    people.call("AssociateMemberToGroup", pair("inner", "nobody")).await.fault("EntityNotFoundException");
    people.call("AssociateMemberToGroup", pair("nobody", "ada")).await.fault("EntityNotFoundException");

    let listed = people.call("ListGroupMembers", json!({"GroupId": "inner"})).await.ok();
    let member = json!({
        "Id": ids[0], "Name": "ada", "Type": "USER", "State": "ENABLED", "EnabledDate": 1_767_225_600.0,
    });
    assert_eq!(listed, json!({"Members": [member]}));
    let listed = people.call("ListGroupMembers", json!({"GroupId": "outer"})).await.ok();
    assert_eq!(listed, json!({"Members": [{"Id": inner, "Name": "inner", "Type": "GROUP", "State": "DISABLED"}]}));

    let groups = people.call("ListGroupsForEntity", json!({"EntityId": "ada"})).await.ok();
    assert_eq!(groups, json!({"Groups": [{"GroupId": inner, "GroupName": "inner"}]}));
    let filtered = json!({"EntityId": "inner", "Filters": {"GroupNamePrefix": "out"}});
    let groups = people.call("ListGroupsForEntity", filtered).await.ok();
    assert_eq!(groups, json!({"Groups": [{"GroupId": outer, "GroupName": "outer"}]}));
    let filtered = json!({"EntityId": "inner", "Filters": {"GroupNamePrefix": "x"}});
    assert_eq!(people.call("ListGroupsForEntity", filtered).await.ok(), json!({"Groups": []}));

    people.done("DisassociateMemberFromGroup", pair("inner", "ada")).await;
    people.done("DisassociateMemberFromGroup", pair("inner", "ada")).await;
    assert_eq!(people.call("ListGroupMembers", json!({"GroupId": "inner"})).await.ok(), json!({"Members": []}));
}

#[tokio::test]
async fn a_list_of_groups_takes_one_filter_and_comes_in_pages() {
    let people = People::new().await;
    for name in ["alpha", "beta", "bravo"] {
        group(&people, name).await;
    }
    people.done("RegisterToWorkMail", json!({"EntityId": "alpha", "Email": "zulu@acme.mail.test"})).await;
    let names = async |filters: Value| {
        let groups = people.call("ListGroups", json!({"Filters": filters})).await.ok()["Groups"].clone();
        groups.as_array().unwrap().iter().map(|group| group["Name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(json!({"NamePrefix": "B"})).await, ["beta", "bravo"]);
    assert_eq!(names(json!({"PrimaryEmailPrefix": "zu"})).await, ["alpha"]);
    assert_eq!(names(json!({"State": "DISABLED"})).await, ["beta", "bravo"]);
    assert!(names(json!({"State": "DELETED"})).await.is_empty());
    let two = json!({"Filters": {"State": "ENABLED", "NamePrefix": "a"}});
    people.call("ListGroups", two).await.fault("InvalidParameterException");
    let first = people.call("ListGroups", json!({"MaxResults": 2})).await.ok();
    let rest = people.call("ListGroups", json!({"MaxResults": 2, "NextToken": first["NextToken"]})).await.ok();
    assert_eq!((first["Groups"].as_array().unwrap().len(), rest["Groups"].as_array().unwrap().len()), (2, 1));
    assert_eq!(rest.get("NextToken"), None);
}

#[tokio::test]
async fn the_token_after_the_longest_name_is_as_short_as_clients_expect() {
    let people = People::new().await;
    let long = "é".repeat(255);
    for end in ["1", "2"] {
        group(&people, &format!("{long}{end}")).await;
    }
    let first = people.call("ListGroups", json!({"MaxResults": 1})).await.ok();
    let token = first["NextToken"].as_str().unwrap();
    assert!(token.len() <= 1_024, "{}", token.len());
    people.call("ListGroups", json!({"MaxResults": 1, "NextToken": token})).await.ok();
}
