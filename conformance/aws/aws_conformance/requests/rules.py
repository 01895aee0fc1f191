"""Good requests about access control rules, mobile devices and impersonation roles."""

from __future__ import annotations

from typing import Any

from ..scene import Scene

DEVICE = "DEVICE0123456789"

# Every condition of a mobile device access rule.
CONDITIONS = {
    "DeviceTypes": ["Android", "$NONE"],
    "NotDeviceTypes": ["Windows"],
    "DeviceModels": ["Pixel"],
    "NotDeviceModels": ["Pixel 1"],
    "DeviceOperatingSystems": ["Android 16"],
    "NotDeviceOperatingSystems": ["Android 1.0"],
    "DeviceUserAgents": ["Android-EAS/2.0"],
    "NotDeviceUserAgents": ["Bot"],
}


def put_access_control_rule(scene: Scene) -> dict[str, Any]:
    """Every condition; replaces itself each time, so that the ten places are enough."""
    role = scene.impersonation_role()
    return {
        "OrganizationId": scene.organization.id,
        "Name": "every-condition",
        "Effect": "ALLOW",
        "Description": "",
        "IpRanges": ["192.0.2.0/24", "198.51.100.7/32"],
        "NotIpRanges": ["192.0.2.128/25"],
        "Actions": ["IMAP", "SMTP", "EWS"],
        "NotActions": ["WebMail"],
        "UserIds": [scene.user().id],
        "NotUserIds": [scene.user().id],
        "ImpersonationRoleIds": [role],
        "NotImpersonationRoleIds": [role],
    }


def delete_access_control_rule(scene: Scene) -> dict[str, Any]:
    """One that is not there: that succeeds."""
    return {"OrganizationId": scene.organization.id, "Name": "absent"}


def list_access_control_rules(scene: Scene) -> dict[str, Any]:
    """All of the first organization."""
    return {"OrganizationId": scene.organization.id}


def get_access_control_effect(scene: Scene) -> dict[str, Any]:
    """A user on IMAP."""
    return {
        "OrganizationId": scene.organization.id,
        "IpAddress": "192.0.2.7",
        "Action": "IMAP",
        "UserId": scene.user().id,
    }


def create_mobile_device_access_rule(scene: Scene) -> dict[str, Any]:
    """Every condition."""
    return {
        "OrganizationId": scene.organization.id,
        "ClientToken": scene.name(f"token-{scene.run}-"),
        "Name": scene.name("Phones "),
        "Description": "those that we know",
        "Effect": "ALLOW",
        **CONDITIONS,
    }


def update_mobile_device_access_rule(scene: Scene) -> dict[str, Any]:
    """Every condition."""
    return {
        "OrganizationId": scene.organization.id,
        "MobileDeviceAccessRuleId": scene.mobile_rule(),
        "Name": scene.name("Phones "),
        "Description": "those that we know",
        "Effect": "DENY",
        **CONDITIONS,
    }


def delete_mobile_device_access_rule(scene: Scene) -> dict[str, Any]:
    """One that is there."""
    return {"OrganizationId": scene.organization.id, "MobileDeviceAccessRuleId": scene.mobile_rule()}


def list_mobile_device_access_rules(scene: Scene) -> dict[str, Any]:
    """All of the first organization."""
    return {"OrganizationId": scene.organization.id}


def get_mobile_device_access_effect(scene: Scene) -> dict[str, Any]:
    """A device that says everything about itself."""
    return {
        "OrganizationId": scene.organization.id,
        "DeviceType": "Android",
        "DeviceModel": "Pixel 9",
        "DeviceOperatingSystem": "Android 16",
        "DeviceUserAgent": "Android-EAS/2.0",
    }


def put_mobile_device_access_override(scene: Scene) -> dict[str, Any]:
    """With a description."""
    return {
        "OrganizationId": scene.organization.id,
        "UserId": scene.user().id,
        "DeviceId": DEVICE,
        "Effect": "DENY",
        "Description": "lost on a train",
    }


def _overridden(scene: Scene) -> dict[str, Any]:
    request = put_mobile_device_access_override(scene)
    scene.client.call("PutMobileDeviceAccessOverride", **request)
    return {name: request[name] for name in ("OrganizationId", "UserId", "DeviceId")}


