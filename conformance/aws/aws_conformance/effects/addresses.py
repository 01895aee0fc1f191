"""Addresses: aliases and the primary one, of users, groups and resources alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..context import demand, expect
from ..scene import Entity, Scene
from .kinds import Effects

EFFECTS = Effects()


def _of(scene: Scene, **members: Any) -> dict[str, Any]:
    return {"OrganizationId": scene.organization.id, **members}


def _aliases(scene: Scene, entity: Entity) -> set[str]:
    return set(scene.client.all("ListAliases", **_of(scene, EntityId=entity.id)))


def _kinds(scene: Scene) -> dict[str, Callable[[], Entity]]:
    return {"USER": scene.user, "GROUP": scene.group, "RESOURCE": scene.resource}


@EFFECTS.of("CreateAlias", "DeleteAlias", "ListAliases")
def aliases(scene: Scene) -> None:
    """Users, groups and resources have aliases; adding and removing them twice is no error."""
    for make in _kinds(scene).values():
        entity = make()
        expect(_aliases(scene, entity), set(), "the aliases at first: the primary address is none")
        one, other = scene.address(), f"plus+{scene.address()}"
        for alias in (one, other):
            scene.client.call("CreateAlias", **_of(scene, EntityId=entity.id, Alias=alias))
        expect(_aliases(scene, entity), {one, other}, "the aliases")
        for _ in range(2):
            scene.client.call("DeleteAlias", **_of(scene, EntityId=entity.id, Alias=one))
        expect(_aliases(scene, entity), {other}, "the aliases that stay")


@EFFECTS.of("CreateAlias")
def again(scene: Scene) -> None:
    """An entity's own alias can be added again; anybody else's address cannot, whatever its case."""
    entity, alias = scene.user(), scene.address()
    for _ in range(2):
        scene.client.call("CreateAlias", **_of(scene, EntityId=entity.id, Alias=alias))
    code = scene.client.error("CreateAlias", **_of(scene, EntityId=scene.group().id, Alias=alias.upper()))
    expect(code, "EmailAddressInUseException", "somebody else's alias in capitals")


@EFFECTS.of("CreateAlias", "DeleteAlias", "ListAliases")
def ids_only(scene: Scene) -> None:
    """Aliases are kept by id: neither a name nor an address will do."""
    entity = scene.user()
    long_name = scene.name("longer-than-twelve-")
    made = scene.client.call("CreateUser", **_of(scene, Name=long_name, DisplayName="x"))
    demand(bool(made["UserId"]), "there is no UserId")
    for identifier in (entity.email, long_name):
        code = scene.client.error("ListAliases", **_of(scene, EntityId=identifier))
        expect(code, "EntityNotFoundException", f"the aliases of {identifier}")
        code = scene.client.error("CreateAlias", **_of(scene, EntityId=identifier, Alias=scene.address()))
        expect(code, "EntityNotFoundException", f"a new alias of {identifier}")


@EFFECTS.of("DeleteAlias")
def primary_stays(scene: Scene) -> None:
    """The primary address cannot be removed as an alias."""
    entity = scene.user()
    code = scene.client.error("DeleteAlias", **_of(scene, EntityId=entity.id, Alias=entity.email))
    expect(code, "InvalidParameterException", "removing the primary address")
    found = scene.client.call("DescribeUser", **_of(scene, UserId=entity.id))
    expect(found["Email"], entity.email, "the address")


@EFFECTS.of("UpdatePrimaryEmailAddress", "ListAliases")
def primary(scene: Scene) -> None:
    """The former primary address becomes an alias; an own alias and the primary address swap."""
    for make in _kinds(scene).values():
        entity, second = make(), scene.address()
        scene.client.call("UpdatePrimaryEmailAddress", **_of(scene, EntityId=entity.name, Email=second))
        expect(_aliases(scene, entity), {entity.email}, "the aliases")
        scene.client.call("UpdatePrimaryEmailAddress", **_of(scene, EntityId=second, Email=entity.email))
        expect(_aliases(scene, entity), {second}, "the aliases after the swap")
        scene.client.call("UpdatePrimaryEmailAddress", **_of(scene, EntityId=entity.id, Email=entity.email))
        expect(_aliases(scene, entity), {second}, "the aliases after the same again")


@EFFECTS.of("DescribeEntity")
def reverse(scene: Scene) -> None:
    """An address tells whose it is, primary or alias; a name is no address."""
    for kind, make in _kinds(scene).items():
        entity, alias = make(), scene.address()
        scene.client.call("CreateAlias", **_of(scene, EntityId=entity.id, Alias=alias))
        for address in (entity.email, alias):
            found = scene.client.call("DescribeEntity", **_of(scene, Email=address))
            wanted = {"EntityId": entity.id, "Name": entity.name, "Type": kind}
            expect(found, wanted, f"who {address} is")


@EFFECTS.of("RegisterToWorkMail", "DeregisterFromWorkMail", "CreateAlias")
def held(scene: Scene) -> None:
    """Addresses come back with their owner and go to nobody else meanwhile."""
    entity, alias = scene.user(), scene.address()
    scene.client.call("CreateAlias", **_of(scene, EntityId=entity.id, Alias=alias))
    scene.client.call("DeregisterFromWorkMail", **_of(scene, EntityId=entity.id))
    other = scene.user()
    code = scene.client.error("CreateAlias", **_of(scene, EntityId=other.id, Alias=entity.email))
    expect(code, "EmailAddressInUseException", "the address of a disabled user")
    scene.client.call("RegisterToWorkMail", **_of(scene, EntityId=entity.id, Email=entity.email))
    expect(_aliases(scene, entity), {alias}, "the aliases afterwards")
