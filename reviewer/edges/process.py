"""One process of the App, put together: what a receiver has, and what a worker has beside it."""

from __future__ import annotations

import logging
from functools import partial

from dbos import DBOSClient
from sqlalchemy.exc import SQLAlchemyError

from reviewer.config import Config
from reviewer.edges.bookings import Bookings
from reviewer.edges.breaker import Breaker
from reviewer.edges.code_reader import CodeReader
from reviewer.edges.command_uses import CommandUses
from reviewer.edges.comment_case import Desk
from reviewer.edges.database import make_engine
from reviewer.edges.dismissals import Dismissals
from reviewer.edges.executor import ExecutorId
from reviewer.edges.git_cache import GitCache
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.gone import follow_renames, look_and_forget
from reviewer.edges.health import Health
from reviewer.edges.holdings import Holdings
from reviewer.edges.housekeeping import Housekeeping
from reviewer.edges.inbox import APPLICATION, Inbox
from reviewer.edges.jobs import Jobs, begin_other_versions_anew, prepare_tables
from reviewer.edges.lease import Lease
from reviewer.edges.ledger import Ledger
from reviewer.edges.ledger_schema import migrate
from reviewer.edges.model_client import load_sdk
from reviewer.edges.model_probe import probe_model
from reviewer.edges.policy_reader import PolicyReader
from reviewer.edges.pull_states import PullStates
from reviewer.edges.readers import breaker_of, reservation_seconds
from reviewer.edges.reading import AgentReader
from reviewer.edges.redelivery import ask_again
from reviewer.edges.rounds import Rounds
from reviewer.edges.run_comment import run_comment
from reviewer.edges.run_event import run_event
from reviewer.edges.run_review import run_review
from reviewer.edges.sealing import SealedJson, storage_keys
from reviewer.edges.shared import Shared
from reviewer.errors import Transient
from reviewer.intake.job import Job

REDELIVERY_SECONDS = 600.0
GONE_SECONDS = 6 * 3600.0
"""What a lost delivery did not tell is so seen within the day."""

log = logging.getLogger(__name__)


class Receiver:
    """Takes deliveries in."""

    def __init__(self, config: Config, app: GitHubApp, breaker: Breaker | None = None) -> None:
        """`breaker` is the worker's, where one runs in the same process."""
        self._engine = make_engine(config, pool_size=2)
        migrate(self._engine)
        prepare_tables(config)
        self.inbox = Inbox(self._engine, SealedJson(storage_keys(config)))
        self.health = Health(config, self._engine, app, lambda: probe_model(config), breaker)

    def stop(self) -> None:
        """Finish the deliveries in hand and stop."""
        self.inbox.close()
        self._engine.dispose()


class Worker:
    """Runs reviews."""

    def __init__(self, config: Config, app: GitHubApp, breaker: Breaker | None = None) -> None:
        self._config = config
        self._executor = ExecutorId(config)
        self._engine = make_engine(config, pool_size=4)
        migrate(self._engine)
        seal = SealedJson(storage_keys(config))
        cache = GitCache(config.data_dir / "git", config.git_cache_mb)
        ledger = Ledger(self._engine)
        lease = Lease(renewed=bool(config.database_url))
        self._client = DBOSClient(
            system_database_engine=self._engine,
            serializer=seal,
            application_name=APPLICATION,
            lazy=True,
        )
        holdings = Holdings(self._engine, self._client, cache)
        shared = Shared(
            config=config,
            app=app,
            ledger=ledger,
            rounds=Rounds(self._engine, seal),
            dismissals=Dismissals(self._engine, seal),
            policy_reader=PolicyReader(config, app),
            code_reader=CodeReader(config, cache),
            agent_reader=AgentReader(
                config,
                Bookings(self._engine, seal, expire_after=reservation_seconds(config)),
                breaker or breaker_of(config),
            ),
            lease=lease,
            holdings=holdings,
            hand_on=self._hand_on,
        )
        self._inbox = Inbox(self._engine, seal)
        desk = Desk(
            shared=shared,
            inbox=self._inbox,
            uses=CommandUses(self._engine, an_hour=config.commands_per_hour),
            dismissals=shared.dismissals,
            pull_states=PullStates(self._engine),
        )
        self._jobs = Jobs(
            config,
            seal,
            self._executor.name,
            {
                "review": partial(run_review, shared),
                "comment": partial(run_comment, desk),
                "event": partial(run_event, shared),
            },
        )
        self._housekeeping = Housekeeping(
            config, self._engine, self._client, cache, self._executor.name, lease
        )
        if config.redelivery:
            self._housekeeping.add(
                "asking for lost deliveries", REDELIVERY_SECONDS, lambda: ask_again(app, ledger)
            )
        if config.has_model:
            # While nobody waits for it; a review that comes sooner loads it itself.
            self._housekeeping.add("loading the model's SDK", float("inf"), load_sdk)
        self._housekeeping.add(
            "forgetting what is gone", GONE_SECONDS, lambda: look_and_forget(app, holdings)
        )
        self._housekeeping.add(
            "following renames",
            GONE_SECONDS,
            lambda: follow_renames(app, holdings, self._hand_on),
        )

    def start(self) -> None:
        """Resume what this worker left unfinished, then take new jobs."""
        self._housekeeping.start()
        self._jobs.launch()
        if not self._config.database_url:
            begin_other_versions_anew(self._client)
        log.info("worker %s runs up to %d reviews", self._executor.name, self._config.concurrency)

    def _hand_on(self, job: Job) -> bool:
        try:
            return self._inbox.accept(job)
        except (SQLAlchemyError, TimeoutError) as error:
            raise Transient(f"the store does not answer: {type(error).__name__}") from error

    def stop(self) -> None:
        """Take no new jobs and let the running ones end, for as long as is configured."""
        self._jobs.drain(self._config.drain_seconds)
        self._housekeeping.stop()
        self._inbox.close()
        self._engine.dispose()
