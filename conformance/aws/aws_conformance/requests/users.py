"""Good requests about users, and about enabling and disabling whatever has an address."""

from __future__ import annotations

from typing import Any

from ..samples import STRINGS
from ..scene import PASSWORD, Scene

# The profile that only UpdateUser can set.
PROFILE = {
    "Initials": "A.L.",
    "Telephone": "+44 20 7946 0958",
    "Street": "12 St James's Square",
    "JobTitle": "Analyst",
    "City": "London",
    "Company": "Analytical Engines",
    "ZipCode": "SW1Y 4JH",
    "Department": "Computation",
    "Country": "United Kingdom",
    "Office": "1.21",
}


def create_user(scene: Scene) -> dict[str, Any]:
    """With every member."""
    return {
        "OrganizationId": scene.organization.id,
        "Name": scene.name("ada"),
        "DisplayName": "Ada Lovelace",
        "Password": PASSWORD,
        "Role": "USER",
        "FirstName": "Ada",
        "LastName": "Lovelace",
        "HiddenFromGlobalAddressList": False,
        "IdentityProviderUserId": identity_provider_user(scene),
    }


def identity_provider_user(scene: Scene) -> str:
    """An id of a user of an identity provider that no other user of this run has."""
    number = int(scene.name("").lstrip("0") or "0")
    return f"{STRINGS['IdentityProviderUserId'][:-12]}{number:012x}"


def update_user(scene: Scene) -> dict[str, Any]:
    """With every member."""
    return {
        "OrganizationId": scene.organization.id,
        "UserId": scene.user().id,
        "Role": "USER",
        "DisplayName": "Ada King",
        "FirstName": "Augusta Ada",
        "LastName": "King",
        "HiddenFromGlobalAddressList": True,
        "IdentityProviderUserId": "",
        **PROFILE,
    }


def delete_user(scene: Scene) -> dict[str, Any]:
    """A disabled one."""
    return {"OrganizationId": scene.organization.id, "UserId": scene.user(enabled=False).id}


def describe_user(scene: Scene) -> dict[str, Any]:
    """An enabled one, by address."""
    return {"OrganizationId": scene.organization.id, "UserId": scene.user().email}


def list_users(scene: Scene) -> dict[str, Any]:
    """Those whose name begins so."""
    scene.user()
    return {"OrganizationId": scene.organization.id, "Filters": {"UsernamePrefix": "user"}}


def reset_password(scene: Scene) -> dict[str, Any]:
    """A password that keeps to every policy."""
    return {"OrganizationId": scene.organization.id, "UserId": scene.user().id, "Password": f"{PASSWORD}-2"}


def register_to_work_mail(scene: Scene) -> dict[str, Any]:
    """A user who has no address yet."""
    user = scene.user(enabled=False)
    return {"OrganizationId": scene.organization.id, "EntityId": user.id, "Email": scene.address()}


def deregister_from_work_mail(scene: Scene) -> dict[str, Any]:
    """An enabled user."""
    return {"OrganizationId": scene.organization.id, "EntityId": scene.user().id}


def get_mailbox_details(scene: Scene) -> dict[str, Any]:
    """A user with a mailbox."""
    return {"OrganizationId": scene.organization.id, "UserId": scene.user().id}


def update_mailbox_quota(scene: Scene) -> dict[str, Any]:
    """A user with a mailbox."""
    return {"OrganizationId": scene.organization.id, "UserId": scene.user().id, "MailboxQuota": 1024}


REQUESTS = {
    "CreateUser": create_user,
    "DeleteUser": delete_user,
    "DeregisterFromWorkMail": deregister_from_work_mail,
    "DescribeUser": describe_user,
    "GetMailboxDetails": get_mailbox_details,
    "ListUsers": list_users,
    "RegisterToWorkMail": register_to_work_mail,
    "ResetPassword": reset_password,
    "UpdateMailboxQuota": update_mailbox_quota,
    "UpdateUser": update_user,
}
