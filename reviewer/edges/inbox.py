"""Accepting deliveries: the ledger row and the job, in one transaction, before GitHub is answered.

One thread writes. While a commit is on its way to the disk, the deliveries that arrive meanwhile
wait together and share the next commit, so that a burst pays for few of them.
"""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future
from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient, EnqueueOptions
from sqlalchemy.dialects import postgresql, sqlite

from reviewer.edges.sealing import SealedJson
from reviewer.edges.tables import deliveries
from reviewer.intake.job import Job, kind_of, partition_of

APPLICATION = "trading-reviewer"
QUEUES = {"review": "reviews", "comment": "errands", "event": "events"}
"""By the kind of a job, which is its workflow's name too: nobody waits for a review's end to be
answered, and no merge queue for the model's answer to somebody's question."""
MAX_BATCH = 64


class Inbox:
    """Stores jobs durably; `accept` returns when the disk has them."""

    def __init__(self, engine: sa.Engine, seal: SealedJson) -> None:
        self._engine = engine
        self._client = DBOSClient(
            system_database_engine=engine, serializer=seal, application_name=APPLICATION
        )
        self._waiting: queue.SimpleQueue[tuple[Job, Future[bool]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="inbox", daemon=True)
        self._thread.start()

    def accept(self, job: Job, *, timeout: float = 8.0) -> bool:
        """Store the job; False if its GUID was stored before, and its review has not failed.

        Raises TimeoutError after `timeout` seconds, below the 10 s that GitHub waits, and
        whatever the database raised. Then nothing is promised and GitHub must be told so.
        """
        stored: Future[bool] = Future()
        self._waiting.put((job, stored))
        return stored.result(timeout=timeout)

    def close(self) -> None:
        """Finish what waits and stop."""
        self._waiting.put(None)
        self._thread.join(timeout=10)
        self._client.destroy()

    def _write(self) -> None:
        running = True
        while running:
            batch = [self._waiting.get()]
            while len(batch) < MAX_BATCH and not self._waiting.empty():
                batch.append(self._waiting.get())
            running = None not in batch
            entries = [entry for entry in batch if entry is not None]
            if entries:
                self._store(entries)

    def _store(self, entries: list[tuple[Job, Future[bool]]]) -> None:
        try:
            with self._engine.begin() as connection:
                fresh = self._insert(connection, [job for job, _ in entries])
        except Exception as error:  # noqa: BLE001 - handed to the callers who wait for it
            if len(entries) > 1:
                # One bad entry must not fail its neighbours.
                for entry in entries:
                    self._store([entry])
            else:
                entries[0][1].set_exception(error)
            return
        for job, stored in entries:
            stored.set_result(job.guid in fresh)
            # Of the same delivery twice in one batch, the second is the duplicate.
            fresh.discard(job.guid)

    def _insert(self, connection: sa.Connection, jobs: list[Job]) -> set[str]:
        """Write ledger rows and jobs; the GUIDs that have a new job by it."""
        now = time.time()
        rows = [
            {
                "guid": job.guid,
                "event": job.reason,
                "repo": job.repo,
                "number": job.number,
                "head_sha": job.head_sha,
                "received_at": now,
            }
            for job in jobs
        ]
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        insert = dialect.insert(deliveries).on_conflict_do_nothing().returning(deliveries.c.guid)
        attempts = dict.fromkeys(connection.scalars(insert, rows), 0)
        # A review that failed for good is begun again when its delivery is asked for again.
        again = (
            deliveries.update()
            .where(deliveries.c.guid.in_([job.guid for job in jobs]), deliveries.c.failed)
            .values(failed=False, attempt=deliveries.c.attempt + 1)
            .returning(deliveries.c.guid, deliveries.c.attempt)
        )
        attempts.update((guid, attempt) for guid, attempt in connection.execute(again))
        for job in {job.guid: job for job in jobs if job.guid in attempts}.values():
            attempt = attempts[job.guid]
            options: EnqueueOptions = {
                "workflow_name": kind_of(job),
                "queue_name": QUEUES[kind_of(job)],
                "workflow_id": f"{job.guid}.retry-{attempt}" if attempt else job.guid,
                "queue_partition_key": partition_of(job),
            }
            stored: dict[str, Any] = job.to_json()
            self._client.enqueue_in_transaction(connection, options, stored)
        return set(attempts)
