"""Who may act for whom: mailbox permissions; and the tokens by which users act for themselves."""

from __future__ import annotations

import time
from typing import Any

from ..context import demand, expect
from ..scene import Entity, Scene
from .kinds import Effects

EFFECTS = Effects()
SECONDS_APART_MAX = 3600


def _of(scene: Scene, **members: Any) -> dict[str, Any]:
    return {"OrganizationId": scene.organization.id, **members}


def _put(scene: Scene, owner: Entity, grantee: Entity, *permissions: str) -> dict[str, Any]:
    return _of(scene, EntityId=owner.id, GranteeId=grantee.id, PermissionValues=list(permissions))


def _grants(scene: Scene, owner: Entity) -> dict[str, tuple[str, tuple[str, ...]]]:
    rows = scene.client.all("ListMailboxPermissions", **_of(scene, EntityId=owner.id))
    return {row["GranteeId"]: (row["GranteeType"], tuple(sorted(row["PermissionValues"]))) for row in rows}


@EFFECTS.of("PutMailboxPermissions", "ListMailboxPermissions", "DeleteMailboxPermissions")
def replaced(scene: Scene) -> None:
    """Permissions of a grantee are replaced as a whole and removed as a whole; an empty list removes them."""
    owner, user, group = scene.user(), scene.user(), scene.group()
    scene.client.call("PutMailboxPermissions", **_put(scene, owner, user, "SEND_AS", "FULL_ACCESS"))
    scene.client.call("PutMailboxPermissions", **_put(scene, owner, group, "SEND_ON_BEHALF"))
    wanted = {user.id: ("USER", ("FULL_ACCESS", "SEND_AS")), group.id: ("GROUP", ("SEND_ON_BEHALF",))}
    expect(_grants(scene, owner), wanted, "the permissions")
    scene.client.call("PutMailboxPermissions", **_put(scene, owner, user, "SEND_ON_BEHALF"))
    expect(_grants(scene, owner)[user.id], ("USER", ("SEND_ON_BEHALF",)), "the new set")
    scene.client.call("PutMailboxPermissions", **_put(scene, owner, user))
    expect(set(_grants(scene, owner)), {group.id}, "the grantees after an empty set")
    of_group = _of(scene, EntityId=owner.name, GranteeId=group.email)
    for _ in range(2):
        scene.client.call("DeleteMailboxPermissions", **of_group)
    expect(_grants(scene, owner), {}, "the permissions at the end")


@EFFECTS.of("PutMailboxPermissions")
def groups_send(scene: Scene) -> None:
    """A group can be sent for and can send, but full access is neither to it nor on it."""
    user, group, room = scene.user(), scene.group(), scene.resource()
    scene.client.call("PutMailboxPermissions", **_put(scene, group, user, "SEND_AS"))
    scene.client.call("PutMailboxPermissions", **_put(scene, room, user, "FULL_ACCESS"))
    for owner, grantee in ((group, user), (user, group)):
        code = scene.client.error("PutMailboxPermissions", **_put(scene, owner, grantee, "FULL_ACCESS"))
        expect(code, "InvalidParameterException", f"full access of {grantee.name} on {owner.name}")


@EFFECTS.of("PutMailboxPermissions", "DeleteUser")
def deleted_grantee(scene: Scene) -> None:
    """Who is deleted may act for nobody any more."""
    owner, user = scene.user(), scene.user()
    scene.client.call("PutMailboxPermissions", **_put(scene, owner, user, "SEND_AS"))
    scene.client.call("DeregisterFromWorkMail", **_of(scene, EntityId=user.id))
    scene.client.call("DeleteUser", **_of(scene, UserId=user.id))
    expect(_grants(scene, owner), {}, "the permissions")


@EFFECTS.of(
    "ListPersonalAccessTokens",
    "GetPersonalAccessTokenMetadata",
    "DeletePersonalAccessToken",
    needs_tokens=True,
)
def tokens(scene: Scene) -> None:
    """A token is listed with its user and with all, described without its secret, and deleted once and again."""
    user, other = scene.user(), scene.user()
    token, another = scene.personal_access_token(user), scene.personal_access_token(other)
    rows = scene.client.all("ListPersonalAccessTokens", **_of(scene, UserId=user.email))
    expect([row["PersonalAccessTokenId"] for row in rows], [token], "the tokens of the user")
    everybodys = {row["PersonalAccessTokenId"] for row in scene.client.all("ListPersonalAccessTokens", **_of(scene))}
    demand({token, another} <= everybodys, "not all tokens of the organization are listed")
    found = scene.client.call("GetPersonalAccessTokenMetadata", **_of(scene, PersonalAccessTokenId=token))
    expect(found["UserId"], user.id, "UserId")
    demand(abs(found["DateCreated"] - time.time()) < SECONDS_APART_MAX, "DateCreated is not now")
    demand(found["ExpiresTime"] > time.time(), "it has expired already")
    demand("DateLastUsed" not in found, "it was used already")
    demand(bool(found["Name"]), "it has no name")
    for _ in range(2):
        scene.client.call("DeletePersonalAccessToken", **_of(scene, PersonalAccessTokenId=token))
    code = scene.client.error("GetPersonalAccessTokenMetadata", **_of(scene, PersonalAccessTokenId=token))
    expect(code, "ResourceNotFoundException", "a token that is gone")
    scene.client.call("GetPersonalAccessTokenMetadata", **_of(scene, PersonalAccessTokenId=another))
