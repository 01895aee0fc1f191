//! Quotas, and who may use whose mailbox.

use serde_json::{Value, json};

use crate::people::People;

#[tokio::test]
async fn a_mailbox_has_a_size_and_a_quota_that_can_be_changed() {
    let people = People::new().await;
    people.enabled(&["ada"]).await;
    people.world.user(&people.organization, "bob").await;
    let details = async |user: &str| people.call("GetMailboxDetails", json!({"UserId": user})).await;
    assert_eq!(details("ada").await.ok(), json!({"MailboxQuota": 51_200, "MailboxSize": 0.0}));
    details("bob").await.fault("EntityNotFoundException");
    details("nobody").await.fault("EntityNotFoundException");
    let quota = |user: &str, mb: i64| json!({"UserId": user, "MailboxQuota": mb});
    people.done("UpdateMailboxQuota", quota("ada@acme.mail.test", 1)).await;
    assert_eq!(details("ada").await.ok()["MailboxQuota"], 1);
    for mb in [0, -1, 51_201, i64::MAX] {
        people.call("UpdateMailboxQuota", quota("ada", mb)).await.fault("InvalidParameterException");
    }
    people.call("UpdateMailboxQuota", quota("bob", 100)).await.fault("EntityStateException");
    people.call("UpdateMailboxQuota", quota("nobody", 100)).await.fault("EntityNotFoundException");
}

#[tokio::test]
async fn rights_on_a_mailbox_are_put_listed_and_taken_away() {
    let people = People::new().await;
    let ids = people.enabled(&["ada", "bob"]).await;
    let put =
        |grantee: &str, values: Value| json!({"EntityId": "ada", "GranteeId": grantee, "PermissionValues": values});
    let list = async |input: Value| people.call("ListMailboxPermissions", input).await.ok();
    people.done("PutMailboxPermissions", put("bob", json!(["FULL_ACCESS", "SEND_AS"]))).await;
    people.done("PutMailboxPermissions", put("bob@acme.mail.test", json!(["SEND_ON_BEHALF"]))).await;
    let bob = json!({"GranteeId": ids[1], "GranteeType": "USER", "PermissionValues": ["SEND_ON_BEHALF"]});
    assert_eq!(list(json!({"EntityId": ids[0]})).await, json!({"Permissions": [bob]}));

    let group = people.call("CreateGroup", json!({"Name": "staff"})).await.ok()["GroupId"].clone();
    let room = people.call("CreateResource", json!({"Name": "blue", "Type": "ROOM"})).await.ok()["ResourceId"].clone();
    for entity in [&group, &room] {
        let local = entity.as_str().unwrap().replace('-', "");
        people
            .done("RegisterToWorkMail", json!({"EntityId": entity, "Email": format!("{local}@acme.mail.test")}))
            .await;
    }
    people.call("PutMailboxPermissions", put("staff", json!(["FULL_ACCESS"]))).await.fault("InvalidParameterException");
    people.done("PutMailboxPermissions", put("staff", json!(["SEND_AS"]))).await;
    people.done("PutMailboxPermissions", put("blue", json!(["SEND_AS"]))).await;
    let mut listed = list(json!({"EntityId": "ada", "MaxResults": 2})).await;
    let rest = list(json!({"EntityId": "ada", "MaxResults": 2, "NextToken": listed["NextToken"]})).await;
    let all = [listed["Permissions"].as_array().unwrap().clone(), rest["Permissions"].as_array().unwrap().clone()];
    let all = all.concat();
    let kind =
        |id: &Value| all.iter().find(|grant| grant["GranteeId"] == *id).map(|grant| grant["GranteeType"].clone());
    assert_eq!((kind(&group), kind(&room), all.len()), (Some(json!("GROUP")), Some(json!("USER")), 3));

    people.done("PutMailboxPermissions", put("staff", json!([]))).await;
    people.done("DeleteMailboxPermissions", json!({"EntityId": "ada", "GranteeId": "bob"})).await;
    people.done("DeleteMailboxPermissions", json!({"EntityId": "ada", "GranteeId": "bob"})).await;
    listed = list(json!({"EntityId": "ada"})).await;
    assert_eq!(listed["Permissions"].as_array().unwrap().len(), 1);
    for (input, fault) in [
        (put("ada", json!(["SEND_AS"])), "InvalidParameterException"),
        (put("bob", json!(["READ"])), "InvalidParameterException"),
        (put("nobody", json!(["SEND_AS"])), "EntityNotFoundException"),
        (json!({"EntityId": "nobody", "GranteeId": "bob", "PermissionValues": []}), "EntityNotFoundException"),
    ] {
        people.call("PutMailboxPermissions", input).await.fault(fault);
    }
    let absent = json!({"EntityId": "ada", "GranteeId": "nobody"});
    people.call("DeleteMailboxPermissions", absent).await.fault("EntityNotFoundException");
    people.call("ListMailboxPermissions", json!({"EntityId": "nobody"})).await.fault("EntityNotFoundException");
}
