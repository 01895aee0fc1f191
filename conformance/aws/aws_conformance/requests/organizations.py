"""Good requests about organizations, their tags and their mail domains."""

from __future__ import annotations

from typing import Any

from ..samples import STRINGS
from ..scene import Scene


def create_organization(scene: Scene) -> dict[str, Any]:
    """With everything that needs nothing outside the service."""
    return {
        "Alias": f"{scene.name('created')}-{scene.run}",
        "ClientToken": scene.name(f"token-{scene.run}-"),
        "Domains": [{"DomainName": scene.domain_name(), "HostedZoneId": STRINGS["HostedZoneId"]}],
        "EnableInteroperability": False,
    }


def delete_organization(scene: Scene) -> dict[str, Any]:
    """One that was made to be deleted."""
    organization = scene.finish_organization(scene.start_organization("doomed"))
    return {"OrganizationId": organization.id, "DeleteDirectory": True}


def describe_organization(scene: Scene) -> dict[str, Any]:
    """The first one."""
    return {"OrganizationId": scene.organization.id}


def list_organizations(scene: Scene) -> dict[str, Any]:
    """A page of them."""
    return {"MaxResults": 100}


def tag_resource(scene: Scene) -> dict[str, Any]:
    """One tag more."""
    return {"ResourceARN": scene.organization.arn, "Tags": [{"Key": "team", "Value": "mail"}]}


def untag_resource(scene: Scene) -> dict[str, Any]:
    """A tag that is there, and one that is not."""
    tags = [{"Key": "stage", "Value": ""}]
    scene.client.call("TagResource", ResourceARN=scene.organization.arn, Tags=tags)
    return {"ResourceARN": scene.organization.arn, "TagKeys": ["stage", "absent"]}


def list_tags_for_resource(scene: Scene) -> dict[str, Any]:
    """Those of the first organization."""
    return {"ResourceARN": scene.organization.arn}


def register_mail_domain(scene: Scene) -> dict[str, Any]:
    """A domain that nobody has."""
    return {"OrganizationId": scene.organization.id, "DomainName": scene.domain_name()}


def _registered(scene: Scene) -> dict[str, Any]:
    request = register_mail_domain(scene)
    scene.client.call("RegisterMailDomain", **request)
    return request


def deregister_mail_domain(scene: Scene) -> dict[str, Any]:
    """A domain that nothing uses."""
    return _registered(scene)


def get_mail_domain(scene: Scene) -> dict[str, Any]:
    """A domain that waits for its records."""
    return _registered(scene)


def list_mail_domains(scene: Scene) -> dict[str, Any]:
    """All of the first organization."""
    return {"OrganizationId": scene.organization.id}


def update_default_mail_domain(scene: Scene) -> dict[str, Any]:
    """The test domain, the only one that is verified without DNS."""
    return {"OrganizationId": scene.organization.id, "DomainName": scene.organization.domain}


REQUESTS = {
    "CreateOrganization": create_organization,
    "DeleteOrganization": delete_organization,
    "DeregisterMailDomain": deregister_mail_domain,
    "DescribeOrganization": describe_organization,
    "GetMailDomain": get_mail_domain,
    "ListMailDomains": list_mail_domains,
    "ListOrganizations": list_organizations,
    "ListTagsForResource": list_tags_for_resource,
    "RegisterMailDomain": register_mail_domain,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "UpdateDefaultMailDomain": update_default_mail_domain,
}
