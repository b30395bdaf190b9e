"""A round whose writes take long, killed late: what GitHub still holds must not be said again."""

from __future__ import annotations

import time
from typing import Any

from tests.support.app import wait_for
from tests.support.stage import REPO, UNWRAP, WRONG_BID, Stage

SETTLE = 5


def edits_of_the_summary(stage: Stage) -> list[dict[str, Any]]:
    """The requests for it that have been answered."""
    puts = [one for one in stage.sandbox.requests("api") if one["method"] == "PUT"]
    return [one for one in puts if "/reviews/" in one["path"]]


def test_the_wait_after_a_crash_counts_from_the_last_write(stage: Stage) -> None:
    """The summary's edit alone takes longer than the wait, and the kill falls behind it."""
    app = stage.app(REVIEWER_SETTLE_SECONDS=str(SETTLE))
    with app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        app.wait_for_log("published")
        before = len(stage.sandbox.comments(REPO, number))
        edits = len(edits_of_the_summary(stage))
        stage.sandbox.fault("hang", method="PUT", path="/reviews/", seconds=SETTLE)
        stage.sandbox.fault("hang", method="POST", path="/pulls/1/comments$", seconds=SETTLE - 0.5)
        head = stage.push(number, WRONG_BID.replace(UNWRAP, "    " + UNWRAP))

        wait_for(lambda: len(edits_of_the_summary(stage)) > edits, "the edit", app.log)
        time.sleep(0.5)
        app.kill()
        killed = time.time()
        stage.sandbox.clear_faults()
        app.start()
        stage.deliver_to(app)
        stage.wait_for_check(head, app)
        time.sleep(max(0.0, killed + SETTLE - time.time()))
        assert len(stage.sandbox.comments(REPO, number)) == before + 1
