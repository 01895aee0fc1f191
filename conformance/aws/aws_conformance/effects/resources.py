"""Rooms and equipment: booking options and delegates."""

from __future__ import annotations

from typing import Any

from ..context import demand, expect
from ..scene import Scene
from .kinds import Effects

EFFECTS = Effects()

BORN_WITH = {
    "AutoAcceptRequests": True,
    "AutoDeclineRecurringRequests": False,
    "AutoDeclineConflictingRequests": True,
}


def _of(scene: Scene, **members: Any) -> dict[str, Any]:
    return {"OrganizationId": scene.organization.id, **members}


def _described(scene: Scene, resource: str) -> dict[str, Any]:
    return scene.client.call("DescribeResource", **_of(scene, ResourceId=resource))


@EFFECTS.of("CreateResource", "DescribeResource", "RegisterToWorkMail", "DeregisterFromWorkMail", "DeleteResource")
def life(scene: Scene) -> None:
    """A room is created, registered, deregistered and deleted; it answers by itself at first."""
    name = scene.name("room").ljust(20, "x")
    made = scene.client.call("CreateResource", **_of(scene, Name=name, Type="ROOM", Description="d" * 64))
    room = made["ResourceId"]
    wanted = {
        "ResourceId": room,
        "Name": name,
        "Type": "ROOM",
        "State": "DISABLED",
        "Description": "d" * 64,
        "BookingOptions": BORN_WITH,
        "HiddenFromGlobalAddressList": False,
    }
    expect(_described(scene, room), wanted, "a new room")
    email = scene.address()
    scene.client.call("RegisterToWorkMail", **_of(scene, EntityId=name, Email=email))
    found = _described(scene, email)
    expect((found["State"], found["Email"]), ("ENABLED", email), "state and address")
    demand("EnabledDate" in found, "there is no EnabledDate")
    code = scene.client.error("DeleteResource", **_of(scene, ResourceId=room))
    expect(code, "EntityStateException", "deleting an enabled room")
    scene.client.call("DeregisterFromWorkMail", **_of(scene, EntityId=email))
    scene.client.call("DeleteResource", **_of(scene, ResourceId=name))
    code = scene.client.error("DescribeResource", **_of(scene, ResourceId=room))
    expect(code, "EntityNotFoundException", "a room that is gone")


@EFFECTS.of("UpdateResource", "DescribeResource")
def updated(scene: Scene) -> None:
    """What is given changes, what is absent stays; booking options are replaced as a whole; '' clears a description."""
    room, name = scene.resource(), scene.name("hall")
    options = {"AutoAcceptRequests": True, "AutoDeclineRecurringRequests": True}
    scene.client.call(
        "UpdateResource",
        **_of(scene, ResourceId=room.id, Name=name, Type="EQUIPMENT", Description="new", BookingOptions=options),
    )
    found = _described(scene, room.id)
    expect((found["Name"], found["Type"], found["Description"]), (name, "EQUIPMENT", "new"), "what was given")
    expect(found["BookingOptions"], {**options, "AutoDeclineConflictingRequests": False}, "the booking options")
    expect(found["Email"], room.email, "the address")
    scene.client.call("UpdateResource", **_of(scene, ResourceId=name, Description="", HiddenFromGlobalAddressList=True))
    found = _described(scene, room.id)
    demand("Description" not in found, "the description is still there")
    expect((found["Name"], found["HiddenFromGlobalAddressList"]), (name, True), "name and visibility")
    expect(found["BookingOptions"], {**options, "AutoDeclineConflictingRequests": False}, "the options afterwards")


@EFFECTS.of("AssociateDelegateToResource", "ListResourceDelegates", "DisassociateDelegateFromResource")
def delegates(scene: Scene) -> None:
    """Users and groups are delegates; adding and removing them twice is no error."""
    room, user, group = scene.resource(), scene.user(), scene.group()
    assert user.email is not None
    for entity in (user.id, user.email, group.name):
        scene.client.call("AssociateDelegateToResource", **_of(scene, ResourceId=room.id, EntityId=entity))
    rows = scene.client.all("ListResourceDelegates", **_of(scene, ResourceId=room.id))
    types = {row["Id"]: row["Type"] for row in rows}
    expect(types, {user.id: "USER", group.id: "GROUP"}, "the delegates")
    for _ in range(2):
        scene.client.call("DisassociateDelegateFromResource", **_of(scene, ResourceId=room.email, EntityId=user.id))
    rows = scene.client.all("ListResourceDelegates", **_of(scene, ResourceId=room.name))
    expect([row["Id"] for row in rows], [group.id], "the delegates that stay")


@EFFECTS.of("UpdateResource", "DisassociateDelegateFromResource", "AssociateDelegateToResource")
def somebody_answers(scene: Scene) -> None:
    """A room that does not answer by itself has a delegate: first, and to the last."""
    room, first, second = scene.resource(), scene.user(), scene.user()
    of_room = _of(scene, ResourceId=room.id)
    silent = {"AutoAcceptRequests": False}
    code = scene.client.error("UpdateResource", **of_room, BookingOptions=silent)
    expect(code, "InvalidConfigurationException", "a room for which nobody answers")
    for delegate in (first, second):
        scene.client.call("AssociateDelegateToResource", **of_room, EntityId=delegate.id)
    scene.client.call("UpdateResource", **of_room, BookingOptions=silent)
    expect(_described(scene, room.id)["BookingOptions"]["AutoAcceptRequests"], False, "AutoAcceptRequests")
    scene.client.call("DisassociateDelegateFromResource", **of_room, EntityId=first.id)
    code = scene.client.error("DisassociateDelegateFromResource", **of_room, EntityId=second.id)
    expect(code, "EntityStateException", "removing the last delegate")
    scene.client.call("UpdateResource", **of_room, BookingOptions=BORN_WITH)
    scene.client.call("DisassociateDelegateFromResource", **of_room, EntityId=second.id)


@EFFECTS.of("ListResources")
def filtered(scene: Scene) -> None:
    """Each filter narrows the list; two filters at once are refused."""
    word = scene.name("f")
    name = f"{word}.beamer"
    made = scene.client.call("CreateResource", **_of(scene, Name=name, Type="EQUIPMENT", Description="bright"))
    resource = made["ResourceId"]
    email = f"{word}.mail@{scene.organization.domain}"
    scene.client.call("RegisterToWorkMail", **_of(scene, EntityId=resource, Email=email))
    sleeping = scene.resource(enabled=False)
    for filters in ({"NamePrefix": f"{word}."}, {"PrimaryEmailPrefix": f"{word}.m"}):
        rows = scene.client.all("ListResources", **_of(scene, Filters=filters))
        expect([row["Id"] for row in rows], [resource], f"the resources by {filters}")
        found = tuple(rows[0].get(member) for member in ("Name", "Type", "Email", "State", "Description"))
        expect(found, (name, "EQUIPMENT", email, "ENABLED", "bright"), "the row")
    rows = scene.client.all("ListResources", **_of(scene, Filters={"State": "DISABLED"}))
    ids = {row["Id"] for row in rows}
    demand(sleeping.id in ids and resource not in ids, "State does not tell them apart")
    code = scene.client.error("ListResources", **_of(scene, Filters={"NamePrefix": word, "State": "ENABLED"}))
    expect(code, "InvalidParameterException", "the answer to two filters")
