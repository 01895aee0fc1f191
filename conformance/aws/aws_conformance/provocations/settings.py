"""Errors of operations on settings of an organization."""

from __future__ import annotations

from typing import Any

from ..samples import ACCOUNT, INSTANCE, STRINGS
from ..scene import Scene
from .kinds import Provocation, changed

CONFIGURATIONS_MAX = 1_000
UNKNOWN_APPLICATION = f"arn:aws:sso::{ACCOUNT}:application/{INSTANCE}/apl-0000000000000000"


def _of_other(scene: Scene) -> dict[str, Any]:
    return {"OrganizationId": scene.other.id}


def _second_policy(scene: Scene) -> dict[str, Any]:
    """There is one policy; a second one has no id."""
    policy = {"Name": "first", "FolderConfigurations": [{"Name": "INBOX", "Action": "NONE"}]}
    scene.client.call("PutRetentionPolicy", OrganizationId=scene.other.id, **policy)
    return {"OrganizationId": scene.other.id, **policy, "Name": "second"}


def _full_of_configurations(scene: Scene) -> str:
    organization = scene.finish_organization(scene.start_organization("free-busy"))
    for _ in range(CONFIGURATIONS_MAX):
        request = {
            "OrganizationId": organization.id,
            "DomainName": scene.domain_name(),
            "LambdaProvider": {"LambdaArn": STRINGS["LambdaArn"]},
        }
        if scene.client.ask("CreateAvailabilityConfiguration", **request).status != 200:
            break
    return organization.id


PROVOCATIONS = (
    Provocation("GetDefaultRetentionPolicy", "EntityNotFoundException", "an organization without a policy", _of_other),
    Provocation("PutRetentionPolicy", "LimitExceededException", "a second policy", _second_policy),
    Provocation(
        "DescribeEmailMonitoringConfiguration",
        "ResourceNotFoundException",
        "an organization without a configuration",
        _of_other,
    ),
    Provocation(
        "DescribeIdentityProviderConfiguration",
        "ResourceNotFoundException",
        "an organization without a configuration",
        lambda scene: {"OrganizationId": scene.other.id},
    ),
    changed(
        "PutIdentityProviderConfiguration",
        "ResourceNotFoundException",
        "an unknown application",
        IdentityCenterConfiguration={
            "InstanceArn": STRINGS["InstanceArn"],
            "ApplicationArn": UNKNOWN_APPLICATION,
        },
    ),
    changed(
        "CreateAvailabilityConfiguration",
        "NameAvailabilityException",
        "a domain that has one",
        DomainName=lambda scene: scene.availability(),
    ),
    changed(
        "CreateAvailabilityConfiguration",
        "LimitExceededException",
        "a 1,001st configuration",
        OrganizationId=_full_of_configurations,
    ),
    changed(
        "UpdateAvailabilityConfiguration",
        "ResourceNotFoundException",
        "a domain that has none",
        DomainName=lambda scene: scene.domain_name(),
    ),
    changed(
        "TestAvailabilityConfiguration",
        "ResourceNotFoundException",
        "a domain that has none",
        DomainName=lambda scene: scene.domain_name(),
    ),
)
