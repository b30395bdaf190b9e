"""Engines for the one database that holds the jobs and the ledger: SQLite or PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from reviewer.config import Config
from reviewer.errors import Transient

SQLITE_FILE = "reviewer.sqlite"
BUSY_MILLISECONDS = 30_000
POSTGRES = {
    "application_name": "trading-reviewer",
    "connect_timeout": 5,
    # A connection whose other end is gone without a word is given up within about ten seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8000,
}


def database_url(config: Config) -> str:
    """Where the store is, in SQLAlchemy's words."""
    if config.database_url:
        return "postgresql+psycopg://" + config.database_url.removeprefix("postgresql://")
    return f"sqlite:///{(config.data_dir / SQLITE_FILE).absolute()}"


def make_engine(config: Config, *, pool_size: int) -> sa.Engine:
    """An engine on the store. Waits up to 30 s for a connection; loses nothing at power failure."""
    url = database_url(config)
    pool = {"pool_size": pool_size, "max_overflow": 0, "pool_timeout": 30}
    if config.database_url:
        return sa.create_engine(url, **pool, pool_pre_ping=True, connect_args=POSTGRES)
    prepare_directory(config.data_dir)
    engine = sa.create_engine(url, **pool, connect_args={"check_same_thread": False})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction. Raises Transient when the database is away, so that a step waits."""
    try:
        with engine.begin() as connection:
            yield connection
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
        raise Transient(f"the store does not answer: {type(error).__name__}") from error


def prepare_directory(directory: Path) -> None:
    """Make a directory that only this user may read."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # IMMEDIATE takes the write lock at the start, so that no transaction dies half-way for it.
    connection.isolation_level = "IMMEDIATE"
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if sqlite3.sqlite_version_info < (3, 42):
        # DBOS calls unixepoch('subsec'), which came with SQLite 3.42; Debian 12 links 3.40.
        connection.create_function("unixepoch", -1, _unixepoch)


def _unixepoch(*arguments: str) -> float | int:
    """SQLite 3.42's `unixepoch('subsec')` to the millisecond, and `unixepoch()` in seconds."""
    now = time.time()
    return round(now, 3) if "subsec" in arguments else int(now)
