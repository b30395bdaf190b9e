"""A review comes to an end: what is still raised after some rounds."""

from __future__ import annotations

from reviewer.finding import Finding, Severity

FREE_ROUNDS = 3
"""Rounds in which everything is raised."""


def still_raised(finding: Finding, round_number: int, *, is_new: bool, answers_us: bool) -> bool:
    """Whether a new finding is worth an author's time in this round, counted from 1.

    `is_new`: its line was changed since the last round; `answers_us`: in an item on which we had
    something to say. After the third round a suggestion is raised on new work alone. On an answer
    it would call for another answer, and on old lines it could have been made before.
    """
    if round_number <= FREE_ROUNDS or finding.severity is not Severity.SUGGESTION:
        return True
    return is_new and not answers_us
