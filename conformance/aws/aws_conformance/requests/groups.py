"""Good requests about groups and their members."""

from __future__ import annotations

from typing import Any

from ..scene import Scene


def create_group(scene: Scene) -> dict[str, Any]:
    """A name with spaces and a letter of Latin-1."""
    return {
        "OrganizationId": scene.organization.id,
        "Name": f"{scene.name('Caf')} \u00e9 team",
        "HiddenFromGlobalAddressList": True,
    }


def update_group(scene: Scene) -> dict[str, Any]:
    """All that can be changed."""
    return {"OrganizationId": scene.organization.id, "GroupId": scene.group().id, "HiddenFromGlobalAddressList": True}


def delete_group(scene: Scene) -> dict[str, Any]:
    """A disabled one, by name."""
    return {"OrganizationId": scene.organization.id, "GroupId": scene.group(enabled=False).name}


def describe_group(scene: Scene) -> dict[str, Any]:
    """An enabled one."""
    return {"OrganizationId": scene.organization.id, "GroupId": scene.group().id}


def list_groups(scene: Scene) -> dict[str, Any]:
    """Those whose name begins so."""
    scene.group()
    return {"OrganizationId": scene.organization.id, "Filters": {"NamePrefix": "group"}}


def associate_member_to_group(scene: Scene) -> dict[str, Any]:
    """A user who is no member."""
    return {"OrganizationId": scene.organization.id, "GroupId": scene.group().id, "MemberId": scene.user().id}


def _with_member(scene: Scene) -> dict[str, Any]:
    request = associate_member_to_group(scene)
    scene.client.call("AssociateMemberToGroup", **request)
    return request


def disassociate_member_from_group(scene: Scene) -> dict[str, Any]:
    """A member."""
    return _with_member(scene)


def list_group_members(scene: Scene) -> dict[str, Any]:
    """A group with a user in it."""
    request = _with_member(scene)
    return {"OrganizationId": request["OrganizationId"], "GroupId": request["GroupId"]}


def list_groups_for_entity(scene: Scene) -> dict[str, Any]:
    """A user in a group."""
    request = _with_member(scene)
    return {
        "OrganizationId": request["OrganizationId"],
        "EntityId": request["MemberId"],
        "Filters": {"GroupNamePrefix": "group"},
    }


REQUESTS = {
    "AssociateMemberToGroup": associate_member_to_group,
    "CreateGroup": create_group,
    "DeleteGroup": delete_group,
    "DescribeGroup": describe_group,
    "DisassociateMemberFromGroup": disassociate_member_from_group,
    "ListGroupMembers": list_group_members,
    "ListGroups": list_groups,
    "ListGroupsForEntity": list_groups_for_entity,
    "UpdateGroup": update_group,
}
