"""Users: what is kept of them, how they are found, and the two steps in and out."""

from __future__ import annotations

import time
from typing import Any

from ..context import demand, expect
from ..requests.users import PROFILE, create_user, identity_provider_user
from ..scene import PASSWORD, Scene
from .kinds import Effects

EFFECTS = Effects()
SECONDS_APART_MAX = 3600
DATES = ("EnabledDate", "DisabledDate", "MailboxProvisionedDate", "MailboxDeprovisionedDate")


def _of(scene: Scene, **members: Any) -> dict[str, Any]:
    return {"OrganizationId": scene.organization.id, **members}


def _described(scene: Scene, user: str) -> dict[str, Any]:
    return scene.client.call("DescribeUser", **_of(scene, UserId=user))


@EFFECTS.of("CreateUser", "DescribeUser")
def created(scene: Scene) -> None:
    """A new user has what was given, is DISABLED and has neither address nor mailbox."""
    request = create_user(scene)
    user = scene.client.call("CreateUser", **request)["UserId"]
    found = _described(scene, user)
    for member in ("Name", "DisplayName", "FirstName", "LastName", "HiddenFromGlobalAddressList"):
        expect(found[member], request[member], member)
    expect(found["IdentityProviderUserId"], request["IdentityProviderUserId"], "IdentityProviderUserId")
    expect((found["State"], found["UserRole"]), ("DISABLED", "USER"), "state and role")
    left = [member for member in (*DATES, "Email") if member in found]
    expect(left, [], "members of an enabled user")


@EFFECTS.of("UpdateUser", "DescribeUser")
def updated(scene: Scene) -> None:
    """Every member of the profile is kept; one that is absent stays, an empty one is cleared."""
    user = scene.user()
    names = {"DisplayName": "Ada King", "FirstName": "Augusta \u00c4da", "LastName": "King"}
    provider = identity_provider_user(scene)
    scene.client.call(
        "UpdateUser",
        **_of(
            scene, UserId=user.id, HiddenFromGlobalAddressList=True, IdentityProviderUserId=provider, **names, **PROFILE
        ),
    )
    found = _described(scene, user.id)
    for member, value in {**names, **PROFILE, "IdentityProviderUserId": provider}.items():
        expect(found[member], value, member)
    expect(found["HiddenFromGlobalAddressList"], True, "HiddenFromGlobalAddressList")
    scene.client.call("UpdateUser", **_of(scene, UserId=user.id, Office="", IdentityProviderUserId=""))
    found = _described(scene, user.id)
    expect(found.get("Office", ""), "", "Office")
    demand("IdentityProviderUserId" not in found, "IdentityProviderUserId is still there")
    expect(found["City"], PROFILE["City"], "City")
    longest = "\u00e9" * 256
    scene.client.call("UpdateUser", **_of(scene, UserId=user.id, Street=longest))
    expect(_described(scene, user.id)["Street"], longest, "a street of 256 letters")


@EFFECTS.of("RegisterToWorkMail", "DeregisterFromWorkMail", "DescribeUser", "DeleteUser")
def two_steps(scene: Scene) -> None:
    """A user is registered, deregistered, registered again, deregistered and deleted."""
    user = scene.user(enabled=False)
    email = scene.address()
    scene.client.call("RegisterToWorkMail", **_of(scene, EntityId=user.name, Email=email))
    found = _described(scene, user.id)
    expect((found["State"], found["Email"]), ("ENABLED", email), "state and address")
    for member in ("EnabledDate", "MailboxProvisionedDate"):
        demand(abs(found[member] - time.time()) < SECONDS_APART_MAX, f"{member} is not now")
    scene.client.call("RegisterToWorkMail", **_of(scene, EntityId=user.id, Email=email))
    scene.client.call("DeregisterFromWorkMail", **_of(scene, EntityId=user.id))
    found = _described(scene, user.id)
    expect((found["State"], "Email" in found), ("DISABLED", False), "state, and whether there is an address")
    demand(abs(found["DisabledDate"] - time.time()) < SECONDS_APART_MAX, "DisabledDate is not now")
    scene.client.call("RegisterToWorkMail", **_of(scene, EntityId=user.id, Email=email))
    expect(_described(scene, user.id)["State"], "ENABLED", "the state after registering again")
    code = scene.client.error("DeleteUser", **_of(scene, UserId=user.id))
    expect(code, "EntityStateException", "deleting an enabled user")
    scene.client.call("DeregisterFromWorkMail", **_of(scene, EntityId=user.id))
    scene.client.call("DeleteUser", **_of(scene, UserId=user.id))
    answer = scene.client.ask("DescribeUser", **_of(scene, UserId=user.id))
    gone = answer.code == "EntityNotFoundException" or (answer.parsed or {}).get("State") == "DELETED"
    demand(gone, f"a deleted user answers {answer}")
    rows = [row for row in scene.client.all("ListUsers", **_of(scene)) if row["Id"] == user.id]
    demand(all(row["State"] == "DELETED" for row in rows), f"a deleted user is listed as {rows}")


