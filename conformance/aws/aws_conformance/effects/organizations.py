"""Organizations from creation to tombstone, and their tags."""

from __future__ import annotations

import time

from ..context import demand, expect
from ..scene import Scene
from .kinds import Effects

EFFECTS = Effects()
STATES_OF_CREATION = {"Requested", "Creating", "Validating", "Active"}
# The clocks of two machines, and the precision of a float.
SECONDS_APART_MAX = 3600


@EFFECTS.of("DescribeOrganization", "ListOrganizations")
def described(scene: Scene) -> None:
    """An active organization shows its alias, domain, directory, ARN and when it was completed."""
    of = scene.organization
    found = scene.client.call("DescribeOrganization", OrganizationId=of.id)
    expect(found["OrganizationId"], of.id, "OrganizationId")
    expect(found["State"], "Active", "State")
    demand(found["DefaultMailDomain"].startswith(f"{found['Alias']}."), f"the test domain is {found}")
    demand(found["ARN"].endswith(f":organization/{of.id}"), f"the ARN is {found['ARN']}")
    demand(bool(found.get("DirectoryType")) and found["DirectoryId"].startswith("d-"), f"the directory is {found}")
    expect(found["InteroperabilityEnabled"], False, "InteroperabilityEnabled")
    demand(abs(found["CompletedDate"] - time.time()) < SECONDS_APART_MAX, "CompletedDate is not now")
    demand("ErrorMessage" not in found, "there is an ErrorMessage")
    rows = scene.client.all("ListOrganizations")
    summary = next(row for row in rows if row["OrganizationId"] == of.id)
    for member in ("Alias", "DefaultMailDomain", "State"):
        expect(summary[member], found[member], f"{member} in the list")


@EFFECTS.of("CreateOrganization", "ListUsers", "ListAccessControlRules", "ListMobileDeviceAccessRules")
def born_with(scene: Scene) -> None:
    """A new organization has a test domain, system users and rules that let everybody in."""
    of = {"OrganizationId": scene.other.id}
    users = scene.client.all("ListUsers", **of)
    demand(bool(users), "there are no users of the system")
    for user in users:
        expect((user["UserRole"], user["State"], "Email" in user), ("SYSTEM_USER", "DISABLED", False), user["Name"])
    rules = scene.client.call("ListAccessControlRules", **of)["Rules"]
    expect([rule["Name"] for rule in rules], ["default"], "the names of the rules")
    expect((rules[0]["Effect"], rules[0]["Description"]), ("ALLOW", "Default WorkMail Rule"), "the default rule")
    expect((rules[0]["DateCreated"], rules[0]["DateModified"]), (0, 0), "the times of the default rule")
    conditions = set(rules[0]) - {"Name", "Effect", "Description", "DateCreated", "DateModified"}
    demand(not any(rules[0][name] for name in conditions), f"the default rule has conditions: {rules[0]}")
    rules = scene.client.call("ListMobileDeviceAccessRules", **of)["Rules"]
    expect([rule["Effect"] for rule in rules], ["ALLOW"], "the effects of the rules about devices")
    expect(scene.client.call("DescribeInboundDmarcSettings", **of)["Enforced"], True, "DMARC")


@EFFECTS.of("CreateOrganization", "GetMailDomain")
def domains_of_creation(scene: Scene) -> None:
    """Domains that are named at creation are there, and the test domain stays the default."""
    domains = [scene.domain_name(), scene.domain_name()]
    made = scene.client.call(
        "CreateOrganization",
        Alias=f"{scene.name('domains')}-{scene.run}",
        Domains=[{"DomainName": domain} for domain in domains],
    )
    of = scene.finish_organization(made["OrganizationId"])
    rows = scene.client.all("ListMailDomains", OrganizationId=of.id)
    expect({row["DomainName"] for row in rows}, {*domains, of.domain}, "the domains")
    expect([row["DomainName"] for row in rows if row["DefaultDomain"]], [of.domain], "the default domain")
    scene.delete_organization(of.id)


@EFFECTS.of("CreateOrganization")
def refused_creations(scene: Scene) -> None:
    """Interoperability without a directory, and an alias that differs only in case, are refused."""
    alias = f"{scene.name('interop')}-{scene.run}"
    code = scene.client.error("CreateOrganization", Alias=alias, EnableInteroperability=True)
    expect(code, "InvalidParameterException", "interoperability without a directory")
    code = scene.client.error("CreateOrganization", Alias=scene.organization.alias.upper())
    expect(code, "NameAvailabilityException", "an alias that differs only in case")


