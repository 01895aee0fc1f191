"""Errors of operations on organizations, tags and mail domains."""

from __future__ import annotations

from typing import Any

from ..scene import Scene
from .kinds import changed, of

TAGS_MAX = 50
DOMAINS_MAX = 1_000

UNKNOWN_ARN = "arn:aws:workmail:us-east-1:123456789012:organization/m-00000000000000000000000000000000"
UNKNOWN_DIRECTORY = "d-0000000000"


def _unverified(scene: Scene) -> str:
    domain = scene.domain_name()
    scene.client.call("RegisterMailDomain", OrganizationId=scene.organization.id, DomainName=domain)
    return domain


def _full_of_tags(scene: Scene) -> str:
    tags = [{"Key": f"key-{number}", "Value": ""} for number in range(TAGS_MAX)]
    scene.client.call("TagResource", ResourceARN=scene.other.arn, Tags=tags)
    return scene.other.arn


def _full_of_domains(scene: Scene) -> str:
    """An organization of its own with as many domains as there may be; its test domain counts."""
    organization = scene.finish_organization(scene.start_organization("domains"))
    for _ in range(DOMAINS_MAX):
        request: dict[str, Any] = {"OrganizationId": organization.id, "DomainName": scene.domain_name()}
        if scene.client.ask("RegisterMailDomain", **request).status != 200:
            break
    return organization.id


def _no_such_domain(scene: Scene) -> str:
    return scene.domain_name()


PROVOCATIONS = (
    changed(
        "CreateOrganization",
        "NameAvailabilityException",
        "an alias that is taken",
        Alias=lambda scene: scene.organization.alias,
    ),
    changed(
        "CreateOrganization",
        "DirectoryInUseException",
        "the directory of another organization",
        DirectoryId=lambda scene: scene.organization.directory_id,
        Alias=lambda scene: f"{scene.name('second')}-{scene.run}",
    ),
    changed(
        "CreateOrganization",
        "DirectoryUnavailableException",
        "a directory that does not exist",
        DirectoryId=UNKNOWN_DIRECTORY,
    ),
    changed("TagResource", "ResourceNotFoundException", "an unknown ARN", ResourceARN=UNKNOWN_ARN),
    changed("UntagResource", "ResourceNotFoundException", "an unknown ARN", ResourceARN=UNKNOWN_ARN),
    changed("ListTagsForResource", "ResourceNotFoundException", "an unknown ARN", ResourceARN=UNKNOWN_ARN),
    changed(
        "TagResource",
        "OrganizationStateException",
        "a deleted organization",
        ResourceARN=lambda scene: scene.deleted.arn,
    ),
    changed("TagResource", "TooManyTagsException", "a 51st tag", ResourceARN=_full_of_tags),
    changed(
        "RegisterMailDomain",
        "LimitExceededException",
        "a 1,001st domain",
        OrganizationId=_full_of_domains,
    ),
    of(
        "DeregisterMailDomain",
        "MailDomainInUseException",
        "the default domain",
        DomainName=lambda scene: scene.organization.domain,
    ),
    changed("GetMailDomain", "MailDomainNotFoundException", "an unknown domain", DomainName=_no_such_domain),
    of("UpdateDefaultMailDomain", "MailDomainNotFoundException", "an unknown domain", DomainName=_no_such_domain),
    of("UpdateDefaultMailDomain", "MailDomainStateException", "a domain that is not verified", DomainName=_unverified),
)
