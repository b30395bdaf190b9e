"""Stories of later rounds in which something is missing, lost or out of the way."""

from __future__ import annotations

from reviewer.sandbox.client_threads import resolve
from tests.stories.test_rounds import about, ours, pushed, summary_of
from tests.support.app import wait_for
from tests.support.stage import REPO, UNWRAP, WORSE, WRONG_BID, ZERO_PRICE, Stage

NOT_TOLD = "GitHub did not let the threads be read this time"
REFUSED = {"status": 403, "message": "Resource not accessible by integration", "count": 999}


def test_where_graphql_is_refused_the_rounds_go_on_from_the_comments(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("status", path="/graphql$", **REFUSED)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        assert len(ours(stage, number)) == 2
        assert NOT_TOLD not in summary_of(stage, number), "nothing stood in the first round"

        # The line that a person resolved is lost to GitHub, and it is not made again.
        resolve(stage.sandbox, about(stage, number, UNWRAP)["id"], actor="acme")
        head = pushed(stage, app, number, WORSE.replace(UNWRAP, "    " + UNWRAP))["head_sha"]
        assert len(ours(stage, number)) == 3
        assert head[:12] in summary_of(stage, number)
        assert NOT_TOLD in summary_of(stage, number)
        assert "1 new, 2 still open" in summary_of(stage, number)

        stage.sandbox.clear_faults()
        pushed(stage, app, number, "// a book\n" + WORSE)
        assert NOT_TOLD not in summary_of(stage, number)
        assert "2 still open" in summary_of(stage, number)
        assert len(ours(stage, number)) == 3
        assert about(stage, number, UNWRAP)["isResolved"]
        assert not about(stage, number, ZERO_PRICE)["isResolved"]


def test_where_graphql_is_down_for_long_the_round_is_made_all_the_same(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        stage.sandbox.fault("status", path="/graphql$", status=502, count=1)
        pushed(stage, app, number, "// one\n" + WRONG_BID)
        assert NOT_TOLD not in summary_of(stage, number), "it was tried again"
        stage.sandbox.fault("status", path="/graphql$", status=502, count=999)
        head = stage.push(number, WORSE)
        assert stage.wait_for_check(head, app)["output"]["title"] != "Not reviewed"
        assert NOT_TOLD in summary_of(stage, number)
        assert len(ours(stage, number)) == 3
