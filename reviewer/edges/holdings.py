"""What is held of a repository: the ledger's rows, its jobs, its git cache; all of it can go."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from dbos import DBOSClient, WorkflowStatus

from reviewer.edges.database import transaction
from reviewer.edges.git_cache import GitCache
from reviewer.edges.tables import metadata
from reviewer.intake.job import Job, job_from_json, repo_of_partition
from reviewer.refs import InstallationId, RepoName

RUNNING, WAITING = ("PENDING",), ("ENQUEUED", "DELAYED")
MOST_GUID = 64
_PAGE = 1000
_ONE_OF_A_KIND = {"rounds": ("number",)}
"""By what else than its key a row stands for another: the rounds of a pull request are one row."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much went. `running` jobs end by themselves; what they leave goes the next time."""

    rows: int
    jobs: int
    running: int
    cached: bool

    def __bool__(self) -> bool:
        return bool(self.rows or self.jobs or self.cached)


class Holdings:
    """All that this App keeps, by repository. GitHub takes no notice of case in a name."""

    def __init__(self, engine: sa.Engine, client: DBOSClient, cache: GitCache) -> None:
        self._engine = engine
        self._client = client
        self._cache = cache

    def repositories(self, account: str = "") -> list[RepoName]:
        """The repositories that something is held of; only those of one account if it is given."""
        names = {repo_of_partition(job.queue_partition_key or "") for job in self._jobs()}
        names |= self.in_ledger()
        names.update(self._cache.names())
        known = {name.lower(): RepoName.parse(name) for name in sorted(names) if name}
        return [
            repo for repo in known.values() if not account or repo.owner.lower() == account.lower()
        ]

    def in_ledger(self) -> set[str]:
        """The names that rows of the ledger have; jobs that have ended keep a former one."""
        with transaction(self._engine) as connection:
            return {
                str(name)
                for table in _tables()
                for name in connection.scalars(sa.select(table.c.repo).distinct())
                if name
            }

    def forget(self, repo: RepoName) -> Forgotten:
        """Delete all that is held of a repository, but for the jobs that run at this moment."""
        rows = 0
        with transaction(self._engine) as connection:
            for table in _tables():
                mine = sa.func.lower(table.c.repo) == str(repo).lower()
                rows += connection.execute(table.delete().where(mine)).rowcount
        jobs = list(self._jobs(repo))
        running = [job for job in jobs if job.status in RUNNING]
        self._drop([job for job in jobs if job not in running])
        cached = self._cache.drop(repo)
        return Forgotten(rows, len(jobs) - len(running), len(running), cached)

    def move(
        self,
        before: RepoName,
        now: RepoName,
        installation: InstallationId,
        hand_on: Callable[[Job], object],
    ) -> None:
        """Keep under its new name what was held under the old one.

        Waiting jobs begin anew under the new name, and so do reviews that run: they see that
        they are overtaken.
        """
        with transaction(self._engine) as connection:
            for table in _tables():
                _rename(connection, table, str(before), str(now))
        for job in self._jobs(before, load_input=True):
            if job.status not in (*RUNNING, *WAITING):
                continue
            (stored,) = job.input["args"] if job.input else ({},)
            waits = job.status in WAITING
            if waits or stored.get("kind") == "review":
                hand_on(renamed(job_from_json(stored), now, installation))
            if waits:
                self._drop([job])
        self._cache.drop(before)

    def _jobs(
        self, repo: RepoName | None = None, *, load_input: bool = False
    ) -> Iterator[WorkflowStatus]:
        found: list[WorkflowStatus] = []
        while True:
            page = self._client.list_workflows(
                limit=_PAGE, offset=len(found), load_input=load_input, load_output=False
            )
            found += page
            if len(page) < _PAGE:
                break
        for job in found:
            name = repo_of_partition(job.queue_partition_key or "")
            if repo is None or name.lower() == str(repo).lower():
                yield job

    def _drop(self, jobs: list[WorkflowStatus]) -> None:
        waiting = [job.workflow_id for job in jobs if job.status in WAITING]
        if waiting:
            self._client.cancel_workflows(waiting)
        if jobs:
            self._client.delete_workflows([job.workflow_id for job in jobs])


def renamed(job: Job, now: RepoName, installation: InstallationId) -> Job:
    """The same job on the repository's new name, as a job of its own."""
    stored = job.to_json()
    guid = f"{job.guid}.moved"[-MOST_GUID:]
    return job_from_json({**stored, "repo": str(now), "installation": installation, "guid": guid})


def _tables() -> list[sa.Table]:
    return [table for table in metadata.sorted_tables if "repo" in table.c]


def _rename(connection: sa.Connection, table: sa.Table, before: str, now: str) -> None:
    """Rows of the new name that are there already were written later, and are kept."""
    key = [column.name for column in table.primary_key]
    if "repo" in key:
        same = _ONE_OF_A_KIND.get(table.name) or [name for name in key if name != "repo"]
        other = table.alias()
        there = sa.and_(other.c.repo == now, *(other.c[name] == table.c[name] for name in same))
        connection.execute(table.delete().where(table.c.repo == before, sa.exists().where(there)))
    connection.execute(table.update().where(table.c.repo == before).values(repo=now))
