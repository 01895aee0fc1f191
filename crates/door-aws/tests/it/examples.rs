//! An input of every operation, with every member that it can have.

use serde_json::{Value, json};

/// The inputs, about this organization.
pub(crate) fn examples(organization: &str) -> Vec<(&'static str, Value)> {
    let mut examples = [account(), domains(), users(), entities(), groups(), resources(), mailboxes()].concat();
    examples.extend([rules(), devices(), impersonation(), settings(), availability(), identity()].concat());
    for (_, input) in &mut examples {
        if input.get("OrganizationId").is_some() {
            input["OrganizationId"] = json!(organization);
        }
    }
    examples
}

/// A place for the id of the organization, and the members besides.
fn in_organization(mut members: Value) -> Value {
    members["OrganizationId"] = json!("");
    members
}

fn account() -> Vec<(&'static str, Value)> {
    let arn = "arn:aws:workmail:us-east-1:123456789012:organization/m-00000000000000000000000000000000";
    vec![
        (
            "CreateOrganization",
            json!({
                "Alias": "made", "DirectoryId": "d-0123456789", "ClientToken": "t", "EnableInteroperability": false,
                "Domains": [{"DomainName": "made.example", "HostedZoneId": "Z1"}],
                "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
            }),
        ),
        ("DescribeOrganization", in_organization(json!({}))),
        ("ListOrganizations", json!({"MaxResults": 5, "NextToken": "x"})),
        (
            "DeleteOrganization",
            in_organization(json!({
                "DeleteDirectory": true, "ForceDelete": false, "DeleteIdentityCenterApplication": true, "ClientToken": "t",
            })),
        ),
        ("TagResource", json!({"ResourceARN": arn, "Tags": [{"Key": "k", "Value": "v"}]})),
        ("UntagResource", json!({"ResourceARN": arn, "TagKeys": ["k"]})),
        ("ListTagsForResource", json!({"ResourceARN": arn})),
    ]
}

fn domains() -> Vec<(&'static str, Value)> {
    let named = || in_organization(json!({"DomainName": "acme.example"}));
    let mut register = named();
    register["ClientToken"] = json!("t");
    vec![
        ("RegisterMailDomain", register),
        ("DeregisterMailDomain", named()),
        ("GetMailDomain", named()),
        ("ListMailDomains", in_organization(json!({"MaxResults": 5, "NextToken": "x"}))),
        ("UpdateDefaultMailDomain", named()),
    ]
}

fn users() -> Vec<(&'static str, Value)> {
    let provider = "01234567-89ab-cdef-0123-456789abcdef";
    let filters = json!({
        "UsernamePrefix": "a", "DisplayNamePrefix": "A", "PrimaryEmailPrefix": "a", "State": "ENABLED",
        "IdentityProviderUserIdPrefix": "0",
    });
    vec![
        (
            "CreateUser",
            in_organization(json!({
                "Name": "ada", "DisplayName": "Ada", "Password": "Copper-willow-41-thrush", "Role": "USER",
                "FirstName": "Ada", "LastName": "L", "HiddenFromGlobalAddressList": true,
                "IdentityProviderUserId": provider,
            })),
        ),
        ("DescribeUser", in_organization(json!({"UserId": "ada"}))),
        ("ListUsers", in_organization(json!({"MaxResults": 5, "NextToken": "x", "Filters": filters}))),
        (
            "UpdateUser",
            in_organization(json!({
                "UserId": "ada", "Role": "USER", "DisplayName": "Ada", "FirstName": "Ada", "LastName": "L",
                "HiddenFromGlobalAddressList": false, "Initials": "AL", "Telephone": "1", "Street": "S", "JobTitle": "J",
                "City": "C", "Company": "C", "ZipCode": "Z", "Department": "D", "Country": "C", "Office": "O",
                "IdentityProviderUserId": provider,
            })),
        ),
        ("DeleteUser", in_organization(json!({"UserId": "ada"}))),
        ("ResetPassword", in_organization(json!({"UserId": "S-1-5-21-0001", "Password": "Copper-willow-41-thrush"}))),
    ]
}

