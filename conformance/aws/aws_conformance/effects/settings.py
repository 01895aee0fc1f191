"""Settings of an organization: retention, DMARC, monitoring, availability, identity providers."""

from __future__ import annotations

from typing import Any

from ..context import demand, expect
from ..requests.settings import EWS_PROVIDER
from ..samples import STRINGS
from ..scene import Scene
from .kinds import Effects

EFFECTS = Effects()


def _of(scene: Scene, **members: Any) -> dict[str, Any]:
    return {"OrganizationId": scene.organization.id, **members}


@EFFECTS.of("PutRetentionPolicy", "GetDefaultRetentionPolicy", "DeleteRetentionPolicy")
def retention(scene: Scene) -> None:
    """The retention policy is created without an id, changed by its id, and deleted once and again."""
    folders: list[dict[str, Any]] = [
        {"Name": "INBOX", "Action": "NONE"},
        {"Name": "DELETED_ITEMS", "Action": "PERMANENTLY_DELETE", "Period": 1},
        {"Name": "SENT_ITEMS", "Action": "DELETE", "Period": 730},
        {"Name": "DRAFTS", "Action": "NONE"},
        {"Name": "JUNK_EMAIL", "Action": "DELETE", "Period": 30},
    ]
    new: dict[str, Any] = {"Name": "policy_1", "Description": "d" * 256, "FolderConfigurations": folders}
    scene.client.call("PutRetentionPolicy", **_of(scene, **new))
    found = scene.client.call("GetDefaultRetentionPolicy", **_of(scene))
    by_name = {folder["Name"]: folder for folder in found["FolderConfigurations"]}
    expect(by_name, {folder["Name"]: folder for folder in folders}, "the folders")
    expect((found["Name"], found["Description"]), ("policy_1", "d" * 256), "name and description")
    scene.client.call(
        "PutRetentionPolicy", **_of(scene, Id=found["Id"], Name="policy_2", FolderConfigurations=folders[:1])
    )
    again = scene.client.call("GetDefaultRetentionPolicy", **_of(scene))
    wanted = {"Id": found["Id"], "Name": "policy_2", "FolderConfigurations": folders[:1]}
    expect({name: value for name, value in again.items() if value}, wanted, "the changed policy")
    twice = _of(scene, Id=found["Id"], Name="policy_2", FolderConfigurations=folders[:1] * 2)
    expect(scene.client.error("PutRetentionPolicy", **twice), "InvalidParameterException", "a folder that comes twice")
    for _ in range(2):
        scene.client.call("DeleteRetentionPolicy", **_of(scene, Id=found["Id"]))
    code = scene.client.error("GetDefaultRetentionPolicy", **_of(scene))
    expect(code, "EntityNotFoundException", "a policy that is gone")


@EFFECTS.of("PutInboundDmarcSettings", "DescribeInboundDmarcSettings")
def dmarc(scene: Scene) -> None:
    """DMARC is enforced at first, turned off and on."""
    for enforced in (False, False, True):
        scene.client.call("PutInboundDmarcSettings", **_of(scene, Enforced=enforced))
        found = scene.client.call("DescribeInboundDmarcSettings", **_of(scene))
        expect(found, {"Enforced": enforced}, "the setting")


@EFFECTS.of(
    "PutEmailMonitoringConfiguration",
    "DescribeEmailMonitoringConfiguration",
    "DeleteEmailMonitoringConfiguration",
)
def monitoring(scene: Scene) -> None:
    """Monitoring is set with and without a role, and deleted once and again."""
    both = {"RoleArn": STRINGS["RoleArn"], "LogGroupArn": STRINGS["LogGroupArn"]}
    scene.client.call("PutEmailMonitoringConfiguration", **_of(scene, **both))
    expect(scene.client.call("DescribeEmailMonitoringConfiguration", **_of(scene)), both, "the configuration")
    scene.client.call("PutEmailMonitoringConfiguration", **_of(scene, LogGroupArn=both["LogGroupArn"]))
    found = scene.client.call("DescribeEmailMonitoringConfiguration", **_of(scene))
    expect(found["LogGroupArn"], both["LogGroupArn"], "LogGroupArn")
    demand(found.get("RoleArn") != both["RoleArn"], "the former role is still there")
    for _ in range(2):
        scene.client.call("DeleteEmailMonitoringConfiguration", **_of(scene))
    code = scene.client.error("DescribeEmailMonitoringConfiguration", **_of(scene))
    expect(code, "ResourceNotFoundException", "a configuration that is gone")


