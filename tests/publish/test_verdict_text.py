"""What stands in the list of checks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer.finding import Finding, Severity
from reviewer.publish.coverage import Coverage
from reviewer.publish.plan import make_plan
from reviewer.publish.rounds import Tally
from reviewer.publish.verdict_text import check_summary, check_title
from tests.publish.test_plan import CRITICAL, IMPORTANT, NO_MODEL, READ, placed, plan

ONE = {Severity.CRITICAL: 1}
LET_GO = Tally(dismissed={Severity.CRITICAL: 2, Severity.SUGGESTION: 1})
FIXED = Tally(fixed=ONE, dismissed=ONE)


@pytest.mark.parametrize(
    ("findings", "coverage", "earlier", "gate", "title"),
    [
        ((), READ, Tally(), None, "Nothing found"),
        ((), READ, LET_GO, None, "Nothing open (3 let go)"),
        ((), READ, FIXED, None, "Nothing open (1 fixed, 1 let go)"),
        ((), NO_MODEL, LET_GO, None, "Static checks only: nothing open (3 let go)"),
        ((IMPORTANT,), READ, LET_GO, None, "1 important"),
        ((IMPORTANT,), READ, Tally(), Severity.CRITICAL, "1 important"),
        (
            (CRITICAL, IMPORTANT),
            READ,
            Tally(open=ONE),
            Severity.CRITICAL,
            "Fails: 2 critical findings are open and the gate is critical",
        ),
        (
            (IMPORTANT,),
            NO_MODEL,
            Tally(),
            Severity.IMPORTANT,
            "Fails: 1 important finding is open and the gate is important",
        ),
        (
            (CRITICAL, IMPORTANT),
            READ,
            Tally(),
            None,
            "Neutral: 1 critical finding is open and the gate is off",
        ),
        ((CRITICAL,), NO_MODEL, Tally(), None, "Static checks only: 1 critical"),
    ],
)
def test_the_title_says_what_is_open_and_why_it_is_no_success(
    findings: tuple[Finding, ...],
    coverage: Coverage,
    earlier: Tally,
    gate: Severity | None,
    title: str,
) -> None:
    assert check_title(plan(*findings, coverage=coverage, earlier=earlier, gate=gate)) == title


def test_the_summary_has_the_counts_and_the_reason() -> None:
    text = check_summary(plan(CRITICAL, IMPORTANT, gate=Severity.CRITICAL), {})
    assert text.startswith(
        "1 critical, 1 important.\n\n"
        "Fails: 1 critical finding is open and the gate is `critical`.\n\n"
    )
    assert "Neutral: 1 critical finding is open" in check_summary(
        plan(CRITICAL, coverage=NO_MODEL), {}
    )


def test_a_configuration_that_could_not_be_used_is_told_in_the_title() -> None:
    def title(gate: Severity | None, coverage: Coverage = READ) -> str:
        made = make_plan([], coverage, gate=gate, trusted=False, earlier=Tally(open=ONE))
        return check_title(made)

    assert title(None, NO_MODEL) == "Configuration not used; static checks only: 1 critical"
    assert title(Severity.CRITICAL).startswith("Configuration not used; fails: 1 critical finding")


def test_what_the_floor_keeps_back_is_no_matter_of_length() -> None:
    made = make_plan(
        [placed(IMPORTANT), placed(CRITICAL)],
        READ,
        gate=None,
        floor=Severity.CRITICAL,
        caps=dict.fromkeys(Severity, 0),
    )
    text = check_summary(made, {})
    assert "Not shown, to keep this short: 1 critical." in text
    assert "Below this repository's floor (`critical`): 1 important." in text


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (0.0, 0.0, "Read by `claude-sonnet-5-5`, under one cent."),
        (0.42, 0.0, "Read by `claude-sonnet-5-5`, $0.42."),
        (0.0, 0.02, "; this round under one cent, all reviews $0.02."),
        (0.42, 0.02, "; this round \\$0.42, all reviews \\$0.44."),
    ],
)
def test_the_cost_is_told_of_the_round_and_of_all(now: float, before: float, said: str) -> None:
    coverage = replace(READ, cost_usd=now, spent_before_usd=before)
    assert said in check_summary(plan(coverage=coverage), {})