fn entities() -> Vec<(&'static str, Value)> {
    let alias = || in_organization(json!({"EntityId": "S-1-5-21-0001", "Alias": "ada@acme.example"}));
    let email = || in_organization(json!({"EntityId": "ada", "Email": "ada@acme.example"}));
    let page = |mut input: Value| {
        input["MaxResults"] = json!(5);
        input["NextToken"] = json!("x");
        input
    };
    vec![
        ("RegisterToWorkMail", email()),
        ("DeregisterFromWorkMail", in_organization(json!({"EntityId": "ada"}))),
        ("CreateAlias", alias()),
        ("DeleteAlias", alias()),
        ("ListAliases", page(in_organization(json!({"EntityId": "S-1-5-21-0001"})))),
        ("UpdatePrimaryEmailAddress", email()),
        ("DescribeEntity", in_organization(json!({"Email": "ada@acme.example"}))),
        ("ListGroupsForEntity", page(in_organization(json!({"EntityId": "ada", "Filters": {"GroupNamePrefix": "s"}})))),
    ]
}

fn groups() -> Vec<(&'static str, Value)> {
    let group = || in_organization(json!({"GroupId": "staff"}));
    let member = || in_organization(json!({"GroupId": "staff", "MemberId": "ada"}));
    let filters = json!({"NamePrefix": "s", "PrimaryEmailPrefix": "s", "State": "DELETED"});
    vec![
        ("CreateGroup", in_organization(json!({"Name": "staff", "HiddenFromGlobalAddressList": true}))),
        ("DescribeGroup", group()),
        ("ListGroups", in_organization(json!({"MaxResults": 5, "NextToken": "x", "Filters": filters}))),
        ("UpdateGroup", in_organization(json!({"GroupId": "staff", "HiddenFromGlobalAddressList": false}))),
        ("DeleteGroup", group()),
        ("AssociateMemberToGroup", member()),
        ("DisassociateMemberFromGroup", member()),
        ("ListGroupMembers", in_organization(json!({"GroupId": "staff", "MaxResults": 5, "NextToken": "x"}))),
    ]
}

fn resources() -> Vec<(&'static str, Value)> {
    let resource = || in_organization(json!({"ResourceId": "blue"}));
    let delegate = || in_organization(json!({"ResourceId": "blue", "EntityId": "ada"}));
    let filters = json!({"NamePrefix": "b", "PrimaryEmailPrefix": "b", "State": "DISABLED"});
    let booking = json!({
        "AutoAcceptRequests": true, "AutoDeclineRecurringRequests": false, "AutoDeclineConflictingRequests": true,
    });
    vec![
        (
            "CreateResource",
            in_organization(json!({
                "Name": "blue", "Type": "ROOM", "Description": "A room", "HiddenFromGlobalAddressList": true,
            })),
        ),
        ("DescribeResource", resource()),
        ("ListResources", in_organization(json!({"MaxResults": 5, "NextToken": "x", "Filters": filters}))),
        (
            "UpdateResource",
            in_organization(json!({
                "ResourceId": "blue", "Name": "red", "Type": "EQUIPMENT", "Description": "", "BookingOptions": booking,
                "HiddenFromGlobalAddressList": false,
            })),
        ),
        ("DeleteResource", resource()),
        ("AssociateDelegateToResource", delegate()),
        ("DisassociateDelegateFromResource", delegate()),
        ("ListResourceDelegates", in_organization(json!({"ResourceId": "blue", "MaxResults": 5, "NextToken": "x"}))),
    ]
}

