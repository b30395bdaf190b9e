"""A finding that cannot be told in its words is told in others, and counts as it did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer.finding import Evidence, Severity
from reviewer.looks import Looks
from reviewer.publish.fingerprint import fingerprints
from reviewer.publish.markdown import comment_body
from reviewer.publish.placement import Inline, Placed
from reviewer.publish.plan import Conclusion, Entry, make_plan
from reviewer.publish.tellable import tellable
from reviewer.pull.diff import Side
from tests.publish.test_plan import READ
from tests.support.findings import a_finding


class Poison(str):
    """Text that no step of the way to markdown takes."""

    __slots__ = ()

    def replace(self, *_: object) -> str:
        raise ValueError("poison")


def placed(**changes: object) -> Placed:
    finding = a_finding(**changes)
    return Placed(finding, Inline(finding.path, Side.RIGHT, finding.line))


def test_what_can_be_told_is_left_as_it_is() -> None:
    looks, one = Looks(), placed(replacement=("a", "b"))
    assert tellable(one, looks) is one
    assert not looks.missed


@pytest.mark.parametrize(
    "poisoned",
    [
        {"title": Poison("t")},
        {"scenario": Poison("s")},
        {"evidence": (Evidence("src/a.rs", 1, None),)},  # type: ignore[arg-type]
        {"replacement": (None,)},
    ],
)
def test_what_cannot_is_told_by_its_rule_with_its_place_and_severity(
    poisoned: dict[str, object],
) -> None:
    looks, bad = Looks(), placed(severity=Severity.CRITICAL, **poisoned)
    told = tellable(bad, looks)
    assert [missed.path for missed in looks.missed] == [bad.finding.path]
    body = comment_body(Entry("0" * 16, told))
    assert "critical" in body
    assert "could not be shown" in body
    assert "poison" not in body
    assert told.place == bad.place
    assert fingerprints([told.finding]) == fingerprints([placed().finding])
    assert make_plan([told], READ, gate=Severity.CRITICAL).conclusion is Conclusion.FAILURE


def test_of_the_model_too() -> None:
    told = tellable(placed(source="model", title=Poison("t")), Looks()).finding
    assert comment_body(Entry("0" * 16, replace(placed(), finding=told)))
