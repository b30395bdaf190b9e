"""Stories of thumbs down, of which GitHub sends no word: when they are read, and what follows."""

from __future__ import annotations

from reviewer.sandbox.client_people import react
from tests.stories.test_rounds import about, ours, summary_of
from tests.support.app import wait_for
from tests.support.stage import REPO, UNWRAP, ZERO_PRICE, Stage
from tests.support.talk import reviewed


def test_a_thumb_after_the_last_review_counts_when_the_pull_request_is_closed(
    stage: Stage,
) -> None:
    with stage.app() as app:
        talk = reviewed(stage, app)
        app.wait_for_log("published")
        react(stage.sandbox, REPO, talk.thread_on(UNWRAP), "-1", actor="will")
        # Whoever may not dismiss may not do it by a thumb either.
        react(stage.sandbox, REPO, talk.thread_on(ZERO_PRICE), "-1", actor="rita")
        stage.sandbox.set_state(REPO, talk.number, "closed", actor="will")
        app.wait_for_log("pull_request.closed acme/exchange: stopped")

        again = stage.open_pull(title="The same once more", head_ref="again")
        check = stage.wait_for_check(stage.head_of(again), app)
        assert ours(stage, again) == [about(stage, again, ZERO_PRICE)]
        assert f"let go by `will` in #{talk.number}" in check["output"]["summary"]


def test_status_reads_the_thumbs_and_the_summary_follows(stage: Stage) -> None:
    with stage.app() as app:
        talk = reviewed(stage, app)
        app.wait_for_log("published")
        react(stage.sandbox, REPO, talk.thread_on(UNWRAP), "-1", actor="will")
        assert "Dismissed: 1." in talk.ask("/status", "rita")[1]
        wait_for(lambda: about(stage, talk.number, UNWRAP)["isResolved"], "the thread", app.log)
        wait_for(lambda: "1 still open" in summary_of(stage, talk.number), "the summary", app.log)
        assert "👎 Let go by `will`" in about(stage, talk.number, UNWRAP)["body"]
        assert "Dismissed: 1." in talk.ask("/status", "rita")[1]
        assert len(ours(stage, talk.number)) == 2
