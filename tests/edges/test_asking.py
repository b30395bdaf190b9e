"""Asking for one review: under its budget, never twice for the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from reviewer.agent.budget import BudgetSpent, Scope
from reviewer.agent.envelope import ENVELOPE_SCHEMA
from reviewer.agent.request import ModelAnswer, ModelChanged, ModelUnavailable
from reviewer.edges.asking import Asking, Terms
from reviewer.edges.bookings import Bookings, bookings_in_memory
from reviewer.edges.database import make_engine
from reviewer.edges.ledger import Ledger
from reviewer.edges.ledger_schema import migrate
from reviewer.edges.model import AnthropicModel
from reviewer.edges.model_client import ModelAccess
from reviewer.edges.sealing import SealedJson
from reviewer.edges.transcript import Transcript
from reviewer.intake.job import ReviewJob
from reviewer.refs import InstallationId, PullNumber, PullRef, RepoName, commit_sha
from tests.agent.samples import envelope_text
from tests.support.asked import READ_LINES, answered, call, question
from tests.support.configured import a_config
from tests.support.model import ModelProcess
from tests.support.warm import ROOT

KEY = "a-model-key-of-a-test"
FALLBACK = "claude-opus-5-5"
PULL = PullRef(RepoName("acme", "exchange"), PullNumber(7))
DEAR = dict.fromkeys(Scope, 100.0)
LOOK = {"tool_use": [{"name": "read_lines", "input": {"path": "src/book.rs", "start": 1}}]}


def a_job(guid: str = "push-1", pull: PullRef = PULL) -> ReviewJob:
    return ReviewJob(guid, InstallationId(1), pull, commit_sha("aa" * 20), "pull_request.opened")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    made = make_engine(a_config(tmp_path), pool_size=3)
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture
def books(engine: sa.Engine) -> Bookings:
    return Bookings(engine, SealedJson((Fernet.generate_key().decode(),)), expire_after=60)


def asking(
    api: ModelProcess, books: Bookings, job: ReviewJob | None = None, **terms: Any
) -> Asking:
    model = AnthropicModel(ModelAccess(KEY, base_url=api.url), sleep=lambda _: None)
    return Asking(model, books, job or a_job(), Terms(**{"limits": DEAR, **terms}))


def test_what_was_answered_is_not_asked_again_by_any_later_review_of_the_pull_request(
    books: Bookings,
) -> None:
    with ModelProcess() as api:
        first = asking(api, books)
        answer = first(call(question()))
        again = asking(api, books, a_job("push-1"))
        later = asking(api, books, a_job("push-2"))
        assert again(call(question())) == later(call(question())) == answer
        assert len(api.journal()) == 1
        assert again.usd == first.usd > 0
        assert later.usd == 0
        other = asking(api, books, a_job("x", PullRef(PULL.repo, PullNumber(8))))
        other(call(question()))
        assert len(api.journal()) == 2


def test_another_question_is_another_answer(books: Bookings) -> None:
    with ModelProcess() as api:
        ask = asking(api, books)
        for changed in ({}, {"effort": "low"}, {"max_tokens": 3000}, {"tools": (READ_LINES,)}):
            ask(call(question(**changed)))
        assert len(api.journal()) == 4


def test_the_bill_is_what_the_api_counted(books: Bookings) -> None:
    usage = {
        "input_tokens": 100_000,
        "output_tokens": 1000,
        "cache_read_input_tokens": 0,
        "cache_creation_input_tokens": 0,
    }
    with ModelProcess([{"answer": {"text": "{}", "raw": True, "usage": usage}}]) as api:
        ask = asking(api, books)
        ask(call(question(system=(), user=question().user[1:])))
    assert ask.usd == pytest.approx(0.2 + 0.01)
    assert books.spent(a_job()) == dict.fromkeys(set(Scope) - {Scope.CALL}, pytest.approx(0.21))


@pytest.mark.parametrize("scope", list(Scope))
def test_no_account_is_overdrawn(books: Bookings, scope: Scope) -> None:
    with ModelProcess() as api:
        ask = asking(api, books, limits={**DEAR, scope: 0.001})
        with pytest.raises(BudgetSpent) as raised:
            ask(call(question()))
        assert raised.value.scope is scope
        assert api.journal() == []
    assert books.spent(a_job())[Scope.PULL] == 0


def test_each_account_knows_its_own(books: Bookings) -> None:
    other_pull, other_repo = (
        PullRef(PULL.repo, PullNumber(8)),
        PullRef(RepoName("acme", "x"), PULL.number),
    )
    for job in (a_job(), a_job("push-2"), a_job("a", other_pull), a_job("b", other_repo)):
        books.reserve(job, "claude-sonnet-5-5", 1.0, DEAR)
    assert books.spent(a_job()) == {
        Scope.PUSH: 1.0,
        Scope.PULL: 2.0,
        Scope.REPO_DAY: 3.0,
        Scope.INSTALLATION_DAY: 4.0,
    }


def test_calls_at_once_cannot_spend_the_same_dollar(books: Bookings) -> None:
    def reserve(_number: int) -> bool:
        try:
            books.reserve(a_job(), "claude-sonnet-5-5", 1.0, {**DEAR, Scope.PULL: 5.0})
        except BudgetSpent:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(reserve, range(12))) == 5
    assert books.spent(a_job())[Scope.PULL] == 5.0


def test_what_a_crash_reserved_is_free_again_after_its_time(engine: sa.Engine) -> None:
    seal = SealedJson((Fernet.generate_key().decode(),))
    crashed = Bookings(engine, seal, expire_after=-1)
    crashed.reserve(a_job(), "claude-sonnet-5-5", 5.0, DEAR)
    settled = crashed.reserve(a_job(), "claude-sonnet-5-5", 5.0, DEAR)
    crashed.settle(settled, 0.5)
    assert crashed.spent(a_job())[Scope.PULL] == 0.5


def test_answers_are_sealed_and_forgotten(books: Bookings, engine: sa.Engine) -> None:
    with ModelProcess([{"answer": {"text": "SENTINEL", "raw": True}}]) as api:
        asking(api, books)(call(question()))
        with engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT * FROM model_answers")).fetchall()
        assert len(rows) == 1
        assert "SENTINEL" not in str(rows)
        # Who has another key cannot read it, and asks anew.
        stranger = Bookings(engine, SealedJson((Fernet.generate_key().decode(),)), expire_after=9)
        asking(api, stranger)(call(question()))
        assert len(api.journal()) == 2
        Ledger(engine).forget_before(4e9)
        asking(api, books)(call(question()))
        assert len(api.journal()) == 3


def test_many_threads_ask_at_once(books: Bookings) -> None:
    with ModelProcess() as api:
        ask = asking(api, books)
        requests = [question(f"Find {number}.") for number in range(12)]
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(ask, map(call, requests)))
        assert {answer.stop_reason for answer in answers} == {"end_turn"}
        assert len(api.journal()) == 12
        assert ask.usd == pytest.approx(books.spent(a_job())[Scope.PUSH])


def test_only_so_many_calls_run_at_a_time(books: Bookings) -> None:
    with ModelProcess([{"delay": 0.1}]) as api:
        model = AnthropicModel(ModelAccess(KEY, base_url=api.url), concurrency=1)
        ask = Asking(model, books, a_job(), Terms(DEAR))
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(ask, [call(question(f"Find {number}.")) for number in range(3)]))
        assert [note["running"] for note in api.journal()] == [1, 1, 1]


def test_a_fallback_answers_when_the_model_is_away_and_is_found_again(books: Bookings) -> None:
    away = {"match": {"model": "claude-sonnet-5-5"}, "fault": {"status": 529}}
    with ModelProcess([away, {}]) as api:
        answer = asking(api, books, fallback_model=FALLBACK)(call(question()))
        assert answer.model == FALLBACK
        asked = len(api.journal())
        assert asking(api, books, fallback_model=FALLBACK)(call(question())) == answer
        assert len(api.journal()) == asked
        with pytest.raises(ModelUnavailable):
            asking(api, books)(call(question()))


def test_a_limit_is_handed_up_and_not_fled_from(books: Bookings) -> None:
    with ModelProcess("row:limited_long") as api:
        with pytest.raises(ModelUnavailable) as raised:
            asking(api, books, fallback_model=FALLBACK)(call(question()))
        assert raised.value.retry_after == 600
        assert {note["model"] for note in api.journal()} == {"claude-sonnet-5-5"}


def converse(ask: Asking) -> ModelAnswer:
    """A conversation with tools, begun anew where that is asked for."""
    opening = question(tools=(READ_LINES,))
    request = opening
    for _ in range(8):
        try:
            answer = ask(call(request))
        except ModelChanged:
            request = opening
            continue
        if not answer.tool_calls:
            return answer
        request = replace(request, **answered(request, answer))
    raise AssertionError("the conversation has no end")


def test_a_conversation_is_begun_anew_on_the_other_model_and_never_replayed_to_it(
    books: Bookings,
) -> None:
    script = [
        {"match": {"turn": 0}, "answer": LOOK},
        {"match": {"turn": 1, "model": "claude-sonnet-5-5"}, "fault": {"status": 529}},
        {"match": {"turn": 1}, "answer": LOOK},
        {},
    ]
    with ModelProcess(script) as api:
        ask = asking(api, books, fallback_model=FALLBACK)
        assert converse(ask).model == FALLBACK
        # The stand-in refuses a thought that another model had: none was sent.
        assert 400 not in [note["status"] for note in api.journal()]
        asked = len(api.journal())
        assert converse(asking(api, books, fallback_model=FALLBACK)).model == FALLBACK
        assert [note["status"] for note in api.journal()[asked:]] == [529] * 3


def test_a_conversation_that_began_on_the_fallback_stays_there(books: Bookings) -> None:
    away = {"match": {"model": "claude-sonnet-5-5"}, "times": 3, "fault": {"status": 529}}
    with ModelProcess([away, {"match": {"turn": 0}, "answer": LOOK}, {}]) as api:
        ask = asking(api, books, fallback_model=FALLBACK)
        assert converse(ask).model == FALLBACK
        assert [note["model"] for note in api.journal()[3:]] == [FALLBACK] * 2


def test_what_failed_calls_used_is_booked(books: Bookings) -> None:
    with ModelProcess("row:cut_stream") as api, pytest.raises(ModelUnavailable):
        asking(api, books)(call(question()))
    assert books.spent(a_job())[Scope.PULL] > 0.005


def test_warming_costs_what_it_writes_and_breaks_nothing(books: Bookings) -> None:
    with ModelProcess() as api:
        ask = asking(api, books)
        ask.warm(question())
        warm = ask.usd
        assert warm > 0
        ask(call(question()))
        assert api.journal()[1]["usage"]["cache_read_input_tokens"] > 1000
        broke = asking(api, books, limits={**DEAR, Scope.CALL: 0.0})
        broke.warm(question())
        assert len(api.journal()) == 2
    with ModelProcess("row:unauthorized") as api:
        asking(api, books).warm(question())


def test_books_in_memory_are_books() -> None:
    with ModelProcess() as api:
        ask = asking(api, bookings_in_memory())
        assert ask(call(question())) == ask(call(question()))
        assert len(api.journal()) == 1


ASKS = """
import os, signal, sys
from pathlib import Path
from tests.edges.test_asking import *
engine = make_engine(a_config(Path(sys.argv[1])), pool_size=3)
migrate(engine)
books = Bookings(engine, SealedJson((sys.argv[2],)), expire_after=60)
model = AnthropicModel(ModelAccess(KEY, base_url=sys.argv[3]), sleep=lambda _: None)
ask = Asking(model, books, a_job(), Terms(DEAR))
for number in range(3):
    ask(call(question(f"Find {number}.")))
    if sys.argv[4] == str(number):
        os.kill(os.getpid(), signal.SIGKILL)
