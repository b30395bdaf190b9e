"""What the store keeps of people: dismissals, pauses, uses of commands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from reviewer.edges.command_uses import CommandUses
from reviewer.edges.database import make_engine
from reviewer.edges.dismissals import BY_COMMAND, Dismissals, LetGo
from reviewer.edges.ledger import Ledger
from reviewer.edges.ledger_schema import migrate
from reviewer.edges.pull_states import PullStates
from reviewer.edges.sealing import SealedJson
from reviewer.edges.tables import command_uses, dismissals, pull_states
from reviewer.finding import Category, Severity
from reviewer.refs import PullNumber, PullRef, RepoName
from tests.support.configured import a_config
from tests.support.postgres import postgres

REPO = RepoName("acme", "exchange")
PULL, LATER = PullRef(REPO, PullNumber(7)), PullRef(REPO, PullNumber(8))
SAID = LetGo(
    pull=PULL,
    fingerprint="ab" * 8,
    path="src/book.rs",
    scope_key="cd" * 8,
    category=Category.BOOK_INTEGRITY,
    severity=Severity.CRITICAL,
    item_digest="ef" * 32,
    how=BY_COMMAND,
    person="will",
    title="The best bid is the worst",
    reason="the venue sorts them",
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    more = {}
    if request.param == "postgres":
        key = Fernet.generate_key().decode()
        url = request.getfixturevalue("url")
        more = {"REVIEWER_DATABASE_URL": url, "REVIEWER_ENCRYPTION_KEY": key}
    engine = make_engine(a_config(tmp_path, **more), pool_size=8)
    migrate(engine)
    yield engine
    with engine.begin() as connection:
        for table in (dismissals, command_uses, pull_states):
            connection.execute(table.delete())
    engine.dispose()


@pytest.fixture
def kept(engine: sa.Engine) -> Dismissals:
    return Dismissals(engine, SealedJson((Fernet.generate_key().decode(),)))


def test_a_dismissal_is_found_by_its_pull_request_and_by_its_item(
    kept: Dismissals, engine: sa.Engine
) -> None:
    made = kept.add(SAID)
    assert made.holds
    assert kept.of_pull(PULL) == kept.of_items(REPO, [SAID.scope_key]) == (made,)
    assert made.said == SAID
    assert kept.of_pull(LATER) == kept.of_items(REPO, ["00" * 8]) == ()
    with engine.connect() as connection:
        stored = str(connection.execute(sa.text("SELECT * FROM dismissals")).all())
    assert "venue" not in stored
    assert "bid" not in stored


def test_letting_go_twice_is_letting_go_once(kept: Dismissals) -> None:
    first = kept.add(SAID)
    assert kept.add(replace(SAID, person="wanda", reason="me too")) == first
    assert kept.of_pull(PULL) == (first,)


def test_a_second_person_is_somebody_else(kept: Dismissals) -> None:
    said = replace(SAID, needs_second=True)
    assert not kept.add(said).holds
    assert not kept.add(replace(said, person="Will")).holds
    agreed = kept.add(replace(said, person="wanda"))
    assert agreed.holds
    assert (agreed.said.person, agreed.agreed_by) == ("will", "wanda")
    assert kept.add(replace(said, person="mia")).agreed_by == "wanda"
    assert kept.of_pull(PULL) == (agreed,)


def test_what_is_revoked_is_gone_and_can_be_let_go_anew(kept: Dismissals) -> None:
    kept.add(SAID)
    assert kept.revoke(PULL, SAID.fingerprint)
    assert not kept.revoke(PULL, SAID.fingerprint)
    assert kept.of_pull(PULL) == ()
    again = kept.add(replace(SAID, person="mia"))
    assert again.said.person == "mia"


def test_a_pause_is_of_one_pull_request(engine: sa.Engine) -> None:
    states = PullStates(engine)
    assert not states.paused(PULL)
    for paused in (True, True, False, True):
        states.set_paused(PULL, paused=paused)
        assert states.paused(PULL) is paused
    assert not states.paused(LATER)


def test_a_person_has_so_many_uses_an_hour_and_is_told_when_there_are_more(
    engine: sa.Engine,
) -> None:
    uses = CommandUses(engine, an_hour=2)
    before = time.time()
    assert [uses.book(PULL, "will", f"one.{n}") for n in range(2)] == [None, None]
    assert uses.book(PULL, "will", "one.1") is None, "a job that is begun again"
    until = uses.book(LATER, "Will", "two.0")
    assert until is not None
    assert before + 3600 <= until <= time.time() + 3600
    assert uses.book(PULL, "wanda", "three.0") is None
    assert uses.book_refusal(PULL, "will", "two.0 refused") is None
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE command_uses SET used_at = used_at - 3601"))
    assert uses.book(PULL, "will", "two.0") is None


def test_old_uses_are_forgotten(engine: sa.Engine) -> None:
    CommandUses(engine, an_hour=1).book(PULL, "will", "one.0")
    assert Ledger(engine).forget_before(time.time() + 1) == 1


def test_of_many_at_once_no_more_than_the_limit_get_through(engine: sa.Engine) -> None:
    uses = CommandUses(engine, an_hour=3)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda n: uses.book(PULL, "will", f"at once.{n}"), range(12)))
    assert told.count(None) == 3


def test_two_who_let_go_at_once_are_two_people(kept: Dismissals) -> None:
    said = replace(SAID, needs_second=True)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: kept.add(replace(said, person=f"person{n % 2}")), range(8)))
    (made,) = kept.of_pull(PULL)
    assert {made.said.person, made.agreed_by} == {"person0", "person1"}
