"""Durable jobs: DBOS runs each review step by step and remembers the steps that are done."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, WorkflowStatus

from reviewer.config import Config
from reviewer.edges.database import database_url, make_engine
from reviewer.edges.inbox import APPLICATION, QUEUES
from reviewer.edges.put_off import (
    DoneBefore,
    PutOff,
    id_of_next,
    may_be_put_off,
    raise_if_put_off,
    tried,
)
from reviewer.edges.sealing import SealedJson
from reviewer.errors import Transient
from reviewer.intake.job import job_from_json, kind_of, partition_of
from reviewer.ports import Checkpoint
from reviewer.review import VERSION

RETRIES = 7
"""With the waits tripling from 2 s, a step is tried for about twelve minutes."""

EVENTS_AT_ONCE = 4
"""Events ask no model and are done in seconds, so that few places are enough."""
_PATIENCE = {"review": 1, "comment": 2, "event": 4}
"""How many times longer a queue waits between two looks: each look costs, busy or idle."""
LONGEST_WISH_SECONDS = 900.0
LOOK_UP_SECONDS = 2.0
"""How often a job that waits looks whether it is still wanted."""
COMES_BACK = 3

log = logging.getLogger(__name__)


RunJob = Callable[[dict[str, Any], Checkpoint], dict[str, Any]]


class Jobs:
    """The worker side of one process. DBOS is one per process, so this is too."""

    def __init__(
        self, config: Config, seal: SealedJson, executor_id: str, runs: Mapping[str, RunJob]
    ) -> None:
        self._config = config
        self._engine = make_engine(config, pool_size=4 if not config.database_url else 10)
        settings: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": database_url(config),
            "system_database_engine": self._engine,
            "serializer": seal,
            "application_version": VERSION,
            "executor_id": executor_id,
            # A step that is tried again is told by our own log, without a page of traceback.
            "log_level": "ERROR",
            "enable_otlp": False,
            "max_executor_threads": sum(self._at_once().values()) + 4,
            "scheduler_polling_interval_sec": 3600.0,
        }
        DBOS(config=settings)
        self._client = DBOSClient(
            system_database_engine=self._engine,
            serializer=seal,
            application_name=APPLICATION,
            lazy=True,
        )
        self._workflows = [self._workflow(kind, run) for kind, run in runs.items()]

    def _workflow(self, kind: str, run: RunJob) -> Callable[[dict[str, Any]], dict[str, Any]]:
        @DBOS.workflow(name=kind, max_recovery_attempts=100)
        def work(job: dict[str, Any]) -> dict[str, Any]:
            workflow_id = DBOS.workflow_id or ""
            done = DoneBefore.of(self._client, workflow_id)
            try:
                return run(job, partial(self._checkpoint, workflow_id, done))
            except PutOff as wait:
                self._enqueue_again(workflow_id, job, wait.until)
                return {"ending": str(wait)}

        return work

    def _enqueue_again(self, workflow_id: str, stored: dict[str, Any], until: float) -> None:
        """Once, however often: the id says which one it is."""
        job = job_from_json(stored)
        seconds = max(0.0, until - time.time())
        options: EnqueueOptions = {
            "workflow_name": kind_of(job),
            "queue_name": QUEUES[kind_of(job)],
            "workflow_id": id_of_next(workflow_id),
            "queue_partition_key": partition_of(job),
            "delay_seconds": seconds,
        }
        self._client.enqueue(options, stored)
        log.info("delivery %s is put off for %.0f s", job.guid, seconds)

    def launch(self) -> None:
        """Resume this worker's unfinished jobs, take new ones. The tables must be there."""
        # A queue that is made after the launch is looked at a second later.
        for kind, at_once in self._at_once().items():
            self._client.register_queue(
                QUEUES[kind],
                worker_concurrency=at_once,
                partition_concurrency=1,
                polling_interval_sec=self._config.poll_seconds * _PATIENCE[kind],
                on_conflict="always_update",
            )
        DBOS.launch()

    def _at_once(self) -> dict[str, int]:
        """By kind, how many jobs this process runs at a time."""
        most = self._config.concurrency
        return {kind: EVENTS_AT_ONCE if kind == "event" else most for kind in QUEUES}

    def drain(self, seconds: float) -> None:
        """Take no new jobs and wait for the running ones; the rest resumes at the next start."""
        DBOS.destroy(workflow_completion_timeout_sec=int(seconds))
        self._client.destroy()
        self._engine.dispose()

    def _checkpoint(
        self,
        workflow_id: str,
        done: DoneBefore,
        name: str,
        run: Callable[[], Any],
        *,
        give_up: Callable[[], bool],
    ) -> Any:
        """The step's result. Raises PutOff where the other side asks for a long wait."""
        work = done.or_run(name, run)
        longest = self._config.wait_seconds

        def should_retry(error: BaseException) -> bool:
            again = isinstance(error, Transient) and not give_up()
            log.warning("step %s failed (%s)%s", name, error, ", will be tried again" * again)
            if again and isinstance(error, Transient) and error.retry_after:
                # The other side's wish, beside DBOS's own wait.
                again = _waited(min(error.retry_after, LONGEST_WISH_SECONDS), give_up)
            return again

        output = DBOS.run_step(
            {
                "name": name,
                "retries_allowed": True,
                "max_attempts": RETRIES,
                "interval_seconds": self._config.retry_seconds,
                "backoff_rate": 3.0,
                "should_retry": should_retry,
            },
            partial(tried, work, workflow_id, longest, give_up),
        )
        raise_if_put_off(output)
        return output


