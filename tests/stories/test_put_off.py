"""A model that asks for a wait: the review gives up its place, and goes on where it was."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.agent.task_samples import block
from tests.agent.task_samples import said as task_answer
from tests.support.app import AppProcess, wait_for
from tests.support.model import ModelProcess
from tests.support.stage import BOOK, REPO, Stage
from tests.support.talk import DONE, Talk

CLEAN = BOOK.replace("next_back", "last")
OTHER = BOOK.replace("keys().next()", "keys().min()")
LATER = "Come back later"
"""The title of the pull request whose questions are put off."""
AFTER = 8.0
"""Seconds that the model asks for; the App keeps a place for one."""


def busy(times: int) -> list[dict[str, Any]]:
    """The first so many questions about one pull request are put off, all others answered."""
    fault = {"status": 429, "error_type": "rate_limit_error", "retry_after": AFTER}
    return [{"match": {"contains": LATER}, "fault": fault, "times": times}, {}]


def app_of(stage: Stage, model: ModelProcess) -> AppProcess:
    return stage.app(
        ANTHROPIC_API_KEY="a-model-key",
        REVIEWER_MODEL_URL=model.url,
        REVIEWER_CONCURRENCY="1",
        REVIEWER_WAIT_SECONDS="1",
    )


def running(stage: Stage, head: str) -> dict[str, Any] | None:
    """The check run of a head that says why it is not over."""
    found = [c for c in stage.sandbox.check_runs(REPO, head) if c["status"] != "completed"]
    return next((c for c in found if (c["output"]["title"] or "").startswith("Waits")), None)


def answered(model: ModelProcess) -> Counter[str]:
    """Questions by how often each was answered; filling the cache asks nothing."""
    return Counter(
        call["digest"]
        for call in model.journal()
        if call["status"] == 200 and call["usage"]["output_tokens"] > 1
    )


def test_another_review_runs_meanwhile_and_nothing_is_paid_twice(stage: Stage) -> None:
    # One of the two readers is put off, the other one is answered.
    with ModelProcess(busy(times=1)) as model, app_of(stage, model) as app:
        stage.deliver_to(app)
        first = stage.head_of(stage.open_pull(CLEAN, LATER))
        check = wait_for(lambda: running(stage, first), "the wait to be told", app.log)
        assert check["output"]["title"].endswith(" UTC")
        assert "goes on by itself" in check["output"]["summary"]
        second = stage.head_of(stage.open_pull(OTHER, "Do not wait"))
        assert stage.wait_for_check(second, app)["conclusion"] == "success"
        assert running(stage, first), "the first one waits still"
        assert stage.wait_for_check(first, app)["conclusion"] == "success"
        assert len(stage.sandbox.check_runs(REPO, first)) == 1
        assert list(answered(model).values()) == [1] * 4, "two questions about each"
        assert app.log().count("is put off") == 1


def test_the_wait_outlives_the_process_and_a_push_ends_it(stage: Stage) -> None:
    with ModelProcess(busy(times=2)) as model, app_of(stage, model) as app:
        stage.deliver_to(app)
        number = stage.open_pull(CLEAN, LATER)
        head = stage.head_of(number)
        app.wait_for_log("is put off")
        app.kill()
        app.start()
        stage.deliver_to(app)
        newer = stage.push(number, OTHER)
        assert stage.wait_for_check(newer, app)["conclusion"] == "success"
        over = stage.wait_for_check(head, app)
        assert over["output"]["title"] == "Not reviewed: superseded"
        assert set(answered(model).values()) == {1}


def test_a_comment_that_is_put_off_goes_on_behind_what_it_has_done(stage: Stage) -> None:
    stage.sandbox.set_role(REPO, "carol", "write")
    fault = {"status": 429, "error_type": "rate_limit_error", "retry_after": 3}
    answer = {"envelope": task_answer(block("A price is never below zero."))}
    script = [{"fault": fault, "times": 1}, {"answer": answer}]
    with ModelProcess(script) as model, app_of(stage, model) as app:
        stage.deliver_to(app)
        talk = Talk(stage, app, stage.open_pull(CLEAN, draft=True))
        said = talk.say("/config\n/ask why is this unsigned?\n/status", "carol")
        app.wait_for_log("is put off")
        config = talk.answers(said)
        assert talk.settled(said) == DONE
        told = talk.answers(said)
        assert told[:1] == config
        assert len(told) == 3
        assert "A price is never below zero." in told[1]
        assert list(answered(model).values()) == [1]
