//! Tags, retention, DMARC, monitoring, availability, identity providers and personal access tokens.

use reeve_base::names::Label;
use reeve_domain::access_control::Protocol;
use reeve_domain::personal_access_tokens::{NewToken, create_personal_access_token};
use serde_json::{Value, json};

use crate::people::People;

#[tokio::test]
async fn an_organization_is_tagged_by_its_arn() {
    let people = People::new().await;
    let account = &people.world.accounts[0];
    let arn = format!("arn:aws:workmail:us-east-1:{account}:organization/{}", people.organization);
    let tag = async |tags: Value| people.world.call("TagResource", &json!({"ResourceARN": arn, "Tags": tags})).await;
    let tags = async || people.world.call("ListTagsForResource", &json!({"ResourceARN": arn})).await.ok();
    assert_eq!(tags().await, json!({"Tags": []}));
    tag(json!([{"Key": "team", "Value": "mail"}, {"Key": "cost", "Value": ""}])).await.ok();
    tag(json!([{"Key": "team", "Value": "post"}])).await.ok();
    let both = json!([{"Key": "cost", "Value": ""}, {"Key": "team", "Value": "post"}]);
    assert_eq!(tags().await, json!({"Tags": both}));
    let untag = json!({"ResourceARN": arn, "TagKeys": ["cost", "absent"]});
    assert_eq!(people.world.call("UntagResource", &untag).await.ok(), json!({}));
    assert_eq!(tags().await, json!({"Tags": [{"Key": "team", "Value": "post"}]}));
    let many: Vec<_> = (0..50).map(|n| json!({"Key": format!("k{n}"), "Value": "v"})).collect();
    tag(json!(many)).await.fault("TooManyTagsException");
    let other = format!("arn:aws:workmail:us-east-1:{}:organization/{}", people.world.accounts[1], people.organization);
    let nowhere = format!("arn:aws:workmail:us-east-1:{account}:organization/m-{}", "0".repeat(32));
    for arn in [&other, &nowhere, &arn.replace("us-east-1", "eu-west-1")] {
        let input = json!({"ResourceARN": arn, "Tags": [], "TagKeys": []});
        for operation in ["TagResource", "UntagResource", "ListTagsForResource"] {
            people.world.call(operation, &input).await.fault("ResourceNotFoundException");
        }
    }
    people.world.call("ListTagsForResource", &json!({"ResourceARN": "x"})).await.fault("ValidationException");
    people.world.call("UntagResource", &json!({"ResourceARN": arn})).await.fault("ValidationException");
    people.world.call("TagResource", &json!({"ResourceARN": "x"})).await.fault("InvalidParameterException");
}

