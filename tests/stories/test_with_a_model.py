"""Stories with the model API's stand-in: three processes over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.app import AppProcess, wait_for
from tests.support.model import ModelProcess
from tests.support.stage import NOT_WRITTEN, REPO, UNWRAP, ZERO_PRICE, Stage

MODEL_KEY = "a-model-key"
ONE_REVIEW = 4
"""Calls: one fills the cache, two look for defects in two orders, one judges their one claim."""
LEVEL_KEPT = "        self.bids.insert(price, qty);"
CLAIM: dict[str, Any] = {
    "line_regex": r"self\.bids\.insert\(price, qty\)",
    "finding": {
        "category": "book_integrity",
        "severity": "critical",
        "title": "A level of size zero stays in the book",
        "scenario": "The venue removes a bid with qty 0 and it stays as the best bid.",
    },
}


@pytest.fixture
def model() -> Iterator[ModelProcess]:
    with ModelProcess({"entries": [], "planted": [CLAIM]}) as process:
        yield process


def app_of(stage: Stage, model: ModelProcess, **more: str) -> AppProcess:
    return stage.app(ANTHROPIC_API_KEY=MODEL_KEY, REVIEWER_MODEL_URL=model.url, **more)


def test_the_model_reads_the_change_and_its_finding_stands_on_its_line(
    stage: Stage, model: ModelProcess
) -> None:
    with app_of(stage, model) as app:
        stage.deliver_to(app)
        assert app.get("/readyz")[1]["model"] == "ok"
        number = stage.open_pull()
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        (review,) = stage.reviews_of(number, head)
        assert sorted(stage.commented_lines(number)) == sorted([UNWRAP, ZERO_PRICE, LEVEL_KEPT])
        assert "A level of size zero stays in the book" in review["body"]
        assert "Read by `claude-sonnet-5-5`" in review["body"]
        assert "No model has read" not in review["body"]
        bodies = [comment["body"] for comment in stage.sandbox.comments(REPO, number)]
        assert sum("confirmed by a second reading" in body for body in bodies) == 1
        calls = model.journal()
        assert len(calls) == ONE_REVIEW
        assert {call["status"] for call in calls} == {200}
        assert sum(call["usage"]["cache_read_input_tokens"] > 0 for call in calls) == ONE_REVIEW - 1

        (delivery,) = stage.delivered()
        stage.sandbox.redeliver(delivery["id"])
        stage.delivered()
        assert len(model.journal()) == ONE_REVIEW
        newer = stage.push(number)
        stage.wait_for_check(newer, app)
        assert len(stage.reviews_of(number, head)) == 1
        assert len(stage.sandbox.comments(REPO, number)) == 4
        assert stage.commented_lines(number)[-1] == NOT_WRITTEN
        # Of the push what is new is read: one fills the cache, two read; nothing is claimed.
        assert len(model.journal()) == ONE_REVIEW + 3
        assert MODEL_KEY not in app.log()


def test_a_clean_change_that_was_read_whole_is_green(stage: Stage, model: ModelProcess) -> None:
    with app_of(stage, model) as app:
        stage.deliver_to(app)
        clean = stage.repo.git("show", f"{stage.base}:src/order_book.rs").decode()
        clean = clean.replace("next_back", "last")
        number = stage.open_pull(clean)
        check = stage.wait_for_check(stage.head_of(number), app)
        assert check["conclusion"] == "success"
        assert check["output"]["title"] == "Nothing found"
        assert stage.sandbox.reviews(REPO, number) == []


def test_killed_after_the_model_was_paid_it_is_not_paid_again(
    stage: Stage, model: ModelProcess
) -> None:
    app = app_of(stage, model)
    with app:
        stage.deliver_to(app)
        stage.sandbox.fault("hang", method="POST", path="/pulls/1/reviews$", seconds=2)
        number = stage.open_pull()
        head = stage.head_of(number)
        wait_for(lambda: "begun" in stage.publication_states(), "the publication", app.log)
        app.kill()
        assert len(model.journal()) == ONE_REVIEW
        stage.sandbox.clear_faults()
        app.start()
        stage.deliver_to(app)
        stage.wait_for_check(head, app)
        (review,) = stage.reviews_of(number, head)
        assert "A level of size zero stays in the book" in review["body"]
        assert len(model.journal()) == ONE_REVIEW


def test_the_same_patch_under_a_new_commit_is_not_paid_for_again(
    stage: Stage, model: ModelProcess
) -> None:
    with app_of(stage, model) as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        first = stage.wait_for_check(stage.head_of(number), app)
        stage.repo.git("commit", "--quiet", "--amend", "--message", "Reworded")
        head = stage.repo.git("rev-parse", "HEAD").decode().strip()
        stage.sandbox.push(REPO, number, head, source=stage.repo.path)
        check = stage.wait_for_check(head, app)
        assert head != first["head_sha"]
        assert check["conclusion"] == first["conclusion"]
        assert "Read by `claude-sonnet-5-5`" in check["output"]["summary"]
        assert "No trading code changed since " in check["output"]["summary"]
        assert len(model.journal()) == ONE_REVIEW


def test_a_review_that_the_model_puts_off_is_made_later(stage: Stage) -> None:
    limited = {
        "fault": {"status": 429, "error_type": "rate_limit_error", "retry_after": 0.2},
        "times": 4,
    }
    script = {"entries": [limited], "planted": [CLAIM]}
    with ModelProcess(script) as model, app_of(stage, model) as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        (review,) = stage.reviews_of(number, head)
        assert "A level of size zero stays in the book" in review["body"]
        statuses = [note["status"] for note in model.journal()]
        assert statuses.count(429) == 4
        assert statuses.count(200) == ONE_REVIEW - 1


def test_a_push_does_not_stand_behind_a_review_that_waits_for_the_model(stage: Stage) -> None:
    limited = {
        "fault": {"status": 429, "error_type": "rate_limit_error", "retry_after": 600},
        "times": 1,
    }
    script = {"entries": [limited], "planted": [CLAIM]}
    with ModelProcess(script) as model, app_of(stage, model) as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        wait_for(model.journal, "the first question", app.log)
        head = stage.push(number)
        stage.wait_for_check(head, app)
        assert LEVEL_KEPT in stage.commented_lines(number)


def test_a_model_that_puts_off_for_ever_holds_no_review_up(stage: Stage) -> None:
    fault = {"status": 429, "error_type": "rate_limit_error", "retry_after": 0.2}
    with ModelProcess([{"fault": fault}]) as model, app_of(stage, model) as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        head = stage.head_of(number)
        check = stage.wait_for_check(head, app)
        assert check["conclusion"] == "neutral"
        assert "did not answer" in stage.reviews_of(number, head)[0]["body"]


def test_when_the_key_is_refused_the_model_is_red_and_no_other_review_asks(stage: Stage) -> None:
    with ModelProcess("row:unauthorized") as model, app_of(stage, model) as app:
        stage.deliver_to(app)
        assert app.get("/readyz")[1]["model"] == "ok"
        number = stage.open_pull()
        stage.wait_for_check(stage.head_of(number), app)
        assert app.get("/readyz")[1]["model"].startswith("unusable")
        asked = len(model.journal())
        head = stage.push(number)
        check = stage.wait_for_check(head, app)
        assert check["conclusion"] == "neutral"
        assert len(model.journal()) == asked


def test_a_model_that_is_away_for_a_while_reads_later(stage: Stage) -> None:
    away = {"fault": {"status": 529, "error_type": "overloaded_error"}, "times": 6}
    script = {"entries": [away], "planted": [CLAIM]}
    with ModelProcess(script) as model, app_of(stage, model) as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        assert LEVEL_KEPT in stage.commented_lines(number)
        statuses = [note["status"] for note in model.journal()]
        assert statuses.count(529) == 6
        assert 200 in statuses


def test_another_model_reads_when_the_first_is_away(stage: Stage) -> None:
    away = {"match": {"model": "claude-sonnet-5-5"}, "fault": {"status": 529}}
    script = {"entries": [away], "planted": [CLAIM]}
    fallback = {"REVIEWER_FALLBACK_MODEL": "opus"}
    with ModelProcess(script) as model, app_of(stage, model, **fallback) as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        head = stage.head_of(number)
        stage.wait_for_check(head, app)
        (review,) = stage.reviews_of(number, head)
        assert "Read by `claude-opus-5-5`" in review["body"]
        assert LEVEL_KEPT in stage.commented_lines(number)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"fault": {"status": 401, "error_type": "authentication_error"}}, "refused the question"),
        ({"answer": {"text": "", "stop_reason": "refusal"}}, "the model declined to read it"),
    ],
    ids=["wrong key", "refusal"],
)
def test_when_the_model_fails_the_evidence_is_posted_and_the_check_is_not_green(
    stage: Stage, entry: dict[str, Any], told: str
) -> None:
    with ModelProcess([entry]) as model, app_of(stage, model) as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        head = stage.head_of(number)
        check = stage.wait_for_check(head, app)
        (review,) = stage.reviews_of(number, head)
        assert sorted(stage.commented_lines(number)) == sorted([UNWRAP, ZERO_PRICE])
        assert told in review["body"]
        assert check["conclusion"] == "neutral"


def test_a_claim_that_no_second_reader_judged_is_told_so_and_the_check_is_not_green(
    stage: Stage,
) -> None:
    away = {"match": {"contains": "CLAIM c1"}, "fault": {"status": 529}}
    script = {"entries": [away], "planted": [CLAIM]}
    with ModelProcess(script) as model, app_of(stage, model) as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        check = stage.wait_for_check(stage.head_of(number), app)
        said = [comment["body"] for comment in stage.sandbox.comments(REPO, number)]
        assert sum("No second reader has judged it." in body for body in said) == 1
        assert not any("neither confirm nor refute" in body for body in said)
        assert check["conclusion"] == "neutral"
        assert "no second reader judged what was claimed of it" in check["output"]["summary"]


def test_above_the_budget_no_model_is_asked(stage: Stage, model: ModelProcess) -> None:
    with app_of(stage, model, REVIEWER_BUDGET_PULL_USD="0.0001") as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        head = stage.head_of(number)
        check = stage.wait_for_check(head, app)
        assert check["conclusion"] == "neutral"
        assert "budget is spent" in stage.reviews_of(number, head)[0]["body"]
        assert model.journal() == []


def test_the_gate_fails_the_check_on_a_critical_finding(stage: Stage, model: ModelProcess) -> None:
    with app_of(stage, model, REVIEWER_GATE="critical") as app:
        stage.deliver_to(app)
        number = stage.open_pull()
        check = stage.wait_for_check(stage.head_of(number), app)
        assert check["conclusion"] == "failure"
