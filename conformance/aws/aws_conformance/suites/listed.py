"""What the paging suite needs to know of each list: how rows come into being, go again, and are told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..scene import Entity, Scene

ROWS = 5

Foreign = list[tuple[str, dict[str, Any]]]


@dataclass
class Listed:
    """One paginated operation."""

    operation: str
    # What tells rows apart.
    key: Callable[[Any], str]
    # Makes the rows and gives the request.
    prepare: Callable[[], dict[str, Any]]
    # Adds a row and gives its key.
    add: Callable[[], str]
    # Removes a row whose key is not among these and gives it.
    remove: Callable[[set[str]], str]
    # Changes to the request under which its token must not serve.
    foreign: Callable[[], Foreign]
    needs_tokens: bool = False
    # The rows that count, where others may come and go at any time; None if all do.
    ours: list[str] | None = None


class _Rows:
    """Rows that are made and removed by the API."""

    def __init__(self, make: Callable[[], str], drop: Callable[[str], None]) -> None:
        self._make, self._drop = make, drop
        self._keys: list[str] = []

    def fill(self) -> None:
        for _ in range(ROWS):
            self.add()

    def add(self) -> str:
        key = self._make()
        self._keys.append(key)
        return key

    def remove(self, kept: set[str]) -> str:
        key = next(key for key in reversed(self._keys) if key not in kept)
        self._keys.remove(key)
        self._drop(key)
        return key


def build(scene: Scene) -> list[Listed]:
    """Every list, of the first organization of the scene."""
    builders = (
        _aliases,
        _availability,
        _group_members,
        _groups,
        _groups_for_entity,
        _impersonation_roles,
        _mail_domains,
        _mailbox_permissions,
        _mobile_overrides,
        _organizations,
        _personal_access_tokens,
        _resource_delegates,
        _resources,
        _users,
    )
    return [builder(scene) for builder in builders]


def _of(scene: Scene, **members: Any) -> dict[str, Any]:
    return {"OrganizationId": scene.organization.id, **members}


def _other_organization(scene: Scene) -> tuple[str, dict[str, Any]]:
    return "another organization", {"OrganizationId": scene.other.id}


def _assembled(
    operation: str,
    key: Callable[[Any], str],
    rows: _Rows,
    params: Callable[[], dict[str, Any]],
    foreign: Callable[[], Foreign],
) -> Listed:
    def prepare() -> dict[str, Any]:
        request = params()
        rows.fill()
        return request

    return Listed(operation, key, prepare, rows.add, rows.remove, foreign)


class _Holder:
    """An entity that is made when it is first needed."""

    def __init__(self, make: Callable[[], Entity]) -> None:
        self._make = make
        self._entity: Entity | None = None

    @property
    def entity(self) -> Entity:
        if self._entity is None:
            self._entity = self._make()
        return self._entity

    @property
    def id(self) -> str:
        return self.entity.id


def _aliases(scene: Scene) -> Listed:
    user = _Holder(scene.user)

    def make() -> str:
        address = scene.address()
        scene.client.call("CreateAlias", **_of(scene, EntityId=user.id, Alias=address))
        return address

    def drop(address: str) -> None:
        scene.client.call("DeleteAlias", **_of(scene, EntityId=user.id, Alias=address))

    return _assembled(
        "ListAliases",
        str,
        _Rows(make, drop),
        lambda: _of(scene, EntityId=user.id),
        lambda: [("another user", {"EntityId": scene.user().id})],
    )


def _availability(scene: Scene) -> Listed:
    def drop(domain: str) -> None:
        scene.client.call("DeleteAvailabilityConfiguration", **_of(scene, DomainName=domain))

    return _assembled(
        "ListAvailabilityConfigurations",
        lambda row: row["DomainName"],
        _Rows(scene.availability, drop),
        lambda: _of(scene),
        lambda: [_other_organization(scene)],
    )


def _group_members(scene: Scene) -> Listed:
    group = _Holder(scene.group)

    def make() -> str:
        member = scene.user(enabled=False)
        scene.client.call("AssociateMemberToGroup", **_of(scene, GroupId=group.id, MemberId=member.id))
        return member.id

    def drop(member: str) -> None:
        scene.client.call("DisassociateMemberFromGroup", **_of(scene, GroupId=group.id, MemberId=member))

    return _assembled(
        "ListGroupMembers",
        lambda row: row["Id"],
        _Rows(make, drop),
        lambda: _of(scene, GroupId=group.id),
        lambda: [("another group", {"GroupId": scene.group().id})],
    )


def _groups(scene: Scene) -> Listed:
    def drop(group: str) -> None:
        scene.client.call("DeleteGroup", **_of(scene, GroupId=group))

    return _assembled(
        "ListGroups",
        lambda row: row["Id"],
        _Rows(lambda: scene.group(enabled=False).id, drop),
        lambda: _of(scene),
        lambda: [_other_organization(scene), ("a filter", {"Filters": {"NamePrefix": "g"}})],
    )


def _groups_for_entity(scene: Scene) -> Listed:
    user = _Holder(scene.user)

    def make() -> str:
        group = scene.group(enabled=False)
        scene.client.call("AssociateMemberToGroup", **_of(scene, GroupId=group.id, MemberId=user.id))
        return group.id

    def drop(group: str) -> None:
        scene.client.call("DisassociateMemberFromGroup", **_of(scene, GroupId=group, MemberId=user.id))

    return _assembled(
        "ListGroupsForEntity",
        lambda row: row["GroupId"],
        _Rows(make, drop),
        lambda: _of(scene, EntityId=user.id),
        lambda: [
            ("another user", {"EntityId": scene.user().id}),
            ("a filter", {"Filters": {"GroupNamePrefix": "g"}}),
        ],
    )


def _impersonation_roles(scene: Scene) -> Listed:
    def drop(role: str) -> None:
        scene.client.call("DeleteImpersonationRole", **_of(scene, ImpersonationRoleId=role))

    return _assembled(
        "ListImpersonationRoles",
        lambda row: row["ImpersonationRoleId"],
        _Rows(scene.impersonation_role, drop),
        lambda: _of(scene),
        lambda: [_other_organization(scene)],
    )


def _mail_domains(scene: Scene) -> Listed:
    def make() -> str:
        domain = scene.domain_name()
        scene.client.call("RegisterMailDomain", **_of(scene, DomainName=domain))
        return domain

    def drop(domain: str) -> None:
        scene.client.call("DeregisterMailDomain", **_of(scene, DomainName=domain))

    return _assembled(
        "ListMailDomains",
        lambda row: row["DomainName"],
        _Rows(make, drop),
        lambda: _of(scene),
        lambda: [_other_organization(scene)],
    )


def _mailbox_permissions(scene: Scene) -> Listed:
    owner = _Holder(scene.user)

    def make() -> str:
        grantee = scene.user()
        scene.client.call(
            "PutMailboxPermissions",
            **_of(scene, EntityId=owner.id, GranteeId=grantee.id, PermissionValues=["SEND_AS"]),
        )
        return grantee.id

    def drop(grantee: str) -> None:
        scene.client.call("DeleteMailboxPermissions", **_of(scene, EntityId=owner.id, GranteeId=grantee))

    return _assembled(
        "ListMailboxPermissions",
        lambda row: row["GranteeId"],
        _Rows(make, drop),
        lambda: _of(scene, EntityId=owner.id),
        lambda: [("another owner", {"EntityId": scene.user().id})],
    )


def _mobile_overrides(scene: Scene) -> Listed:
    user = _Holder(scene.user)

    def make() -> str:
        device = scene.name("device")
        scene.client.call(
            "PutMobileDeviceAccessOverride", **_of(scene, UserId=user.id, DeviceId=device, Effect="ALLOW")
        )
        return device

    def drop(device: str) -> None:
        scene.client.call("DeleteMobileDeviceAccessOverride", **_of(scene, UserId=user.id, DeviceId=device))

    return _assembled(
        "ListMobileDeviceAccessOverrides",
        lambda row: str(row["DeviceId"]).lower(),
        _Rows(make, drop),
        lambda: _of(scene, UserId=user.id),
        lambda: [("another user", {"UserId": scene.user().id}), ("a device", {"DeviceId": "device0"})],
    )


def _organizations(scene: Scene) -> Listed:
    """Organizations are never removed from this list: a deleted one stays as a tombstone."""
    made: list[str] = []

    def make() -> str:
        made.append(scene.start_organization("listed"))
        return made[-1]

    def drop(organization_id: str) -> None:
        scene.await_state(organization_id, "Active")
        scene.client.call("DeleteOrganization", OrganizationId=organization_id, DeleteDirectory=True)
        # It may be there or not: it is no row that stayed.

    def prepare() -> dict[str, Any]:
        rows.fill()
        # States change while an organization comes into being; what is compared must stand still.
        for organization_id in made:
            scene.await_state(organization_id, "Active")
        return {}

    rows = _Rows(make, drop)
    one = Listed("ListOrganizations", lambda row: row["OrganizationId"], prepare, rows.add, rows.remove, lambda: [])
    one.ours = made
    return one


def _personal_access_tokens(scene: Scene) -> Listed:
    user = _Holder(scene.user)

    def drop(token: str) -> None:
        scene.client.call("DeletePersonalAccessToken", **_of(scene, PersonalAccessTokenId=token))

    one = _assembled(
        "ListPersonalAccessTokens",
        lambda row: row["PersonalAccessTokenId"],
        _Rows(lambda: scene.personal_access_token(user.entity), drop),
        lambda: _of(scene, UserId=user.id),
        lambda: [("another user", {"UserId": scene.user().id})],
    )
    one.needs_tokens = True
    return one


def _resource_delegates(scene: Scene) -> Listed:
    room = _Holder(scene.resource)

    def make() -> str:
        delegate = scene.user()
        scene.client.call("AssociateDelegateToResource", **_of(scene, ResourceId=room.id, EntityId=delegate.id))
        return delegate.id

    def drop(delegate: str) -> None:
        scene.client.call("DisassociateDelegateFromResource", **_of(scene, ResourceId=room.id, EntityId=delegate))

    return _assembled(
        "ListResourceDelegates",
        lambda row: row["Id"],
        _Rows(make, drop),
        lambda: _of(scene, ResourceId=room.id),
        lambda: [("another resource", {"ResourceId": scene.resource().id})],
    )


def _resources(scene: Scene) -> Listed:
    def drop(resource: str) -> None:
        scene.client.call("DeleteResource", **_of(scene, ResourceId=resource))

    return _assembled(
        "ListResources",
        lambda row: row["Id"],
        _Rows(lambda: scene.resource(enabled=False).id, drop),
        lambda: _of(scene),
        lambda: [_other_organization(scene), ("a filter", {"Filters": {"State": "DISABLED"}})],
    )


def _users(scene: Scene) -> Listed:
    def drop(user: str) -> None:
        scene.client.call("DeleteUser", **_of(scene, UserId=user))

    return _assembled(
        "ListUsers",
        lambda row: row["Id"],
        _Rows(lambda: scene.user(enabled=False).id, drop),
        lambda: _of(scene),
        lambda: [_other_organization(scene), ("a filter", {"Filters": {"State": "DISABLED"}})],
    )
