"""Holds an answer against the model: types, lengths, patterns, enums, required members, no unknown ones.

Pure: a parsed answer in, a list of sentences out. An empty list means that nothing is wrong.
"""

from __future__ import annotations

import re
from typing import Any

from botocore.model import ListShape, Shape, StringShape, StructureShape

from .model import Model, Operation
from .wire import Answer

# Earlier or later than this is no time at which anything happened here; 0 is what WorkMail's first rule shows.
TIME_MIN = 1_400_000_000
TIME_MAX = 4_102_444_800

# Patterns of the model that nothing can match: `\\b` there is a backslash and a b.
IMPOSSIBLE_PATTERNS = frozenset({"IdentityProviderIdentityStoreId"})


def answer_problems(model: Model, operation: Operation, answer: Answer) -> list[str]:
    """What is wrong with an answer, success or error."""
    problems = envelope_problems(model, answer)
    if answer.status == 200:
        if answer.parsed is None and (answer.body or operation.output):
            return [*problems, "the body is not JSON"]
        shape = operation.output
        if shape is None:
            empty = answer.parsed in (None, {})
            return problems if empty else [*problems, f"the body should be empty, not {answer.parsed}"]
        return problems + value_problems(shape, answer.parsed, "answer")
    return problems + error_problems(operation, answer)


def envelope_problems(model: Model, answer: Answer) -> list[str]:
    """What is wrong with the headers of any answer."""
    problems = []
    if not answer.headers.get("x-amzn-requestid"):
        problems.append("there is no x-amzn-RequestId")
    content_type = answer.headers.get("content-type", "")
    if content_type.split(";")[0].strip() != model.content_type:
        problems.append(f"Content-Type is {content_type!r}, not {model.content_type}")
    return problems


def error_problems(operation: Operation, answer: Answer) -> list[str]:
    """What is wrong with an error, whatever was asked."""
    if answer.status >= 500:
        return [f"a server error: {answer}"]
    parsed = answer.parsed
    if not isinstance(parsed, dict):
        return [f"an error whose body is no JSON object: {answer}"]
    problems = []
    if not isinstance(parsed.get("__type"), str):
        problems.append("__type is missing from the body")
    if not isinstance(parsed.get("Message"), str) or not parsed["Message"]:
        problems.append("Message is missing or empty")
    code = answer.code or ""
    if not operation.may_answer(code):
        problems.append(f"{operation.name} does not list {code}")
    if answer.status != 400 and code in operation.errors:
        problems.append(f"{code} has status {answer.status}, not 400")
    return problems


def value_problems(shape: Shape, value: Any, path: str) -> list[str]:
    """What is wrong with a value of this shape."""
    if value is None:
        return [f"{path} is null; a member that is not set is left out"]
    if isinstance(shape, StructureShape):
        return _structure_problems(shape, value, path)
    if isinstance(shape, ListShape):
        return _list_problems(shape, value, path)
    kind = shape.type_name
    if isinstance(shape, StringShape) or kind == "string":
        return _string_problems(shape, value, path)
    if kind == "boolean":
        return [] if isinstance(value, bool) else [f"{path} is {value!r}, not a boolean"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [f"{path} is {value!r}, not a number"]
    if kind in ("integer", "long") and not isinstance(value, int):
        return [f"{path} is {value!r}, not a whole number"]
    if kind == "timestamp":
        plausible = value == 0 or TIME_MIN < value < TIME_MAX
        return [] if plausible else [f"{path} is {value!r}, no time in seconds"]
    return _bounds(shape, value, path, "is")


def _structure_problems(shape: StructureShape, value: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path} is {value!r}, not an object"]
    problems = [f"{path}.{name} is missing" for name in shape.required_members if name not in value]
    for name, member in value.items():
        if name in shape.members:
            problems += value_problems(shape.members[name], member, f"{path}.{name}")
        else:
            problems.append(f"{path}.{name} is unknown to the model")
    return problems


def _list_problems(shape: ListShape, value: Any, path: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{path} is {value!r}, not a list"]
    problems = _bounds(shape, len(value), path, "has a length of")
    for number, element in enumerate(value):
        problems += value_problems(shape.member, element, f"{path}[{number}]")
    return problems


def _string_problems(shape: Shape, value: Any, path: str) -> list[str]:
    if not isinstance(value, str):
        return [f"{path} is {value!r}, not a string"]
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        return [f"{path} is {value!r}, not one of {', '.join(allowed)}"]
    problems = _bounds(shape, len(value), path, "has a length of")
    if not matches(shape, value):
        problems.append(f"{path} is {value!r}, which does not match {shape.metadata['pattern']}")
    return problems


def matches(shape: Shape, value: str) -> bool:
    """Whether the whole value matches the pattern of its shape, if it has one."""
    pattern = shape.metadata.get("pattern")
    if pattern is None or shape.name in IMPOSSIBLE_PATTERNS:
        return True
    # Some shapes may be empty by their length and not by their pattern; the length is what the documentation says.
    if value == "" and shape.metadata.get("min") == 0:
        return True
    # The patterns are Java's, where \w and \d are ASCII.
    return re.fullmatch(pattern, value, re.ASCII) is not None


def _bounds(shape: Shape, number: float, path: str, verb: str) -> list[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and number < low:
        return [f"{path} {verb} {number}, less than {low}"]
    if high is not None and number > high:
        return [f"{path} {verb} {number}, more than {high}"]
    return []
