//! Access control rules, mobile devices and impersonation roles: kept as they were sent, and evaluated for real.

use serde_json::{Value, json};

use crate::people::People;

#[tokio::test]
async fn an_organization_begins_with_a_rule_that_allows_everything() {
    let people = People::new().await;
    let rule = json!({
        "Name": "default", "Effect": "ALLOW", "Description": "Default WorkMail Rule", "DateCreated": 0.0,
        "DateModified": 0.0,
    });
    assert_eq!(people.call("ListAccessControlRules", json!({})).await.ok(), json!({"Rules": [rule]}));
    let devices = people.call("ListMobileDeviceAccessRules", json!({})).await.ok();
    assert_eq!(devices["Rules"][0]["Effect"], "ALLOW");
}

#[tokio::test]
async fn access_control_rules_are_put_evaluated_and_deleted() {
    let people = People::new().await;
    let ids = people.enabled(&["ada", "bob"]).await;
    let effect = async |address: &str, action: &str, user: &str| {
        let input = json!({"IpAddress": address, "Action": action, "UserId": user});
        people.call("GetAccessControlEffect", input).await
    };
    let allowed = json!({"Effect": "ALLOW", "MatchedRules": ["default"]});
    assert_eq!(effect("198.51.100.7", "IMAP", &ids[0]).await.ok(), allowed);
    let rule = json!({
        "Name": "no-imap", "Effect": "DENY", "Description": "", "NotIpRanges": ["10.0.0.0/8"], "Actions": ["IMAP"],
        "UserIds": [ids[0]],
    });
    people.done("PutAccessControlRule", rule.clone()).await;
    let denied = json!({"Effect": "DENY", "MatchedRules": ["no-imap"]});
    assert_eq!(effect("198.51.100.7", "IMAP", &ids[0]).await.ok(), denied);
    for (address, action, user) in
        [("10.1.2.3", "IMAP", &ids[0]), ("198.51.100.7", "EWS", &ids[0]), ("198.51.100.7", "IMAP", &ids[1])]
    {
        assert_eq!(effect(address, action, user).await.ok(), allowed, "{address} {action}");
    }
    let listed = people.call("ListAccessControlRules", json!({})).await.ok();
    let shown = listed["Rules"].as_array().unwrap().iter().find(|shown| shown["Name"] == "no-imap").unwrap();
    for (name, value) in rule.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
    people.done("DeleteAccessControlRule", json!({"Name": "default"})).await;
    people.done("DeleteAccessControlRule", json!({"Name": "no-imap"})).await;
    people.done("DeleteAccessControlRule", json!({"Name": "no-imap"})).await;
    let nothing = json!({"Effect": "DENY", "MatchedRules": []});
    assert_eq!(effect("10.1.2.3", "IMAP", &ids[0]).await.ok(), nothing);
}

