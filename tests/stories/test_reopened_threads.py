"""Stories of a person who opens the thread of a finding that counts as fixed."""

from __future__ import annotations

import time
from typing import Any

from reviewer.sandbox.client_threads import resolve, unresolve
from tests.stories.test_rounds import SAFE, about, ours, pushed, summary_of
from tests.support.app import wait_for
from tests.support.stage import REPO, UNWRAP, WRONG_BID, Stage
from tests.support.talk import reviewed

OPENED = "pull_request_review_thread.unresolved acme/exchange: the summary follows"


def replies(stage: Stage, number: int, thread: dict[str, Any]) -> list[str]:
    first = thread["comments"][0]["databaseId"]
    listed = stage.sandbox.comments(REPO, number)
    return [one["body"] for one in listed if one.get("in_reply_to_id") == first]


def test_opening_what_a_rule_counts_as_fixed_is_answered_once(stage: Stage) -> None:
    with stage.app() as app:
        talk = reviewed(stage, app)
        number = talk.number
        pushed(stage, app, number, SAFE)
        fixed = about(stage, number, UNWRAP)
        unresolve(stage.sandbox, fixed["id"], actor="will")
        app.wait_for_log(OPENED)
        resolve(stage.sandbox, fixed["id"], actor="will")
        unresolve(stage.sandbox, fixed["id"], actor="will")
        wait_for(lambda: app.log().count(OPENED) == 2, "the second event", app.log)
        (said,) = replies(stage, number, fixed)
        assert "This counts as fixed: the rule does not fire here any more" in said
        assert "`/review full`" in said
        assert "1 still open" in summary_of(stage, number)
        assert "✅ Fixed in" in about(stage, number, UNWRAP)["body"]
        # As it says: it comes back by itself.
        pushed(stage, app, number, WRONG_BID)
        assert "↩️ Back in" in about(stage, number, UNWRAP)["body"]
        assert len(ours(stage, number)) == 2


def test_killed_while_it_says_so_it_says_it_once(stage: Stage) -> None:
    held_back = 6
    app = stage.app(REVIEWER_SETTLE_SECONDS=str(held_back + 1))
    with app:
        talk = reviewed(stage, app)
        number = talk.number
        pushed(stage, app, number, SAFE)
        fixed = about(stage, number, UNWRAP)
        stage.sandbox.fault("hang", method="POST", path="/replies$", seconds=held_back)
        stage.sandbox.forget_requests()
        unresolve(stage.sandbox, fixed["id"], actor="will")
        wait_for(
            lambda: any(
                r["method"] == "GET" and r["path"].endswith("/pulls/1/comments")
                for r in stage.sandbox.requests("api")
            ),
            "the look for an earlier answer",
            app.log,
        )
        time.sleep(0.3)  # GitHub holds the answer back
        app.kill()
        killed = time.monotonic()
        stage.sandbox.clear_faults()
        app.start()
        stage.deliver_to(app)
        app.wait_for_log(OPENED)
        time.sleep(max(0.0, killed + held_back + 1 - time.monotonic()))
        assert len(replies(stage, number, fixed)) == 1
