"""`reviewer dismissals` as a process, on a store that an App has made."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from reviewer.edges.database import SQLITE_FILE, make_engine
from reviewer.edges.dismissals import BY_CONCESSION, Dismissals
from reviewer.edges.ledger_schema import migrate
from reviewer.edges.sealing import SealedJson, storage_keys
from reviewer.edges.tables import dismissals
from reviewer.exit_codes import MISCONFIGURED, UNAVAILABLE
from reviewer.refs import PullNumber, PullRef, RepoName
from tests.edges.test_people import LATER, PULL, SAID
from tests.support.command import reviewer
from tests.support.configured import a_config
from tests.support.postgres import postgres

ELSEWHERE = PullRef(RepoName("acme", "Gateway"), PullNumber(3))
KEY = Fernet.generate_key().decode()


def environ(directory: Path, **more: str) -> dict[str, str]:
    needed = ("APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET")
    return {
        **{f"REVIEWER_{name}": "not used" for name in needed},
        "REVIEWER_DATA_DIR": str(directory),
        **more,
    }


class Store:
    """One, and the command on it."""

    def __init__(self, directory: Path, **more: str) -> None:
        config = a_config(directory, **more)
        self.engine = make_engine(config, pool_size=1)
        migrate(self.engine)
        self.kept = Dismissals(self.engine, SealedJson(storage_keys(config)))
        self._environ = environ(directory, **more)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return reviewer("dismissals", *arguments, environ=self._environ)

    def listed(self, *arguments: str) -> list[dict[str, Any]]:
        done = self.run("list", "--json", *arguments)
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The engine stays open, as that of a running App."""
    store = Store(tmp_path / "data")
    store.kept.add(SAID)
    store.kept.add(replace(SAID, pull=LATER, person="Wanda", how=BY_CONCESSION))
    store.kept.add(replace(SAID, pull=ELSEWHERE, needs_second=True, reason="\x1b[31mred\nherring"))
    yield store
    store.engine.dispose()


def test_they_are_listed_with_who_when_and_why(store: Store) -> None:
    told = store.run("list")
    assert told.returncode == 0, told.stderr
    first, second, third = told.stdout.strip().split("\n\n")
    assert first.startswith(
        "1  acme/exchange#7  src/book.rs: critical: The best bid is the worst\n"
        "    dismissed by will, 20"
    )
    assert first.endswith("\n    the venue sorts them")
    assert "conceded to Wanda" in second
    assert "dismissed by will, waits for a second person" in third
    assert third.endswith("⟦U+001B⟧[31mred herring")


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ([], [1, 2, 3]),
        (["--repo", "acme/exchange"], [1, 2]),
        (["--repo", "Acme/gateway"], [3]),
        (["--by", "wanda"], [2]),
        (["--by", "@will", "--repo", "acme/exchange"], [1]),
        (["--by", "nobody"], []),
        (["--since", "2099-01-01"], []),
        (["--since", "2020-01-01T12:00:00"], [1, 2, 3]),
    ],
)
def test_a_filter_leaves_the_others_out(store: Store, filters: list[str], ids: list[int]) -> None:
    assert [one["id"] for one in store.listed(*filters)] == ids


def test_the_time_is_that_in_utc(store: Store) -> None:
    noon = 1_780_315_200.0  # 2026-06-01T12:00:00Z
    with store.engine.begin() as connection:
        connection.execute(
            dismissals.update().where(dismissals.c.id == 1).values(dismissed_at=noon)
        )
    assert store.listed()[0]["dismissed_at"] == "2026-06-01T12:00:00Z"
    before, after = "2026-06-01T12:00:00", "2026-06-01T12:00:01"
    assert [one["id"] for one in store.listed("--since", before)] == [1, 2, 3]
    assert [one["id"] for one in store.listed("--since", after)] == [2, 3]


def test_an_export_has_one_object_a_line(store: Store) -> None:
    rows = [json.loads(line) for line in store.run("export").stdout.splitlines()]
    assert rows == store.listed()
    assert rows[0]["reason"] == "the venue sorts them"
    assert [one["holds"] for one in rows] == [True, True, False]


def test_what_is_revoked_is_kept_with_its_reason_and_holds_no_more(store: Store) -> None:
    told = store.run("revoke", "1", "--reason", "the venue changed its rules")
    assert told.returncode == 0, told.stderr
    assert "Z: the venue changed its rules" in told.stdout
    assert store.kept.of_pull(PULL) == ()
    assert [one["id"] for one in store.listed()] == [2, 3]
    first, *_ = store.listed("--revoked")
    assert (first["id"], first["holds"]) == (1, False)
    assert first["revoked_because"] == "the venue changed its rules"
    with store.engine.connect() as connection:
        assert "rules" not in str(connection.execute(sa.select(dismissals)).all())
    again = store.run("revoke", "1")
    assert (again.returncode, again.stdout) == (1, "")
    assert "there is no dismissal 1 that holds" in again.stderr


def test_a_postgres_tells_the_same(tmp_path: Path) -> None:
    with postgres() as url:
        store = Store(tmp_path, REVIEWER_DATABASE_URL=url, REVIEWER_ENCRYPTION_KEY=KEY)
        store.kept.add(SAID)
        (told,) = store.listed("--by", "Will", "--repo", "ACME/exchange")
        assert told["reason"] == SAID.reason
        assert store.run("revoke", str(told["id"]), "--reason", "no more").returncode == 0
        assert store.listed() == []
        assert store.listed("--revoked")[0]["revoked_because"] == "no more"
        store.engine.dispose()


def test_nothing_is_said_aloud_of_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    told = store.run("list")
    assert (told.returncode, told.stdout) == (0, "")
    assert "nothing was let go" in told.stderr
    assert store.listed() == []
    assert store.run("export").stdout == ""


def test_no_store_is_made_where_there_is_none(tmp_path: Path) -> None:
    told = reviewer("dismissals", "list", environ=environ(tmp_path))
    assert told.returncode == MISCONFIGURED
    assert "there is no store in" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_not_made_either(tmp_path: Path) -> None:
    Store(tmp_path, REVIEWER_ENCRYPTION_KEY=KEY).kept.add(SAID)
    told = reviewer("dismissals", "list", environ=environ(tmp_path))
    assert told.returncode == MISCONFIGURED
    assert "REVIEWER_ENCRYPTION_KEY is missing" in told.stderr
    other = Fernet.generate_key().decode()
    told = reviewer("dismissals", "list", environ=environ(tmp_path, REVIEWER_ENCRYPTION_KEY=other))
    assert told.returncode == MISCONFIGURED
    assert "another REVIEWER_ENCRYPTION_KEY" in told.stderr


def test_what_is_wrong_is_told_by_the_exit_code(tmp_path: Path) -> None:
    assert reviewer("dismissals", "list").returncode == MISCONFIGURED
    assert Store(tmp_path).run("list", "--repo", "exchange").returncode == 2
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / SQLITE_FILE).touch()
    more = {"REVIEWER_ENCRYPTION_KEY": KEY}
    told = reviewer("dismissals", "list", environ=environ(tmp_path / "old", **more))
    assert told.returncode == MISCONFIGURED
    assert "of another version" in told.stderr
    away = {"REVIEWER_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing", **more}
    told = reviewer("dismissals", "list", environ=environ(tmp_path, **away))
    assert told.returncode == UNAVAILABLE
    assert "cannot be reached" in told.stderr
