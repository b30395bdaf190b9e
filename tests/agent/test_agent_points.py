"""The table of docs/agent.md: every point of the trading-backend agent has a place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewer.detect.catalogue import rule_named
from reviewer.facts.gather import FACT_LOOKS
from reviewer.intake.commands import BY_NAME

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "agent.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+) \| ([^|]+) \| ([^\n]+) \|$", PAGE, re.MULTILINE)
SEED = ROOT.parent / "shared" / "seed" / "rust-trading-backend.md"
SIZES = {"1": 6, "2": 7, "3": 5, "4": 5, "5": 7, "6": 8, "7": 7, "8": 6, "9": 4, "10": 5, "11": 4}
"""How many points each part of that agent file has, in its order."""


@pytest.mark.parametrize(("number", "point", "where"), ROWS, ids=[row[0] for row in ROWS])
def test_what_a_row_names_is_there(number: str, point: str, where: str) -> None:
    del number, point
    places = where.split("; ")
    assert places
    for place in places:
        assert _is_there(place), place


def _is_there(place: str) -> bool:
    if quoted := re.fullmatch(r"`([\w/.]+\.md)`: “(.+)”", place):
        text = (ROOT / "prompts" / quoted[1]).read_text("utf-8")
        return quoted[2] in " ".join(text.split())
    if command := re.fullmatch(r"command `/(\w+)`", place):
        return command[1] in BY_NAME
    if rule := re.fullmatch(r"rule \[(\w+)\]\(rules\.md\)", place):
        return rule_named(rule[1]) is not None
    fact = re.fullmatch(r"fact “(.+)”", place)
    return fact is not None and any(fact[1] in look.name for look in FACT_LOOKS)


def test_no_point_is_missing_and_none_stands_twice() -> None:
    wanted = {f"{part}.{at}" for part, size in SIZES.items() for at in range(1, size + 1)}
    numbers = [row[0] for row in ROWS]
    assert len(numbers) == len(set(numbers))
    assert wanted <= set(numbers)


@pytest.mark.skipif(not SEED.exists(), reason="the owner's agent file is not beside this clone")
def test_the_parts_are_those_of_the_owners_file() -> None:
    sizes: list[int] = []
    for line in SEED.read_text("utf-8").split("\n---\n", 1)[1].splitlines():
        if re.match(r"\d+\. \*\*|\*\*(?:Output|Quality|When)", line):
            sizes.append(0)
        elif line.lstrip().startswith("- ") and sizes:
            sizes[-1] += 1
    assert sizes == list(SIZES.values())
