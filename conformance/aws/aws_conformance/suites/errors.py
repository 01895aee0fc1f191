"""Every error that an operation lists, provoked where that is possible; where it is not, the reason is on record."""

from __future__ import annotations

from collections import defaultdict

from .. import check
from ..client import shorten
from ..context import Context
from ..provocations import GENERAL, PROVOCATIONS
from ..provocations.kinds import Provocation
from ..provocations.reasons import why_not
from .operations import SUITE_ERRORS, UNKNOWN_OPERATION


def run(context: Context) -> None:
    """All provocations."""
    _table_is_closed(context)
    unknown: set[str] = set()
    for provocation in PROVOCATIONS:
        if provocation.operation not in unknown:
            _provoke(context, provocation, unknown)


def provoked(context: Context) -> dict[str, set[str]]:
    """By operation, the listed errors that this suite makes the endpoint answer."""
    errors: dict[str, set[str]] = defaultdict(set)
    for provocation in PROVOCATIONS:
        errors[provocation.operation].add(provocation.error)
    for operation in context.model.operations.values():
        if not context.status.is_served(operation.name):
            continue
        general = set(operation.errors) & GENERAL
        if "OrganizationId" not in operation.members:
            general -= {"OrganizationNotFoundException", "OrganizationStateException"}
        errors[operation.name] |= general
    return errors


def _table_is_closed(context: Context) -> None:
    with context.checking(SUITE_ERRORS, (None,), "each listed error is provoked or has a reason why not"):
        all_provoked = provoked(context)
        problems = []
        for operation in context.model.operations.values():
            if not context.status.is_served(operation.name):
                continue
            for error in operation.errors:
                if error not in all_provoked[operation.name] and why_not(operation.name, error) is None:
                    problems.append(f"{operation.name}: {error}")
            for error in all_provoked[operation.name] - set(operation.errors):
                problems.append(f"{operation.name} does not list {error}")
        if problems:
            raise LookupError("; ".join(problems))


def _provoke(context: Context, provocation: Provocation, unknown: set[str]) -> None:
    name, error = provocation.operation, provocation.error
    with context.checking(SUITE_ERRORS, (name,), f"{error}: {provocation.what}"):
        params = provocation.build(context.scene)
        answer = context.wire.ask(name, params)
        if answer.code == UNKNOWN_OPERATION:
            unknown.add(name)
        problems = check.answer_problems(context.model, context.model.operations[name], answer)
        if answer.code != error:
            problems.insert(0, f"{shorten(params)} answered {answer}")
        if problems:
            raise LookupError("; ".join(problems))
