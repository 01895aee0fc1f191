"""Groups and who is in them."""

from __future__ import annotations

from typing import Any

from ..context import demand, expect
from ..scene import Entity, Scene
from .kinds import Effects

EFFECTS = Effects()


def _of(scene: Scene, **members: Any) -> dict[str, Any]:
    return {"OrganizationId": scene.organization.id, **members}


def _join(scene: Scene, group: Entity, member: str) -> None:
    scene.client.call("AssociateMemberToGroup", **_of(scene, GroupId=group.id, MemberId=member))


def _members(scene: Scene, group: Entity) -> dict[str, str]:
    return {row["Id"]: row["Type"] for row in scene.client.all("ListGroupMembers", **_of(scene, GroupId=group.id))}


@EFFECTS.of(
    "CreateGroup", "RegisterToWorkMail", "DescribeGroup", "UpdateGroup", "DeregisterFromWorkMail", "DeleteGroup"
)
def life(scene: Scene) -> None:
    """A group is created, registered, hidden and shown, deregistered and deleted."""
    name = f"{scene.name('Sales')} & Caf\u00e9"
    made = scene.client.call("CreateGroup", **_of(scene, Name=name, HiddenFromGlobalAddressList=True))
    group = made["GroupId"]
    found = scene.client.call("DescribeGroup", **_of(scene, GroupId=group))
    wanted = {"GroupId": group, "Name": name, "State": "DISABLED", "HiddenFromGlobalAddressList": True}
    expect(found, wanted, "a new group")
    email = scene.address()
    scene.client.call("RegisterToWorkMail", **_of(scene, EntityId=group, Email=email))
    scene.client.call("UpdateGroup", **_of(scene, GroupId=email, HiddenFromGlobalAddressList=False))
    found = scene.client.call("DescribeGroup", **_of(scene, GroupId=email))
    expect((found["State"], found["Email"]), ("ENABLED", email), "state and address")
    expect(found["HiddenFromGlobalAddressList"], False, "HiddenFromGlobalAddressList")
    demand("EnabledDate" in found, "there is no EnabledDate")
    scene.client.call("UpdateGroup", **_of(scene, GroupId=group))
    code = scene.client.error("DeleteGroup", **_of(scene, GroupId=group))
    expect(code, "EntityStateException", "deleting an enabled group")
    scene.client.call("DeregisterFromWorkMail", **_of(scene, EntityId=group))
    scene.client.call("DeleteGroup", **_of(scene, GroupId=group))
    code = scene.client.error("DescribeGroup", **_of(scene, GroupId=group))
    expect(code, "EntityNotFoundException", "a group that is gone")
    scene.client.call("CreateGroup", **_of(scene, Name=name))


@EFFECTS.of("CreateGroup")
def longest(scene: Scene) -> None:
    """A name of 256 letters is accepted."""
    name = scene.name("g").ljust(256, "x")
    group = scene.client.call("CreateGroup", **_of(scene, Name=name))["GroupId"]
    found = scene.client.call("DescribeGroup", **_of(scene, GroupId=group))
    expect((found["Name"], found["HiddenFromGlobalAddressList"]), (name, False), "the group")


