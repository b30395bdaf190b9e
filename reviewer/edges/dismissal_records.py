"""All dismissals of a store, for its operator: also those that were taken back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from reviewer.config import Config
from reviewer.edges.database import SQLITE_FILE, make_engine, transaction
from reviewer.edges.dismissals import Dismissal, dismissal_of
from reviewer.edges.ledger_schema import is_newest
from reviewer.edges.sealing import KEY_FILE, SealedJson, storage_keys
from reviewer.edges.tables import dismissals
from reviewer.errors import Misconfigured, Transient
from reviewer.refs import RepoName

_BECAUSE = "revoked_because"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which ones; empty for all."""

    repo: RepoName | None = None
    since: float = 0.0
    """Unix time."""
    by: str = ""
    """Who let go, or agreed."""
    with_revoked: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A dismissal, and whether it was taken back."""

    dismissal: Dismissal
    revoked_at: float | None
    revoked_because: str
    """Empty where no reason was given."""


class DismissalRecords:
    """Every method is one transaction, or raises Transient."""

    def __init__(self, engine: sa.Engine, seal: SealedJson) -> None:
        self._engine = engine
        self._seal = seal

    def all(self, wanted: Wanted) -> tuple[Record, ...]:
        """Oldest first. Raises Misconfigured when the key is not that of the store."""
        query = sa.select(dismissals).where(dismissals.c.dismissed_at >= wanted.since)
        if wanted.repo is not None:
            query = query.where(sa.func.lower(dismissals.c.repo) == str(wanted.repo).lower())
        if wanted.by:
            people = (dismissals.c.person, dismissals.c.agreed_by)
            query = query.where(sa.or_(*(sa.func.lower(p) == wanted.by.lower() for p in people)))
        if not wanted.with_revoked:
            query = query.where(dismissals.c.revoked_at.is_(None))
        with transaction(self._engine) as connection:
            rows = connection.execute(query.order_by(dismissals.c.id)).all()
        return tuple(self._record(row, self._seal.deserialize(row.sealed)) for row in rows)

    def revoke(self, number: int, because: str) -> Record | None:
        """Take one back; None when there is none that holds under this id."""
        one = sa.and_(dismissals.c.id == number, dismissals.c.revoked_at.is_(None))
        with transaction(self._engine) as connection:
            row = connection.execute(sa.select(dismissals).where(one).with_for_update()).first()
            if row is None:
                return None
            words = {**self._seal.deserialize(row.sealed), _BECAUSE: because}
            now, sealed = time.time(), self._seal.serialize(words)
            change = dismissals.update().where(one).values(revoked_at=now, sealed=sealed)
            connection.execute(change)
        return Record(dismissal_of(row, words), now, because)

    def _record(self, row: Any, words: dict[str, Any]) -> Record:
        return Record(dismissal_of(row, words), row.revoked_at, str(words.get(_BECAUSE, "")))


@contextmanager
def opened_records(config: Config) -> Iterator[DismissalRecords]:
    """The records of the store that the configuration names; none is made or upgraded.

    Raises Misconfigured where there is none of this version, Transient where it is away.
    """
    if not config.database_url and not (config.data_dir / SQLITE_FILE).is_file():
        raise Misconfigured(
            f"there is no store in {config.data_dir.absolute()}: REVIEWER_DATA_DIR or "
            "REVIEWER_DATABASE_URL says where the App keeps it"
        )
    if not config.encryption_keys and not (config.data_dir / KEY_FILE).is_file():
        raise Misconfigured("REVIEWER_ENCRYPTION_KEY is missing: the store has no key of its own")
    engine = make_engine(config, pool_size=1)
    try:
        if not is_newest(engine):
            raise Misconfigured("the store is of another version: start this version's App first")
        yield DismissalRecords(engine, SealedJson(storage_keys(config)))
    except sa.exc.OperationalError as error:
        raise Transient(f"the store cannot be reached: {type(error.orig).__name__}") from error
    finally:
        engine.dispose()
