"""From a good request to every bad one: each constraint of each member broken once, all else left as it was.

Pure. Wrong JSON types get SerializationException; everything else the error that the operation has for bad values.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from . import check, samples
from .model import Operation

SERIALIZATION = "SerializationException"
# Lengths of lists that are built to be too long; longer ones would only measure the network.
LIST_LENGTH_MAX = 2_000

WRONG_TYPES: dict[str, tuple[Any, ...]] = {
    "string": (7, True, ["x"], {"x": "y"}),
    "boolean": ("true", 1, [True]),
    "integer": ("7", True, [7]),
    "list": ("x", {"x": "y"}, 7),
    "structure": ("x", ["x"], 7),
}

# Tried in this order to find a character that a pattern does not allow.
STRANGE_CHARACTERS = (" ", "\u00e9", "\u0100", "\u0001", "<", "/", "!", "_")

# Constraints that the service has and the model has not: shape, what, value.
DOCUMENTED = (("MailboxQuota", "more than 50 GB", 51_201),)


@dataclass(frozen=True)
class Violation:
    """One bad request and the errors that are right for it."""

    what: str
    params: dict[str, Any]
    expected: frozenset[str]


def violations(operation: Operation, good: dict[str, Any]) -> Iterator[Violation]:
    """Every bad request that the model of the operation lets one think of."""
    if operation.input is None:
        return
    for steps, what, value, expected in _of_structure(operation, operation.input, good, ()):
        params = copy.deepcopy(good)
        _put(params, steps, value)
        yield Violation(f"{_path(steps)}: {what}", params, expected)


class _Absent:
    """Stands for a member that is taken away."""


_ABSENT = _Absent()
_Bad = tuple[tuple[str | int, ...], str, Any, frozenset[str]]


def _of_structure(operation: Operation, shape: StructureShape, good: Any, at: tuple[str | int, ...]) -> Iterator[_Bad]:
    invalid = frozenset({operation.invalid})
    for name, member in shape.members.items():
        steps = (*at, name)
        if name in shape.required_members:
            yield steps, "missing", _ABSENT, invalid
            yield steps, "null", None, invalid
        value = good.get(name) if isinstance(good, dict) else None
        yield from _of_value(operation, member, samples.sample(member) if value is None else value, steps)


def _of_value(operation: Operation, shape: Shape, good: Any, at: tuple[str | int, ...]) -> Iterator[_Bad]:
    """Bad values in place of `good`; nested ones as the whole value, so that absent members come into being."""
    wrong, invalid = frozenset({SERIALIZATION}), frozenset({operation.invalid})
    for value in WRONG_TYPES[shape.type_name]:
        yield at, f"wrong type {value!r}", value, wrong
    if isinstance(shape, StructureShape):
        for steps, what, value, expected in _of_structure(operation, shape, good, ()):
            whole = copy.deepcopy(good)
            _put(whole, steps, value)
            yield at, f"{_path(steps)}: {what}", whole, expected
    elif isinstance(shape, ListShape):
        yield from _of_list(operation, shape, good, at)
    elif shape.type_name == "string":
        for what, value in _bad_strings(shape, str(good)):
            yield at, what, value, invalid
    elif shape.type_name == "integer":
        yield at, "a fraction", 1.5, wrong | invalid
        yield at, "larger than any integer", 10**30, wrong | invalid
        for what, value in _bad_integers(shape):
            yield at, what, value, invalid


def _of_list(operation: Operation, shape: ListShape, good: Any, at: tuple[str | int, ...]) -> Iterator[_Bad]:
    wrong, invalid = frozenset({SERIALIZATION}), frozenset({operation.invalid})
    element = good[0] if good else samples.sample(shape.member)
    yield at, "an element that is null", [None], wrong | invalid
    if shape.metadata.get("min", 0) > 0:
        yield at, "no elements", [], invalid
    most = shape.metadata.get("max", LIST_LENGTH_MAX)
    if most < LIST_LENGTH_MAX:
        values = [samples.variant(shape.member, number) for number in range(most + 1)]
        yield at, f"{most + 1} elements", values, invalid
    for steps, what, value, expected in _of_value(operation, shape.member, element, (0,)):
        whole = [copy.deepcopy(element)]
        _put(whole, steps, value)
        yield at, f"[0]: {what}" if len(steps) == 1 else f"{_path(steps)}: {what}", whole, expected


def _bad_strings(shape: Shape, good: str) -> Iterator[tuple[str, str]]:
    allowed = shape.metadata.get("enum")
    if allowed:
        yield "not in the enum", "BOGUS"
        yield "in the enum but for case", allowed[0].swapcase()
        return
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    if low > 0:
        yield f"{low - 1} characters", good[: low - 1]
    if high is not None:
        yield f"{high + 1} characters", lengthen(shape, good, high + 1)
    strange = _strange(shape, good)
    if strange is not None:
        yield "against the pattern", strange
        # A pattern that is meant for the whole value must not be content with the line before a line break.
        if not check.matches(shape, f"{good}\n") and (high is None or len(good) < high):
            yield "a line break at the end", f"{good}\n"


def _bad_integers(shape: Shape) -> Iterator[tuple[str, int]]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None:
        yield f"{low - 1}", low - 1
        yield "-1", -1
    if high is not None:
        yield f"{high + 1}", high + 1
    for name, what, value in DOCUMENTED:
        if shape.name == name:
            yield what, value


def lengthen(shape: Shape, good: str, length: int) -> str:
    """A value of exactly this length that keeps to the pattern, where that is possible."""
    short = length - len(good)
    for letter in ("a", "0", "x"):
        for place in (len(good), 1, len(good) // 2):
            longer = good[:place] + letter * short + good[place:]
            if check.matches(shape, longer):
                return longer
    return good + "a" * short


def _strange(shape: Shape, good: str) -> str | None:
    """`good` with one character that the pattern does not allow, of the same length."""
    if shape.metadata.get("pattern") is None:
        return None
    middle = len(good) // 2
    for letter in STRANGE_CHARACTERS:
        changed = good[:middle] + letter + good[middle + 1 :]
        if not check.matches(shape, changed):
            return changed
    return None


def _put(target: Any, steps: tuple[str | int, ...], value: Any) -> None:
    for step in steps[:-1]:
        target = target[step]
    if value is _ABSENT:
        target.pop(steps[-1], None)
    else:
        target[steps[-1]] = value


def _path(steps: tuple[str | int, ...]) -> str:
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