@EFFECTS.of("CreateOrganization", "DeleteOrganization", "DescribeOrganization", "ListOrganizations")
def life(scene: Scene) -> None:
    """An organization goes from Requested to Active to Deleted, and its tombstone stays."""
    organization_id = scene.start_organization("life")
    state = scene.client.call("DescribeOrganization", OrganizationId=organization_id)["State"]
    demand(state in STATES_OF_CREATION, f"a new organization is {state}")
    of = scene.finish_organization(organization_id)
    answer = scene.client.call("DeleteOrganization", OrganizationId=of.id, DeleteDirectory=True)
    expect(answer["OrganizationId"], of.id, "OrganizationId")
    expect(answer["State"], "Deleting", "State")
    described = scene.await_state(of.id, "Deleted")
    expect(described["Alias"], of.alias, "the alias of the tombstone")
    rows = {row["OrganizationId"]: row["State"] for row in scene.client.all("ListOrganizations")}
    expect(rows.get(of.id), "Deleted", "the state of the tombstone in the list")
    code = scene.client.error("CreateOrganization", Alias=of.alias)
    expect(code, "NameAvailabilityException", "the answer to its alias")


@EFFECTS.of("DeleteOrganization")
def enabled_users_stop_deletion(scene: Scene) -> None:
    """An organization with enabled users is deleted only by force."""
    of = scene.finish_organization(scene.start_organization("people"))
    user = scene.user(organization=of)
    code = scene.client.error("DeleteOrganization", OrganizationId=of.id, DeleteDirectory=True)
    demand(code in ("OrganizationStateException", "InvalidParameterException"), f"it answered {code}")
    scene.client.call("DescribeUser", OrganizationId=of.id, UserId=user.id)
    scene.delete_organization(of.id)
    code = scene.client.error("DescribeUser", OrganizationId=of.id, UserId=user.id)
    expect(code, "OrganizationStateException", "the user of a deleted organization")


@EFFECTS.of("DeleteOrganization", "CreateOrganization")
def kept_directory(scene: Scene) -> None:
    """A directory that was kept serves another organization, whose alias is its own."""
    of = scene.finish_organization(scene.start_organization("keeps"))
    user = scene.user(enabled=False, organization=of)
    scene.client.call("DeleteOrganization", OrganizationId=of.id, DeleteDirectory=False)
    scene.await_state(of.id, "Deleted")
    made = scene.client.call("CreateOrganization", Alias=of.alias, DirectoryId=of.directory_id)
    heir = scene.finish_organization(made["OrganizationId"])
    expect(heir.directory_id, of.directory_id, "DirectoryId")
    found = scene.client.call("DescribeUser", OrganizationId=heir.id, UserId=user.name)
    expect(found["UserId"], user.id, "the id of a user who was there before")
    scene.delete_organization(heir.id)


@EFFECTS.of("DeleteOrganization", "PutIdentityProviderConfiguration", "CreateIdentityCenterApplication")
def application_goes_too(scene: Scene) -> None:
    """The Identity Center application goes with the organization if that is asked for, and stays otherwise."""
    for asked in (False, True):
        of = scene.finish_organization(scene.start_organization("tied"))
        application = scene.application()
        tie = scene.tie(application)
        scene.client.call("PutIdentityProviderConfiguration", OrganizationId=of.id, **tie)
        request = {"OrganizationId": of.id, "DeleteDirectory": True, "DeleteIdentityCenterApplication": asked}
        scene.client.call("DeleteOrganization", **request)
        scene.await_state(of.id, "Deleted")
        code = scene.client.error("PutIdentityProviderConfiguration", OrganizationId=scene.other.id, **tie)
        expect(code, "ResourceNotFoundException" if asked else "success", f"the application, asked {asked}")


def _tags(scene: Scene) -> dict[str, str]:
    tags = scene.client.call("ListTagsForResource", ResourceARN=scene.organization.arn)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}


@EFFECTS.of("TagResource", "UntagResource", "ListTagsForResource")
def tags(scene: Scene) -> None:
    """Tags are added, replaced by key and removed; keys tell case apart."""
    arn = scene.organization.arn
    longest = {"Key": "k" * 128, "Value": "v" * 256}
    one, other = {"Key": "stage", "Value": "test"}, {"Key": "Stage", "Value": ""}
    scene.client.call("TagResource", ResourceARN=arn, Tags=[one, other, longest])
    expect(_tags(scene), {"stage": "test", "Stage": "", "k" * 128: "v" * 256}, "the tags")
    scene.client.call("TagResource", ResourceARN=arn, Tags=[{"Key": "stage", "Value": "production"}])
    expect(_tags(scene)["stage"], "production", "the new value")
    scene.client.call("UntagResource", ResourceARN=arn, TagKeys=["Stage", "k" * 128, "absent"])
    expect(_tags(scene), {"stage": "production"}, "the tags that stay")
    code = scene.client.error("TagResource", ResourceARN=arn, Tags=[{"Key": "aws:stage", "Value": ""}])
    expect(code, "InvalidParameterException", "the answer to a key that AWS keeps for itself")
    scene.client.call("UntagResource", ResourceARN=arn, TagKeys=["stage"])
    expect(_tags(scene), {}, "the tags at the end")
