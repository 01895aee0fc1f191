"""What an effect is, and how a module collects its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..scene import Scene

Step = Callable[[Scene], None]


@dataclass(frozen=True)
class Effect:
    """One thing that operations do; counts for each of them."""

    operations: tuple[str, ...]
    what: str
    run: Step
    needs_tokens: bool = False


class Effects(list[Effect]):
    """The effects of one module, in the order of the file."""

    def of(self, *operations: str, needs_tokens: bool = False) -> Callable[[Step], Step]:
        """Adds a function; the first line of its text says what it shows."""

        def add(step: Step) -> Step:
            what = (step.__doc__ or "").strip().splitlines()[0].rstrip(".")
            self.append(Effect(operations, what[0].lower() + what[1:], step, needs_tokens))
            return step

        return add
