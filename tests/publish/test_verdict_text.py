"""What stands in the list of checks."""

from __future__ import annotations

import pytest

from reviewer.finding import Finding, Severity
from reviewer.publish.coverage import Coverage
from reviewer.publish.plan import make_plan
from reviewer.publish.rounds import Tally
from reviewer.publish.verdict_text import check_summary, check_title
from tests.publish.test_plan import CRITICAL, IMPORTANT, NO_MODEL, READ, plan

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
            "Fails: 2 critical findings are open and the gate is `critical`",
        ),
        (
            (IMPORTANT,),
            NO_MODEL,
            Tally(),
            Severity.IMPORTANT,
            "Fails: 1 important finding is open and the gate is `important`",
        ),
        (
            (CRITICAL, IMPORTANT),
            READ,
            Tally(),
            None,
            "Neutral: 1 critical finding is open and the gate is `off`",
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
