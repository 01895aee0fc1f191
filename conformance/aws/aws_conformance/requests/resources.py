"""Good requests about resources and their delegates."""

from __future__ import annotations

from typing import Any

from ..scene import Scene


def create_resource(scene: Scene) -> dict[str, Any]:
    """With every member."""
    return {
        "OrganizationId": scene.organization.id,
        "Name": scene.name("beamer"),
        "Type": "EQUIPMENT",
        "Description": "the one that works",
        "HiddenFromGlobalAddressList": True,
    }


def update_resource(scene: Scene) -> dict[str, Any]:
    """With every member."""
    return {
        "OrganizationId": scene.organization.id,
        "ResourceId": scene.resource().id,
        "Name": scene.name("hall"),
        "BookingOptions": {
            "AutoAcceptRequests": True,
            "AutoDeclineRecurringRequests": True,
            "AutoDeclineConflictingRequests": False,
        },
        "Description": "",
        "Type": "EQUIPMENT",
        "HiddenFromGlobalAddressList": True,
    }


def delete_resource(scene: Scene) -> dict[str, Any]:
    """A disabled one."""
    return {"OrganizationId": scene.organization.id, "ResourceId": scene.resource(enabled=False).id}


def describe_resource(scene: Scene) -> dict[str, Any]:
    """An enabled one."""
    return {"OrganizationId": scene.organization.id, "ResourceId": scene.resource().id}


def list_resources(scene: Scene) -> dict[str, Any]:
    """Those that are enabled."""
    scene.resource()
    return {"OrganizationId": scene.organization.id, "Filters": {"State": "ENABLED"}}


def associate_delegate_to_resource(scene: Scene) -> dict[str, Any]:
    """A user who is no delegate."""
    return {"OrganizationId": scene.organization.id, "ResourceId": scene.resource().id, "EntityId": scene.user().id}


def _with_delegate(scene: Scene) -> dict[str, Any]:
    request = associate_delegate_to_resource(scene)
    scene.client.call("AssociateDelegateToResource", **request)
    return request


def disassociate_delegate_from_resource(scene: Scene) -> dict[str, Any]:
    """A delegate."""
    return _with_delegate(scene)


def list_resource_delegates(scene: Scene) -> dict[str, Any]:
    """A room with a delegate."""
    request = _with_delegate(scene)
    return {"OrganizationId": request["OrganizationId"], "ResourceId": request["ResourceId"]}


REQUESTS = {
    "AssociateDelegateToResource": associate_delegate_to_resource,
    "CreateResource": create_resource,
    "DeleteResource": delete_resource,
    "DescribeResource": describe_resource,
    "DisassociateDelegateFromResource": disassociate_delegate_from_resource,
    "ListResourceDelegates": list_resource_delegates,
    "ListResources": list_resources,
    "UpdateResource": update_resource,
}
