"""The generated page: one row for each of the operations, without times or anything else that differs between runs."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from .context import Context
from .model import API_VERSION
from .provocations.reasons import why_not
from .status import WORDS
from .suites.errors import provoked

COUNTED = ("answers", "constraints", "errors", "effects", "paging", "tokens", "scenarios")

HEAD = """\
# The AWS interface, operation by operation

Written by `scripts/conformance-aws.sh --write`, which asks a real server; do not edit. The suite is in
`conformance/aws`, and anyone can point it at any endpoint. It is driven by the service model that botocore ships
(`workmail`, API version {version}): each answer is held against the output shape, each constraint of each input
member is broken once, each listed error is provoked where that is possible.

Checks are those that passed, of those that were made. Errors are those that were provoked, of those that the model
lists.
"""


def write(context: Context, path: Path) -> None:
    """Writes the page."""
    path.write_text(text(context), encoding="utf-8")


def text(context: Context) -> str:
    """The page."""
    lines = [HEAD.format(version=API_VERSION), *_summary(context), "", *_table(context), ""]
    lines += ["## Errors that are listed and never seen", "", *_reasons(context)]
    return "\n".join(lines) + "\n"


def _summary(context: Context) -> list[str]:
    lines = ["| status | operations |", "|---|---|"]
    for status, words in WORDS.items():
        count = sum(context.status.of(name).status == status for name in context.model.operations)
        lines.append(f"| {words} | {count} |")
    return lines


def _table(context: Context) -> list[str]:
    lines = ["| operation | status | checks | errors | notes |", "|---|---|---|---|---|"]
    errors = provoked(context)
    for name, operation in context.model.operations.items():
        entry = context.status.of(name)
        checks = [check for check in context.report.of(name) if check.suite in COUNTED]
        passed = sum(check.passed for check in checks)
        seen = f"{len(errors[name] & set(operation.errors))} of {len(operation.errors)}"
        cells = (name, WORDS[entry.status], f"{passed} of {len(checks)}", seen, entry.note)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _reasons(context: Context) -> list[str]:
    errors = provoked(context)
    by_reason: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, operation in context.model.operations.items():
        if not context.status.is_served(name):
            continue
        for error in operation.errors:
            reason = why_not(name, error)
            if error not in errors[name] and reason is not None:
                by_reason[(error, reason)].append(name)
    lines = ["| error | operations | why |", "|---|---|---|"]
    for (error, reason), names in sorted(by_reason.items()):
        lines.append(f"| {error} | {', '.join(names)} | {reason} |")
    return lines
