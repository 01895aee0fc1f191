"""A good request for every operation, with whatever it needs made first.

Each function is given a scene and returns the members of a request that must succeed. Closed: `REQUESTS` has an entry
for every operation that the endpoint serves, and a test of the suite itself says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..scene import Scene
from . import addresses, groups, organizations, permissions, resources, rules, settings, users

Builder = Callable[[Scene], dict[str, Any]]

REQUESTS: dict[str, Builder] = {
    **organizations.REQUESTS,
    **users.REQUESTS,
    **addresses.REQUESTS,
    **groups.REQUESTS,
    **resources.REQUESTS,
    **permissions.REQUESTS,
    **rules.REQUESTS,
    **settings.REQUESTS,
}