print(f"{ask.usd:.6f}")
"""


def test_a_killed_review_goes_on_behind_its_last_answer(tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    with ModelProcess() as api:

        def run(killed_after: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-c", ASKS, str(tmp_path), key, api.url, killed_after],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                timeout=60,
            )

        assert run("0").returncode == -signal.SIGKILL
        assert run("1").returncode == -signal.SIGKILL
        assert len(api.journal()) == 2
        done = run("never")
        assert done.returncode == 0, done.stderr
        assert len(api.journal()) == 3
        engine = make_engine(a_config(tmp_path), pool_size=1)
        spent = Bookings(engine, SealedJson((key,)), expire_after=60).spent(a_job())
        engine.dispose()
        assert float(done.stdout) == pytest.approx(spent[Scope.PUSH], abs=1e-5)


def test_a_transcript_keeps_what_was_asked_and_answered(tmp_path: Path, books: Bookings) -> None:
    kept = tmp_path / "transcript"
    script = [
        {"match": {"contains": "fail"}, "fault": {"status": 403, "message": f"not {KEY}"}},
        {"answer": {"envelope": None, "text": "ß", "thinking": "hm", "raw": True}},
    ]
    with ModelProcess(script) as api:
        ask = Transcript(asking(api, books), kept)
        answer = ask(call(question("Find ß.", tools=(READ_LINES,)), "u1"))
        with pytest.raises(Exception, match="403"):
            Transcript(asking(api, books), kept)(call(question("fail"), "../../u 2"))
    assert sorted(path.name for path in kept.iterdir()) == [
        "0001-find-u1.json",
        "0002-find-u_2.json",
    ]
    first = json.loads((kept / "0001-find-u1.json").read_text("utf-8"))
    assert first["request"]["user"][1]["text"] == "Find ß."
    assert first["answer"]["text"] == answer.text == "ß"
    assert first["answer"]["content"][0]["thinking"] == "hm"
    failure = json.loads((kept / "0002-find-u_2.json").read_text("utf-8"))
    assert failure["error"]["kind"] == "ModelRefused"
    for path in kept.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert KEY not in path.read_text("utf-8")


def test_a_transcript_gives_no_answer_again_that_nobody_can_read(tmp_path: Path) -> None:
    """A question without an answer that can be used is worth its money once more."""
    asked = call(replace(question("Find it."), schema=ENVELOPE_SCHEMA), "u1")
    script = [
        {"times": 1, "answer": {"text": "It looks fine to me.", "raw": True}},
        {"answer": {"text": envelope_text(), "raw": True}},
    ]
    with ModelProcess(script) as api:
        said = [
            Transcript(asking(api, bookings_in_memory()), tmp_path)(asked).text for _ in range(3)
        ]
        assert len(api.journal()) == 2
    assert said == ["It looks fine to me.", envelope_text(), envelope_text()]