@EFFECTS.of("DeregisterFromWorkMail")
def deregister_twice(scene: Scene) -> None:
    """Deregistering what is disabled changes nothing and is no error."""
    user = scene.user(enabled=False)
    scene.client.call("DeregisterFromWorkMail", **_of(scene, EntityId=user.id))
    demand("DisabledDate" not in _described(scene, user.id), "it has a DisabledDate now")


@EFFECTS.of("DescribeUser", "DeleteUser", "RegisterToWorkMail", "UpdateUser")
def found_by(scene: Scene) -> None:
    """A user is found by id, name and address; registering and deleting take no address."""
    user = scene.user()
    alias = scene.address()
    scene.client.call("CreateAlias", **_of(scene, EntityId=user.id, Alias=alias))
    assert user.email is not None
    for identifier in (user.id, user.name, user.name.upper(), user.email, user.email.upper(), alias):
        expect(_described(scene, identifier)["UserId"], user.id, f"who {identifier} is")
    scene.client.call("UpdateUser", **_of(scene, UserId=user.email, Office="7"))
    scene.client.call("DeregisterFromWorkMail", **_of(scene, EntityId=user.email))
    code = scene.client.error("DescribeUser", **_of(scene, UserId=user.email))
    expect(code, "EntityNotFoundException", "the former address")
    code = scene.client.error("DescribeUser", **_of(scene, UserId=scene.group().id))
    expect(code, "EntityNotFoundException", "a group that is asked for as a user")


@EFFECTS.of("DeleteUser", "RegisterToWorkMail")
def by_address_refused(scene: Scene) -> None:
    """Deleting and registering take ids and names, not addresses."""
    user = scene.user()
    code = scene.client.error("RegisterToWorkMail", **_of(scene, EntityId=user.email, Email=scene.address()))
    expect(code, "EntityNotFoundException", "registering by address")
    code = scene.client.error("DeleteUser", **_of(scene, UserId=user.email))
    demand(code != "EntityStateException", "deleting by address found the user")
    expect(_described(scene, user.id)["State"], "ENABLED", "the state afterwards")


@EFFECTS.of("ListUsers")
def filtered(scene: Scene) -> None:
    """Each filter narrows the list; two filters at once are refused."""
    word = scene.name("filter")
    provider = identity_provider_user(scene)
    made = scene.client.call(
        "CreateUser",
        **_of(scene, Name=f"{word}.ada", DisplayName=f"Countess {word}", IdentityProviderUserId=provider),
    )
    user = made["UserId"]
    scene.user()
    email = f"{word}.mail@{scene.organization.domain}"
    scene.client.call("RegisterToWorkMail", **_of(scene, EntityId=user, Email=email))
    filters = {
        "UsernamePrefix": f"{word}.",
        "DisplayNamePrefix": f"Countess {word}",
        "PrimaryEmailPrefix": f"{word}.m",
        "IdentityProviderUserIdPrefix": provider[:-1],
    }
    for member, value in filters.items():
        rows = scene.client.all("ListUsers", **_of(scene, Filters={member: value}))
        demand(user in {row["Id"] for row in rows}, f"{member} does not find the user")
        if member != "IdentityProviderUserIdPrefix":
            expect(len(rows), 1, f"the number of users by {member}")
    rows = scene.client.all("ListUsers", **_of(scene, Filters={"State": "ENABLED"}))
    demand(user in {row["Id"] for row in rows}, "State does not find the user")
    expect({row["State"] for row in rows}, {"ENABLED"}, "the states of enabled users")
    row = next(row for row in rows if row["Id"] == user)
    expect((row["Name"], row["Email"], row["UserRole"]), (f"{word}.ada", email, "USER"), "the row")
    rows = scene.client.all("ListUsers", **_of(scene, Filters={"UsernamePrefix": f"{word}%"}))
    expect(rows, [], "who is found by a percent sign")
    both = {"UsernamePrefix": word, "State": "ENABLED"}
    code = scene.client.error("ListUsers", **_of(scene, Filters=both))
    expect(code, "InvalidParameterException", "the answer to two filters")


