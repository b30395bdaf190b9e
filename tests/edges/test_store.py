"""The store on SQLite: old library versions, keys, names of workers, forgetting."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from reviewer.edges.database import make_engine
from reviewer.edges.executor import ExecutorId
from reviewer.edges.ledger import Ledger
from reviewer.edges.ledger_schema import NEWEST, migrate
from reviewer.edges.sealing import SealedJson, StoredError, storage_keys
from reviewer.edges.tables import metadata
from reviewer.errors import Misconfigured
from reviewer.refs import PullNumber, PullRef, RepoName, commit_sha
from tests.support.configured import a_config

PULL = PullRef(RepoName("acme", "exchange"), PullNumber(7))
HEAD = commit_sha("aa" * 20)


def test_sqlite_loses_nothing_at_a_power_cut_and_knows_milliseconds(tmp_path: Path) -> None:
    engine = make_engine(a_config(tmp_path), pool_size=1)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(sa.text("PRAGMA synchronous")) == 2
        now = connection.scalar(sa.text("SELECT unixepoch('subsec') * 1000"))
    assert now == pytest.approx(time.time() * 1000, abs=60_000)


def test_the_migrations_make_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    engine = make_engine(a_config(tmp_path), pool_size=1)
    migrate(engine)
    migrate(engine)
    found = sa.inspect(engine)
    for table in metadata.tables.values():
        columns = {column["name"] for column in found.get_columns(table.name)}
        assert columns == {column.name for column in table.columns}, table.name
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM ledger_version")) == NEWEST


def test_a_sealed_value_is_read_back_and_cannot_be_read_without_the_key() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = SealedJson((old,)).serialize({"quote": "let best = bids;"})
    assert "best" not in sealed
    assert SealedJson((new, old)).deserialize(sealed) == {"quote": "let best = bids;"}
    with pytest.raises(Misconfigured, match="another REVIEWER_ENCRYPTION_KEY"):
        SealedJson((new,)).deserialize(sealed)


def test_an_error_is_stored_by_its_kind_and_message() -> None:
    seal = SealedJson((Fernet.generate_key().decode(),))
    back = seal.deserialize(seal.serialize(RuntimeError("went wrong")))
    assert isinstance(back, StoredError)
    assert str(back) == "RuntimeError: went wrong"


def test_a_key_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    config = a_config(tmp_path / "data")
    (key,) = storage_keys(config)
    assert storage_keys(config) == (key,)
    assert (tmp_path / "data" / "storage.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_what_is_no_key_is_refused_without_being_shown() -> None:
    with pytest.raises(Misconfigured) as caught:
        SealedJson(("hunter22",))
    assert "hunter22" not in str(caught.value)


def test_workers_of_one_host_have_names_of_their_own_and_a_dead_ones_is_free(
    tmp_path: Path,
) -> None:
    database = {
        "REVIEWER_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "REVIEWER_ENCRYPTION_KEY": Fernet.generate_key().decode(),
    }
    config = a_config(tmp_path, **database)
    one = ExecutorId(config)
    code = (
        "import sys; from pathlib import Path; from tests.support.configured import a_config;"
        "from reviewer.edges.executor import ExecutorId;"
        f"print(ExecutorId(a_config(Path({str(tmp_path)!r}), **{database!r})).name)"
    )
    names = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()
        for _ in range(2)
    ]
    assert names[0] == names[1] != one.name


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    config = a_config(
        tmp_path,
        REVIEWER_EXECUTOR_ID="one",
        REVIEWER_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
        REVIEWER_ENCRYPTION_KEY=Fernet.generate_key().decode(),
    )
    first = ExecutorId(config)
    with pytest.raises(Misconfigured, match="another process runs as 'one'"):
        ExecutorId(config)
    assert first.name == "one"


def state_of(ledger: Ledger) -> str:
    known = ledger.publication_state(PULL, HEAD)
    assert known is not None
    return known[0]


def test_a_sqlite_store_has_one_owner_whatever_its_host_is_called(tmp_path: Path) -> None:
    first = ExecutorId(a_config(tmp_path, REVIEWER_EXECUTOR_ID="host-a"))
    assert first.name == "serve"
    with pytest.raises(Misconfigured, match="another `reviewer serve` runs on"):
        ExecutorId(a_config(tmp_path, REVIEWER_EXECUTOR_ID="host-b"))


def test_old_rows_are_forgotten(tmp_path: Path) -> None:
    engine = make_engine(a_config(tmp_path), pool_size=1)
    migrate(engine)
    ledger = Ledger(engine)
    assert ledger.publication_state(PULL, HEAD) is None
    ledger.begin_publication(PULL, HEAD, "guid")
    assert state_of(ledger) == "begun"
    ledger.note_publication(PULL, HEAD, state="done", review_id=1, check_run_id=2)
    assert state_of(ledger) == "done"
    assert ledger.forget_before(time.time() - 60) == 0
    assert ledger.forget_before(time.time() + 60) == 1
    assert ledger.publication_state(PULL, HEAD) is None
