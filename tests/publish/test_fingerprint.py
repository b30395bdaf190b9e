"""A finding keeps its identity where a reader would say it is the same one."""

from __future__ import annotations

import pytest

from reviewer.finding import Category
from reviewer.publish.fingerprint import (
    Mark,
    check_marker,
    checked_pull,
    finding_marker,
    fingerprints,
    marked_finding,
    review_marker,
)
from reviewer.refs import commit_sha
from tests.support.findings import a_finding
from tests.support.marks import marked_review


def test_it_survives_a_move_a_new_indent_and_another_wording() -> None:
    before = a_finding()
    after = a_finding(
        line=99, quote="    let best =  bids.first_key_value();", title="Other", scenario="words"
    )
    assert fingerprints([before]) == fingerprints([after])


@pytest.mark.parametrize(
    "other",
    [
        a_finding(path="src/other.rs"),
        a_finding(scope_path="Book::best_ask"),
        a_finding(quote="let best = asks.first_key_value();"),
        a_finding(category=Category.LATENCY),
    ],
)
def test_another_place_line_or_kind_is_another_finding(other: object) -> None:
    assert isinstance(other, type(a_finding()))
    assert fingerprints([a_finding()]) != fingerprints([other])


def test_equal_lines_of_one_item_are_told_apart_whatever_their_order() -> None:
    first, second = a_finding(line=10), a_finding(line=20)
    one, two = fingerprints([first, second])
    assert one != two
    assert fingerprints([second, first]) == [two, one]


def test_markers_are_read_back() -> None:
    head = commit_sha("ab" * 20)
    (identity,) = fingerprints([a_finding()])
    assert marked_finding(f"text\n{finding_marker(Mark(identity))}") == identity
    assert marked_review(f"text\n{review_marker(head)}") == head
    assert marked_finding("text") is None
    assert marked_review(finding_marker(Mark(identity))) is None


@pytest.mark.parametrize("failed", [False, True])
def test_a_check_tells_which_pull_request_it_is_about(failed: bool) -> None:
    head = commit_sha("ab" * 20)
    assert checked_pull(check_marker(head, 7, failed=failed)) == 7
    assert checked_pull(check_marker(head, failed=failed)) is None
    assert checked_pull(f"another-app:{head}:7") is None
