"""Which claims one second reader gets together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from reviewer.agent.alike import told_alike
from reviewer.agent.merge import Cluster

KIN = 0.38
"""Share of the trigrams of what two claims tell, from which on they may have one cause. In a trial
of 23 November 2026 claims of one cause on far lines shared .52, of two causes .44 at the most."""
MOST_COMPARED = 100
"""Above it claims stay in their order: to compare them all would take long."""


def beside_their_like(clusters: Sequence[Cluster], size: int) -> list[list[Cluster]]:
    """All of them, at most `size` together, and like with like as far as there is room."""
    groups = {at: [at] for at in range(len(clusters))}
    """By each member the group that it is in."""
    for one, other in _kin(clusters):
        left, right = groups[one], groups[other]
        if left is not right and len(left) + len(right) <= size:
            left += right
            groups.update(dict.fromkeys(right, left))
    together: list[list[int]] = []
    for group in {id(group): group for group in groups.values()}.values():
        room = next((one for one in together if len(one) + len(group) <= size), None)
        if room is None:
            together.append(list(group))
        else:
            room += group
    return [[clusters[at] for at in sorted(group)] for group in together]


def _kin(clusters: Sequence[Cluster]) -> list[tuple[int, int]]:
    """Pairs of one file in like words, the likest first."""
    if len(clusters) > MOST_COMPARED:
        return []
    found = []
    for one, other in combinations(range(len(clusters)), 2):
        left, right = clusters[one].finding, clusters[other].finding
        if left.path == right.path and (likeness := told_alike(left, right)) >= KIN:
            found.append((-likeness, one, other))
    return [(one, other) for _, one, other in sorted(found)]
