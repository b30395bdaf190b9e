"""The line of each finding that stands; two that say the same of two lines never share one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from reviewer.publish.anchors import Anchor, FileNow, find_anchor
from reviewer.publish.likeness import REWORDED, likeness
from reviewer.publish.round_now import Now
from reviewer.publish.standing import LIVE, Standing


def anchors_of(standing: Sequence[Standing], paths: Sequence[str], now: Now) -> list[Anchor | None]:
    """Parallel to the findings; `paths` are where their files are now.

    Where GitHub has the line, that holds. What is left over of two equal lines is one finding's:
    the other one's line is gone.
    """
    anchors: list[Anchor | None] = [None] * len(standing)
    by_quote: dict[tuple[str, str], list[int]] = defaultdict(list)
    for s, one in enumerate(standing):
        by_quote[paths[s], one.quote_key].append(s)
    for (path, _), alike in by_quote.items():
        file = now.files.get(path)
        if file is None:
            continue
        for s in sorted(alike, key=lambda s: _certainty(standing[s], file)):
            one = standing[s]
            others = [o for o in alike if anchors[o] and _of_two_lines(one, standing[o])]
            taken = {found.line for o in others if (found := anchors[o]) is not None}
            changed, before = now.changed_in(path), now.before_of(one)
            anchors[s] = find_anchor(one, file, changed, before, taken)
    return anchors


def _certainty(one: Standing, file: FileNow) -> tuple[bool, bool, bool]:
    """What stands comes first, of it what GitHub shows on a line, then what is in its item."""
    in_item = any(file.scope_at(line) == one.scope_key for line in file.places(one.quote_key))
    return one.state not in LIVE, one.line is None, not in_item


def _of_two_lines(one: Standing, other: Standing) -> bool:
    """Whether two findings with one quote say the same, so that each means a line of its own."""
    if one.category is not other.category or one.state not in LIVE or other.state not in LIVE:
        return False
    if one.head_sha == other.head_sha and one.scope_key == other.scope_key:
        return one.original_line != other.original_line
    if one.by_rule or other.by_rule:
        return one.source == other.source
    return one.scope_key != other.scope_key or likeness(one.title, other.title) >= REWORDED
