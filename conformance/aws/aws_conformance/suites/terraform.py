"""What Terraform's AWS provider does with an organization, a domain, users and groups, re-enacted with botocore.

Its waiters, finders and the errors that it takes for "gone" are those of `internal/service/workmail` in
hashicorp/terraform-provider-aws, version 6: what it would not survive is a failure here.
"""

from __future__ import annotations

import time
from typing import Any

from botocore.exceptions import ClientError

from ..context import Context, demand, expect
from .paging import sdk_client

SUITE = "scenarios"
# The provider waits for 30 minutes; it polls every 10 seconds, which would only make this slow and see less.
WAIT_SECONDS_MAX = 30 * 60
POLL_SECONDS = 0.01
ACTIVE_IN_A_ROW = 2
# A stricter revision of the provider knows no others while it waits.
STATES_OF_CREATION = ("Requested", "Creating", "Active")
STATES_OF_DELETION = ("Deleting", "Deleted")


def run(context: Context) -> None:
    """Applies and destroys a small configuration."""
    client = sdk_client(context)
    alias = f"tf-{context.scene.run}"
    organization: dict[str, Any] = {}
    with context.checking(SUITE, ("CreateOrganization", "DescribeOrganization"), "Terraform: create and wait"):
        organization = _create(client, alias)
    if not organization:
        return
    of = {"OrganizationId": organization["OrganizationId"]}
    with context.checking(SUITE, ("TagResource", "UntagResource", "ListTagsForResource"), "Terraform: tags"):
        _tags(client, organization["ARN"])
    with context.checking(
        SUITE,
        ("RegisterMailDomain", "GetMailDomain", "ListMailDomains", "UpdateDefaultMailDomain", "DeregisterMailDomain"),
        "Terraform: aws_workmail_domain and aws_workmail_default_domain",
    ):
        _domains(client, of, organization["DefaultMailDomain"], f"{alias}.example.com")
    with context.checking(
        SUITE,
        ("CreateUser", "RegisterToWorkMail", "UpdateUser", "DescribeUser", "DeregisterFromWorkMail", "DeleteUser"),
        "Terraform: aws_workmail_user",
    ):
        _user(client, of, organization["DefaultMailDomain"])
    with context.checking(
        SUITE,
        ("CreateGroup", "RegisterToWorkMail", "DescribeGroup", "DeregisterFromWorkMail", "DeleteGroup"),
        "Terraform: aws_workmail_group",
    ):
        _group(client, of, organization["DefaultMailDomain"])
    with context.checking(
        SUITE,
        ("DeleteOrganization", "DescribeOrganization", "GetMailDomain", "DescribeUser", "DescribeGroup"),
        "Terraform: delete, wait, and what is gone",
    ):
        _delete(client, of)


