"""Every operation with a good request and with every bad one that the model lets one think of.

In this order for each operation: an unknown and a deleted organization, each constraint broken once, and at last the
good request. The bad ones come first because the good one would use up what it was made for; that it still succeeds
shows that none of them did anything.
"""

from __future__ import annotations

import json
from typing import Any

from .. import check, samples
from ..client import shorten
from ..context import Context
from ..model import Operation
from ..requests import REQUESTS
from ..requests.permissions import NEEDS_TOKEN_COMMAND
from ..scene import UNKNOWN_ORGANIZATION
from ..violations import violations
from ..wire import Answer

SUITE_ANSWERS = "answers"
SUITE_CONSTRAINTS = "constraints"
SUITE_ERRORS = "errors"
UNKNOWN_OPERATION = "UnknownOperationException"


def run(context: Context) -> None:
    """All operations of the model, one after the other."""
    _tables_are_closed(context)
    for operation in context.model.operations.values():
        if not context.status.is_served(operation.name):
            _unserved(context, operation)
        elif _is_known(context, operation):
            _served(context, operation)


def _tables_are_closed(context: Context) -> None:
    with context.checking(SUITE_ANSWERS, (None,), "the suite has a good request for each operation that is served"):
        served = {name for name in context.model.operations if context.status.is_served(name)}
        missing = sorted(served ^ set(REQUESTS))
        if missing:
            raise LookupError(f"missing or needless: {', '.join(missing)}")
        shapes = [operation.input for operation in context.model.operations.values() if operation.input]
        problems = [problem for shape in shapes for problem in samples.table_problems(list(shape.members.values()))]
        if problems:
            raise LookupError("; ".join(sorted(set(problems))))


def _unserved(context: Context, operation: Operation) -> None:
    """What comes later says that it is unknown; an empty success would be a lie."""
    params = samples.sample(operation.input) if operation.input else {}
    answer = context.wire.ask(operation.name, params)
    problem = None if answer.code == UNKNOWN_OPERATION else f"answered {answer}"
    context.report.add(SUITE_ANSWERS, operation.name, "says that it does not exist yet", problem)


def _is_known(context: Context, operation: Operation) -> bool:
    """Whether the endpoint knows the operation; if not, that is one failure and not a hundred."""
    answer = context.wire.ask(operation.name, {})
    if answer.code != UNKNOWN_OPERATION:
        return True
    context.report.add(SUITE_ANSWERS, operation.name, "is served", f"answered {answer}")
    return False


def _served(context: Context, operation: Operation) -> None:
    if operation.name in NEEDS_TOKEN_COMMAND and not context.scene.can_make_tokens:
        context.report.skip(operation.name, "needs --token-command: the API has no way to make a token")
        return
    good: dict[str, Any] = {}
    with context.checking(SUITE_ANSWERS, (operation.name,), "what a good request needs can be made"):
        good = REQUESTS[operation.name](context.scene)
    if good:
        _organizations(context, operation, good)
        _constraints(context, operation, good)
        _answer(context, operation, good)


def _organizations(context: Context, operation: Operation, good: dict[str, Any]) -> None:
    if "OrganizationId" not in good:
        return
    others = {
        "OrganizationNotFoundException": ("an unknown organization", UNKNOWN_ORGANIZATION),
        "OrganizationStateException": ("a deleted organization", context.scene.deleted.id),
    }
    for error, (what, organization) in others.items():
        if error in operation.errors:
            params = {**good, "OrganizationId": organization}
            answer = context.wire.ask(operation.name, params)
            _expect(context, operation, f"{error}: {what}", answer, frozenset({error}), SUITE_ERRORS)


def _constraints(context: Context, operation: Operation, good: dict[str, Any]) -> None:
    for violation in violations(operation, good):
        request = context.wire.request(operation.name, json.dumps(violation.params).encode())
        answer = context.wire.send(request)
        _expect(context, operation, violation.what, answer, violation.expected, SUITE_CONSTRAINTS)


def _answer(context: Context, operation: Operation, good: dict[str, Any]) -> None:
    answer = context.wire.ask(operation.name, good)
    problems = check.answer_problems(context.model, operation, answer)
    if answer.status != 200:
        problems.insert(0, f"{shorten(good)} answered {answer}")
    context.report.add(SUITE_ANSWERS, operation.name, "a good request", "; ".join(problems) or None)


def _expect(
    context: Context, operation: Operation, what: str, answer: Answer, errors: frozenset[str], suite: str
) -> None:
    problems = check.answer_problems(context.model, operation, answer)
    if answer.code not in errors:
        problems.insert(0, f"answered {answer}, not {' or '.join(sorted(errors))}")
    context.report.add(suite, operation.name, what, "; ".join(problems) or None)
