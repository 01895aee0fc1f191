"""Errors of operations on access control rules, mobile devices and impersonation roles."""

from __future__ import annotations

from typing import Any

from ..client import Refused
from ..requests.rules import DEVICE
from ..scene import UNKNOWN_ENTITY, UNKNOWN_ID, Scene
from .kinds import Provocation, changed

RULES_MAX = 10
ROLES_MAX = 20


def _targets(user: str) -> list[dict[str, Any]]:
    return [{"ImpersonationRuleId": "one", "Effect": "ALLOW", "TargetUsers": [user]}]


def _targets_nobody(_: Scene) -> list[dict[str, Any]]:
    return _targets(UNKNOWN_ENTITY)


def _targets_disabled(scene: Scene) -> list[dict[str, Any]]:
    return _targets(scene.user(enabled=False).id)


def _eleventh_access_rule(scene: Scene) -> dict[str, Any]:
    """In the other organization, which has the default rule already; one more is asked for than there may be."""
    rule = {"OrganizationId": scene.other.id, "Effect": "ALLOW", "Description": ""}
    for number in range(RULES_MAX - 1):
        scene.client.call("PutAccessControlRule", **rule, Name=f"rule-{number}")
    return {**rule, "Name": "one-too-many"}


def _eleventh_mobile_rule(scene: Scene) -> dict[str, Any]:
    rule = {"OrganizationId": scene.other.id, "Effect": "ALLOW"}
    for number in range(RULES_MAX - 1):
        scene.client.call("CreateMobileDeviceAccessRule", **rule, Name=f"rule {number}")
    return {**rule, "Name": "one too many"}


def _twenty_first_role(scene: Scene) -> dict[str, Any]:
    role = {"OrganizationId": scene.other.id, "Type": "READ_ONLY", "Rules": []}
    for number in range(ROLES_MAX):
        try:
            scene.client.call("CreateImpersonationRole", **role, Name=f"role {number}")
        except Refused:
            break
    return {**role, "Name": "one too many"}


def _role_of_impersonation(scene: Scene) -> dict[str, Any]:
    """Impersonation comes by EWS only."""
    return {
        "OrganizationId": scene.organization.id,
        "IpAddress": "192.0.2.7",
        "Action": "EWS",
        "ImpersonationRoleId": UNKNOWN_ENTITY,
    }


PROVOCATIONS = (
    Provocation("PutAccessControlRule", "LimitExceededException", "an 11th rule", _eleventh_access_rule),
    changed("PutAccessControlRule", "EntityNotFoundException", "an unknown user", UserIds=[UNKNOWN_ENTITY]),
    changed("PutAccessControlRule", "EntityNotFoundException", "an unknown user excepted", NotUserIds=[UNKNOWN_ENTITY]),
    changed(
        "PutAccessControlRule", "ResourceNotFoundException", "an unknown role", ImpersonationRoleIds=[UNKNOWN_ENTITY]
    ),
    changed("GetAccessControlEffect", "EntityNotFoundException", "an unknown user", UserId=UNKNOWN_ENTITY),
    Provocation("GetAccessControlEffect", "ResourceNotFoundException", "an unknown role", _role_of_impersonation),
    # Mobile devices.
    Provocation("CreateMobileDeviceAccessRule", "LimitExceededException", "an 11th rule", _eleventh_mobile_rule),
    Provocation(
        "UpdateMobileDeviceAccessRule",
        "EntityNotFoundException",
        "an unknown rule",
        lambda scene: {
            "OrganizationId": scene.organization.id,
            "MobileDeviceAccessRuleId": UNKNOWN_ID,
            "Name": "x",
            "Effect": "ALLOW",
        },
    ),
    changed("PutMobileDeviceAccessOverride", "EntityNotFoundException", "an unknown user", UserId=UNKNOWN_ENTITY),
    changed(
        "PutMobileDeviceAccessOverride",
        "EntityStateException",
        "an account of the system",
        UserId=lambda scene: scene.system_user.id,
    ),
    changed("GetMobileDeviceAccessOverride", "EntityNotFoundException", "an unknown user", UserId=UNKNOWN_ENTITY),
    Provocation(
        "GetMobileDeviceAccessOverride",
        "ResourceNotFoundException",
        "a device without an override",
        lambda scene: {"OrganizationId": scene.organization.id, "UserId": scene.user().id, "DeviceId": DEVICE},
    ),
    changed("DeleteMobileDeviceAccessOverride", "EntityNotFoundException", "an unknown user", UserId=UNKNOWN_ENTITY),
    changed("ListMobileDeviceAccessOverrides", "EntityNotFoundException", "an unknown user", UserId=UNKNOWN_ENTITY),
    # Impersonation.
    Provocation("CreateImpersonationRole", "LimitExceededException", "a 21st role", _twenty_first_role),
    changed("CreateImpersonationRole", "EntityNotFoundException", "an unknown target", Rules=_targets_nobody),
    changed("CreateImpersonationRole", "EntityStateException", "a disabled target", Rules=_targets_disabled),
    changed("UpdateImpersonationRole", "EntityNotFoundException", "an unknown target", Rules=_targets_nobody),
    changed("UpdateImpersonationRole", "EntityStateException", "a disabled target", Rules=_targets_disabled),
    changed(
        "UpdateImpersonationRole", "ResourceNotFoundException", "an unknown role", ImpersonationRoleId=UNKNOWN_ENTITY
    ),
    changed("GetImpersonationRole", "ResourceNotFoundException", "an unknown role", ImpersonationRoleId=UNKNOWN_ENTITY),
    changed(
        "GetImpersonationRoleEffect", "ResourceNotFoundException", "an unknown role", ImpersonationRoleId=UNKNOWN_ENTITY
    ),
    changed("GetImpersonationRoleEffect", "EntityNotFoundException", "an unknown target", TargetUser=UNKNOWN_ENTITY),
    changed(
        "GetImpersonationRoleEffect",
        "EntityStateException",
        "a disabled target",
        TargetUser=lambda scene: scene.user(enabled=False).id,
    ),
)
