"""What a worker does beside reviews: heartbeat, taking over, forgetting, shrinking."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from dbos import DBOSClient
from sqlalchemy.dialects import postgresql

from reviewer.config import Config
from reviewer.edges.git_cache import GitCache
from reviewer.edges.jobs import delete_old_jobs, resume_jobs_of_the_dead
from reviewer.edges.lease import Lease
from reviewer.edges.ledger import Ledger
from reviewer.edges.tables import workers

HEARTBEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 20.0
"""Four missed heartbeats. With the sweep below, a dead worker's reviews move within 30 s."""
SWEEP_SECONDS = 5.0
FORGET_SECONDS = 3600.0
SHRINK_SECONDS = 600.0
FIRST_AFTER_SECONDS = 30.0
_SWEEP_LOCK = 7_281_934_405_112_234

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Chore:
    """Something done again and again, `every` so many seconds."""

    name: str
    every: float
    run: Callable[[], object]
    due: float = 0.0


class Housekeeping:
    """One thread that runs the chores of a worker."""

    def __init__(
        self,
        config: Config,
        engine: sa.Engine,
        client: DBOSClient,
        cache: GitCache,
        executor_id: str,
        lease: Lease,
    ) -> None:
        self._config = config
        self._engine = engine
        self._client = client
        self._cache = cache
        self._executor_id = executor_id
        self._lease = lease
        self._boot_id = uuid.uuid4().hex
        self._stop = threading.Event()
        # Not among the first things that a start does.
        soon = time.monotonic() + SWEEP_SECONDS
        self._chores = [
            Chore("forgetting", FORGET_SECONDS, self._forget, soon),
            Chore("shrinking the git cache", SHRINK_SECONDS, self._shrink),
        ]
        if config.database_url:
            self._chores.insert(0, Chore("heartbeat", HEARTBEAT_SECONDS, self.beat))
            self._chores.insert(1, Chore("taking over", SWEEP_SECONDS, self._take_over, soon))
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def add(self, name: str, every: float, run: Callable[[], object]) -> None:
        """A further chore; begun a while after the start, when others are done with theirs."""
        self._chores.append(Chore(name, every, run, time.monotonic() + FIRST_AFTER_SECONDS))

    def start(self) -> None:
        """Beat once, so that nobody takes this worker for dead, then go on in a thread.

        To be called before the worker takes its first job.
        """
        if self._config.database_url:
            self.beat()
        self._thread.start()

    def stop(self) -> None:
        """Stop; the last heartbeat grows old, and others take over what is left."""
        self._stop.set()
        self._thread.join(timeout=10)

    def beat(self) -> None:
        """Say that this worker lives, by the database's clock."""
        row = {"executor_id": self._executor_id, "boot_id": self._boot_id, "seen_at": _NOW}
        statement = postgresql.insert(workers).values(row)
        with self._engine.begin() as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["executor_id"],
                    set_={"boot_id": self._boot_id, "seen_at": _NOW},
                )
            )
        self._lease.renew()

    def _take_over(self) -> None:
        with self._engine.connect() as connection:
            # One sweeper at a time: a second one could take back what a living worker just got.
            if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_SWEEP_LOCK))):
                return
            try:

                def living() -> set[str]:
                    fresh = workers.c.seen_at > _NOW - DEAD_AFTER_SECONDS
                    return set(connection.scalars(sa.select(workers.c.executor_id).where(fresh)))

                taken = resume_jobs_of_the_dead(self._client, living)
                if taken:
                    log.warning("%d review(s) of dead workers go on elsewhere", len(taken))
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_SWEEP_LOCK)))
                connection.commit()

    def _forget(self) -> None:
        before = time.time() - self._config.retention_days * 86_400
        rows = Ledger(self._engine).forget_before(before)
        jobs = delete_old_jobs(self._client, datetime.fromtimestamp(before, UTC).isoformat())
        if rows or jobs:
            log.info("forgot %d rows and %d jobs past the retention", rows, jobs)

    def _shrink(self) -> None:
        for name in self._cache.shrink():
            log.info("dropped %s from the git cache", name)

    def _run(self) -> None:
        while not self._stop.is_set():
            now = time.monotonic()
            for chore in self._chores:
                if chore.due <= now:
                    chore.due = now + chore.every
                    try:
                        chore.run()
                    except Exception:
                        log.exception("%s failed, will be tried again", chore.name)
            pause = min(chore.due for chore in self._chores) - time.monotonic()
            self._stop.wait(timeout=max(0.05, pause))


_NOW = sa.func.extract("epoch", sa.func.clock_timestamp())
