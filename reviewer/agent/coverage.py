"""What of a change was read, told by the passes that read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reviewer.agent.find import PassResult
from reviewer.agent.pack import ReviewUnit

NotRead = tuple[str, str]
"""A path and why nobody read it, or not all of it."""


def not_read(
    units: Sequence[ReviewUnit], results: Iterable[PassResult], left_out: str
) -> tuple[NotRead, ...]:
    """The paths that no pass read whole; `left_out` says why some units had no pass at all."""
    by_unit: dict[str, list[PassResult]] = {}
    for result in results:
        by_unit.setdefault(result.reading.unit.id, []).append(result)
    rows: dict[NotRead, None] = {}
    for unit in units:
        done = by_unit.get(unit.id, [])
        if any(not result.problems for result in done):
            continue
        if not done:
            rows.update(dict.fromkeys((path, left_out) for path in unit.paths))
            continue
        # The pass that came furthest says what is missing.
        best = min(done, key=lambda result: len({p for u, _ in result.problems for p in u.paths}))
        for part, why in best.problems:
            rows.update(dict.fromkeys((path, why) for path in part.paths))
    return tuple(rows)
