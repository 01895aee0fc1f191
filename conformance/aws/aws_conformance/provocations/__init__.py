"""How each listed error is provoked, or why it cannot be.

Closed: every pair of an operation and an error that it lists is either in `PROVOCATIONS`, or provoked for all
operations alike (`GENERAL`), or in `reasons.why_not` with its reason. The suite fails on a pair that is nowhere.
"""

from __future__ import annotations

from . import entities, organizations, rules, settings, users
from .kinds import Provocation

# By the operations suite, from the good request of each operation: an organization that does not exist, one that is
# deleted, and every constraint of every member.
GENERAL = frozenset({"OrganizationNotFoundException", "OrganizationStateException", "InvalidParameterException"})

PROVOCATIONS: tuple[Provocation, ...] = (
    *organizations.PROVOCATIONS,
    *users.PROVOCATIONS,
    *entities.PROVOCATIONS,
    *rules.PROVOCATIONS,
    *settings.PROVOCATIONS,
)
