"""The books of the model: what may be spent, what was spent, and what was answered for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from cryptography.fernet import Fernet
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.dialects import postgresql, sqlite

from reviewer.agent.budget import Account, Budget, Scope
from reviewer.agent.request import ModelAnswer
from reviewer.edges.database import transaction
from reviewer.edges.sealing import SealedJson
from reviewer.edges.tables import metadata, model_answers, model_calls
from reviewer.errors import Misconfigured
from reviewer.intake.job import OnPull
from reviewer.refs import PullRef

_ANSWER = TypeAdapter(ModelAnswer)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer that was paid for before, by the review of delivery `guid`."""

    answer: ModelAnswer
    guid: str
    usd: float


class Bookings:
    """Shared by all threads of a process; every method is one transaction, or raises Transient."""

    def __init__(self, engine: sa.Engine, seal: SealedJson, *, expire_after: float) -> None:
        """A reservation that is not settled within `expire_after` seconds binds nobody."""
        self._engine = engine
        self._seal = seal
        self._expire_after = expire_after

    def find(self, pull: PullRef, digest: str) -> Stored | None:
        """The answer to this very question on this pull request."""
        query = sa.select(model_answers).where(_key(pull, digest))
        with transaction(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        try:
            answer = _ANSWER.validate_python(self._seal.deserialize(row.sealed))
        except (Misconfigured, ValidationError) as error:
            # Sealed with a key that was taken out since, or by a version that knew other fields.
            log.warning("a stored answer cannot be used: %s", type(error).__name__)
            return None
        return Stored(answer, str(row.guid), float(row.usd))

    def reserve(self, job: OnPull, model: str, usd: float, limits: Mapping[Scope, float]) -> int:
        """Book the most that a call can cost; the booking's id. Raises BudgetSpent.

        Of two calls at once, one waits, so that they cannot spend the same dollar.
        """
        with transaction(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(job.installation)))
            now = time.time()
            result = connection.execute(
                model_calls.insert().values(
                    guid=job.guid,
                    installation=job.installation,
                    repo=str(job.pull.repo),
                    number=job.pull.number,
                    day=_today(),
                    model=model[:64],
                    reserved_usd=usd,
                    called_at=now,
                    expires_at=now + self._expire_after,
                )
            )
            (booking,) = result.inserted_primary_key or (0,)
            # Asked after the insert, for that is what takes SQLite's write lock.
            spent = _spent(connection, job)
            Budget(
                tuple(
                    Account(scope, limit, max(0.0, spent.get(scope, usd) - usd))
                    for scope, limit in limits.items()
                )
            ).reserve(usd)
            return int(booking)

    def settle(self, booking: int, usd: float) -> None:
        """Put what a call did cost in the place of what was reserved for it."""
        with transaction(self._engine) as connection:
            _settle(connection, booking, usd)

    def settle_with(
        self, booking: int, usd: float, job: OnPull, digest: str, answer: ModelAnswer
    ) -> None:
        """Settle, and keep the answer: both or neither."""
        row = {
            "repo": str(job.pull.repo),
            "number": job.pull.number,
            "digest": digest,
            "guid": job.guid,
            "usd": usd,
            "sealed": self._seal.serialize(_ANSWER.dump_python(answer, mode="json")),
            "answered_at": time.time(),
        }
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        with transaction(self._engine) as connection:
            _settle(connection, booking, usd)
            connection.execute(dialect.insert(model_answers).on_conflict_do_nothing(), row)

    def spent(self, job: OnPull) -> Mapping[Scope, float]:
        """US dollars booked by account, promised ones included; the days are UTC."""
        with transaction(self._engine) as connection:
            return _spent(connection, job)


def bookings_in_memory() -> Bookings:
    """Books that end with the process, for a review that no job asked for."""
    engine = sa.create_engine(
        "sqlite://",
        poolclass=sa.pool.QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )
    metadata.create_all(engine, tables=[model_calls, model_answers])
    seal = SealedJson((Fernet.generate_key().decode("ascii"),))
    return Bookings(engine, seal, expire_after=86_400)


def _settle(connection: sa.Connection, booking: int, usd: float) -> None:
    connection.execute(
        model_calls.update().where(model_calls.c.id == booking).values(settled_usd=usd)
    )


def _key(pull: PullRef, digest: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        model_answers.c.repo == str(pull.repo),
        model_answers.c.number == pull.number,
        model_answers.c.digest == digest,
    )


def _spent(connection: sa.Connection, job: OnPull) -> dict[Scope, float]:
    calls = model_calls.c
    alive = sa.or_(calls.expires_at.is_(None), calls.expires_at > time.time())
    promised = sa.case((alive, calls.reserved_usd), else_=0.0)
    booked = sa.func.sum(sa.func.coalesce(calls.settled_usd, promised))
    on_repo, today = calls.repo == str(job.pull.repo), calls.day == _today()
    of = {
        Scope.PUSH: calls.guid == job.guid,
        Scope.PULL: sa.and_(on_repo, calls.number == job.pull.number),
        Scope.REPO_DAY: sa.and_(on_repo, today),
        Scope.INSTALLATION_DAY: sa.and_(calls.installation == job.installation, today),
    }
    return {
        scope: float(connection.scalar(sa.select(booked).where(which)) or 0.0)
        for scope, which in of.items()
    }


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
