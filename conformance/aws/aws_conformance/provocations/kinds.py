"""What a provocation is, and the most common one: a good request with one member changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..requests import REQUESTS
from ..scene import Scene

Builder = Callable[[Scene], dict[str, Any]]


@dataclass(frozen=True)
class Provocation:
    """A request that must be answered with one error."""

    operation: str
    error: str
    what: str
    build: Builder


def changed(operation: str, error: str, what: str, **members: Any) -> Provocation:
    """The good request of the operation with these members; a function is asked for the value with the scene."""

    def build(scene: Scene) -> dict[str, Any]:
        values = {name: value(scene) if callable(value) else value for name, value in members.items()}
        return {**REQUESTS[operation](scene), **values}

    return Provocation(operation, error, what, build)


def of(operation: str, error: str, what: str, **members: Any) -> Provocation:
    """A request of these members to the first organization; a function is asked for the value with the scene."""

    def build(scene: Scene) -> dict[str, Any]:
        values = {name: value(scene) if callable(value) else value for name, value in members.items()}
        return {"OrganizationId": scene.organization.id, **values}

    return Provocation(operation, error, what, build)
