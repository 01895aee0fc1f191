"""Asks for an operation and looks at every answer, whoever asked and why.

A test that needs an organization learns of a wrong answer to CreateOrganization here, not of a strange failure later.
"""

from __future__ import annotations

import json
from typing import Any

from . import check
from .model import Model
from .report import Report
from .wire import Answer, Wire

Params = dict[str, Any]

# Of a request or an answer in a report.
SHOWN_CHARS_MAX = 400


class Refused(Exception):
    """The endpoint answered an error where a success was needed."""

    def __init__(self, operation: str, params: Params, answer: Answer) -> None:
        super().__init__(f"{operation} {shorten(params)} answered {answer}")
        self.answer = answer

    @property
    def code(self) -> str:
        """The error."""
        return self.answer.code or ""


class Client:
    """The endpoint, operation by operation."""

    def __init__(self, model: Model, wire: Wire, report: Report) -> None:
        self.model = model
        self.wire = wire
        self.report = report

    def ask(self, operation: str, **params: Any) -> Answer:
        """Sends a request and gives the answer; what breaks the model is reported at once."""
        answer = self.wire.ask(operation, params)
        problems = check.answer_problems(self.model, self.model.operations[operation], answer)
        if problems:
            self.report.add("model", operation, f"answer to {shorten(params)}", "; ".join(problems))
        return answer

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """Sends a request that must succeed and gives the members of its answer."""
        answer = self.ask(operation, **params)
        if answer.status != 200:
            raise Refused(operation, params, answer)
        return answer.parsed or {}

    def error(self, operation: str, **params: Any) -> str:
        """Sends a request and gives the code of its error, or the word success."""
        return self.ask(operation, **params).code or "success"

    def pages(self, operation: str, size: int | None = None, **params: Any) -> list[list[Any]]:
        """All pages of a list."""
        rows = self.model.operations[operation].rows
        if size is not None:
            params["MaxResults"] = size
        pages, token = [], None
        while True:
            answer = self.call(operation, **params, **({"NextToken": token} if token else {}))
            pages.append(answer.get(rows, []))
            token = answer.get("NextToken")
            if not token:
                return pages

    def all(self, operation: str, **params: Any) -> list[Any]:
        """All rows of a list."""
        return [row for page in self.pages(operation, **params) for row in page]


def shorten(params: Params) -> str:
    """A request as text for a report, without passwords and not too long."""
    shown = {name: "…" if "Password" in name else value for name, value in params.items()}
    text = json.dumps(shown, ensure_ascii=True, default=str)
    return text if len(text) <= SHOWN_CHARS_MAX else f"{text[:SHOWN_CHARS_MAX]}…"