@EFFECTS.of(
    "CreateAvailabilityConfiguration",
    "UpdateAvailabilityConfiguration",
    "ListAvailabilityConfigurations",
    "DeleteAvailabilityConfiguration",
)
def availability(scene: Scene) -> None:
    """A configuration goes from EWS to a function and back; its password is never shown."""
    of = _of(scene, DomainName=scene.domain_name())
    function = {"LambdaArn": STRINGS["LambdaArn"]}
    shown = {name: value for name, value in EWS_PROVIDER.items() if name != "EwsPassword"}
    scene.client.call("CreateAvailabilityConfiguration", **of, EwsProvider=EWS_PROVIDER)

    def row() -> dict[str, Any]:
        rows = scene.client.all("ListAvailabilityConfigurations", **_of(scene))
        return next(row for row in rows if row["DomainName"] == of["DomainName"])

    expect((row()["ProviderType"], row()["EwsProvider"], "LambdaProvider" in row()), ("EWS", shown, False), "by EWS")
    scene.client.call("UpdateAvailabilityConfiguration", **of, LambdaProvider=function)
    expect(
        (row()["ProviderType"], row()["LambdaProvider"], "EwsProvider" in row()),
        ("LAMBDA", function, False),
        "by function",
    )
    demand(row()["DateModified"] >= row()["DateCreated"] > 0, "the times are wrong")
    scene.client.call("UpdateAvailabilityConfiguration", **of, EwsProvider=EWS_PROVIDER)
    expect(row()["ProviderType"], "EWS", "ProviderType")
    for name in ("CreateAvailabilityConfiguration", "UpdateAvailabilityConfiguration"):
        bad = {**of, "DomainName": scene.domain_name()} if name.startswith("Create") else of
        code = scene.client.error(name, **bad, EwsProvider=EWS_PROVIDER, LambdaProvider=function)
        expect(code, "InvalidParameterException", f"{name} with two providers")
        expect(scene.client.error(name, **bad), "InvalidParameterException", f"{name} with none")
    for _ in range(2):
        scene.client.call("DeleteAvailabilityConfiguration", **of)
    domains = {row["DomainName"] for row in scene.client.all("ListAvailabilityConfigurations", **_of(scene))}
    demand(of["DomainName"] not in domains, "it is still listed")


@EFFECTS.of("TestAvailabilityConfiguration")
def probe(scene: Scene) -> None:
    """What cannot be reached fails the test with a reason, and is no error."""
    stored = scene.availability()
    for members in (
        {"EwsProvider": EWS_PROVIDER},
        {"LambdaProvider": {"LambdaArn": STRINGS["LambdaArn"]}},
        {"DomainName": stored},
    ):
        found = scene.client.call("TestAvailabilityConfiguration", **_of(scene, **members))
        expect(found["TestPassed"], False, f"the test of {sorted(members)}")
        demand(bool(found["FailureReason"]), "there is no FailureReason")
    nothing = scene.client.error("TestAvailabilityConfiguration", **_of(scene))
    expect(nothing, "InvalidParameterException", "the test of nothing")


@EFFECTS.of(
    "CreateIdentityCenterApplication",
    "PutIdentityProviderConfiguration",
    "DescribeIdentityProviderConfiguration",
    "DeleteIdentityProviderConfiguration",
    "DeleteIdentityCenterApplication",
)
def identity_provider(scene: Scene) -> None:
    """An application is tied to an organization, changed, untied and deleted, each of the last two once and again."""
    application, of = scene.application(), {"OrganizationId": scene.other.id}
    center = {"InstanceArn": STRINGS["InstanceArn"], "ApplicationArn": application}
    for mode, tokens in (
        ("IDENTITY_PROVIDER_AND_DIRECTORY", {"Status": "ACTIVE", "LifetimeInDays": 3653}),
        ("IDENTITY_PROVIDER_ONLY", {"Status": "INACTIVE"}),
    ):
        configuration = {
            "AuthenticationMode": mode,
            "IdentityCenterConfiguration": center,
            "PersonalAccessTokenConfiguration": tokens,
        }
        scene.client.call("PutIdentityProviderConfiguration", **of, **configuration)
        found = scene.client.call("DescribeIdentityProviderConfiguration", **of)
        expect(found, configuration, "the configuration")
    for _ in range(2):
        scene.client.call("DeleteIdentityProviderConfiguration", **of)
    code = scene.client.error("DescribeIdentityProviderConfiguration", **of)
    expect(code, "ResourceNotFoundException", "a configuration that is gone")
    for _ in range(2):
        scene.client.call("DeleteIdentityCenterApplication", ApplicationArn=application)
    code = scene.client.error("PutIdentityProviderConfiguration", **of, **configuration)
    expect(code, "ResourceNotFoundException", "an application that is gone")
