"""Good requests about mailbox permissions and personal access tokens."""

from __future__ import annotations

from typing import Any

from ..scene import UNKNOWN_ENTITY, Scene


def put_mailbox_permissions(scene: Scene) -> dict[str, Any]:
    """Every permission, to a user."""
    return {
        "OrganizationId": scene.organization.id,
        "EntityId": scene.user().id,
        "GranteeId": scene.user().id,
        "PermissionValues": ["FULL_ACCESS", "SEND_AS", "SEND_ON_BEHALF"],
    }


def _granted(scene: Scene) -> dict[str, Any]:
    request = put_mailbox_permissions(scene)
    scene.client.call("PutMailboxPermissions", **request)
    return request


def delete_mailbox_permissions(scene: Scene) -> dict[str, Any]:
    """Permissions that were given."""
    request = _granted(scene)
    del request["PermissionValues"]
    return request


def list_mailbox_permissions(scene: Scene) -> dict[str, Any]:
    """A mailbox for which somebody may act."""
    request = _granted(scene)
    return {"OrganizationId": request["OrganizationId"], "EntityId": request["EntityId"]}


def list_personal_access_tokens(scene: Scene) -> dict[str, Any]:
    """Those of a user."""
    user = scene.user()
    if scene.can_make_tokens:
        scene.personal_access_token(user)
    return {"OrganizationId": scene.organization.id, "UserId": user.id}


def get_personal_access_token_metadata(scene: Scene) -> dict[str, Any]:
    """A token, if the caller of the suite said how to make one."""
    return {"OrganizationId": scene.organization.id, "PersonalAccessTokenId": scene.personal_access_token(scene.user())}


def delete_personal_access_token(scene: Scene) -> dict[str, Any]:
    """A token, or none: deleting what is not there succeeds."""
    token = scene.personal_access_token(scene.user()) if scene.can_make_tokens else UNKNOWN_ENTITY
    return {"OrganizationId": scene.organization.id, "PersonalAccessTokenId": token}


# Cannot succeed without a token that only users make.
NEEDS_TOKEN_COMMAND = frozenset({"GetPersonalAccessTokenMetadata"})

REQUESTS = {
    "DeleteMailboxPermissions": delete_mailbox_permissions,
    "DeletePersonalAccessToken": delete_personal_access_token,
    "GetPersonalAccessTokenMetadata": get_personal_access_token_metadata,
    "ListMailboxPermissions": list_mailbox_permissions,
    "ListPersonalAccessTokens": list_personal_access_tokens,
    "PutMailboxPermissions": put_mailbox_permissions,
}