def code_of(call: Any, **params: Any) -> str:
    """The error that a call raises, or the word success."""
    try:
        call(**params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "success"


def _create(client: Any, alias: str) -> dict[str, Any]:
    """waitOrganizationActive: any pending state, Active twice in a row."""
    made = client.create_organization(Alias=alias)
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    in_a_row = 0
    states: list[str] = []
    while in_a_row < ACTIVE_IN_A_ROW:
        demand(time.monotonic() < deadline, f"never Active: {states}")
        found: dict[str, Any] = client.describe_organization(OrganizationId=made["OrganizationId"])
        if not states or states[-1] != found["State"]:
            states.append(found["State"])
        in_a_row = in_a_row + 1 if found["State"] == "Active" else 0
        time.sleep(POLL_SECONDS if in_a_row == 0 else 0)
    strange = [state for state in states if state not in STATES_OF_CREATION]
    demand(not strange, f"states that a waiter does not know: {strange}")
    expect(found["Alias"], alias, "the alias that is read back")
    return found


def _tags(client: Any, arn: str) -> None:
    client.tag_resource(ResourceARN=arn, Tags=[{"Key": "managed-by", "Value": "terraform"}])
    expect(
        client.list_tags_for_resource(ResourceARN=arn)["Tags"],
        [{"Key": "managed-by", "Value": "terraform"}],
        "the tags",
    )
    client.untag_resource(ResourceARN=arn, TagKeys=["managed-by"])
    expect(client.list_tags_for_resource(ResourceARN=arn)["Tags"], [], "the tags afterwards")


def _domains(client: Any, of: dict[str, str], test_domain: str, domain: str) -> None:
    """The domain is read right after it was registered; the default domain is found in the list."""
    client.register_mail_domain(**of, DomainName=domain)
    found = client.get_mail_domain(**of, DomainName=domain)
    demand(bool(found["Records"]), "there are no records right after registering")
    expect(found["OwnershipVerificationStatus"], "PENDING", "OwnershipVerificationStatus")
    code = code_of(client.update_default_mail_domain, **of, DomainName=domain)
    expect(code, "MailDomainStateException", "an unverified domain as default")
    client.update_default_mail_domain(**of, DomainName=test_domain)
    rows = client.list_mail_domains(**of)["MailDomains"]
    expect([row["DomainName"] for row in rows if row["DefaultDomain"]], [test_domain], "the default domains")
    client.deregister_mail_domain(**of, DomainName=domain)
    code = code_of(client.get_mail_domain, **of, DomainName=domain)
    expect(code, "MailDomainNotFoundException", "the domain afterwards")


def _user(client: Any, of: dict[str, str], domain: str) -> None:
    """Create, register, update with what creating cannot set, read; deregister, wait for DISABLED, delete, gone."""
    user = client.create_user(**of, Name="terraform", DisplayName="Terra Form", FirstName="Terra")["UserId"]
    client.register_to_work_mail(**of, EntityId=user, Email=f"terraform@{domain}")
    for _ in range(ACTIVE_IN_A_ROW):
        expect(client.describe_user(**of, UserId=user)["State"], "ENABLED", "the state after registering")
    client.update_user(**of, UserId=user, DisplayName="Terra Form", City="Earth", Telephone="1")
    found = client.describe_user(**of, UserId=user)
    expect((found["City"], found["FirstName"], found["Email"]), ("Earth", "Terra", f"terraform@{domain}"), "the user")
    client.deregister_from_work_mail(**of, EntityId=user)
    expect(client.describe_user(**of, UserId=user)["State"], "DISABLED", "the state after deregistering")
    client.delete_user(**of, UserId=user)
    expect(code_of(client.describe_user, **of, UserId=user), "EntityNotFoundException", "the user afterwards")


def _group(client: Any, of: dict[str, str], domain: str) -> None:
    group = client.create_group(**of, Name="terraformers")["GroupId"]
    client.register_to_work_mail(**of, EntityId=group, Email=f"terraformers@{domain}")
    expect(client.describe_group(**of, GroupId=group)["State"], "ENABLED", "the state after registering")
    client.deregister_from_work_mail(**of, EntityId=group)
    expect(client.describe_group(**of, GroupId=group)["State"], "DISABLED", "the state after deregistering")
    client.delete_group(**of, GroupId=group)
    expect(code_of(client.describe_group, **of, GroupId=group), "EntityNotFoundException", "the group afterwards")


def _delete(client: Any, of: dict[str, str]) -> None:
    """waitOrganizationDeleted: Deleting at once, then the tombstone, whose members are gone."""
    answer = client.delete_organization(**of, DeleteDirectory=True, DeleteIdentityCenterApplication=True)
    expect(answer["State"], "Deleting", "the state that deleting answers")
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    state = ""
    while state != "Deleted":
        demand(time.monotonic() < deadline, f"never Deleted: {state}")
        state = client.describe_organization(**of)["State"]
        demand(state in STATES_OF_DELETION, f"a state that a waiter does not know: {state}")
        time.sleep(POLL_SECONDS)
    gone = "OrganizationStateException"
    expect(code_of(client.delete_organization, **of, DeleteDirectory=True), gone, "deleting again")
    expect(code_of(client.get_mail_domain, **of, DomainName="x.example.com"), gone, "its domains")
    expect(code_of(client.describe_user, **of, UserId="terraform"), gone, "its users")
    expect(code_of(client.describe_group, **of, GroupId="terraformers"), gone, "its groups")
    rows = client.get_paginator("list_organizations").paginate().search("OrganizationSummaries[]")
    states = {row["OrganizationId"]: row["State"] for row in rows}
    expect(states[of["OrganizationId"]], "Deleted", "its state in the list")