fn mailboxes() -> Vec<(&'static str, Value)> {
    let pair = || in_organization(json!({"EntityId": "ada", "GranteeId": "bob"}));
    let mut put = pair();
    put["PermissionValues"] = json!(["FULL_ACCESS", "SEND_AS", "SEND_ON_BEHALF"]);
    vec![
        ("GetMailboxDetails", in_organization(json!({"UserId": "ada"}))),
        ("UpdateMailboxQuota", in_organization(json!({"UserId": "ada", "MailboxQuota": 100}))),
        ("PutMailboxPermissions", put),
        ("DeleteMailboxPermissions", pair()),
        ("ListMailboxPermissions", in_organization(json!({"EntityId": "ada", "MaxResults": 5, "NextToken": "x"}))),
    ]
}

fn rules() -> Vec<(&'static str, Value)> {
    vec![
        (
            "PutAccessControlRule",
            in_organization(json!({
                "Name": "office", "Effect": "ALLOW", "Description": "From the office", "IpRanges": ["10.0.0.0/8"],
                "NotIpRanges": ["10.1.0.0/16"], "Actions": ["EWS"], "NotActions": ["IMAP"],
                "UserIds": ["S-1-5-21-0001"], "NotUserIds": ["S-1-5-21-0002"], "ImpersonationRoleIds": ["role"],
                "NotImpersonationRoleIds": ["other"],
            })),
        ),
        ("ListAccessControlRules", in_organization(json!({}))),
        ("DeleteAccessControlRule", in_organization(json!({"Name": "office"}))),
        (
            "GetAccessControlEffect",
            in_organization(json!({
                "IpAddress": "10.0.0.1", "Action": "EWS", "UserId": "S-1-5-21-0001", "ImpersonationRoleId": "role",
            })),
        ),
    ]
}

fn devices() -> Vec<(&'static str, Value)> {
    let rule = || {
        in_organization(json!({
            "Name": "phones", "Description": "All phones", "Effect": "DENY", "DeviceTypes": ["a"],
            "NotDeviceTypes": ["b"], "DeviceModels": ["c"], "NotDeviceModels": ["d"], "DeviceOperatingSystems": ["e"],
            "NotDeviceOperatingSystems": ["f"], "DeviceUserAgents": ["g"], "NotDeviceUserAgents": ["h"],
        }))
    };
    let (mut create, mut update) = (rule(), rule());
    create["ClientToken"] = json!("t");
    update["MobileDeviceAccessRuleId"] = json!("rule");
    let pair = || in_organization(json!({"UserId": "ada", "DeviceId": "device1"}));
    let (mut put, mut list) = (pair(), pair());
    put["Effect"] = json!("ALLOW");
    put["Description"] = json!("Lent");
    list["MaxResults"] = json!(5);
    list["NextToken"] = json!("x");
    vec![
        ("CreateMobileDeviceAccessRule", create),
        ("UpdateMobileDeviceAccessRule", update),
        ("ListMobileDeviceAccessRules", in_organization(json!({}))),
        ("DeleteMobileDeviceAccessRule", in_organization(json!({"MobileDeviceAccessRuleId": "rule"}))),
        (
            "GetMobileDeviceAccessEffect",
            in_organization(json!({
                "DeviceType": "a", "DeviceModel": "b", "DeviceOperatingSystem": "c", "DeviceUserAgent": "d",
            })),
        ),
        ("PutMobileDeviceAccessOverride", put),
        ("GetMobileDeviceAccessOverride", pair()),
        ("DeleteMobileDeviceAccessOverride", pair()),
        ("ListMobileDeviceAccessOverrides", list),
    ]
}