#[tokio::test]
async fn an_organization_has_one_retention_policy() {
    let people = People::new().await;
    people.call("GetDefaultRetentionPolicy", json!({})).await.fault("EntityNotFoundException");
    let folders = json!([{"Name": "INBOX", "Action": "DELETE", "Period": 30}, {"Name": "DRAFTS", "Action": "NONE"}]);
    let put = |more: Value| {
        let mut input = json!({"Name": "keep", "FolderConfigurations": folders});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    people.done("PutRetentionPolicy", put(json!({"Description": "Thirty days"}))).await;
    let shown = people.call("GetDefaultRetentionPolicy", json!({})).await.ok();
    let id = &shown["Id"];
    let expected = json!({"Id": id, "Name": "keep", "Description": "Thirty days", "FolderConfigurations": folders});
    assert_eq!(shown, expected);
    people.call("PutRetentionPolicy", put(json!({}))).await.fault("LimitExceededException");
    people.call("PutRetentionPolicy", put(json!({"Id": "other"}))).await.fault("InvalidParameterException");
    let wrong = json!({"FolderConfigurations": [{"Name": "INBOX", "Action": "DELETE", "Period": 731}]});
    people.call("PutRetentionPolicy", put(wrong)).await.fault("InvalidParameterException");
    people.done("PutRetentionPolicy", put(json!({"Id": id, "Name": "kept"}))).await;
    assert_eq!(people.call("GetDefaultRetentionPolicy", json!({})).await.ok()["Name"], "kept");
    for _ in 0..2 {
        people.done("DeleteRetentionPolicy", json!({"Id": id})).await;
    }
    people.call("GetDefaultRetentionPolicy", json!({})).await.fault("EntityNotFoundException");
}

#[tokio::test]
async fn dmarc_is_enforced_unless_it_is_not() {
    let people = People::new().await;
    let enforced = async || people.call("DescribeInboundDmarcSettings", json!({})).await.ok();
    assert_eq!(enforced().await, json!({"Enforced": true}));
    people.done("PutInboundDmarcSettings", json!({"Enforced": false})).await;
    assert_eq!(enforced().await, json!({"Enforced": false}));
    people.call("PutInboundDmarcSettings", json!({})).await.fault("ValidationException");
}

#[tokio::test]
async fn monitoring_is_set_shown_and_removed() {
    let people = People::new().await;
    let describe = async || people.call("DescribeEmailMonitoringConfiguration", json!({})).await;
    describe().await.fault("ResourceNotFoundException");
    let group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/emailevents/acme:*";
    people.done("PutEmailMonitoringConfiguration", json!({"LogGroupArn": group})).await;
    assert_eq!(describe().await.ok(), json!({"LogGroupArn": group}));
    let both = json!({"LogGroupArn": group, "RoleArn": "arn:aws:iam::123456789012:role/monitor"});
    let refused =
        people.call("PutEmailMonitoringConfiguration", json!({"LogGroupArn": &group[..group.len() - 2]})).await;
    refused.fault("InvalidParameterException");
    people.done("PutEmailMonitoringConfiguration", both.clone()).await;
    assert_eq!(describe().await.ok(), both);
    for _ in 0..2 {
        people.done("DeleteEmailMonitoringConfiguration", json!({})).await;
    }
    describe().await.fault("ResourceNotFoundException");
}

#[tokio::test]
async fn availability_is_asked_of_one_provider_and_its_password_is_not_told() {
    let people = People::new().await;
    let ews = json!({"EwsEndpoint": "https://other.example/EWS/", "EwsUsername": "u", "EwsPassword": "hunter2"});
    let lambda = json!({"LambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:cap"});
    let create = |domain: &str, provider: Value| {
        let mut input = json!({"DomainName": domain});
        input.as_object_mut().unwrap().extend(provider.as_object().unwrap().clone());
        input
    };
    people.done("CreateAvailabilityConfiguration", create("other.example", json!({"EwsProvider": ews}))).await;
    let again =
        people.call("CreateAvailabilityConfiguration", create("other.example", json!({"EwsProvider": ews}))).await;
    again.fault("NameAvailabilityException");
    let both = create("x.example", json!({"EwsProvider": ews, "LambdaProvider": lambda}));
    people.call("CreateAvailabilityConfiguration", both).await.fault("InvalidParameterException");
    let neither = create("x.example", json!({}));
    people.call("CreateAvailabilityConfiguration", neither).await.fault("InvalidParameterException");
    let list = async || {
        people.call("ListAvailabilityConfigurations", json!({})).await.ok()["AvailabilityConfigurations"].clone()
    };
    let listed = list().await;
    assert_eq!((&listed[0]["ProviderType"], &listed[0]["DomainName"]), (&json!("EWS"), &json!("other.example")));
    assert_eq!(listed[0]["EwsProvider"], json!({"EwsEndpoint": "https://other.example/EWS/", "EwsUsername": "u"}));
    people.done("UpdateAvailabilityConfiguration", create("other.example", json!({"LambdaProvider": lambda}))).await;
    assert_eq!(list().await[0]["LambdaProvider"], lambda);
    let unknown = create("x.example", json!({"LambdaProvider": lambda}));
    people.call("UpdateAvailabilityConfiguration", unknown).await.fault("ResourceNotFoundException");
    let tested = people.call("TestAvailabilityConfiguration", json!({"DomainName": "other.example"})).await.ok();
    assert_eq!(tested["TestPassed"], false);
    assert!(tested["FailureReason"].as_str().unwrap().len() <= 256);
    people
        .call("TestAvailabilityConfiguration", json!({"DomainName": "x.example"}))
        .await
        .fault("ResourceNotFoundException");
    people.call("TestAvailabilityConfiguration", json!({})).await.fault("InvalidParameterException");
    for _ in 0..2 {
        people.done("DeleteAvailabilityConfiguration", json!({"DomainName": "other.example"})).await;
    }
    people.call("DeleteAvailabilityConfiguration", json!({"DomainName": "_"})).await.fault("ValidationException");
}

#[tokio::test]
async fn an_identity_provider_needs_its_application() {
    let people = People::new().await;
    let instance = "arn:aws:sso:::instance/ssoins-0123456789abcdef";
    let create = json!({"Name": "workmail", "InstanceArn": instance, "ClientToken": "t"});
    let made = people.world.call("CreateIdentityCenterApplication", &create).await.ok();
    assert_eq!(people.world.call("CreateIdentityCenterApplication", &create).await.ok(), made);
    let describe = async || people.call("DescribeIdentityProviderConfiguration", json!({})).await;
    describe().await.fault("ResourceNotFoundException");
    let put = |application: &Value| {
        json!({
            "AuthenticationMode": "IDENTITY_PROVIDER_AND_DIRECTORY",
            "IdentityCenterConfiguration": {"InstanceArn": instance, "ApplicationArn": application},
            "PersonalAccessTokenConfiguration": {"Status": "ACTIVE", "LifetimeInDays": 365},
        })
    };
    let unknown = json!("arn:aws:sso::123456789012:application/ssoins-0123456789abcdef/apl-0123456789abcdef");
    people.call("PutIdentityProviderConfiguration", put(&unknown)).await.fault("ResourceNotFoundException");
    people.done("PutIdentityProviderConfiguration", put(&made["ApplicationArn"])).await;
    assert_eq!(describe().await.ok(), put(&made["ApplicationArn"]));
    for _ in 0..2 {
        people.done("DeleteIdentityProviderConfiguration", json!({})).await;
        let delete = json!({"ApplicationArn": made["ApplicationArn"]});
        assert_eq!(people.world.call("DeleteIdentityCenterApplication", &delete).await.ok(), json!({}));
    }
    describe().await.fault("ResourceNotFoundException");
}

/// Lets the users of an organization have tokens.
async fn allow_tokens(people: &People) {
    let instance = "arn:aws:sso:::instance/ssoins-0123456789abcdef";
    let create = json!({"Name": "workmail", "InstanceArn": instance});
    let made = people.world.call("CreateIdentityCenterApplication", &create).await.ok();
    let put = json!({
        "AuthenticationMode": "IDENTITY_PROVIDER_AND_DIRECTORY",
        "IdentityCenterConfiguration": {"InstanceArn": instance, "ApplicationArn": made["ApplicationArn"]},
        "PersonalAccessTokenConfiguration": {"Status": "ACTIVE"},
    });
    people.done("PutIdentityProviderConfiguration", put).await;
}

#[tokio::test]
async fn tokens_are_listed_and_shown_without_their_secrets_and_deleted() {
    let people = People::new().await;
    let ids = people.enabled(&["ada", "bob"]).await;
    allow_tokens(&people).await;
    let operator = people.world.operator(0).await;
    for user in ["ada", "ada", "bob"] {
        let new = NewToken {
            name: Label::parse("name", "phone").unwrap(),
            scopes: vec![Protocol::Imap, Protocol::Smtp],
            expires_at: None,
        };
        let organization = people.organization.parse().unwrap();
        create_personal_access_token(&operator, organization, user.parse().unwrap(), new).await.unwrap();
    }
    let list = async |input: Value| people.call("ListPersonalAccessTokens", input).await.ok();
    let count = |page: &Value| page["PersonalAccessTokenSummaries"].as_array().unwrap().len();
    let first = list(json!({"MaxResults": 2})).await;
    let rest = list(json!({"MaxResults": 2, "NextToken": first["NextToken"]})).await;
    assert_eq!((count(&first), count(&rest)), (2, 1));
    let of_bob = list(json!({"UserId": "bob@acme.mail.test"})).await;
    let summary = &of_bob["PersonalAccessTokenSummaries"][0];
    let expected = json!({
        "PersonalAccessTokenId": summary["PersonalAccessTokenId"], "UserId": ids[1], "Name": "phone",
        "DateCreated": 1_767_225_600.0, "Scopes": ["IMAP", "SMTP"],
    });
    assert_eq!((summary, count(&of_bob)), (&expected, 1));
    let token = json!({"PersonalAccessTokenId": summary["PersonalAccessTokenId"]});
    assert_eq!(people.call("GetPersonalAccessTokenMetadata", token.clone()).await.ok(), expected);
    for _ in 0..2 {
        people.done("DeletePersonalAccessToken", token.clone()).await;
    }
    people.call("GetPersonalAccessTokenMetadata", token).await.fault("ResourceNotFoundException");
    people.call("ListPersonalAccessTokens", json!({"UserId": "nobody"})).await.fault("EntityNotFoundException");
}
