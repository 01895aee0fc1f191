"""What operations do, seen by other operations: what was written is read back, rules decide, refusals refuse.

Each function is one effect: it is given a scene of its own suite, and fails by an exception.
"""

from __future__ import annotations

from . import (
    addresses,
    devices,
    domains,
    groups,
    impersonation,
    organizations,
    permissions,
    resources,
    rules,
    settings,
    users,
)
from .kinds import Effect

EFFECTS: tuple[Effect, ...] = (
    *organizations.EFFECTS,
    *domains.EFFECTS,
    *users.EFFECTS,
    *addresses.EFFECTS,
    *groups.EFFECTS,
    *resources.EFFECTS,
    *permissions.EFFECTS,
    *rules.EFFECTS,
    *devices.EFFECTS,
    *impersonation.EFFECTS,
    *settings.EFFECTS,
)
