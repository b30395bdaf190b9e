"""Stories of plain words that something came in the way of: a crash, a limit, a rule."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from reviewer.sandbox.client_threads import thread_of
from tests.stories.test_policy import configured
from tests.support.app import wait_for
from tests.support.github import GithubProcess
from tests.support.model import ModelProcess
from tests.support.plain_words import PROOF, hears, tells, weighed
from tests.support.stage import REPO, UNWRAP, ZERO_PRICE, Stage
from tests.support.talk import DONE, Talk, reviewed

HELD_BACK = 5
POLICY = """\
dismissal:
  second_person_paths: ["src/**"]
commands:
  who:
    ask: write
"""
SCRIPT = {
    "entries": [
        weighed("thanks", "nothing"),
        weighed("why", "question", text="The book is keyed by price.", evidence=[PROOF]),
        weighed("look again", "contest", "conceded", text="It is checked.", evidence=[PROOF]),
        {},
    ],
    "planted": [],
}


@pytest.fixture(scope="module")
def model() -> Iterator[ModelProcess]:
    with ModelProcess(SCRIPT) as process:
        yield process


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory, model: ModelProcess) -> Iterator[Talk]:
    with GithubProcess() as github:
        stage = Stage(github, tmp_path_factory.mktemp("replies"))
        configured(stage, POLICY)
        app = stage.app(
            ANTHROPIC_API_KEY="a-model-key",
            REVIEWER_MODEL_URL=model.url,
            REVIEWER_SETTLE_SECONDS="7",
            REVIEWER_COMMANDS_PER_HOUR="3",
        )
        with app:
            yield reviewed(stage, app)


def test_killed_while_it_answers_it_neither_pays_nor_answers_twice(
    talk: Talk, model: ModelProcess
) -> None:
    sandbox, before = talk.stage.sandbox, len(model.journal())
    first = talk.thread_on(UNWRAP)
    sandbox.fault("hang", method="POST", path="/replies$", seconds=HELD_BACK)
    sandbox.forget_requests()
    said = talk.reply(first, "why is it keyed so?", "will")
    began = time.monotonic()
    wait_for(
        lambda: (
            sum(
                r["method"] == "GET" and r["path"].endswith("/pulls/1/comments")
                for r in sandbox.requests("api")
            )
            == 2
        ),
        "the look at the thread, and the one for an earlier answer",
        talk.app.log,
    )
    time.sleep(0.3)  # the answer itself is on its way then; GitHub holds it back
    talk.app.kill()
    sandbox.clear_faults()
    talk.app.start()
    talk.stage.deliver_to(talk.app)
    (answer,) = hears(talk, said)
    assert "The book is keyed by price." in answer
    time.sleep(max(0.0, began + HELD_BACK + 1 - time.monotonic()))
    assert len(talk.answers(said)) == 1
    assert len(model.journal()) == before + 1


def test_a_critical_finding_that_takes_two_is_let_go_by_command_alone(talk: Talk) -> None:
    first = talk.thread_on(ZERO_PRICE)
    (answer,) = tells(talk, first, "look again, it is checked", "ada")
    assert "takes two people with write permission" in answer
    assert not thread_of(talk.stage.sandbox, REPO, talk.number, first)["isResolved"]


def test_the_repository_says_who_may_ask(talk: Talk) -> None:
    assert tells(talk, talk.thread_on(ZERO_PRICE), "why?", "tom") == []


def test_who_has_said_too_much_in_an_hour_is_met_with_silence(
    talk: Talk, model: ModelProcess
) -> None:
    first = talk.thread_on(ZERO_PRICE)
    for words in ("thanks", "thanks a lot", "thanks again"):
        assert tells(talk, first, words, "mia") == []
    asked = len(model.journal())
    assert tells(talk, first, "why is that so?", "mia") == []
    assert len(model.journal()) == asked


def test_what_goes_wrong_is_told_to_the_operator_alone(talk: Talk) -> None:
    first = talk.thread_on(ZERO_PRICE)
    talk.stage.sandbox.fault("status", method="GET", path="/collaborators/", status=410)
    said = talk.reply(first, "why is it not rejected?", "ada")
    talk.app.wait_for_log("could not be answered, delivery")
    assert talk.ask("/help", "rita")[0] == DONE
    assert (talk.answers(said), talk.reactions(said)) == ([], [])
