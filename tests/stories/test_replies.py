"""Stories of people who answer a finding in plain words, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from reviewer.sandbox.client_threads import thread_of
from tests.agent.task_samples import block
from tests.agent.task_samples import said as task_answer
from tests.support.command import reviewer
from tests.support.github import GithubProcess
from tests.support.model import ModelProcess
from tests.support.plain_words import PROOF, RUNNING, tells, weighed
from tests.support.stage import NOT_WRITTEN, REPO, UNWRAP, ZERO_PRICE, Stage
from tests.support.talk import DONE, Talk, reviewed

WORD = "our gateway drops such prices before they come here"
SAID_BEFORE = "PERSON wanda:\n    thanks to all"
SCRIPT = {
    "entries": [
        weighed("thanks", "nothing"),
        weighed("why is it keyed so", "question", text="As they said.", behind=SAID_BEFORE),
        weighed("why", "question", text="The book is keyed by price.", evidence=[PROOF]),
        weighed("this is fine", "contest", "upheld", text="It is inserted.", evidence=[PROOF]),
        weighed("look again", "contest", "conceded", text="It is checked.", evidence=[PROOF]),
        weighed(WORD, "contest", "conceded", text="Then it is not.", their_words=WORD),
        weighed("perhaps", "contest", "unsure", text="The venue's rulebook would tell."),
        {"match": {"contains": "`blocks`, in reading order"},
         "answer": {"envelope": task_answer(block("A text becomes price zero."))}},
        {},
    ],
    "planted": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Iterator[ModelProcess]:
    with ModelProcess(SCRIPT) as process:
        yield process


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory, model: ModelProcess) -> Iterator[Talk]:
    with GithubProcess() as github:
        stage = Stage(github, tmp_path_factory.mktemp("replies"))
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            for login in ("arthur", "stranger", "linter[bot]"):
                stage.sandbox.set_role(REPO, login, "read")
            yield reviewed(stage, app, user="arthur")


@pytest.fixture
def another(talk: Talk, request: pytest.FixtureRequest) -> Iterator[Talk]:
    """Another pull request, on which nothing was said yet; what is let go on it is taken back."""
    yield reviewed(talk.stage, talk.app, user="arthur", title=request.node.name)
    for one in dismissals(talk):
        take_back(talk, one["id"])


def dismissals(talk: Talk, *which: str) -> list[dict[str, Any]]:
    """What the operator is told while the App runs."""
    told = reviewer("dismissals", "list", "--json", *which, environ=talk.stage.environ())
    assert told.returncode == 0, told.stderr
    found: list[dict[str, Any]] = json.loads(told.stdout)
    return found


def take_back(talk: Talk, number: int) -> None:
    told = reviewer("dismissals", "revoke", str(number), environ=talk.stage.environ())
    assert told.returncode == 0, told.stderr


def is_resolved(talk: Talk, first: int) -> bool:
    return bool(thread_of(talk.stage.sandbox, REPO, talk.number, first)["isResolved"])


def test_a_contest_is_upheld_with_the_line_that_shows_it(talk: Talk) -> None:
    first = talk.thread_on(ZERO_PRICE)
    (answer,) = tells(talk, first, "this is fine, the venue is sane", "will")
    assert answer.startswith("**It still stands.**\n\nIt is inserted.")
    assert f"`src/order_book.rs:{PROOF['line']}` `{RUNNING}`" in answer
    assert not is_resolved(talk, first)


def test_a_question_is_answered_and_the_thread_so_far_is_known(talk: Talk) -> None:
    first = talk.thread_on(UNWRAP)
    talk.reply(first, "thanks to all", "wanda")
    (answer,) = tells(talk, first, "why is it keyed so?", "tom")
    assert answer.startswith("As they said.")


def test_what_neither_asks_nor_contests_is_met_with_silence(talk: Talk) -> None:
    assert tells(talk, talk.thread_on(UNWRAP), "thanks, done", "will") == []


def test_a_conceded_finding_is_let_go_and_not_raised_again(another: Talk) -> None:
    first = another.thread_on(ZERO_PRICE)
    (answer,) = tells(another, first, "look again, it is checked", "will")
    assert answer.startswith("**You are right.**\n\nIt is checked.")
    assert "let go in the name of `will`" in answer
    assert "`/reopen` takes it back" in answer
    assert is_resolved(another, first)
    assert "Dismissed: 1." in another.ask("/status", "rita")[1]
    head = another.stage.push(another.number)
    another.stage.wait_for_check(head, another.app)
    assert another.thread_on(NOT_WRITTEN)
    assert another.threads_on(ZERO_PRICE) == [first]
    assert is_resolved(another, first)


def test_the_operator_sees_who_was_conceded_what_and_takes_it_back(another: Talk) -> None:
    first = another.thread_on(UNWRAP)
    tells(another, first, "look again, it\nis checked", "will")
    (kept,) = dismissals(another, "--by", "will")
    assert (kept["how"], kept["person"], kept["holds"]) == ("conceded", "will", True)
    assert kept["reason"] == "look again, it\nis checked"
    assert "Dismissed: 1." in another.ask("/status", "rita")[1]
    later = reviewed(another.stage, another.app, title="While it is let go")
    assert (len(later.threads_on(UNWRAP)), len(later.threads_on(ZERO_PRICE))) == (0, 1)
    take_back(another, kept["id"])
    assert "Dismissed" not in another.ask("/status", "rita")[1]
    later = reviewed(another.stage, another.app, title="When it is taken back")
    assert len(later.threads_on(UNWRAP)) == 1


def test_what_is_conceded_is_let_go_by_whom_the_repository_allows(another: Talk) -> None:
    first = another.thread_on(ZERO_PRICE)
    (answer,) = tells(another, first, "look again, it is checked", "arthur")
    assert "Somebody with the role write or more can let it go" in answer
    assert not is_resolved(another, first)
    assert "Dismissed" not in another.ask("/status", "rita")[1]


def test_a_word_alone_lets_no_critical_finding_go(another: Talk) -> None:
    critical, important = another.thread_on(ZERO_PRICE), another.thread_on(UNWRAP)
    (answer,) = tells(another, critical, WORD, "will")
    assert f"Taken on your word: “{WORD}”" in answer
    assert "no line of the code or of the configuration shows it" in answer
    assert not is_resolved(another, critical)
    (answer,) = tells(another, important, WORD, "will")
    assert "let go in the name of `will`" in answer
    assert is_resolved(another, important)


def test_after_three_answers_a_thread_is_left_to_people(another: Talk, model: ModelProcess) -> None:
    first = another.thread_on(ZERO_PRICE)
    assert "**Explanation**" in another.ask("/explain", "will", first=first)[1]
    assert tells(another, first, "thanks", "will") == []
    answers = []
    for words, actor in (("this is fine", "will"), ("why?", "wanda"), ("perhaps", "will")):
        (*_, answer) = tells(another, first, words, actor)
        answers.append("last answer" in answer)
    assert answers == [False, False, True]
    asked = len(model.journal())
    assert tells(another, first, "this is fine, really", "mia") == []
    assert len(model.journal()) == asked
    assert another.ask("/explain", "will", first=first)[0] == DONE


def test_who_may_not_ask_is_met_with_silence(talk: Talk, model: ModelProcess) -> None:
    first, asked = talk.thread_on(UNWRAP), len(model.journal())
    assert tells(talk, first, "this is fine", "rita") == []
    assert tells(talk, first, "this is fine", "stranger") == []
    bot = talk.reply(first, "this is fine", "linter[bot]")
    assert tells(talk, first, "/merge", "will") == []
    assert talk.answers(bot) == []
    assert len(model.journal()) == asked
    (answer,) = tells(talk, first, "this is fine", "arthur")
    assert answer.startswith("**It still stands.**")


def test_a_paused_pull_request_is_answered_and_a_closed_one_is_not(another: Talk) -> None:
    first = another.thread_on(UNWRAP)
    another.ask("/pause", "ada")
    assert tells(another, first, "this is fine", "will")
    another.stage.sandbox.set_state(REPO, another.number, "closed", actor="ada")
    assert tells(another, first, "this is fine, then", "will") == []
