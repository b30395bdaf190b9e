"""What a round that reads a part of the change tells of the rest."""

from __future__ import annotations

import pytest

from reviewer.agent.focus import Focus
from reviewer.agent.report import AgentReport
from reviewer.earlier import LastRound
from reviewer.pull.changed_since import ChangedSince
from reviewer.refs import commit_sha
from reviewer.rereading import carried, still_unread
from reviewer.scope.rooms import FileScope, Room, Scope

BOOK, UTIL = "src/order_book.rs", "src/util.rs"
SCOPE = Scope((FileScope(BOOK, (Room.ORDER_BOOK,), "its name"), FileScope(UTIL, (), "")))
NOTHING = ChangedSince({}, frozenset(), {})
READ = AgentReport("a-model", "")


def last(*unread: str) -> LastRound:
    return LastRound(1, commit_sha("a" * 40), "p", "", "a-model", unread)


def left(report: AgentReport) -> list[str]:
    return [path for path, _ in report.not_reviewed]


@pytest.mark.parametrize("path", [BOOK, UTIL])
def test_when_the_summary_follows_people_what_was_unread_stays_so(path: str) -> None:
    before = last(path)
    report = still_unread(carried(before), Focus(), before, NOTHING, SCOPE)
    assert left(report) == [path]


def test_one_path_asked_for_leaves_the_other_unread_under_its_new_name() -> None:
    renamed = ChangedSince({}, frozenset(), {"src/tools.rs": UTIL})
    focus = Focus(whole=frozenset({BOOK}))
    assert left(still_unread(READ, focus, last("src/tools.rs", BOOK), renamed, SCOPE)) == [UTIL]


def test_an_item_that_a_merge_wrote_anew_is_unread_when_another_path_is_asked_for() -> None:
    merged = ChangedSince({}, frozenset({(BOOK, "impl OrderBook::on_level")}), {})
    focus = Focus(whole=frozenset({UTIL}))
    assert left(still_unread(READ, focus, last(), merged, SCOPE)) == [BOOK]


def test_what_was_read_before_stays_read() -> None:
    focus = Focus(whole=frozenset({UTIL}))
    assert left(still_unread(READ, focus, last(), NOTHING, SCOPE)) == []
