"""A good value for every input shape, made by hand: some patterns of the model are odder than a generator would guess.

Structures are put together from their required members. `variant` gives further values of a shape, all different.
"""

from __future__ import annotations

from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from . import check

ACCOUNT = "123456789012"
INSTANCE = "ssoins-0123456789abcdef"

STRINGS: dict[str, str] = {
    "AccessControlRuleAction": "IMAP",
    "AccessControlRuleDescription": "a rule of the conformance suite",
    "AccessControlRuleName": "sample-rule",
    "AmazonResourceName": f"arn:aws:workmail:us-east-1:{ACCOUNT}:organization/m-0123456789abcdef0123456789abcdef",
    "ApplicationArn": f"arn:aws:sso::{ACCOUNT}:application/{INSTANCE}/apl-0123456789abcdef",
    "Description": "an export",
    "DeviceId": "device1",
    "DeviceModel": "Pixel 9",
    "DeviceOperatingSystem": "Android 16",
    "DeviceType": "Android",
    "DeviceUserAgent": "Android-EAS/2.0",
    "DirectoryId": "d-0123456789",
    "DomainName": "sample.example.com",
    "EmailAddress": "sample@example.com",
    "EntityIdentifier": "sample",
    "ExternalUserName": "EXAMPLE\\availability",
    "GroupName": "Sample Group",
    "HostedZoneId": "Z0123456789ABC",
    "IdempotencyClientToken": "sample-token",
    "IdentityCenterApplicationName": "sample-application",
    "IdentityProviderUserId": "0123456789-01234567-89ab-cdef-0123-456789abcdef",
    "IdentityProviderUserIdForUpdate": "0123456789-01234567-89ab-cdef-0123-456789abcdef",
    "IdentityProviderUserIdPrefix": "0123456789-0123",
    "ImpersonationRoleDescription": "a role\nof two lines",
    "ImpersonationRoleId": "01234567-89ab-cdef-0123-456789abcdef",
    "ImpersonationRoleName": "Sample role",
    "ImpersonationRuleDescription": "a rule",
    "ImpersonationRuleId": "rule-1",
    "ImpersonationRuleName": "Sample rule",
    "InstanceArn": f"arn:aws:sso:::instance/{INSTANCE}",
    "IpAddress": "192.0.2.7",
    "IpRange": "192.0.2.0/24",
    "KmsKeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef",
    # The pattern fits regions of three parts only.
    "LambdaArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:availability",
    # The pattern demands the `:*` that the console leaves out.
    "LogGroupArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/workmail/emailevents/sample:*",
    "MailboxExportJobId": "sample-job",
    "MobileDeviceAccessRuleDescription": "a rule",
    "MobileDeviceAccessRuleId": "0123456789abcdef",
    "MobileDeviceAccessRuleName": "Sample rule",
    "NewResourceDescription": "a room",
    "NextToken": "sample",
    "OrganizationId": "m-0123456789abcdef0123456789abcdef",
    "OrganizationName": "sample-organization",
    "Password": "Correct-Horse-7-Staple",
    "PersonalAccessTokenId": "01234567-89ab-cdef-0123-456789abcdef",
    "PolicyDescription": "keeps nothing for ever",
    "ResourceDescription": "a room",
    "ResourceId": "r-0123456789abcdef0123456789abcdef",
    "ResourceName": "sample-room",
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/conformance",
    "S3BucketName": "sample-bucket",
    "S3ObjectKey": "exports/sample",
    "ShortString": "sample-policy",
    "String": "sample",
    "TagKey": "sample-key",
    "TagValue": "sample value",
    "Url": "https://ews.invalid/EWS/Exchange.asmx",
    "UserAttribute": "Sample",
    "UserName": "sample",
    "WorkMailDomainName": "sample.example.com",
    "WorkMailIdentifier": "01234567-89ab-cdef-0123-456789abcdef",
}

INTEGERS: dict[str, int] = {
    "MailboxQuota": 1024,
    "MaxResults": 10,
    "PersonalAccessTokenLifetimeInDays": 30,
    "RetentionPeriod": 30,
}


def sample(shape: Shape) -> Any:
    """A good value."""
    if isinstance(shape, StructureShape):
        return {name: sample(shape.members[name]) for name in shape.required_members}
    if isinstance(shape, ListShape):
        return [sample(shape.member)]
    if shape.metadata.get("enum"):
        return shape.metadata["enum"][0]
    if shape.type_name == "string":
        return STRINGS[shape.name]
    if shape.type_name == "boolean":
        return True
    return INTEGERS[shape.name]


def variant(shape: Shape, number: int) -> Any:
    """A good value that differs for each number below 65,536, where the shape allows it."""
    if isinstance(shape, StructureShape):
        value = sample(shape)
        for name in shape.required_members:
            value[name] = variant(shape.members[name], number)
        return value
    if shape.name == "IpRange":
        return f"10.{number // 256 % 256}.{number % 256}.0/24"
    value = sample(shape)
    if isinstance(value, str) and not shape.metadata.get("enum"):
        other = f"{value}{number}"
        if check.matches(shape, other):
            return other
    return value


def table_problems(shapes: list[Shape]) -> list[str]:
    """What is wrong with the tables above: samples that break the constraints of their own shapes, or are missing."""
    problems = []
    for shape in shapes:
        try:
            problems += check.value_problems(shape, sample(shape), shape.name)
        except KeyError:
            problems.append(f"there is no sample of {shape.name}")
    return problems
