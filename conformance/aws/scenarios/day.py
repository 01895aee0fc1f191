#!/usr/bin/env python3
"""A day of an administrator with boto3: a company is set up, works, changes, and is taken down again.

Nothing here knows which endpoint it talks to: AWS_ENDPOINT_URL and the keys come from the environment.

usage: day.py ALIAS
"""

import sys
import time

import boto3
from botocore.exceptions import ClientError

PEOPLE = 20
PASSWORD = "Correct-Horse-7-Staple"

workmail = boto3.client("workmail")


def say(text):
    print(time.strftime("%H:%M:%S"), text, flush=True)


def wait_for(organization, state):
    """Polls as everybody does: DescribeOrganization until the state is there."""
    for _ in range(600):
        described = workmail.describe_organization(OrganizationId=organization)
        if described["State"] == state:
            return described
        time.sleep(0.2)
    sys.exit(f"{organization} never was {state}")


def create_organization(alias):
    organization = workmail.create_organization(Alias=alias)["OrganizationId"]
    domain = wait_for(organization, "Active")["DefaultMailDomain"]
    say(f"{organization} is active, with {domain}")
    return organization, domain


def add_domain(organization, domain):
    """The records go to whoever runs the DNS; until they are there, nobody can have an address on the domain."""
    workmail.register_mail_domain(OrganizationId=organization, DomainName=domain)
    shown = workmail.get_mail_domain(OrganizationId=organization, DomainName=domain)
    for record in shown["Records"]:
        say(f"  {record['Hostname']} {record['Type']} {record['Value']}")
    assert shown["OwnershipVerificationStatus"] == "PENDING"
    domains = workmail.list_mail_domains(OrganizationId=organization)["MailDomains"]
    assert domain in [row["DomainName"] for row in domains]


def hire(organization, domain):
    """Users are created, then registered: only that gives them an address and a mailbox."""
    users = []
    for number in range(1, PEOPLE + 1):
        name = f"employee{number:02}"
        user = workmail.create_user(
            OrganizationId=organization,
            Name=name,
            DisplayName=f"Employee {number}",
            FirstName="Employee",
            LastName=str(number),
            Password=PASSWORD,
        )["UserId"]
        workmail.register_to_work_mail(OrganizationId=organization, EntityId=user, Email=f"{name}@{domain}")
        users.append(user)
    pages = workmail.get_paginator("list_users").paginate(
        OrganizationId=organization, Filters={"State": "ENABLED"}, PaginationConfig={"PageSize": 7}
    )
    listed = [user["Id"] for page in pages for user in page["Users"]]
    assert sorted(listed) == sorted(users), "the list is not who was hired"
    say(f"{len(users)} people have a mailbox")
    return users


def make_groups(organization, domain, users):
    """Everybody is in staff by way of their team."""
    groups = {}
    for name in ("staff", "sales", "engineering"):
        groups[name] = workmail.create_group(OrganizationId=organization, Name=name)["GroupId"]
        workmail.register_to_work_mail(OrganizationId=organization, EntityId=groups[name], Email=f"{name}@{domain}")
    for number, user in enumerate(users):
        team = groups["sales" if number % 2 else "engineering"]
        workmail.associate_member_to_group(OrganizationId=organization, GroupId=team, MemberId=user)
    for team in ("sales", "engineering"):
        workmail.associate_member_to_group(OrganizationId=organization, GroupId=groups["staff"], MemberId=groups[team])
    try:
        workmail.associate_member_to_group(
            OrganizationId=organization, GroupId=groups["sales"], MemberId=groups["staff"]
        )
        sys.exit("staff is in sales, which is in staff")
    except workmail.exceptions.InvalidParameterException as refused:
        say(f"a group in itself was refused: {refused}")
    members = workmail.list_group_members(OrganizationId=organization, GroupId=f"staff@{domain}")["Members"]
    assert sorted(member["Type"] for member in members) == ["GROUP", "GROUP"]
    assert workmail.describe_group(OrganizationId=organization, GroupId="sales")["State"] == "ENABLED"
    return groups


def make_room(organization, domain, users, groups):
    """A room whose bookings two people and a team decide."""
    room = workmail.create_resource(
        OrganizationId=organization, Name="boardroom", Type="ROOM", Description="ten seats, one window"
    )["ResourceId"]
    workmail.register_to_work_mail(OrganizationId=organization, EntityId=room, Email=f"boardroom@{domain}")
    for delegate in (users[0], users[1], groups["sales"]):
        workmail.associate_delegate_to_resource(OrganizationId=organization, ResourceId=room, EntityId=delegate)
    workmail.update_resource(
        OrganizationId=organization,
        ResourceId=room,
        BookingOptions={
            "AutoAcceptRequests": False,
            "AutoDeclineRecurringRequests": True,
            "AutoDeclineConflictingRequests": True,
        },
    )
    workmail.disassociate_delegate_from_resource(OrganizationId=organization, ResourceId=room, EntityId=users[1])
    delegates = workmail.list_resource_delegates(OrganizationId=organization, ResourceId=room)["Delegates"]
    assert sorted(delegate["Id"] for delegate in delegates) == sorted([users[0], groups["sales"]])
    shown = workmail.describe_resource(OrganizationId=organization, ResourceId="boardroom")
    assert shown["BookingOptions"]["AutoAcceptRequests"] is False
    return room