fn impersonation() -> Vec<(&'static str, Value)> {
    let role = || {
        in_organization(json!({
            "Name": "migration", "Type": "READ_ONLY", "Description": "For moving in",
            "Rules": [{
                "ImpersonationRuleId": "r1", "Name": "all", "Description": "All", "Effect": "ALLOW",
                "TargetUsers": ["ada"], "NotTargetUsers": ["bob"],
            }],
        }))
    };
    let (mut create, mut update) = (role(), role());
    create["ClientToken"] = json!("t");
    update["ImpersonationRoleId"] = json!("role");
    let named = || in_organization(json!({"ImpersonationRoleId": "role"}));
    let mut effect = named();
    effect["TargetUser"] = json!("ada");
    vec![
        ("CreateImpersonationRole", create),
        ("UpdateImpersonationRole", update),
        ("GetImpersonationRole", named()),
        ("DeleteImpersonationRole", named()),
        ("ListImpersonationRoles", in_organization(json!({"MaxResults": 5, "NextToken": "x"}))),
        ("GetImpersonationRoleEffect", effect),
    ]
}

fn settings() -> Vec<(&'static str, Value)> {
    vec![
        (
            "PutRetentionPolicy",
            in_organization(json!({
                "Id": "policy", "Name": "keep", "Description": "Keep",
                "FolderConfigurations": [{"Name": "INBOX", "Action": "DELETE", "Period": 30}],
            })),
        ),
        ("GetDefaultRetentionPolicy", in_organization(json!({}))),
        ("DeleteRetentionPolicy", in_organization(json!({"Id": "policy"}))),
        ("PutInboundDmarcSettings", in_organization(json!({"Enforced": true}))),
        ("DescribeInboundDmarcSettings", in_organization(json!({}))),
        (
            "PutEmailMonitoringConfiguration",
            in_organization(json!({
                "RoleArn": "arn:aws:iam:us-east-1:123456789012:role/x",
                "LogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/workmail/acme:*",
            })),
        ),
        ("DescribeEmailMonitoringConfiguration", in_organization(json!({}))),
        ("DeleteEmailMonitoringConfiguration", in_organization(json!({}))),
    ]
}

fn availability() -> Vec<(&'static str, Value)> {
    let both = || {
        in_organization(json!({
            "DomainName": "other.example",
            "EwsProvider": {"EwsEndpoint": "https://other.example/EWS", "EwsUsername": "u", "EwsPassword": "p"},
            "LambdaProvider": {"LambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:cap"},
        }))
    };
    let mut create = both();
    create["ClientToken"] = json!("t");
    vec![
        ("CreateAvailabilityConfiguration", create),
        ("UpdateAvailabilityConfiguration", both()),
        ("TestAvailabilityConfiguration", both()),
        ("DeleteAvailabilityConfiguration", in_organization(json!({"DomainName": "other.example"}))),
        ("ListAvailabilityConfigurations", in_organization(json!({"MaxResults": 5, "NextToken": "x"}))),
    ]
}

fn identity() -> Vec<(&'static str, Value)> {
    let instance = "arn:aws:sso:::instance/ssoins-0123456789abcdef";
    let application = "arn:aws:sso::123456789012:application/ssoins-0123456789abcdef/apl-0123456789abcdef";
    let token = || in_organization(json!({"PersonalAccessTokenId": "token"}));
    vec![
        ("CreateIdentityCenterApplication", json!({"Name": "workmail", "InstanceArn": instance, "ClientToken": "t"})),
        ("DeleteIdentityCenterApplication", json!({"ApplicationArn": application})),
        (
            "PutIdentityProviderConfiguration",
            in_organization(json!({
                "AuthenticationMode": "IDENTITY_PROVIDER_ONLY",
                "IdentityCenterConfiguration": {"InstanceArn": instance, "ApplicationArn": application},
                "PersonalAccessTokenConfiguration": {"Status": "ACTIVE", "LifetimeInDays": 30},
            })),
        ),
        ("DescribeIdentityProviderConfiguration", in_organization(json!({}))),
        ("DeleteIdentityProviderConfiguration", in_organization(json!({}))),
        ("ListPersonalAccessTokens", in_organization(json!({"UserId": "ada", "MaxResults": 5, "NextToken": "x"}))),
        ("GetPersonalAccessTokenMetadata", token()),
        ("DeletePersonalAccessToken", token()),
    ]
}
