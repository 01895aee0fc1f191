"""Errors of operations on groups, resources, mailbox permissions and personal access tokens."""

from __future__ import annotations

from typing import Any

from ..scene import UNKNOWN_ENTITY, UNKNOWN_ID, Scene
from .kinds import Provocation, changed, of

RESERVED = "administrator"


def _disabled_user(scene: Scene) -> str:
    return scene.user(enabled=False).id


def _system(scene: Scene) -> str:
    return scene.system_user.id


def last_delegate(scene: Scene) -> dict[str, Any]:
    """The only delegate of a room that does not answer by itself."""
    of_room = {"OrganizationId": scene.organization.id, "ResourceId": scene.resource().id}
    delegate = {**of_room, "EntityId": scene.user().id}
    scene.client.call("AssociateDelegateToResource", **delegate)
    scene.client.call("UpdateResource", **of_room, BookingOptions=BY_DELEGATE)
    return delegate


BY_DELEGATE = {
    "AutoAcceptRequests": False,
    "AutoDeclineRecurringRequests": False,
    "AutoDeclineConflictingRequests": False,
}

PROVOCATIONS = (
    # Groups.
    changed("CreateGroup", "NameAvailabilityException", "the name of a user", Name=lambda scene: scene.user().name),
    changed("CreateGroup", "ReservedNameException", "a name of the system", Name=RESERVED),
    changed("DescribeGroup", "EntityNotFoundException", "an unknown group", GroupId=UNKNOWN_ENTITY),
    changed("DescribeGroup", "EntityNotFoundException", "a user", GroupId=lambda scene: scene.user().id),
    changed("UpdateGroup", "EntityNotFoundException", "an unknown group", GroupId=UNKNOWN_ENTITY),
    of("DeleteGroup", "EntityStateException", "an enabled group", GroupId=lambda scene: scene.group().id),
    changed("AssociateMemberToGroup", "EntityNotFoundException", "an unknown group", GroupId=UNKNOWN_ENTITY),
    changed("AssociateMemberToGroup", "EntityNotFoundException", "an unknown member", MemberId=UNKNOWN_ENTITY),
    changed("AssociateMemberToGroup", "EntityStateException", "an account of the system", MemberId=_system),
    changed("DisassociateMemberFromGroup", "EntityNotFoundException", "an unknown group", GroupId=UNKNOWN_ENTITY),
    changed("DisassociateMemberFromGroup", "EntityNotFoundException", "an unknown member", MemberId=UNKNOWN_ENTITY),
    changed("ListGroupMembers", "EntityNotFoundException", "an unknown group", GroupId=UNKNOWN_ENTITY),
    changed("ListGroupsForEntity", "EntityNotFoundException", "an unknown entity", EntityId=UNKNOWN_ENTITY),
    # Resources.
    changed("CreateResource", "NameAvailabilityException", "the name of a user", Name=lambda scene: scene.user().name),
    changed("CreateResource", "ReservedNameException", "a name of the system", Name=RESERVED),
    changed("DescribeResource", "EntityNotFoundException", "an unknown resource", ResourceId=UNKNOWN_ENTITY),
    changed("UpdateResource", "EntityNotFoundException", "an unknown resource", ResourceId=UNKNOWN_ENTITY),
    changed("UpdateResource", "NameAvailabilityException", "the name of a user", Name=lambda scene: scene.user().name),
    changed(
        "UpdateResource",
        "InvalidConfigurationException",
        "nobody left to answer requests",
        BookingOptions=BY_DELEGATE,
    ),
    of("DeleteResource", "EntityStateException", "an enabled resource", ResourceId=lambda scene: scene.resource().id),
    changed("AssociateDelegateToResource", "EntityNotFoundException", "an unknown resource", ResourceId=UNKNOWN_ENTITY),
    changed("AssociateDelegateToResource", "EntityNotFoundException", "an unknown delegate", EntityId=UNKNOWN_ENTITY),
    changed("AssociateDelegateToResource", "EntityStateException", "an account of the system", EntityId=_system),
    changed(
        "DisassociateDelegateFromResource",
        "EntityNotFoundException",
        "an unknown resource",
        ResourceId=UNKNOWN_ENTITY,
    ),
    Provocation(
        "DisassociateDelegateFromResource",
        "EntityStateException",
        "the last delegate of a room that does not answer by itself",
        last_delegate,
    ),
    changed("ListResourceDelegates", "EntityNotFoundException", "an unknown resource", ResourceId=UNKNOWN_ENTITY),
    # Permissions.
    changed("PutMailboxPermissions", "EntityNotFoundException", "an unknown owner", EntityId=UNKNOWN_ENTITY),
    changed("PutMailboxPermissions", "EntityNotFoundException", "an unknown grantee", GranteeId=UNKNOWN_ENTITY),
    changed("PutMailboxPermissions", "EntityStateException", "a user without a mailbox", EntityId=_disabled_user),
    changed("DeleteMailboxPermissions", "EntityNotFoundException", "an unknown owner", EntityId=UNKNOWN_ENTITY),
    changed("DeleteMailboxPermissions", "EntityNotFoundException", "an unknown grantee", GranteeId=UNKNOWN_ENTITY),
    changed("ListMailboxPermissions", "EntityNotFoundException", "an unknown owner", EntityId=UNKNOWN_ENTITY),
    # Personal access tokens.
    of(
        "GetPersonalAccessTokenMetadata",
        "ResourceNotFoundException",
        "an unknown token",
        PersonalAccessTokenId=UNKNOWN_ID,
    ),
    of("ListPersonalAccessTokens", "EntityNotFoundException", "an unknown user", UserId=UNKNOWN_ENTITY),
)