def everyday_changes(organization, domain, users, groups):
    """Aliases, another name, permissions, more space, a forgotten password."""
    first, second = users[0], users[1]
    of = {"OrganizationId": organization}
    for alias in ("info", "hello", "mistake"):
        workmail.create_alias(**of, EntityId=first, Alias=f"{alias}@{domain}")
    workmail.delete_alias(**of, EntityId=first, Alias=f"mistake@{domain}")
    workmail.create_alias(**of, EntityId=groups["sales"], Alias=f"orders@{domain}")
    assert sorted(workmail.list_aliases(**of, EntityId=first)["Aliases"]) == [f"hello@{domain}", f"info@{domain}"]
    found = workmail.describe_entity(**of, Email=f"orders@{domain}")
    assert (found["EntityId"], found["Type"]) == (groups["sales"], "GROUP")

    # Somebody marries: the new address comes first, the old one goes on working.
    workmail.update_user(**of, UserId=second, DisplayName="Employee Two-Smith", LastName="Two-Smith", JobTitle="Lead")
    workmail.update_primary_email_address(**of, EntityId=second, Email=f"two.smith@{domain}")
    assert workmail.describe_user(**of, UserId=f"employee02@{domain}")["Email"] == f"two.smith@{domain}"

    workmail.put_mailbox_permissions(
        **of, EntityId=first, GranteeId=second, PermissionValues=["FULL_ACCESS", "SEND_ON_BEHALF"]
    )
    workmail.put_mailbox_permissions(**of, EntityId=groups["sales"], GranteeId=first, PermissionValues=["SEND_AS"])
    grants = workmail.list_mailbox_permissions(**of, EntityId=first)["Permissions"]
    assert [grant["GranteeId"] for grant in grants] == [second]
    workmail.delete_mailbox_permissions(**of, EntityId=first, GranteeId=second)
    assert workmail.list_mailbox_permissions(**of, EntityId=first)["Permissions"] == []

    workmail.update_mailbox_quota(**of, UserId=first, MailboxQuota=10_240)
    assert workmail.get_mailbox_details(**of, UserId=first)["MailboxQuota"] == 10_240
    workmail.reset_password(**of, UserId=second, Password=f"{PASSWORD}-2")
    say("the day's changes are made")


def somebody_leaves(organization, user):
    """Deregistered first: an enabled user is not deleted."""
    try:
        workmail.delete_user(OrganizationId=organization, UserId=user)
        sys.exit("an enabled user was deleted")
    except workmail.exceptions.EntityStateException:
        pass
    workmail.deregister_from_work_mail(OrganizationId=organization, EntityId=user)
    assert workmail.describe_user(OrganizationId=organization, UserId=user)["State"] == "DISABLED"
    workmail.delete_user(OrganizationId=organization, UserId=user)
    try:
        workmail.describe_user(OrganizationId=organization, UserId=user)
        sys.exit("a deleted user is still there")
    except workmail.exceptions.EntityNotFoundException:
        pass


def close_down(organization, domain, users, groups, room):
    """Everything goes in the order in which it came, backwards; the tombstone of the organization stays."""
    of = {"OrganizationId": organization}
    # Whoever answers for the room cannot leave before the room.
    workmail.deregister_from_work_mail(**of, EntityId=room)
    workmail.delete_resource(**of, ResourceId=room)
    workmail.disassociate_member_from_group(**of, GroupId=groups["staff"], MemberId=groups["sales"])
    for group in groups.values():
        workmail.deregister_from_work_mail(**of, EntityId=group)
        workmail.delete_group(**of, GroupId=group)
    for user in users:
        somebody_leaves(organization, user)
    workmail.deregister_mail_domain(**of, DomainName=domain)
    assert workmail.list_groups(**of)["Groups"] == []
    assert workmail.list_resources(**of)["Resources"] == []
    state = workmail.delete_organization(**of, DeleteDirectory=True)["State"]
    assert state == "Deleting", state
    wait_for(organization, "Deleted")
    pages = workmail.get_paginator("list_organizations").paginate()
    states = {row["OrganizationId"]: row["State"] for page in pages for row in page["OrganizationSummaries"]}
    assert states[organization] == "Deleted"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    alias = sys.argv[1]
    organization, domain = create_organization(alias)
    add_domain(organization, f"{alias}.example.com")
    users = hire(organization, domain)
    groups = make_groups(organization, domain, users)
    room = make_room(organization, domain, users, groups)
    everyday_changes(organization, domain, users, groups)
    close_down(organization, f"{alias}.example.com", users, groups, room)
    say("the day is over")


if __name__ == "__main__":
    try:
        main()
    except ClientError as error:
        sys.exit(f"{error.operation_name}: {error}")
