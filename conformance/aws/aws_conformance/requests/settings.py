"""Good requests about settings of an organization: retention, DMARC, monitoring, availability, identity providers."""

from __future__ import annotations

from typing import Any

from ..samples import STRINGS
from ..scene import PASSWORD, Scene

EWS_PROVIDER = {
    "EwsEndpoint": STRINGS["Url"],
    "EwsUsername": STRINGS["ExternalUserName"],
    "EwsPassword": PASSWORD,
}


def put_retention_policy(scene: Scene) -> dict[str, Any]:
    """Changes the policy that is there, or makes the first."""
    of = {"OrganizationId": scene.organization.id}
    answer = scene.client.ask("GetDefaultRetentionPolicy", **of)
    known = {"Id": answer.parsed["Id"]} if answer.status == 200 else {}
    return {
        **of,
        **known,
        "Name": "Default_policy-1",
        "Description": "keeps nothing for ever",
        "FolderConfigurations": [
            {"Name": "DELETED_ITEMS", "Action": "PERMANENTLY_DELETE", "Period": 30},
            {"Name": "INBOX", "Action": "NONE"},
        ],
    }


def _kept(scene: Scene) -> str:
    scene.client.call("PutRetentionPolicy", **put_retention_policy(scene))
    policy = scene.client.call("GetDefaultRetentionPolicy", OrganizationId=scene.organization.id)
    return str(policy["Id"])


def get_default_retention_policy(scene: Scene) -> dict[str, Any]:
    """One that is there."""
    _kept(scene)
    return {"OrganizationId": scene.organization.id}


def delete_retention_policy(scene: Scene) -> dict[str, Any]:
    """One that is there."""
    return {"OrganizationId": scene.organization.id, "Id": _kept(scene)}


def put_inbound_dmarc_settings(scene: Scene) -> dict[str, Any]:
    """Turns it off."""
    return {"OrganizationId": scene.organization.id, "Enforced": False}


def of_organization(scene: Scene) -> dict[str, Any]:
    """Nothing but the organization."""
    return {"OrganizationId": scene.organization.id}


def put_email_monitoring_configuration(scene: Scene) -> dict[str, Any]:
    """With a role."""
    return {
        "OrganizationId": scene.organization.id,
        "RoleArn": STRINGS["RoleArn"],
        "LogGroupArn": STRINGS["LogGroupArn"],
    }


def _monitored(scene: Scene) -> dict[str, Any]:
    scene.client.call("PutEmailMonitoringConfiguration", **put_email_monitoring_configuration(scene))
    return of_organization(scene)


def create_availability_configuration(scene: Scene) -> dict[str, Any]:
    """A function."""
    return {
        "OrganizationId": scene.organization.id,
        "ClientToken": scene.name(f"token-{scene.run}-"),
        "DomainName": scene.domain_name(),
        "LambdaProvider": {"LambdaArn": STRINGS["LambdaArn"]},
    }


def update_availability_configuration(scene: Scene) -> dict[str, Any]:
    """From a function to EWS."""
    return {
        "OrganizationId": scene.organization.id,
        "DomainName": scene.availability(),
        "EwsProvider": EWS_PROVIDER,
    }


def delete_availability_configuration(scene: Scene) -> dict[str, Any]:
    """One that is there."""
    return {"OrganizationId": scene.organization.id, "DomainName": scene.availability()}


def list_availability_configurations(scene: Scene) -> dict[str, Any]:
    """One of each kind."""
    scene.client.call("UpdateAvailabilityConfiguration", **update_availability_configuration(scene))
    scene.availability()
    return {"OrganizationId": scene.organization.id}


def test_availability_configuration(scene: Scene) -> dict[str, Any]:
    """A stored one, which nobody answers for."""
    return {"OrganizationId": scene.organization.id, "DomainName": scene.availability()}


def create_identity_center_application(scene: Scene) -> dict[str, Any]:
    """With a token."""
    return {
        "Name": f"{scene.name('application')}-{scene.run}",
        "InstanceArn": STRINGS["InstanceArn"],
        "ClientToken": scene.name(f"token-{scene.run}-"),
    }


def delete_identity_center_application(scene: Scene) -> dict[str, Any]:
    """One that is there."""
    return {"ApplicationArn": scene.application()}


def put_identity_provider_configuration(scene: Scene) -> dict[str, Any]:
    """What the scene has already, so that tokens go on working."""
    return {
        "OrganizationId": scene.organization.id,
        **scene.tie(scene.identity_provider),
    }


def describe_identity_provider_configuration(scene: Scene) -> dict[str, Any]:
    """One that is there."""
    assert scene.identity_provider
    return of_organization(scene)


def delete_identity_provider_configuration(scene: Scene) -> dict[str, Any]:
    """In the other organization, so that tokens go on working."""
    request = {**put_identity_provider_configuration(scene), "OrganizationId": scene.other.id}
    scene.client.call("PutIdentityProviderConfiguration", **request)
    return {"OrganizationId": scene.other.id}


REQUESTS = {
    "CreateAvailabilityConfiguration": create_availability_configuration,
    "CreateIdentityCenterApplication": create_identity_center_application,
    "DeleteAvailabilityConfiguration": delete_availability_configuration,
    "DeleteEmailMonitoringConfiguration": _monitored,
    "DeleteIdentityCenterApplication": delete_identity_center_application,
    "DeleteIdentityProviderConfiguration": delete_identity_provider_configuration,
    "DeleteRetentionPolicy": delete_retention_policy,
    "DescribeEmailMonitoringConfiguration": _monitored,
    "DescribeIdentityProviderConfiguration": describe_identity_provider_configuration,
    "DescribeInboundDmarcSettings": of_organization,
    "GetDefaultRetentionPolicy": get_default_retention_policy,
    "ListAvailabilityConfigurations": list_availability_configurations,
    "PutEmailMonitoringConfiguration": put_email_monitoring_configuration,
    "PutIdentityProviderConfiguration": put_identity_provider_configuration,
    "PutInboundDmarcSettings": put_inbound_dmarc_settings,
    "PutRetentionPolicy": put_retention_policy,
    "TestAvailabilityConfiguration": test_availability_configuration,
    "UpdateAvailabilityConfiguration": update_availability_configuration,
}
