"""Errors of operations on users, on passwords and addresses, and on enabling and disabling."""

from __future__ import annotations

from typing import Any

from ..scene import UNKNOWN_ENTITY, Scene
from .kinds import Provocation, changed, of

ALIASES_MAX = 100
# Too short, and of one kind of character.
BAD_PASSWORD = "abc"


def unknown_domain(scene: Scene) -> str:
    """An address of a domain that the organization does not have."""
    return f"{scene.name('address')}@{scene.domain_name()}"


def unverified(scene: Scene) -> str:
    """An address of a domain whose owner is not known yet."""
    domain = scene.domain_name()
    scene.client.call("RegisterMailDomain", OrganizationId=scene.organization.id, DomainName=domain)
    return f"{scene.name('address')}@{domain}"


def taken(scene: Scene) -> str | None:
    """An address of somebody else."""
    return scene.user().email


def _full_of_aliases(scene: Scene) -> str:
    user = scene.user()
    for _ in range(ALIASES_MAX):
        scene.client.call("CreateAlias", OrganizationId=scene.organization.id, EntityId=user.id, Alias=scene.address())
    return user.id


def _enabled_elsewhere(scene: Scene) -> dict[str, Any]:
    return {"OrganizationId": scene.organization.id, "EntityId": scene.user().id, "Email": scene.address()}


def _disabled(scene: Scene) -> str:
    return scene.user(enabled=False).id


def _system(scene: Scene) -> str:
    return scene.system_user.id


PROVOCATIONS = (
    changed("CreateUser", "NameAvailabilityException", "a name that is taken", Name=lambda scene: scene.user().name),
    changed("CreateUser", "ReservedNameException", "a name of the system", Name="administrator"),
    changed("CreateUser", "InvalidPasswordException", "a password against the policy", Password=BAD_PASSWORD),
    changed("ResetPassword", "InvalidPasswordException", "a password against the policy", Password=BAD_PASSWORD),
    changed("ResetPassword", "EntityNotFoundException", "an unknown user", UserId=UNKNOWN_ENTITY),
    changed("ResetPassword", "EntityStateException", "an account of the system", UserId=_system),
    changed("DescribeUser", "EntityNotFoundException", "an unknown user", UserId=UNKNOWN_ENTITY),
    changed("UpdateUser", "EntityNotFoundException", "an unknown user", UserId=UNKNOWN_ENTITY),
    changed("UpdateUser", "EntityStateException", "an account of the system", UserId=_system),
    of("DeleteUser", "EntityStateException", "an enabled user", UserId=lambda scene: scene.user().id),
    changed("GetMailboxDetails", "EntityNotFoundException", "an unknown user", UserId=UNKNOWN_ENTITY),
    changed("UpdateMailboxQuota", "EntityNotFoundException", "an unknown user", UserId=UNKNOWN_ENTITY),
    changed("UpdateMailboxQuota", "EntityStateException", "a user without a mailbox", UserId=_disabled),
    # Enabling and disabling.
    changed("RegisterToWorkMail", "EntityNotFoundException", "an unknown entity", EntityId=UNKNOWN_ENTITY),
    changed("RegisterToWorkMail", "EntityStateException", "an account of the system", EntityId=_system),
    changed("RegisterToWorkMail", "EmailAddressInUseException", "somebody else's address", Email=taken),
    changed("RegisterToWorkMail", "MailDomainNotFoundException", "an unknown domain", Email=unknown_domain),
    changed("RegisterToWorkMail", "MailDomainStateException", "an unverified domain", Email=unverified),
    Provocation(
        "RegisterToWorkMail",
        "EntityAlreadyRegisteredException",
        "an enabled user, with another address",
        _enabled_elsewhere,
    ),
    changed("DeregisterFromWorkMail", "EntityNotFoundException", "an unknown entity", EntityId=UNKNOWN_ENTITY),
    changed("DeregisterFromWorkMail", "EntityStateException", "an account of the system", EntityId=_system),
    # Addresses.
    changed("CreateAlias", "EntityNotFoundException", "an unknown entity", EntityId=UNKNOWN_ENTITY),
    changed("CreateAlias", "EntityStateException", "a disabled user", EntityId=_disabled),
    changed("CreateAlias", "EmailAddressInUseException", "somebody else's address", Alias=taken),
    changed("CreateAlias", "MailDomainNotFoundException", "an unknown domain", Alias=unknown_domain),
    changed("CreateAlias", "MailDomainStateException", "an unverified domain", Alias=unverified),
    changed("CreateAlias", "LimitExceededException", "a 101st alias", EntityId=_full_of_aliases),
    changed("DeleteAlias", "EntityNotFoundException", "an unknown entity", EntityId=UNKNOWN_ENTITY),
    changed("DeleteAlias", "EntityStateException", "an account of the system", EntityId=_system),
    changed("ListAliases", "EntityNotFoundException", "an unknown entity", EntityId=UNKNOWN_ENTITY),
    changed("UpdatePrimaryEmailAddress", "EntityNotFoundException", "an unknown entity", EntityId=UNKNOWN_ENTITY),
    changed("UpdatePrimaryEmailAddress", "EntityStateException", "a disabled user", EntityId=_disabled),
    changed("UpdatePrimaryEmailAddress", "EmailAddressInUseException", "somebody else's address", Email=taken),
    changed("UpdatePrimaryEmailAddress", "MailDomainNotFoundException", "an unknown domain", Email=unknown_domain),
    changed("UpdatePrimaryEmailAddress", "MailDomainStateException", "an unverified domain", Email=unverified),
    changed("DescribeEntity", "EntityNotFoundException", "an address of nobody", Email=lambda scene: scene.address()),
)
