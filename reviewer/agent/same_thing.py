"""Which claims are about one thing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.agent.alike import alike, told_alike
from reviewer.finding import Finding

NEAR = 6
"""Lines between two claims about the same thing, at the most."""
ALIKE = 0.5
"""Share of the trigrams of two titles that they have in common, at the least."""
TOLD_ALIKE = 0.42
"""The same of titles and scenarios. In trials of 23 November 2026 the pairs of claims that two
readers made of one thing, near each other, shared .43 to .73; those of two things .41 at most, and
.37 those that one reader made of one line."""
HARDLY_TOLD_ALIKE = 0.3
"""Below it two readers name two things, though they name them on the very same line."""
CROWD = 100
"""Claims near one line, above which those of one line and category are not told apart by their
words. So many, in 13 lines, come of a model that repeats itself alone: it has room for 60 in each
answer."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A finding, and who claims it."""

    finding: Finding
    unit: str
    reader: str
    """The pass, by unit and name."""
    lens: str


def groups(claims: Sequence[Claimed]) -> list[list[Claimed]]:
    """Groups in which every claim is the same thing as every other: the likest meet first.

    The claims are sorted by path and line. The time grows with their number alone, however many
    of them stand in one place.
    """
    blocks = _blocks(claims)
    pairs = sorted(_pairs([block[0] for block in blocks]))
    agree: dict[int, set[int]] = {at: {at} for at in range(len(blocks))}
    for *_, left, right in pairs:
        agree[left].add(right)
        agree[right].add(left)
    group_of = {at: {at} for at in range(len(blocks))}
    for *_, left, right in pairs:
        one, other = group_of[left], group_of[right]
        # What all of a group agree with is kept under the first of it.
        common = agree[min(one)]
        if one is other or not other <= common:
            continue
        common = common & agree[min(other)]
        one |= other
        agree[min(one)] = common
        group_of.update(dict.fromkeys(other, one))
    found = {min(group): group for group in group_of.values()}
    return [[claim for at in sorted(found[first]) for claim in blocks[at]] for first in found]


def lines_between(one: Finding, other: Finding) -> int:
    """How many lines lie from the one to the other; 0 where they touch or overlap."""
    return max(0, max(first_line(one), first_line(other)) - min(one.line, other.line))


def first_line(finding: Finding) -> int:
    """Where it begins."""
    return finding.start_line or finding.line


def _likeness(one: Claimed, other: Claimed) -> float | None:
    """How alike two claims about one thing are; None for two things.

    Near each other, two readers mean the same by like words, or on the very same line by one
    category and some of the words. One reader who claims twice means two things, but for like
    titles, or like words on the very same line.
    """
    left, right = one.finding, other.finding
    if (left.path, left.side, left.scope_path) != (right.path, right.side, right.scope_path):
        return None
    if lines_between(left, right) > NEAR:
        return None
    titles = alike(left.title, right.title)
    if titles >= ALIKE:
        return titles
    agree = left.line == right.line and left.category == right.category
    if one.reader == other.reader and not agree:
        return None
    told = told_alike(left, right)
    hardly = agree and one.reader != other.reader
    return told if told >= (HARDLY_TOLD_ALIKE if hardly else TOLD_ALIKE) else None


def _blocks(claims: Sequence[Claimed]) -> list[list[Claimed]]:
    """Each claim by itself, in a crowd all of one line and category together."""
    keys = [(claim.finding.path, claim.finding.line) for claim in claims]
    blocks: dict[object, list[Claimed]] = defaultdict(list)
    for at, claim in enumerate(claims):
        finding = claim.finding
        first = bisect_left(keys, (finding.path, finding.line - NEAR))
        last = bisect_right(keys, (finding.path, finding.line + NEAR))
        place = (finding.path, finding.side, finding.scope_path, finding.line, finding.category)
        blocks[place if last - first > CROWD else at].append(claim)
    return list(blocks.values())


def _pairs(claims: Sequence[Claimed]) -> Iterator[tuple[float, int, int, int]]:
    """Those that are the same thing, by their places: unlikeness, lines between, left, right."""
    by_start = sorted(
        range(len(claims)),
        key=lambda at: (claims[at].finding.path, first_line(claims[at].finding), at),
    )
    for place, one in enumerate(by_start):
        finding = claims[one].finding
        for other in by_start[place + 1 :]:
            beside = claims[other].finding
            if beside.path != finding.path or first_line(beside) > finding.line + NEAR:
                break
            likeness = _likeness(claims[one], claims[other])
            if likeness is not None:
                left, right = min(one, other), max(one, other)
                yield -likeness, abs(finding.line - beside.line), left, right