@EFFECTS.of("AssociateMemberToGroup", "ListGroupMembers", "ListGroupsForEntity", "DisassociateMemberFromGroup")
def members(scene: Scene) -> None:
    """Users and groups are members; joining and leaving twice is no error; resources are refused."""
    group, inner, user, sleeper = scene.group(), scene.group(), scene.user(), scene.user(enabled=False)
    assert user.email is not None
    for member in (user.id, user.email, inner.name, sleeper.id):
        _join(scene, group, member)
    wanted = {user.id: "USER", inner.id: "GROUP", sleeper.id: "USER"}
    expect(_members(scene, group), wanted, "the members")
    rows = {row["Id"]: row for row in scene.client.all("ListGroupMembers", **_of(scene, GroupId=group.email))}
    expect((rows[user.id]["Name"], rows[user.id]["State"]), (user.name, "ENABLED"), "the row of the user")
    expect((rows[sleeper.id]["State"], "EnabledDate" in rows[sleeper.id]), ("DISABLED", False), "the disabled one")
    found = scene.client.all("ListGroupsForEntity", **_of(scene, EntityId=user.id))
    expect(found, [{"GroupId": group.id, "GroupName": group.name}], "the groups of the user")
    for _ in range(2):
        scene.client.call("DisassociateMemberFromGroup", **_of(scene, GroupId=group.id, MemberId=user.id))
    expect(set(_members(scene, group)), {inner.id, sleeper.id}, "the members that stay")
    expect(scene.client.all("ListGroupsForEntity", **_of(scene, EntityId=user.id)), [], "the groups afterwards")
    room = scene.resource()
    code = scene.client.error("AssociateMemberToGroup", **_of(scene, GroupId=group.id, MemberId=room.id))
    demand(code in ("InvalidParameterException", "EntityNotFoundException"), f"a resource as member: {code}")


@EFFECTS.of("AssociateMemberToGroup")
def circles(scene: Scene) -> None:
    """A group is in itself neither directly nor by way of others."""
    first, second, third = (scene.group() for _ in range(3))
    _join(scene, first, second.id)
    _join(scene, second, third.id)
    for inner in (first, second, third):
        code = scene.client.error("AssociateMemberToGroup", **_of(scene, GroupId=third.id, MemberId=inner.id))
        expect(code, "InvalidParameterException", f"{inner.name} in the innermost group")
    _join(scene, first, third.id)


@EFFECTS.of("DeleteUser", "ListGroupMembers")
def deleted_member(scene: Scene) -> None:
    """Who is deleted is in no group any more; who is disabled stays."""
    group, user = scene.group(), scene.user()
    _join(scene, group, user.id)
    scene.client.call("DeregisterFromWorkMail", **_of(scene, EntityId=user.id))
    expect(set(_members(scene, group)), {user.id}, "the members after disabling")
    scene.client.call("DeleteUser", **_of(scene, UserId=user.id))
    expect(_members(scene, group), {}, "the members after deleting")


@EFFECTS.of("ListGroups", "ListGroupsForEntity")
def filtered(scene: Scene) -> None:
    """Each filter narrows the lists; two filters at once are refused."""
    word = scene.name("filter")
    made = scene.client.call("CreateGroup", **_of(scene, Name=f"{word} group"))["GroupId"]
    email = f"{word}.mail@{scene.organization.domain}"
    scene.client.call("RegisterToWorkMail", **_of(scene, EntityId=made, Email=email))
    sleeping = scene.group(enabled=False)
    for filters in ({"NamePrefix": f"{word} g"}, {"PrimaryEmailPrefix": f"{word}.m"}):
        rows = scene.client.all("ListGroups", **_of(scene, Filters=filters))
        expect([row["Id"] for row in rows], [made], f"the groups by {filters}")
        expect((rows[0]["Email"], rows[0]["State"]), (email, "ENABLED"), "the row")
    rows = scene.client.all("ListGroups", **_of(scene, Filters={"State": "DISABLED"}))
    found = {row["Id"] for row in rows}
    demand(sleeping.id in found and made not in found, "State does not tell them apart")
    both = {"NamePrefix": word, "State": "ENABLED"}
    code = scene.client.error("ListGroups", **_of(scene, Filters=both))
    expect(code, "InvalidParameterException", "the answer to two filters")
    user = scene.user()
    for group in (made, sleeping.id):
        scene.client.call("AssociateMemberToGroup", **_of(scene, GroupId=group, MemberId=user.id))
    rows = scene.client.all("ListGroupsForEntity", **_of(scene, EntityId=user.id, Filters={"GroupNamePrefix": word}))
    expect([row["GroupId"] for row in rows], [made], "the groups of the user by name")
