"""Good requests about addresses: aliases, the primary one, and who has one."""

from __future__ import annotations

from typing import Any

from ..scene import Scene


def create_alias(scene: Scene) -> dict[str, Any]:
    """A free address of the test domain."""
    return {"OrganizationId": scene.organization.id, "EntityId": scene.user().id, "Alias": scene.address()}


def _with_alias(scene: Scene) -> dict[str, Any]:
    request = create_alias(scene)
    scene.client.call("CreateAlias", **request)
    return request


def delete_alias(scene: Scene) -> dict[str, Any]:
    """An alias that is there."""
    return _with_alias(scene)


def list_aliases(scene: Scene) -> dict[str, Any]:
    """A user with an alias."""
    request = _with_alias(scene)
    return {"OrganizationId": request["OrganizationId"], "EntityId": request["EntityId"]}


def update_primary_email_address(scene: Scene) -> dict[str, Any]:
    """A free address."""
    return {"OrganizationId": scene.organization.id, "EntityId": scene.user().id, "Email": scene.address()}


def describe_entity(scene: Scene) -> dict[str, Any]:
    """A group's address."""
    return {"OrganizationId": scene.organization.id, "Email": scene.group().email}


REQUESTS = {
    "CreateAlias": create_alias,
    "DeleteAlias": delete_alias,
    "DescribeEntity": describe_entity,
    "ListAliases": list_aliases,
    "UpdatePrimaryEmailAddress": update_primary_email_address,
}
