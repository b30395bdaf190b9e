"""Stories of a configuration that changes under an open pull request."""

from __future__ import annotations

import time
from typing import Any

import pytest

from reviewer.sandbox.client_threads import resolve
from tests.stories.test_policy import configured, on_main
from tests.stories.test_rounds import about, ours, pushed, summary_of
from tests.support.app import wait_for
from tests.support.stage import REPO, UNWRAP, WRONG_BID, ZERO_PRICE, Stage

SETTLE = 5
WITHOUT_A16 = "rules:\n  off:\n    - id: A16\n      reason: Parsing is checked elsewhere.\n"
POST_REVIEW = {"method": "POST", "path": "/pulls/1/reviews$"}
EDIT_SUMMARY = {"method": "PUT", "path": "/reviews/"}
END_CHECK = {"method": "PATCH", "path": "/check-runs/"}


def posted_reviews(stage: Stage) -> list[dict[str, Any]]:
    requests = stage.sandbox.requests("api")
    return [r for r in requests if r["method"] == "POST" and r["path"].endswith("/pulls/1/reviews")]


def test_a_rule_that_is_turned_on_again_is_said_at_the_next_push(stage: Stage) -> None:
    configured(stage, WITHOUT_A16)
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        assert [about(stage, number, UNWRAP)] == ours(stage, number)
        on_main(stage, "gate: off\n")
        pushed(stage, app, number, "// above\n" + WRONG_BID)
        assert not about(stage, number, ZERO_PRICE)["isResolved"]
        assert len(ours(stage, number)) == 2
        # Turned off once more, it counts as repaired by nobody, and on again nothing is said twice.
        on_main(stage, WITHOUT_A16)
        pushed(stage, app, number, "// two\n" + WRONG_BID)
        on_main(stage, "gate: off\n")
        pushed(stage, app, number, "// three\n" + WRONG_BID)
        assert len(ours(stage, number)) == 2
        assert not about(stage, number, ZERO_PRICE)["isResolved"]
        assert "2 still open" in summary_of(stage, number)


def test_what_was_below_the_floor_is_said_when_the_floor_is_lowered(stage: Stage) -> None:
    configured(stage, "severity_floor: critical\n")
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        before = len(ours(stage, number))
        assert before < 2
        on_main(stage, "severity_floor: suggestion\n")
        pushed(stage, app, number, "// above\n" + WRONG_BID)
        assert len(ours(stage, number)) == 2
        pushed(stage, app, number, "// two\n" + WRONG_BID)
        assert len(ours(stage, number)) == 2
        assert "2 still open" in summary_of(stage, number)


@pytest.mark.parametrize(
    "held_back", [POST_REVIEW, EDIT_SUMMARY, END_CHECK], ids=["review", "summary", "check run"]
)
def test_killed_while_it_says_what_people_s_decision_brought_up_it_says_it_once(
    stage: Stage, held_back: dict[str, str]
) -> None:
    """A rule is on again when a person resolves a thread, so that the refresh has a new finding."""
    configured(stage, WITHOUT_A16)
    app = stage.app(REVIEWER_SETTLE_SECONDS=str(SETTLE))
    with app:
        stage.deliver_to(app)
        number = stage.open_pull()
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        app.wait_for_log("published")
        on_main(stage, "gate: off\n")
        said = len(posted_reviews(stage))
        stage.sandbox.fault("hang", **held_back, seconds=SETTLE - 1.5)
        resolve(stage.sandbox, about(stage, number, UNWRAP)["id"], actor="acme")
        wait_for(lambda: "begun" in stage.publication_states(), "the publication", app.log)
        if held_back is not POST_REVIEW:
            wait_for(lambda: len(ours(stage, number)) == 2, "the new finding", app.log)
        time.sleep(0.7)
        assert "begun" in stage.publication_states(), "the kill comes too late"
        app.kill()
        stage.sandbox.clear_faults()
        app.start()
        stage.deliver_to(app)
        app.wait_for_log("published (pull_request_review_thread.resolved)")
        assert len(posted_reviews(stage)) == said + 1
        assert len(ours(stage, number)) == 2
        assert not about(stage, number, ZERO_PRICE)["isResolved"]
        rows = [r for r in summary_of(stage, number).splitlines() if r.startswith(("| 🔴", "| 🟠"))]
        cells = [[int(cell) for cell in row.split("|")[2:6]] for row in rows]
        new, still, _, dismissed = (sum(column) for column in zip(*cells, strict=True))
        assert (new + still, dismissed) == (1, 1)
        assert len(stage.sandbox.check_runs(REPO, head)) == 1
        # The next round knows it: nothing is said again.
        pushed(stage, app, number, "// above\n" + WRONG_BID)
        assert len(ours(stage, number)) == 2
