"""Collects what was checked and how it went; counts; prints the table.

A check belongs to a suite and, mostly, to one operation. What was not run is kept too, with its reason: nothing is
left out in silence.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    suite: str
    operation: str | None
    what: str
    # What is wrong; None if nothing is.
    problem: str | None

    @property
    def passed(self) -> bool:
        """Whether all was well."""
        return self.problem is None


@dataclass
class Report:
    """All checks of a run."""

    verbose: bool = False
    checks: list[Check] = field(default_factory=list)
    not_run: list[tuple[str, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, suite: str, operation: str | None, what: str, problem: str | None) -> bool:
        """Keeps one check; says whether it passed."""
        check = Check(suite, operation, what, problem)
        self.checks.append(check)
        if not check.passed or self.verbose:
            verdict = "ok  " if check.passed else "FAIL"
            print(f"{verdict} {suite}: {operation or '-'}: {what}", flush=True)
            if problem:
                print(f"     {problem}", flush=True)
        return check.passed

    def skip(self, what: str, why: str) -> None:
        """Keeps that something was not run."""
        self.not_run.append((what, why))
        print(f"not run: {what}: {why}", flush=True)

    @contextmanager
    def timed(self, suite: str) -> Iterator[None]:
        """Measures a suite and says when it is done."""
        began = time.monotonic()
        before = len(self.checks)
        yield
        self.seconds[suite] = time.monotonic() - began
        done = self.checks[before:]
        failed = sum(not check.passed for check in done)
        print(f"{suite}: {len(done) - failed} passed, {failed} failed in {self.seconds[suite]:.1f} s", flush=True)

    def of(self, operation: str) -> list[Check]:
        """The checks of one operation."""
        return [check for check in self.checks if check.operation == operation]

    @property
    def failed(self) -> int:
        """How many checks failed."""
        return sum(not check.passed for check in self.checks)

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return len(self.checks) - self.failed


def print_table(report: Report, operations: list[str]) -> None:
    """One line for each operation: verdict, counts by suite."""
    suites = list(dict.fromkeys(check.suite for check in report.checks if check.operation))
    width = max(len(name) for name in operations)
    print()
    print(f"{'operation':{width}}  verdict  " + "  ".join(suites))
    for name in operations:
        checks = report.of(name)
        verdict = "none" if not checks else "ok" if all(check.passed for check in checks) else "FAILED"
        cells = []
        for suite in suites:
            some = [check for check in checks if check.suite == suite]
            good = sum(check.passed for check in some)
            cells.append(f"{f'{good}/{len(some)}' if some else '':>{len(suite)}}")
        print(f"{name:{width}}  {verdict:7}  " + "  ".join(cells))
    general = [check for check in report.checks if check.operation is None]
    if general:
        print(f"{'(no one operation)':{width}}  {sum(c.passed for c in general)}/{len(general)}")


def print_failures(report: Report) -> None:
    """Every failure once more, at the end, where it is seen."""
    failures = [check for check in report.checks if not check.passed]
    if failures:
        print(f"\n{len(failures)} failed:", file=sys.stdout)
    for check in failures:
        print(f"  {check.suite}: {check.operation or '-'}: {check.what}\n      {check.problem}")


def print_totals(report: Report) -> None:
    """The last line, in the form in which cargo ends a test run: scripts add it to their totals."""
    word = "FAILED" if report.failed else "ok"
    print(f"\ntest result: {word}. {report.passed} passed; {report.failed} failed; {len(report.not_run)} not run")
