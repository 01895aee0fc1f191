"""Reads the hand-kept status of each operation: works, stored but enforced later, or coming with mail."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

# What the file may say, and how the page says it.
WORDS = {
    "works": "works",
    "stored": "stored, enforced later",
    "mail": "comes with mail",
}
DEFAULT_FILE = Path(__file__).parent.parent / "status.toml"


@dataclass(frozen=True)
class Entry:
    """What is said about one operation."""

    status: str
    note: str = ""


class Status:
    """The file as a table; an operation that it does not name works."""

    def __init__(self, path: Path, operations: list[str]) -> None:
        parsed = tomllib.loads(path.read_text(encoding="utf-8"))
        self._entries: dict[str, Entry] = {}
        for name, members in parsed.items():
            entry = Entry(members["status"], members.get("note", ""))
            if name not in operations:
                raise ValueError(f"{path}: {name} is no operation of the model")
            if entry.status not in WORDS:
                raise ValueError(f"{path}: {name} is {entry.status!r}, not one of {', '.join(WORDS)}")
            if entry.status != "works" and not entry.note:
                raise ValueError(f"{path}: {name} needs a note that says what is missing")
            self._entries[name] = entry

    def of(self, operation: str) -> Entry:
        """What is said about this operation."""
        return self._entries.get(operation, Entry("works"))

    def is_served(self, operation: str) -> bool:
        """Whether the endpoint is said to know it."""
        return self.of(operation).status != "mail"