def get_mobile_device_access_override(scene: Scene) -> dict[str, Any]:
    """One that is there."""
    return _overridden(scene)


def delete_mobile_device_access_override(scene: Scene) -> dict[str, Any]:
    """One that is there."""
    return _overridden(scene)


def list_mobile_device_access_overrides(scene: Scene) -> dict[str, Any]:
    """Those of a user and a device."""
    return _overridden(scene)


def impersonation_rules(scene: Scene) -> list[dict[str, Any]]:
    """Two rules with every member."""
    return [
        {
            "ImpersonationRuleId": "everybody",
            "Name": "Everybody",
            "Description": "but\nnot all",
            "Effect": "ALLOW",
        },
        {
            "ImpersonationRuleId": "but_one",
            "Effect": "DENY",
            "TargetUsers": [scene.user().id],
            "NotTargetUsers": [scene.user().id],
        },
    ]


def create_impersonation_role(scene: Scene) -> dict[str, Any]:
    """With every member."""
    return {
        "OrganizationId": scene.organization.id,
        "ClientToken": scene.name(f"token-{scene.run}-"),
        "Name": scene.name("Sync "),
        "Type": "READ_ONLY",
        "Description": "reads calendars",
        "Rules": impersonation_rules(scene),
    }


def update_impersonation_role(scene: Scene) -> dict[str, Any]:
    """With every member."""
    return {
        "OrganizationId": scene.organization.id,
        "ImpersonationRoleId": scene.impersonation_role(),
        "Name": scene.name("Sync "),
        "Type": "FULL_ACCESS",
        "Description": "writes calendars",
        "Rules": impersonation_rules(scene),
    }


def delete_impersonation_role(scene: Scene) -> dict[str, Any]:
    """One that is there."""
    return {"OrganizationId": scene.organization.id, "ImpersonationRoleId": scene.impersonation_role()}


def get_impersonation_role(scene: Scene) -> dict[str, Any]:
    """One with rules."""
    role = scene.impersonation_role(Description="a role", Rules=impersonation_rules(scene))
    return {"OrganizationId": scene.organization.id, "ImpersonationRoleId": role}


def get_impersonation_role_effect(scene: Scene) -> dict[str, Any]:
    """A role that may act for everybody."""
    rules = [{"ImpersonationRuleId": "everybody", "Effect": "ALLOW"}]
    return {
        "OrganizationId": scene.organization.id,
        "ImpersonationRoleId": scene.impersonation_role(Rules=rules),
        "TargetUser": scene.user().email,
    }


def list_impersonation_roles(scene: Scene) -> dict[str, Any]:
    """All of the first organization."""
    return {"OrganizationId": scene.organization.id}


REQUESTS = {
    "CreateImpersonationRole": create_impersonation_role,
    "CreateMobileDeviceAccessRule": create_mobile_device_access_rule,
    "DeleteAccessControlRule": delete_access_control_rule,
    "DeleteImpersonationRole": delete_impersonation_role,
    "DeleteMobileDeviceAccessOverride": delete_mobile_device_access_override,
    "DeleteMobileDeviceAccessRule": delete_mobile_device_access_rule,
    "GetAccessControlEffect": get_access_control_effect,
    "GetImpersonationRole": get_impersonation_role,
    "GetImpersonationRoleEffect": get_impersonation_role_effect,
    "GetMobileDeviceAccessEffect": get_mobile_device_access_effect,
    "GetMobileDeviceAccessOverride": get_mobile_device_access_override,
    "ListAccessControlRules": list_access_control_rules,
    "ListImpersonationRoles": list_impersonation_roles,
    "ListMobileDeviceAccessOverrides": list_mobile_device_access_overrides,
    "ListMobileDeviceAccessRules": list_mobile_device_access_rules,
    "PutAccessControlRule": put_access_control_rule,
    "PutMobileDeviceAccessOverride": put_mobile_device_access_override,
    "UpdateImpersonationRole": update_impersonation_role,
    "UpdateMobileDeviceAccessRule": update_mobile_device_access_rule,
}
