"""The rules in words, and the page of the documentation that is made of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reviewer.detect.catalogue import CATALOGUE, nearest, rule_named
from reviewer.detect.hidden_rules import BIDI_RULE, HOMOGLYPH_RULE, ZERO_WIDTH_RULE
from reviewer.detect.hidden_text import detect_hidden_text
from reviewer.detect.registry import HINTS
from reviewer.detect.rule import TITLE_LIMIT, Described, Explained
from reviewer.finding import Severity
from reviewer.publish.rule_pages import explained, rules_page
from reviewer.pull.diff import FileDiff, FileStatus, Hunk, Line, LineKind
from reviewer.scope.rooms import Scope
from tests.support.command import reviewer
from tests.support.warm import ROOT

PAGE = ROOT / "docs" / "rules.md"


def test_the_page_is_what_the_command_prints() -> None:
    done = reviewer("rules", "--markdown")
    assert done.stdout == PAGE.read_text("utf-8"), "make it anew: reviewer rules --markdown"
    assert done.stdout == rules_page()


def test_the_page_tells_of_every_rule_and_its_links_lead_somewhere() -> None:
    page = PAGE.read_text("utf-8")
    anchors = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^##+ (.*)$", page, re.MULTILINE)
    }
    linked = set(re.findall(r"\]\(#([^)]*)\)", page))
    assert anchors - linked == {"how-to-silence-one"}
    assert linked <= anchors
    assert len(linked) == len(CATALOGUE) + len(HINTS) + 1
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]", page)


def test_the_page_says_of_which_rules_some_places_are_less_severe() -> None:
    page = PAGE.read_text("utf-8")
    names = r"Of (?:\[\w+\]\([^)]*\), )+\[\w+\]\([^)]*\) and \[S1\]\([^)]*\)"
    (said,) = re.findall(rf"{names} some places are less severe", page)
    assert {"[A10]", "[A6]", "[B1x]", "[B4]"} <= set(re.findall(r"\[\w+\]", said))
    assert "Severity: critical, less in some places" in reviewer("rules", "S1").stdout


def test_the_list_names_every_rule_and_its_severities() -> None:
    done = reviewer("rules")
    assert done.returncode == 0
    shown, _, hinted = done.stdout.partition("hints (for the agent only)\n")
    rows = {line.split()[0]: line for line in shown.splitlines()[1:] if line}
    assert list(rows) == [rule.id for rule in CATALOGUE]
    for rule in CATALOGUE:
        assert rows[rule.id].endswith(rule.title)
        assert rule.severity in rows[rule.id]
    assert [tuple(line.split(maxsplit=1)) for line in hinted.splitlines()] == [
        (hint.id, hint.title) for hint in HINTS
    ]


def test_the_list_and_a_rule_can_be_read_by_a_program() -> None:
    listed = json.loads(reviewer("rules", "--json").stdout)
    assert [row["id"] for row in listed] == [rule.id for rule in (*CATALOGUE, *HINTS)]
    assert json.loads(reviewer("rules", "a16", "--json").stdout) == next(
        row for row in listed if row["id"] == "A16"
    )
    assert set(listed[0]["severity"]) == {"order_book", "risk", "market_data", "elsewhere"}
    for row in listed:
        assert row["shown"] is ("severity" in row)
        if row["shown"]:
            assert set(row["severity"].values()) <= {severity.value for severity in Severity}
    hint = json.loads(reviewer("rules", "a1", "--json").stdout)
    assert (hint["shown"], hint["once_per_change"], hint["id"]) == (False, True, "A1")


@pytest.mark.parametrize("rule", [*CATALOGUE, *HINTS], ids=lambda rule: rule.id)
def test_a_rule_is_explained_with_its_reason_and_both_examples(rule: Described) -> None:
    text = explained(rule, colour=False, width=100)
    assert text.startswith(f"{rule.id}  {rule.title}")
    assert " ".join(rule.why.split()) in " ".join(text.split())
    assert len(rule.title) <= TITLE_LIMIT
    prose = re.split("This (?:can lose|loses) money:", text)[0]
    assert ("Severity: " in prose) is (rule in CATALOGUE)
    assert all(len(line) <= 100 for line in prose.split("\n"))
    for code in (rule.example, rule.counter_example):
        assert code.split("\n")[0] in text
    silenced = f"// reviewer: allow({rule.id}) <reason>" in text
    assert silenced is (rule.id[0] in "ABCDE"), "the others do not read the comment"


def test_one_rule_is_shown_by_the_command() -> None:
    for name in ("H1", "h1"):
        done = reviewer("rules", name)
        assert done.returncode == 0
        assert done.stdout.startswith("H1  ")
        assert "⟦U+202E⟧" in done.stdout


def test_a_hint_is_shown_by_the_command_and_says_what_it_is() -> None:
    done = reviewer("rules", "a4")
    assert done.returncode == 0
    assert done.stdout.startswith("A4  Plain integer arithmetic on money\n")
    assert "never posted by itself" in done.stdout
    assert "Severity" not in done.stdout


@pytest.mark.parametrize(("asked", "meant"), [("A166", "A16"), ("d55", "D5"), ("h", "H1")])
def test_an_unknown_rule_is_answered_with_the_nearest(asked: str, meant: str) -> None:
    assert rule_named(asked) is None
    done = reviewer("rules", asked)
    assert done.returncode == 2
    assert re.search(r"Did you mean (\w+)", done.stderr)
    assert nearest(asked).id[0] == meant[0]


def test_the_page_goes_with_nothing_else() -> None:
    assert reviewer("rules", "A16", "--markdown").returncode == 2
    assert reviewer("rules", "--json", "--markdown").returncode == 2


@pytest.mark.parametrize("rule", [BIDI_RULE, ZERO_WIDTH_RULE, HOMOGLYPH_RULE], ids=lambda r: r.id)
def test_the_example_of_hidden_text_is_found_and_the_counter_example_is_not(
    rule: Explained,
) -> None:
    def sources(code: str) -> list[str]:
        lines = tuple(
            Line(LineKind.ADDED, None, number, text)
            for number, text in enumerate(code.split("\n"), 1)
        )
        hunk = Hunk(0, 0, 1, len(lines), lines)
        file = FileDiff("src/a.rs", "src/a.rs", FileStatus.ADDED, (hunk,))
        return [finding.source for finding in detect_hidden_text([file], Scope(()))]

    assert sources(rule.example) == [f"rule:{rule.id}"]
    assert sources(rule.counter_example) == []


def test_no_two_rules_share_an_id_or_a_title() -> None:
    every = [*CATALOGUE, *HINTS]
    assert len({rule.id.lower() for rule in every}) == len(every)
    assert len({rule.title for rule in every}) == len(every)


def test_no_page_holds_the_path_of_a_machine() -> None:
    assert str(Path.home()) not in rules_page()
