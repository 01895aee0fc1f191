"""Runs the effects, in organizations of their own."""

from __future__ import annotations

from ..context import Context
from ..effects import EFFECTS
from ..scene import Scene

SUITE = "effects"


def run(context: Context, scene: Scene) -> None:
    """All effects."""
    for effect in EFFECTS:
        if effect.needs_tokens and not scene.can_make_tokens:
            context.report.skip(effect.what, "needs --token-command: the API has no way to make a token")
            continue
        with context.checking(SUITE, effect.operations, effect.what):
            effect.run(scene)
