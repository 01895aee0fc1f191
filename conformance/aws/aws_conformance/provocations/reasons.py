"""Why some listed errors are never seen: a sentence for each, shown in the generated page.

An entry for one operation comes before one for all. What becomes possible moves to a provocation and leaves here.
"""

from __future__ import annotations

NO_CONNECTOR = "needs a directory that is kept elsewhere; those come with directory connectors"
NO_INTEROPERABILITY = "needs a read-only directory or interoperability mode; those come with directory connectors"
DELETED_IS_GONE = "needs a deleted entity; a deleted one is gone at once and answers EntityNotFoundException"
ANY_STATE = "every state of an entity allows this"
NO_EMAIL_MEMBER = "the request has no address; the model lists it from former days"

FOR_ALL: dict[str, str] = {
    "DirectoryServiceAuthenticationFailedException": NO_CONNECTOR,
    "DirectoryUnavailableException": NO_CONNECTOR,
    "UnsupportedOperationException": NO_INTEROPERABILITY,
    "InvalidCustomSesConfigurationException": "needs rules of Amazon SES, which is not involved",
}

FOR_ONE: dict[tuple[str, str], str] = {
    ("CreateOrganization", "LimitExceededException"): "the limit is 10,000 organizations of one account",
    ("DeleteIdentityCenterApplication", "OrganizationStateException"): (
        "the request names no organization, and deleting an application changes none"
    ),
    ("ListGroups", "EntityNotFoundException"): "the request names no entity",
    ("PutEmailMonitoringConfiguration", "ResourceNotFoundException"): (
        "needs somebody who knows which log groups and roles exist; ARNs of other services are kept as they are given"
    ),
    ("RegisterMailDomain", "MailDomainInUseException"): (
        "needs a domain whose owner another organization has proven; the proof by DNS comes with the checks of domains"
    ),
    ("UpdateImpersonationRole", "LimitExceededException"): "changing a role makes none; too many rules are invalid",
    ("UpdateResource", "EmailAddressInUseException"): NO_EMAIL_MEMBER,
    ("UpdateResource", "MailDomainNotFoundException"): NO_EMAIL_MEMBER,
    ("UpdateResource", "MailDomainStateException"): NO_EMAIL_MEMBER,
    ("UpdateResource", "EntityStateException"): ANY_STATE,
    ("UpdateGroup", "EntityStateException"): ANY_STATE,
    ("DisassociateMemberFromGroup", "EntityStateException"): ANY_STATE,
    ("DeleteMailboxPermissions", "EntityStateException"): ANY_STATE,
    ("ListAliases", "EntityStateException"): DELETED_IS_GONE,
    ("ListGroupMembers", "EntityStateException"): DELETED_IS_GONE,
    ("ListGroupsForEntity", "EntityStateException"): DELETED_IS_GONE,
    ("ListPersonalAccessTokens", "EntityStateException"): DELETED_IS_GONE,
    ("ListResourceDelegates", "EntityStateException"): DELETED_IS_GONE,
}


def why_not(operation: str, error: str) -> str | None:
    """The reason, if there is one."""
    return FOR_ONE.get((operation, error)) or FOR_ALL.get(error)
