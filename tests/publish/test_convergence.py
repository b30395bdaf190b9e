"""A review comes to an end."""

from __future__ import annotations

import pytest

from reviewer.finding import Severity
from reviewer.publish.convergence import still_raised
from tests.support.findings import a_finding


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize(
    ("round_number", "is_new", "answers_us", "suggested"),
    [
        (1, False, False, True),
        (3, True, True, True),
        (4, True, True, False),
        (4, False, False, False),
        (4, True, False, True),
        (9, False, True, False),
    ],
)
def test_after_the_third_round_an_answer_is_not_met_with_suggestions(
    severity: Severity, round_number: int, is_new: bool, answers_us: bool, suggested: bool
) -> None:
    raised = still_raised(
        a_finding(severity=severity), round_number, is_new=is_new, answers_us=answers_us
    )
    assert raised is (suggested or severity is not Severity.SUGGESTION)
