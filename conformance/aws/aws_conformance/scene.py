"""What the tests act on: organizations, people, groups, rooms, rules; all made through the API, in the order it needs.

Names hold the run's own random word, so that runs never meet. Everything goes with its organizations at the end.
"""

from __future__ import annotations

import itertools
import secrets
import shlex
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from . import samples
from .client import Client, Refused

# Creating an organization takes minutes on AWS (Terraform's provider waits for 30).
ORGANIZATION_SECONDS_MAX = 30 * 60
POLL_SECONDS_MIN = 0.05
POLL_SECONDS_MAX = 10.0

PASSWORD = samples.STRINGS["Password"]
UNKNOWN_ORGANIZATION = "m-00000000000000000000000000000000"
UNKNOWN_ENTITY = "00000000-0000-4000-8000-000000000000"
UNKNOWN_ID = "unknown-0000"
TOKEN_COMMAND_SECONDS_MAX = 60


@dataclass(frozen=True)
class Organization:
    """An organization as DescribeOrganization shows it."""

    id: str
    alias: str
    arn: str
    directory_id: str
    domain: str


@dataclass(frozen=True)
class Entity:
    """A user, a group or a resource; the e-mail address only if it is enabled."""

    id: str
    name: str
    email: str | None = None


class Scene:
    """The organizations of a run and what is in the first of them."""

    def __init__(self, client: Client, token_command: str | None) -> None:
        self.client = client
        self.run = secrets.token_hex(4)
        self._token_command = token_command
        self._numbers = itertools.count(1)
        self._started: list[str] = []

    # Names.

    def name(self, word: str) -> str:
        """A name that nothing else of this run has."""
        return f"{word}{next(self._numbers)}"

    def domain_name(self) -> str:
        """A mail domain that nobody owns (RFC 2606) and nothing else of this run has."""
        return f"{self.name('d')}-{self.run}.example.com"

    # Organizations.

    @cached_property
    def organization(self) -> Organization:
        """The one in which most things happen."""
        return self.finish_organization(self.start_organization("main"))

    @cached_property
    def other(self) -> Organization:
        """Another one, in which nothing is set."""
        return self.finish_organization(self.start_organization("other"))

    @cached_property
    def deleted(self) -> Organization:
        """One that was deleted: it is still there to be described, and for nothing else."""
        organization = self.finish_organization(self.start_organization("gone"))
        self.delete_organization(organization.id)
        return organization

    def prepare(self) -> None:
        """Makes the three at once: waiting for one after the other would take three times as long."""
        started = [self.start_organization(word) for word in ("main", "other", "gone")]
        self.organization, self.other, gone = (self.finish_organization(one) for one in started)
        self.delete_organization(gone.id)
        self.deleted = gone

    def start_organization(self, word: str) -> str:
        """Begins to create an organization and gives its id."""
        alias = f"{self.name(word)}-{self.run}"
        organization_id: str = self.client.call("CreateOrganization", Alias=alias)["OrganizationId"]
        self._started.append(organization_id)
        return organization_id

    def finish_organization(self, organization_id: str) -> Organization:
        """Waits until it is Active."""
        described = self.await_state(organization_id, "Active")
        return Organization(
            organization_id,
            described["Alias"],
            described["ARN"],
            described["DirectoryId"],
            described["DefaultMailDomain"],
        )

    def delete_organization(self, organization_id: str) -> None:
        """Deletes it with everything in it and waits for the end."""
        self.client.call("DeleteOrganization", OrganizationId=organization_id, DeleteDirectory=True, ForceDelete=True)
        self.await_state(organization_id, "Deleted")

    def await_state(self, organization_id: str, wanted: str) -> dict[str, str]:
        """Asks again and again until the organization is in this state."""
        deadline = time.monotonic() + ORGANIZATION_SECONDS_MAX
        pause = POLL_SECONDS_MIN
        while True:
            described = self.client.call("DescribeOrganization", OrganizationId=organization_id)
            if described["State"] == wanted:
                return described
            if described["State"] == "Failed" or time.monotonic() > deadline:
                raise TimeoutError(f"{organization_id} is {described['State']}, not {wanted}: {described}")
            time.sleep(pause)
            pause = min(pause * 1.5, POLL_SECONDS_MAX)

    def clean_up(self) -> None:
        """Deletes the organizations of this run; what is gone already may be gone."""
        for organization_id in self._started:
            try:
                self.client.call(
                    "DeleteOrganization", OrganizationId=organization_id, DeleteDirectory=True, ForceDelete=True
                )
            except Refused as refused:
                if refused.code != "OrganizationStateException":
                    raise

    # Entities, all of the first organization unless another is named.

    def user(self, *, enabled: bool = True, organization: Organization | None = None) -> Entity:
        """A new user, without a password: hashing one takes longer than all the rest."""
        of = organization or self.organization
        name = self.name("user")
        made = self.client.call("CreateUser", OrganizationId=of.id, Name=name, DisplayName=f"User {name}")
        return self._entity(of, made["UserId"], name, enabled)

    def group(self, *, enabled: bool = True, organization: Organization | None = None) -> Entity:
        """A new group."""
        of = organization or self.organization
        name = self.name("group")
        made = self.client.call("CreateGroup", OrganizationId=of.id, Name=name)
        return self._entity(of, made["GroupId"], name, enabled)

    def resource(self, *, enabled: bool = True, organization: Organization | None = None) -> Entity:
        """A new room."""
        of = organization or self.organization
        name = self.name("room")
        made = self.client.call("CreateResource", OrganizationId=of.id, Name=name, Type="ROOM")
        return self._entity(of, made["ResourceId"], name, enabled)

    def _entity(self, of: Organization, entity_id: str, name: str, enabled: bool) -> Entity:
        if not enabled:
            return Entity(entity_id, name)
        email = f"{name}@{of.domain}"
        self.client.call("RegisterToWorkMail", OrganizationId=of.id, EntityId=entity_id, Email=email)
        return Entity(entity_id, name, email)

    @cached_property
    def system_user(self) -> Entity:
        """An account of the directory itself, which nobody may touch."""
        users = self.client.all("ListUsers", OrganizationId=self.organization.id)
        for user in users:
            if user.get("UserRole") == "SYSTEM_USER":
                return Entity(user["Id"], user["Name"])
        raise LookupError("the directory has no SYSTEM_USER")

    def address(self) -> str:
        """An address of the test domain that nobody has."""
        return f"{self.name('address')}@{self.organization.domain}"

    # Rules and settings of the first organization.

    def mobile_rule(self, **members: object) -> str:
        """A new mobile device access rule."""
        made = self.client.call(
            "CreateMobileDeviceAccessRule",
            **{"OrganizationId": self.organization.id, "Name": self.name("rule"), "Effect": "ALLOW", **members},
        )
        return str(made["MobileDeviceAccessRuleId"])

    def impersonation_role(self, **members: object) -> str:
        """A new impersonation role, which lets nobody do anything unless it is given rules."""
        made = self.client.call(
            "CreateImpersonationRole",
            **{
                "OrganizationId": self.organization.id,
                "Name": self.name("role"),
                "Type": "FULL_ACCESS",
                "Rules": [],
                **members,
            },
        )
        return str(made["ImpersonationRoleId"])

    def availability(self) -> str:
        """A new availability configuration; gives its domain."""
        domain = self.domain_name()
        self.client.call(
            "CreateAvailabilityConfiguration",
            OrganizationId=self.organization.id,
            DomainName=domain,
            LambdaProvider={"LambdaArn": samples.STRINGS["LambdaArn"]},
        )
        return domain

    def application(self) -> str:
        """A new Identity Center application; gives its ARN."""
        made = self.client.call(
            "CreateIdentityCenterApplication",
            Name=f"{self.name('application')}-{self.run}",
            InstanceArn=samples.STRINGS["InstanceArn"],
        )
        return str(made["ApplicationArn"])

    @cached_property
    def identity_provider(self) -> str:
        """The application to which the organization is tied; the tie is made when it is first asked for."""
        application = self.application()
        of = self.organization
        self.client.call("PutIdentityProviderConfiguration", OrganizationId=of.id, **self.tie(application))
        return application

    @staticmethod
    def tie(application: str) -> dict[str, Any]:
        """What ties an organization to an application, and lets its users make tokens."""
        return {
            "AuthenticationMode": "IDENTITY_PROVIDER_AND_DIRECTORY",
            "IdentityCenterConfiguration": {
                "InstanceArn": samples.STRINGS["InstanceArn"],
                "ApplicationArn": application,
            },
            "PersonalAccessTokenConfiguration": {"Status": "ACTIVE", "LifetimeInDays": 30},
        }

    # Personal access tokens: the API has no way to make one.

    @property
    def can_make_tokens(self) -> bool:
        """Whether the caller said how."""
        return self._token_command is not None

    def personal_access_token(self, user: Entity) -> str:
        """A new personal access token of this user; gives its id."""
        assert self._token_command is not None
        assert self.identity_provider
        words = [
            word.replace("ORGANIZATION", self.organization.id)
            .replace("USER", user.id)
            .replace("NAME", self.name("token"))
            for word in shlex.split(self._token_command)
        ]
        done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=TOKEN_COMMAND_SECONDS_MAX)
        return done.stdout.strip()
