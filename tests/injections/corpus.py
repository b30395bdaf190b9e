"""All attacks."""

from __future__ import annotations

from collections import Counter

from tests.injections.attack import Attack, Kind
from tests.injections.fences import FENCES
from tests.injections.orders import ORDERS
from tests.injections.posts import POSTS, SUGGESTIONS
from tests.injections.shapes import CONFIGS, FORMS, LEAKS, PLACES, TOOLS

ATTACKS: tuple[Attack, ...] = (
    *ORDERS, *FENCES, *POSTS, *SUGGESTIONS, *PLACES, *FORMS, *TOOLS, *LEAKS, *CONFIGS,
)  # fmt: skip


def counts() -> dict[Kind, int]:
    """How many attacks there are of each kind."""
    counted = Counter(attack.kind for attack in ATTACKS)
    return {kind: counted[kind] for kind in Kind}