@EFFECTS.of("CreateUser")
def names(scene: Scene) -> None:
    """The longest name and one that looks like an address are accepted; names differ by more than case."""
    longest = scene.name("u").ljust(64, "x")
    scene.client.call("CreateUser", **_of(scene, Name=longest, DisplayName="x" * 256))
    expect(_described(scene, longest)["Name"], longest, "the longest name")
    like = f"{scene.name('u')}@example.com"
    scene.client.call("CreateUser", **_of(scene, Name=like, DisplayName="An address"))
    expect(_described(scene, like)["Name"], like, "a name like an address")
    code = scene.client.error("CreateUser", **_of(scene, Name=longest.upper(), DisplayName="x"))
    expect(code, "NameAvailabilityException", "the answer to a name that differs only in case")
    for role in ("SYSTEM_USER", "RESOURCE"):
        code = scene.client.error("CreateUser", **_of(scene, Name=scene.name("u"), DisplayName="x", Role=role))
        expect(code, "InvalidParameterException", f"the answer to the role {role}")
    code = scene.client.error("CreateUser", **_of(scene, Name="amazonjournaling", DisplayName="x"))
    expect(code, "ReservedNameException", "the answer to amazonjournaling")


@EFFECTS.of("CreateUser", "RegisterToWorkMail", "GetMailboxDetails")
def remote(scene: Scene) -> None:
    """A REMOTE_USER has an address and no mailbox."""
    name = scene.name("remote")
    user = scene.client.call("CreateUser", **_of(scene, Name=name, DisplayName="Far", Role="REMOTE_USER"))["UserId"]
    scene.client.call("RegisterToWorkMail", **_of(scene, EntityId=user, Email=scene.address()))
    found = _described(scene, user)
    expect((found["UserRole"], found["State"]), ("REMOTE_USER", "ENABLED"), "role and state")
    demand("MailboxProvisionedDate" not in found, "there is a mailbox")
    code = scene.client.error("GetMailboxDetails", **_of(scene, UserId=user))
    expect(code, "EntityNotFoundException", "the mailbox of a remote user")


@EFFECTS.of("ResetPassword", "CreateUser")
def passwords(scene: Scene) -> None:
    """Passwords are held to the policy: length, kinds of characters; ResetPassword takes ids only."""
    user = scene.user()
    for password in (f"{PASSWORD}-3", "K\u00f6nig-Ludwig-2", "x" * 30 + "A1!" + "y" * 30):
        scene.client.call("ResetPassword", **_of(scene, UserId=user.id, Password=password))
    for password in ("Sh0rt!", "onlylowercaseletters", "A1!" + "x" * 61):
        code = scene.client.error("ResetPassword", **_of(scene, UserId=user.id, Password=password))
        expect(code, "InvalidPasswordException", f"the answer to {len(password)} characters")
    code = scene.client.error("ResetPassword", **_of(scene, UserId=user.email, Password=f"{PASSWORD}-4"))
    expect(code, "EntityNotFoundException", "resetting by address")


@EFFECTS.of("UpdateMailboxQuota", "GetMailboxDetails")
def quota(scene: Scene) -> None:
    """The quota is kept in MB, up to 50 GB."""
    user = scene.user()
    before = scene.client.call("GetMailboxDetails", **_of(scene, UserId=user.id))
    expect(before["MailboxQuota"], 51_200, "the quota of a new mailbox")
    for quota_mb in (1, 51_200, 2_048):
        scene.client.call("UpdateMailboxQuota", **_of(scene, UserId=user.email, MailboxQuota=quota_mb))
        found = scene.client.call("GetMailboxDetails", **_of(scene, UserId=user.name))
        expect(found["MailboxQuota"], quota_mb, "MailboxQuota")
        demand(found["MailboxSize"] >= 0, "MailboxSize is negative")
