"""Stories of what goes wrong: killed processes, GitHub's failures, wrong keys."""

from __future__ import annotations

import pytest

from tests.support.app import wait_for
from tests.support.stage import REPO, Stage

POST_REVIEW = {"method": "POST", "path": "/pulls/1/reviews$"}
POST_CHECK = {"method": "POST", "path": "/check-runs$"}
END_CHECK = {"method": "PATCH", "path": "/check-runs/"}
GET_DIFF = {"method": "GET", "path": "/pulls/1$"}


def requested(stage: Stage, method: str, ending: str, *, times: int) -> bool:
    """Whether GitHub has been asked for this so often."""
    requests = stage.sandbox.requests("api")
    return times <= len(
        [r for r in requests if r["method"] == method and r["path"].endswith(ending)]
    )


def test_killed_before_it_posted_it_posts_once_after_the_restart(stage: Stage) -> None:
    app = stage.cold_app()
    with app:
        stage.deliver_to(app)
        # The stand-in holds the request back, so that the kill falls into it.
        stage.sandbox.fault("hang", **POST_REVIEW, seconds=2)
        number = stage.open_pull()
        wait_for(lambda: "begun" in stage.publication_states(), "the publication", app.log)
        app.kill()
        stage.sandbox.clear_faults()
        app.start()
        stage.deliver_to(app)
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        assert len(stage.reviews_of(number, head)) == 1
        assert len(stage.sandbox.check_runs(REPO, head)) == 1


def test_killed_between_the_review_and_its_check_run_it_says_neither_twice(stage: Stage) -> None:
    app = stage.app()
    with app:
        stage.deliver_to(app)
        stage.sandbox.fault("hang", **END_CHECK, seconds=30)
        number = stage.open_pull()
        head = stage.head_of(number)
        wait_for(lambda: stage.reviews_of(number, head), "the review", app.log)
        app.kill()
        stage.sandbox.clear_faults()
        app.start()
        stage.deliver_to(app)
        stage.wait_for_check(head, app)
        assert len(stage.reviews_of(number, head)) == 1
        assert len(stage.sandbox.comments(REPO, number)) == 2


@pytest.mark.parametrize("write", [POST_REVIEW, POST_CHECK], ids=["review", "check run"])
def test_a_write_that_github_applied_but_answered_502_is_not_repeated(
    stage: Stage, write: dict[str, str]
) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("applied", **write)
        number = stage.open_pull()
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        app.wait_for_log("published")
        assert len(stage.reviews_of(number, head)) == 1
        assert len(stage.sandbox.comments(REPO, number)) == 2
        posts = [r for r in stage.sandbox.requests("api") if r["path"].endswith("/check-runs")]
        assert len([r for r in posts if r["method"] == "POST"]) == 1


def test_a_check_run_that_github_ended_but_answered_502_shows_each_finding_once(
    stage: Stage,
) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("applied", method="PATCH", path="/check-runs/")
        number = stage.open_pull()
        check = stage.wait_for_check(stage.head_of(number), app)
        app.wait_for_log("published")
        assert len(stage.sandbox.annotations(REPO, check["id"])) == 2


def test_a_secondary_rate_limit_is_waited_for(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("status", **POST_REVIEW, status=403, headers={"Retry-After": "2"})
        number = stage.open_pull()
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        assert len(stage.reviews_of(number, head)) == 1
        posts = [
            r["at"]
            for r in stage.sandbox.requests("api")
            if r["method"] == "POST" and r["path"].endswith("/reviews")
        ]
        assert len(posts) == 2
        assert posts[1] - posts[0] >= 2


def test_when_github_refuses_the_anchors_the_good_ones_still_stand(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("status", **POST_REVIEW, status=422)
        number = stage.open_pull()
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        assert len(stage.reviews_of(number, head)) == 1
        assert len(stage.sandbox.reviews(REPO, number)) == 1
        assert len(stage.sandbox.comments(REPO, number)) == 2


def test_a_draft_that_a_killed_try_left_is_cleared_away(stage: Stage) -> None:
    app = stage.app()
    with app:
        stage.deliver_to(app)
        stage.sandbox.fault("status", **POST_REVIEW, status=422)
        stage.sandbox.fault("hang", method="DELETE", path="/reviews/", seconds=30)
        number = stage.open_pull()
        head = stage.head_of(number)
        posted = "POST", "/pulls/1/reviews"
        wait_for(lambda: requested(stage, *posted, times=2), "the draft", app.log)
        app.kill()
        stage.sandbox.clear_faults()
        app.start()
        stage.deliver_to(app)
        stage.wait_for_check(head, app)
        assert len(stage.reviews_of(number, head)) == 1
        assert len(stage.sandbox.comments(REPO, number)) == 2


def test_github_may_be_away_for_a_while(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("status", **GET_DIFF, status=503, count=7)
        number = stage.open_pull()
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        assert len(stage.reviews_of(number, head)) == 1


def test_a_head_that_cannot_be_reviewed_is_told_so_with_an_id(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("status", **POST_REVIEW, status=404, count=9)
        number = stage.open_pull()
        head = stage.head_of(number)
        check = stage.wait_for_check(head, app)
        assert check["conclusion"] == "neutral"
        assert "could not be reviewed" in check["output"]["title"]
        (delivery,) = stage.delivered()
        assert delivery["guid"] in check["output"]["summary"]
        assert "Server Error" not in check["output"]["summary"]
        assert delivery["guid"] in app.log()
        assert stage.reviews_of(number, head) == []


def test_a_push_in_the_middle_of_a_review_supersedes_it(stage: Stage) -> None:
    with stage.app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("hang", **GET_DIFF, seconds=3)
        number = stage.open_pull()
        old = stage.head_of(number)
        wait_for(stage.sandbox.delivered, "the delivery", app.log)
        new = stage.push(number)
        stage.wait_for_check(new, app)
        assert stage.reviews_of(number, old) == []
        assert stage.check(old) is None
        assert len(stage.reviews_of(number, new)) == 1


def test_sigterm_lets_a_running_review_end(stage: Stage) -> None:
    with stage.app(REVIEWER_DRAIN_SECONDS="20") as app:
        stage.deliver_to(app)
        stage.sandbox.fault("hang", **POST_REVIEW, seconds=3)
        number = stage.open_pull()
        head = stage.head_of(number)
        wait_for(lambda: "begun" in stage.publication_states(), "the publication", app.log)
        assert app.stop() == 0
        assert stage.check(head) is not None
        assert len(stage.reviews_of(number, head)) == 1
