"""What every suite is given."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .client import Client, Refused
from .model import Model
from .report import Report
from .scene import Scene
from .status import Status
from .wire import Wire


class Wrong(Exception):
    """Something is not as it must be."""


@dataclass(frozen=True)
class Context:
    """The endpoint and what is known about it."""

    model: Model
    wire: Wire
    client: Client
    report: Report
    scene: Scene
    status: Status

    @contextmanager
    def checking(self, suite: str, operations: tuple[str | None, ...], what: str) -> Iterator[None]:
        """Runs some steps as one check of each of these operations."""
        problem = None
        try:
            yield
        except (Wrong, Refused, TimeoutError, LookupError) as error:
            problem = str(error) or repr(error)
        except Exception as error:  # noqa: BLE001 a suite goes on, and says what happened
            place = traceback.extract_tb(error.__traceback__)[-1]
            problem = f"{error!r} at {place.filename.rsplit('/', 1)[-1]}:{place.lineno}"
        for operation in operations:
            self.report.add(suite, operation, what, problem)


def expect(found: object, wanted: object, what: str) -> None:
    """Demands that two values are the same."""
    if found != wanted:
        raise Wrong(f"{what} is {found!r}, not {wanted!r}")


def demand(fact: bool, otherwise: str) -> None:
    """Demands that something is so."""
    if not fact:
        raise Wrong(otherwise)