#[tokio::test]
async fn an_access_control_rule_that_cannot_be_is_refused() {
    let people = People::new().await;
    let put = async |more: Value| {
        let mut input = json!({"Name": "rule", "Effect": "ALLOW", "Description": "d"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        people.call("PutAccessControlRule", input).await
    };
    put(json!({"UserIds": ["00000000-0000-7000-8000-000000000000"]})).await.fault("EntityNotFoundException");
    put(json!({"ImpersonationRoleIds": ["nothing"]})).await.fault("ResourceNotFoundException");
    put(json!({"Actions": ["POP3"]})).await.fault("InvalidParameterException");
    put(json!({"IpRanges": ["10.0.0.0/33"]})).await.fault("InvalidParameterException");
    put(json!({"Description": null})).await.fault("InvalidParameterException");
    for n in 0..9 {
        people
            .done("PutAccessControlRule", json!({"Name": format!("r{n}"), "Effect": "ALLOW", "Description": ""}))
            .await;
    }
    put(json!({})).await.fault("LimitExceededException");
    // The two operations for which no other name is documented.
    people.call("DeleteAccessControlRule", json!({"Name": "a b"})).await.fault("ValidationException");
    people.world.call("ListAccessControlRules", &json!({})).await.fault("ValidationException");
    let question = json!({"IpAddress": "10.0.0.1", "Action": "EWS"});
    people.call("GetAccessControlEffect", question).await.fault("InvalidParameterException");
    let unknown = json!({"IpAddress": "10.0.0.1", "Action": "EWS", "ImpersonationRoleId": "nothing"});
    people.call("GetAccessControlEffect", unknown).await.fault("ResourceNotFoundException");
    let unknown = json!({"IpAddress": "10.0.0.1", "Action": "EWS", "UserId": "nobody-at-all"});
    people.call("GetAccessControlEffect", unknown).await.fault("EntityNotFoundException");
}

#[tokio::test]
async fn device_rules_are_made_replaced_evaluated_and_deleted() {
    let people = People::new().await;
    let effect = async |device: Value| people.call("GetMobileDeviceAccessEffect", device).await.ok();
    let create = json!({
        "Name": "No iPads", "Description": "Too large", "Effect": "DENY", "DeviceModels": ["iPad"], "ClientToken": "t",
    });
    let made = people.call("CreateMobileDeviceAccessRule", create.clone()).await.ok();
    assert_eq!(people.call("CreateMobileDeviceAccessRule", create).await.ok(), made);
    let id = &made["MobileDeviceAccessRuleId"];
    let matched = json!([{"MobileDeviceAccessRuleId": id, "Name": "No iPads"}]);
    let denied = json!({"Effect": "DENY", "MatchedRules": matched});
    assert_eq!(effect(json!({"DeviceModel": "IPAD13,1"})).await, denied);
    assert_eq!(effect(json!({"DeviceModel": "iPhone"})).await["Effect"], "ALLOW");
    assert_eq!(effect(json!({})).await["Effect"], "ALLOW");
    let replaced = json!({
        "MobileDeviceAccessRuleId": id, "Name": "No Palms", "Effect": "DENY", "DeviceTypes": ["Palm"],
    });
    people.done("UpdateMobileDeviceAccessRule", replaced).await;
    assert_eq!(effect(json!({"DeviceModel": "iPad"})).await["Effect"], "ALLOW");
    let listed = people.call("ListMobileDeviceAccessRules", json!({})).await.ok();
    let shown =
        listed["Rules"].as_array().unwrap().iter().find(|rule| rule["MobileDeviceAccessRuleId"] == *id).unwrap();
    assert_eq!(
        (&shown["DeviceTypes"], shown.get("DeviceModels"), shown.get("Description")),
        (&json!(["Palm"]), None, None)
    );
    let unknown = json!({"MobileDeviceAccessRuleId": "nothing", "Name": "x", "Effect": "DENY"});
    people.call("UpdateMobileDeviceAccessRule", unknown).await.fault("EntityNotFoundException");
    for _ in 0..2 {
        people.done("DeleteMobileDeviceAccessRule", json!({"MobileDeviceAccessRuleId": id})).await;
    }
    for n in 0..9 {
        let more = json!({"Name": format!("rule {n}"), "Effect": "ALLOW"});
        people.call("CreateMobileDeviceAccessRule", more).await.ok();
    }
    let more = json!({"Name": "one too many", "Effect": "ALLOW"});
    people.call("CreateMobileDeviceAccessRule", more).await.fault("LimitExceededException");
}

#[tokio::test]
async fn an_override_is_put_shown_listed_and_deleted() {
    let people = People::new().await;
    let ids = people.enabled(&["ada", "bob"]).await;
    let pair = |user: &str, device: &str| json!({"UserId": user, "DeviceId": device});
    people.call("GetMobileDeviceAccessOverride", pair("ada", "D1")).await.fault("ResourceNotFoundException");
    people.call("GetMobileDeviceAccessOverride", pair("nobody", "D1")).await.fault("EntityNotFoundException");
    for (user, device) in [("ada", "D1"), ("ada", "D2"), ("bob@acme.mail.test", "D1")] {
        let mut put = pair(user, device);
        put["Effect"] = json!("DENY");
        people.done("PutMobileDeviceAccessOverride", put).await;
    }
    let mut put = pair("ada", "d1");
    put["Effect"] = json!("ALLOW");
    put["Description"] = json!("Lent");
    people.done("PutMobileDeviceAccessOverride", put).await;
    let shown = people.call("GetMobileDeviceAccessOverride", pair("ada", "D1")).await.ok();
    assert_eq!((&shown["UserId"], &shown["Effect"]), (&json!(ids[0]), &json!("ALLOW")));
    assert_eq!((&shown["Description"], &shown["DateCreated"]), (&json!("Lent"), &json!(1_767_225_600.0)));
    let list = async |input: Value| people.call("ListMobileDeviceAccessOverrides", input).await.ok();
    let count = |page: &Value| page["Overrides"].as_array().unwrap().len();
    assert_eq!(count(&list(json!({})).await), 3);
    assert_eq!(count(&list(json!({"UserId": "ada"})).await), 2);
    assert_eq!(count(&list(json!({"DeviceId": "D1"})).await), 2);
    assert_eq!(count(&list(json!({"UserId": "bob", "DeviceId": "D2"})).await), 0);
    let first = list(json!({"MaxResults": 2})).await;
    let rest = list(json!({"MaxResults": 2, "NextToken": first["NextToken"]})).await;
    assert_eq!((count(&first), count(&rest), rest.get("NextToken")), (2, 1, None));
    for _ in 0..2 {
        people.done("DeleteMobileDeviceAccessOverride", pair("ada", "D1")).await;
    }
    people.call("DeleteMobileDeviceAccessOverride", pair("nobody", "D1")).await.fault("EntityNotFoundException");
}

#[tokio::test]
async fn impersonation_roles_are_made_replaced_evaluated_and_deleted() {
    let people = People::new().await;
    let ids = people.enabled(&["ada", "bob"]).await;
    let rule = |effect: &str, more: Value| {
        let mut rule = json!({"ImpersonationRuleId": effect.to_lowercase(), "Name": effect, "Effect": effect});
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule
    };
    let rules = json!([rule("ALLOW", json!({})), rule("DENY", json!({"TargetUsers": ["bob@acme.mail.test"]}))]);
    let create = json!({"Name": "moving in", "Type": "READ_ONLY", "Rules": rules, "ClientToken": "t"});
    let made = people.call("CreateImpersonationRole", create.clone()).await.ok();
    assert_eq!(people.call("CreateImpersonationRole", create).await.ok(), made);
    let id = &made["ImpersonationRoleId"];
    let effect = async |user: &str| {
        let input = json!({"ImpersonationRoleId": id, "TargetUser": user});
        people.call("GetImpersonationRoleEffect", input).await
    };
    let matched = |effect: &str| {
        let rule = json!({"ImpersonationRuleId": effect.to_lowercase(), "Name": effect});
        json!({"Type": "READ_ONLY", "Effect": effect, "MatchedRules": [rule]})
    };
    assert_eq!(effect("ada").await.ok(), matched("ALLOW"));
    assert_eq!(effect("bob").await.ok(), matched("DENY"));
    effect("nobody").await.fault("EntityNotFoundException");
    let shown = people.call("GetImpersonationRole", json!({"ImpersonationRoleId": id})).await.ok();
    assert_eq!(shown["Rules"][1]["TargetUsers"], json!([ids[1]]));
    let update =
        json!({"ImpersonationRoleId": id, "Name": "all", "Type": "FULL_ACCESS", "Description": "A", "Rules": []});
    people.done("UpdateImpersonationRole", update).await;
    let nothing = json!({"Type": "FULL_ACCESS", "Effect": "DENY", "MatchedRules": []});
    assert_eq!(effect("ada").await.ok(), nothing);
    let listed = people.call("ListImpersonationRoles", json!({})).await.ok();
    let moment = json!(1_767_225_600.0);
    let summary = json!({
        "ImpersonationRoleId": id, "Name": "all", "Type": "FULL_ACCESS", "DateCreated": moment, "DateModified": moment,
    });
    assert_eq!(listed, json!({"Roles": [summary]}));
    for _ in 0..2 {
        people.done("DeleteImpersonationRole", json!({"ImpersonationRoleId": id})).await;
    }
    people.call("GetImpersonationRole", json!({"ImpersonationRoleId": id})).await.fault("ResourceNotFoundException");
    effect("ada").await.fault("ResourceNotFoundException");
}

#[tokio::test]
async fn an_impersonation_role_that_cannot_be_is_refused() {
    let people = People::new().await;
    let create = async |name: &str, rules: Value| {
        people.call("CreateImpersonationRole", json!({"Name": name, "Type": "READ_ONLY", "Rules": rules})).await
    };
    let targets = |user: &str| json!([{"ImpersonationRuleId": "r", "Effect": "ALLOW", "TargetUsers": [user]}]);
    create("a", targets("nobody")).await.fault("EntityNotFoundException");
    people.world.user(&people.organization, "ada").await;
    create("a", targets("ada")).await.fault("EntityStateException");
    create("a", Value::Null).await.fault("InvalidParameterException");
    create("a<b", json!([])).await.fault("InvalidParameterException");
    let twice =
        json!([{"ImpersonationRuleId": "r", "Effect": "ALLOW"}, {"ImpersonationRuleId": "r", "Effect": "DENY"}]);
    create("a", twice).await.fault("InvalidParameterException");
    create("role 0", json!([])).await.ok();
    create("Role 0", json!([])).await.fault("InvalidParameterException");
    for n in 1..20 {
        create(&format!("role {n}"), json!([])).await.ok();
    }
    create("one too many", json!([])).await.fault("LimitExceededException");
}
