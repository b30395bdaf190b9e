"""Stories of one machine without a model key: delivery to review over real HTTP."""

from __future__ import annotations

from tests.support.stage import NOT_WRITTEN, REPO, UNWRAP, ZERO_PRICE, Stage


def test_an_opened_pull_request_is_reviewed_once_and_a_push_again(stage: Stage) -> None:
    with stage.cold_app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        head = stage.head_of(number)
        check = stage.wait_for_check(head, app)

        (review,) = stage.reviews_of(number, head)
        assert review["commit_id"] == head
        assert sorted(stage.commented_lines(number)) == sorted([UNWRAP, ZERO_PRICE])
        assert "No model has read this code" in review["body"]
        assert check["conclusion"] == "neutral"
        for comment in stage.sandbox.comments(REPO, number):
            assert comment["html_url"] in review["body"]

        (delivery,) = stage.delivered()
        stage.sandbox.redeliver(delivery["id"])
        again = stage.delivered()[-1]
        assert again["guid"] == delivery["guid"]
        assert again["status_code"] == 202

        newer = stage.push(number)
        stage.wait_for_check(newer, app)
        (second,) = stage.reviews_of(number, newer)
        assert len(stage.reviews_of(number, head)) == 1
        assert len(stage.sandbox.comments(REPO, number)) == 3
        assert stage.commented_lines(number)[-1] == NOT_WRITTEN
        (summary,) = stage.reviews_of(number, head)
        assert "1 new, 2 still open" in summary["body"]
        assert f"/pull/{number}#pullrequestreview-{summary['id']}" in second["body"]


def test_a_change_without_trading_code_gets_a_neutral_check_and_no_comment(stage: Stage) -> None:
    with stage.cold_app() as app:
        stage.deliver_to(app)
        head = stage.repo.commit({"README.md": "Another exchange.\n"})
        number = stage.sandbox.open_pull(
            REPO, stage.base, head, "Words", None, source=stage.repo.path
        )
        check = stage.wait_for_check(head, app)
        assert check["conclusion"] == "neutral"
        assert check["output"]["title"] == "No order-book, risk or market-data code in this change"
        assert stage.sandbox.reviews(REPO, number) == []


def test_a_draft_waits_until_it_is_ready(stage: Stage) -> None:
    with stage.cold_app() as app:
        stage.deliver_to(app)
        number = stage.open_pull(draft=True)
        (delivery,) = stage.delivered()
        assert delivery["status_code"] == 202
        stage.sandbox.set_draft(REPO, number, draft=False)
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        assert len(stage.reviews_of(number, head)) == 1


def test_the_requests_of_a_review_are_counted(stage: Stage) -> None:
    with stage.cold_app() as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        first = stage.sandbox.requests("api")
        stage.sandbox.forget_requests()
        stage.wait_for_check(stage.push(number), app)
        push = stage.sandbox.requests("api")
        assert len(first) <= 14, [f"{r['method']} {r['path']}" for r in first]
        assert len(push) <= 11, [f"{r['method']} {r['path']}" for r in push]


def test_the_log_holds_no_secret(stage: Stage) -> None:
    with stage.cold_app() as app:
        stage.deliver_to(app)
        stage.sandbox.fault("status", method="GET", path="/pulls/1$", count=1, status=502)
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        app.wait_for_log("published")
        log = app.log()
        assert "a-webhook-secret" not in log
        assert "ghs_" not in log
        assert "PRIVATE KEY" not in log
