"""Stories of commands that something came in the way of."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.agent.task_samples import block, said
from tests.support.app import wait_for
from tests.support.github import GithubProcess
from tests.support.model import ModelProcess
from tests.support.stage import Stage
from tests.support.talk import DONE, Talk, reviewed

HELD_BACK = 5
HELD_BACK_LONG = 10
"""More than it takes to start the App again."""
ANSWER = said(block("Because the venue says so."))


@pytest.fixture(scope="module")
def model() -> Iterator[ModelProcess]:
    entries = [{"match": {"contains": "reading order"}, "answer": {"envelope": ANSWER}}]
    with ModelProcess({"entries": entries, "planted": []}) as process:
        yield process


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory, model: ModelProcess) -> Iterator[Talk]:
    with GithubProcess() as github:
        stage = Stage(github, tmp_path_factory.mktemp("crashes"))
        app = stage.app(
            ANTHROPIC_API_KEY="a-model-key",
            REVIEWER_MODEL_URL=model.url,
            REVIEWER_SETTLE_SECONDS="11",
        )
        with app:
            yield reviewed(stage, app)


def killed_and_started(talk: Talk) -> None:
    talk.app.kill()
    talk.stage.sandbox.clear_faults()
    talk.app.start()
    talk.stage.deliver_to(talk.app)


def test_killed_between_the_answer_and_the_rocket_it_answers_once(talk: Talk) -> None:
    sandbox = talk.stage.sandbox
    sandbox.fault("hang", method="POST", path="/reactions$", seconds=0)  # the eyes
    sandbox.fault("hang", method="POST", path="/reactions$", seconds=5)
    comment = talk.say("/help\n/status", "ada")
    wait_for(lambda: len(talk.answers(comment)) == 2, "the answers", talk.app.log)
    killed_and_started(talk)
    assert talk.settled(comment) == DONE
    assert len(talk.answers(comment)) == 2


def has_looked(talk: Talk) -> bool:
    """Whether it looked for an earlier answer: what it answers itself is on its way then."""
    return any(
        r["method"] == "GET" and r["path"].endswith("/issues/1/comments")
        for r in talk.stage.sandbox.requests("api")
    )


def test_killed_twice_in_a_row_it_answers_once(talk: Talk) -> None:
    """GitHub still holds the second process's answer when the third one looks for it."""
    sandbox = talk.stage.sandbox
    sandbox.fault("hang", method="GET", path="/issues/1/comments$", seconds=2)
    comment = talk.say("/help", "ada")
    wait_for(lambda: talk.reactions(comment) == ["eyes"], "the eyes", talk.app.log)
    time.sleep(1)
    talk.app.kill()
    time.sleep(2)  # the look of the first process is over then
    sandbox.clear_faults()
    sandbox.forget_requests()
    sandbox.fault("hang", method="POST", path="/issues/1/comments$", seconds=HELD_BACK_LONG)
    talk.app.start()
    talk.stage.deliver_to(talk.app)
    wait_for(lambda: has_looked(talk), "the look for an earlier answer", talk.app.log)
    time.sleep(0.3)
    killed_and_started(talk)
    killed = time.monotonic()
    assert talk.settled(comment) == DONE
    time.sleep(max(0.0, killed + HELD_BACK_LONG + 1 - time.monotonic()))
    assert len(talk.answers(comment)) == 1


def test_killed_while_it_answers_it_neither_pays_nor_answers_twice(
    talk: Talk, model: ModelProcess
) -> None:
    sandbox, before = talk.stage.sandbox, len(model.journal())
    sandbox.fault("hang", method="POST", path="/issues/1/comments$", seconds=HELD_BACK)
    sandbox.forget_requests()
    comment, began = talk.say("/ask why?", "ada"), time.monotonic()
    wait_for(lambda: has_looked(talk), "the look for an earlier answer", talk.app.log)
    time.sleep(0.3)  # GitHub holds the answer back
    killed_and_started(talk)
    assert talk.settled(comment) == DONE
    time.sleep(max(0.0, began + HELD_BACK + 1 - time.monotonic()))
    assert len(talk.answers(comment)) == 1
    assert len(model.journal()) == before + 1


def test_an_answer_that_github_took_without_a_word_is_not_given_again(talk: Talk) -> None:
    sandbox = talk.stage.sandbox
    sandbox.fault("applied", method="POST", path="/issues/1/comments$", status=502)
    comment = talk.say("/status", "ada")
    assert talk.settled(comment) == DONE
    assert len(talk.answers(comment)) == 1


def test_what_cannot_be_done_is_told_calmly_with_its_id(talk: Talk) -> None:
    talk.stage.sandbox.fault("status", method="GET", path="/collaborators/", status=410)
    comment = talk.say("/status", "ada")
    wait_for(lambda: talk.answers(comment), "an answer", talk.app.log)
    (told,) = talk.answers(comment)
    guid = told.partition("under `")[2].partition("`")[0]
    assert f"could not be answered, delivery {guid}" in talk.app.log()
    assert "410" not in told
    wait_for(lambda: "confused" in talk.reactions(comment), "the face", talk.app.log)
    (delivery,) = [d for d in talk.stage.sandbox.deliveries() if d["guid"] == guid]
    talk.stage.sandbox.redeliver(delivery["id"])
    wait_for(lambda: "rocket" in talk.reactions(comment), "the second try", talk.app.log)
    assert "Reviewed up to" in talk.answers(comment)[1]
