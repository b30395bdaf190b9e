"""A job is on the disk when it was accepted, once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from dbos import DBOS, DBOSClient

from reviewer.agent.budget import BudgetSpent, Scope
from reviewer.agent.request import ModelAnswer
from reviewer.agent.usage import Usage
from reviewer.config import Config
from reviewer.edges.bookings import Bookings
from reviewer.edges.database import database_url, make_engine
from reviewer.edges.git_cache import GitCache
from reviewer.edges.holdings import Holdings
from reviewer.edges.inbox import Inbox
from reviewer.edges.ledger import Ledger
from reviewer.edges.ledger_schema import migrate
from reviewer.edges.sealing import SealedJson
from reviewer.edges.tables import publications
from reviewer.intake.job import Job, ReviewJob
from reviewer.refs import InstallationId, PullNumber, PullRef, RepoName, commit_sha
from tests.support.configured import a_config
from tests.support.postgres import postgres

PULL = PullRef(RepoName("acme", "exchange"), PullNumber(7))
OLD, NEW = commit_sha("aa" * 20), commit_sha("bb" * 20)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    directory: Path = tmp_path_factory.mktemp("inbox")
    key = Fernet.generate_key().decode()
    with postgres() as url:
        yield a_config(directory, REVIEWER_DATABASE_URL=url, REVIEWER_ENCRYPTION_KEY=key)


@pytest.fixture
def engine(config: Config) -> Iterator[sa.Engine]:
    made = make_engine(config, pool_size=5)
    migrate(made)
    DBOS.migrate(database_url(config))
    yield made
    made.dispose()


@pytest.fixture
def inbox(config: Config, engine: sa.Engine) -> Iterator[Inbox]:
    made = Inbox(engine, SealedJson(config.encryption_keys))
    yield made
    made.close()


def job(guid: str, head: str = OLD, pull: PullRef = PULL) -> ReviewJob:
    return ReviewJob(guid, InstallationId(1), pull, commit_sha(head), "pull_request.opened")


def stored_jobs(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT workflow_uuid FROM dbos.workflow_status"))
        return [guid for (guid,) in rows]


def test_the_same_delivery_is_stored_once_however_it_arrives(
    inbox: Inbox, engine: sa.Engine
) -> None:
    answers: list[bool] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(inbox.accept(job(f"same-{n % 5}"))))
        for n in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 35 + [True] * 5
    assert sorted(g for g in stored_jobs(engine) if g.startswith("same-")) == [
        f"same-{n}" for n in range(5)
    ]


def test_two_receivers_agree_on_who_was_first(
    config: Config, engine: sa.Engine, inbox: Inbox
) -> None:
    other = Inbox(engine, SealedJson(config.encryption_keys))
    assert inbox.accept(job("twice-1"))
    assert not other.accept(job("twice-1"))
    other.close()


def test_a_later_delivery_with_another_head_supersedes_an_earlier_one(
    inbox: Inbox, engine: sa.Engine
) -> None:
    pull = PullRef(PULL.repo, PullNumber(8))
    ledger = Ledger(engine)
    inbox.accept(job("super-1", OLD, pull))
    assert not ledger.is_overtaken("super-1", pull, OLD)
    inbox.accept(job("super-2", NEW, pull))
    assert ledger.is_overtaken("super-1", pull, OLD)
    # The first job may have taken its snapshot after the push: then nothing is newer.
    assert not ledger.is_overtaken("super-1", pull, NEW)
    assert not ledger.is_overtaken("super-2", pull, NEW)


def test_a_review_of_what_was_taken_or_renamed_meanwhile_is_overtaken(
    inbox: Inbox, engine: sa.Engine, config: Config, tmp_path: Path
) -> None:
    client = DBOSClient(
        system_database_engine=engine, serializer=SealedJson(config.encryption_keys)
    )
    holdings = Holdings(engine, client, GitCache(tmp_path / "git", 1))
    ledger = Ledger(engine)
    there, gone, moved = (RepoName("Acme", name) for name in ("there", "gone", "moved"))
    for name in (there, gone, moved):
        inbox.accept(job(f"holdings-{name.name}", OLD, PullRef(name, PullNumber(1))))
        ledger.begin_publication(PullRef(name, PullNumber(1)), OLD, "x")
    new = RepoName("Acme", "new")
    ledger.begin_publication(PullRef(new, PullNumber(1)), OLD, "written under the new name")
    handed_on: list[Job] = []
    holdings.forget(RepoName("acme", "GONE"))
    holdings.move(moved, new, InstallationId(9), handed_on.append)
    for name, overtaken in ((there, False), (gone, True), (moved, True)):
        pull = PullRef(name, PullNumber(1))
        assert ledger.is_overtaken(f"holdings-{name.name}", pull, OLD) is overtaken
    names = {repo.name for repo in holdings.repositories("ACME")}
    assert {"there", "new"} <= names
    assert not {"gone", "moved"} & names
    (again,) = handed_on
    assert (again.repo, again.installation) == ("Acme/new", 9)
    assert again.guid == "holdings-moved.moved"
    with engine.connect() as connection:
        kept = sa.select(publications.c.guid).where(publications.c.repo == "Acme/new")
        assert list(connection.scalars(kept)) == ["written under the new name"]
    assert not [guid for guid in stored_jobs(engine) if guid in ("holdings-gone", "holdings-moved")]
    client.destroy()


def test_what_waits_in_the_queue_is_sealed(inbox: Inbox, engine: sa.Engine) -> None:
    inbox.accept(job("sealed-1"))
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT * FROM dbos.workflow_status WHERE workflow_uuid = 'sealed-1'")
        ).fetchall()
    assert rows
    assert OLD not in str(rows)


def test_on_postgresql_calls_at_once_cannot_spend_the_same_dollar(
    config: Config, engine: sa.Engine
) -> None:
    books = Bookings(engine, SealedJson(config.encryption_keys), expire_after=60)
    mine = job("crowded")

    def reserve(_number: int) -> int:
        try:
            return books.reserve(mine, "claude-sonnet-5-5", 1.0, {Scope.INSTALLATION_DAY: 5.0})
        except BudgetSpent:
            return 0

    with ThreadPoolExecutor(12) as pool:
        bookings = [booking for booking in pool.map(reserve, range(12)) if booking]
    assert len(bookings) == 5
    answer = ModelAnswer("{}", "end_turn", Usage(), "req_1", "claude-sonnet-5-5")
    for booking in bookings[:2]:
        books.settle_with(booking, 0.25, mine, "d" * 64, answer)
    assert books.spent(mine)[Scope.PUSH] == 3.5
    stored = books.find(mine.pull, "d" * 64)
    assert stored is not None
    assert (stored.answer, stored.usd) == (answer, 0.25)
