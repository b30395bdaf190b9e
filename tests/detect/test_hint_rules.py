"""Every hint rule finds exactly the marked lines of its fixtures and keeps its documents' word."""

from __future__ import annotations

import pytest

from reviewer.detect.hint import TEXT_LIMIT
from reviewer.detect.hint_rule import HintRule, Spot, one_line
from reviewer.detect.registry import HINTS, RULES
from reviewer.detect.rule import TITLE_LIMIT
from reviewer.rust.file import RustFile
from tests.detect.test_rules import FIXTURES, marked

BY_ID = {hint.id: hint for hint in HINTS}
NAMES = sorted(p.name for p in FIXTURES.glob("*.rs") if p.name.partition(".")[0] in BY_ID)


def spots(hint: HintRule, text: str) -> list[Spot]:
    return sorted(hint.spots(RustFile.parse("src/a.rs", text)), key=lambda spot: spot.line)


def fixture(hint: HintRule) -> str:
    return (FIXTURES / f"{hint.id}.rs").read_text()


def test_every_fixture_belongs_to_a_rule_or_a_hint() -> None:
    known = {*BY_ID, *(rule.id for rule in RULES)}
    assert {path.name.partition(".")[0] for path in FIXTURES.glob("*.rs")} == known


@pytest.mark.parametrize("name", NAMES)
def test_a_hint_finds_the_marked_lines_and_no_other(name: str) -> None:
    text = (FIXTURES / name).read_text()
    hint = BY_ID[name.partition(".")[0]]
    assert sorted({spot.line for spot in spots(hint, text)}) == marked(text)


@pytest.mark.parametrize("name", NAMES)
def test_line_ends_and_a_byte_order_mark_change_nothing(name: str) -> None:
    text = (FIXTURES / name).read_text()
    hint = BY_ID[name.partition(".")[0]]
    windows = "\ufeff" + text.replace("\n", "\r\n")
    assert sorted({spot.line for spot in spots(hint, windows)}) == marked(text)


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.id)
def test_every_hint_has_a_fixture_with_hits_and_with_more_lines_that_are_none(
    hint: HintRule,
) -> None:
    text = fixture(hint)
    assert marked(text)
    assert len(text.splitlines()) > 2 * len(marked(text))


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.id)
def test_the_example_hits_and_the_counter_example_does_not(hint: HintRule) -> None:
    assert spots(hint, hint.example)
    assert not spots(hint, hint.counter_example)


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.id)
def test_a_hint_is_one_line_that_says_what_would_have_to_be_true(hint: HintRule) -> None:
    for spot in spots(hint, fixture(hint)):
        assert "a loss if " in spot.text or "a loss unless " in spot.text
        assert spot.text.endswith(".")
        assert len(spot.text) <= TEXT_LIMIT
        assert spot.text.isprintable()


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.id)
def test_a_hint_is_described_like_a_rule(hint: HintRule) -> None:
    assert 0 < len(hint.title) <= TITLE_LIMIT
    assert not hint.title.endswith(".")
    assert hint.why.endswith(".")
    assert 0 < hint.chance < 1


def test_no_hint_shares_its_name_with_a_rule_or_another_hint() -> None:
    every = [*RULES, *HINTS]
    assert len({one.id.lower() for one in every}) == len(every)
    assert len({one.title for one in every}) == len(every)


def test_what_is_told_once_a_change_counts_in_the_words_of_its_number() -> None:
    assert BY_ID["A1"].summary(1) == "1 new price or quantity field of type float"
    assert BY_ID["A1"].summary(3) == "3 new price or quantity fields of type float"
    once = {hint.id for hint in HINTS if hint.once_per_change}
    assert once == {"A1", "A2", "C1", "E10"}


@pytest.mark.parametrize("text", ["a\nb\r\n\tc", "a\x00b\u202ec", "x" * 5_000, ""])
def test_code_of_others_becomes_one_line_of_bounded_length(text: str) -> None:
    line = one_line(text)
    assert len(line) <= TEXT_LIMIT
    assert line.isprintable()
    assert line.split() == line.split(" ") or not line