def may_come_back() -> bool:
    """Whether the step that runs now may be put off once more, rather than end with what it has.

    Never outside a job: nobody would try it again.
    """
    status = DBOS.step_status
    attempt = status.current_attempt if status is not None else None
    return attempt is not None and attempt < COMES_BACK and may_be_put_off(DBOS.workflow_id or "")


def _waited(seconds: float, give_up: Callable[[], bool]) -> bool:
    """Whether the job is still wanted after the wait; a newer head must not stand behind it."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, LOOK_UP_SECONDS))
        if give_up():
            return False
    return True


def prepare_tables(config: Config) -> None:
    """Make or upgrade DBOS's tables."""
    DBOS.migrate(database_url(config))


def resume_jobs_of_the_dead(client: DBOSClient, living: Callable[[], set[str]]) -> list[str]:
    """Hand the unfinished jobs of all workers but the living back to the queue; their ids.

    The jobs are listed before the living are asked for: a worker beats before it takes a job, so
    none that took one of these can be missing.
    """
    pending = client.list_workflows(
        status="PENDING", application_name=APPLICATION, load_output=False
    )
    alive = living() if pending else set()
    resumed = []
    for workflow in pending:
        if workflow.executor_id in alive:
            continue
        if workflow.app_version == VERSION:
            # Without the queue's name the job would run outside the concurrency limits.
            queue = workflow.queue_name or QUEUES["review"]
            client.resume_workflow(workflow.workflow_id, queue_name=queue)
        else:
            _begin_anew(client, workflow)
        resumed.append(workflow.workflow_id)
    return resumed


def begin_other_versions_anew(client: DBOSClient) -> list[str]:
    """Begin the unfinished jobs of other versions from their start; their ids.

    For the only process of a store: others might be running them still.
    """
    begun = []
    for workflow in client.list_workflows(
        status=["PENDING", "ENQUEUED"], application_name=APPLICATION, load_output=False
    ):
        if workflow.app_version not in (None, VERSION):
            _begin_anew(client, workflow)
            begun.append(workflow.workflow_id)
    return begun


def _begin_anew(client: DBOSClient, workflow: WorkflowStatus) -> None:
    """Put a job whose steps were another version's in the queue from its start."""
    (stored,) = workflow.input["args"] if workflow.input else ({},)
    job = job_from_json(stored)
    client.cancel_workflow(workflow.workflow_id)
    options: EnqueueOptions = {
        "workflow_name": kind_of(job),
        "queue_name": QUEUES[kind_of(job)],
        "workflow_id": f"{workflow.workflow_id}.{VERSION}",
        "queue_partition_key": partition_of(job),
    }
    client.enqueue(options, stored)


def delete_old_jobs(client: DBOSClient, before_iso: str) -> int:
    """Delete the finished jobs that ended before this time (ISO 8601); how many."""
    old = client.list_workflows(
        status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
        end_time=before_iso,
        load_input=False,
        load_output=False,
        limit=1000,
    )
    if old:
        client.delete_workflows([workflow.workflow_id for workflow in old])
    return len(old)


def store_answers(engine: sa.Engine) -> bool:
    """Whether the store can be reached now."""
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError as error:
        log.warning("the store does not answer: %s", type(error).__name__)
        return False
    return True
