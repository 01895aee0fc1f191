"""Client tokens: the same request again gets the same answer, another one under the same token is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..context import Context, demand, expect
from ..model import INVALID_PARAMETER, MEMBER_CLIENT_TOKEN
from ..requests import REQUESTS
from ..scene import Scene

SUITE = "tokens"

# What is asked for under a token that was used for something else.
DIFFERENT: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "CreateAvailabilityConfiguration": lambda scene: {"DomainName": scene.domain_name()},
    "CreateIdentityCenterApplication": lambda scene: {"Name": scene.name("different")},
    "CreateImpersonationRole": lambda scene: {"Name": scene.name("different")},
    "CreateMobileDeviceAccessRule": lambda scene: {"Name": scene.name("different")},
    "CreateOrganization": lambda scene: {"Alias": f"{scene.name('different')}-{scene.run}"},
    "DeleteOrganization": lambda scene: {"DeleteDirectory": False},
    "RegisterMailDomain": lambda scene: {"DomainName": scene.domain_name()},
}


def run(context: Context) -> None:
    """Every operation that takes a token."""
    with_token = {
        operation.name
        for operation in context.model.operations.values()
        if MEMBER_CLIENT_TOKEN in operation.members and context.status.is_served(operation.name)
    }
    with context.checking(SUITE, (None,), "the suite knows each operation with a client token"):
        expect(with_token, set(DIFFERENT), "what takes a token")
    for name in sorted(DIFFERENT):
        _replay(context, name)


def _replay(context: Context, name: str) -> None:
    client, scene = context.client, context.scene
    good: dict[str, Any] = {}
    with context.checking(SUITE, (name,), "the same request again gets the same answer"):
        good = {**REQUESTS[name](scene), MEMBER_CLIENT_TOKEN: f"{scene.run}-{scene.name('token')}!~"}
        first = client.call(name, **good)
        expect(client.call(name, **good), first, "the second answer")
    if not good:
        return
    with context.checking(SUITE, (name,), "another request under the same token is refused"):
        different = {**good, **DIFFERENT[name](scene)}
        expect(client.error(name, **different), INVALID_PARAMETER, "the answer")
    with context.checking(SUITE, (name,), "the longest token is accepted"):
        longest = {**REQUESTS[name](scene), MEMBER_CLIENT_TOKEN: scene.name("t").ljust(128, "~")}
        answer = client.ask(name, **longest)
        demand(answer.status == 200, f"answered {answer}")
