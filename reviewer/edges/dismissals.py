"""Findings that people let go, with their reasons; later pull requests ask for them too."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from reviewer.edges.database import transaction
from reviewer.edges.sealing import SealedJson
from reviewer.edges.tables import dismissals
from reviewer.finding import Category, Severity
from reviewer.policy.policy import Policy
from reviewer.refs import PullRef, RepoName

MOST_ITEMS = 500
"""Items that are asked for at once."""
BY_COMMAND = "command"
BY_REACTION = "reaction"
BY_CONCESSION = "conceded"


@dataclass(frozen=True, slots=True)
class LetGo:
    """What somebody wants to let go, and why."""

    pull: PullRef
    fingerprint: str
    path: str
    scope_key: str
    category: Category
    severity: Severity
    item_digest: str
    """Of the item's text at that time; empty where there was no item."""
    how: str
    person: str
    title: str
    reason: str
    needs_second: bool = False


@dataclass(frozen=True, slots=True)
class Dismissal:
    """One that was written down and not revoked."""

    id: int
    said: LetGo
    agreed_by: str
    """The second person; empty as long as there is none."""
    dismissed_at: float

    @property
    def holds(self) -> bool:
        """Whether it counts: not one that waits for its second person."""
        return not self.said.needs_second or bool(self.agreed_by)

    def holds_under(self, policy: Policy) -> bool:
        """The same where the configuration may have come to ask for two people since."""
        critical = self.said.severity is Severity.CRITICAL
        two = critical and policy.needs_second_person(self.said.path)
        return self.holds and (bool(self.agreed_by) or not two)


class Dismissals:
    """Shared by all threads of a process; every method is one transaction, or raises Transient."""

    def __init__(self, engine: sa.Engine, seal: SealedJson) -> None:
        self._engine = engine
        self._seal = seal

    def add(self, said: LetGo) -> Dismissal:
        """Write it down; the one that there is already, should the finding be let go before.

        Somebody else than who was first is the second person where one is needed.
        """
        now = time.time()
        row = {
            "repo": str(said.pull.repo),
            "number": said.pull.number,
            "fingerprint": said.fingerprint,
            "path": said.path[:1024],
            "scope_key": said.scope_key,
            "category": said.category.value,
            "severity": said.severity.value,
            "item_digest": said.item_digest,
            "how": said.how,
            "person": said.person,
            "needs_second": said.needs_second,
            "sealed": self._seal.serialize({"title": said.title, "reason": said.reason}),
            "dismissed_at": now,
        }
        with transaction(self._engine) as connection:
            # The insert first, for that is what takes SQLite's write lock.
            inserted = connection.execute(dismissals.insert().values(row))
            (new,) = inserted.inserted_primary_key or (0,)
            if connection.dialect.name == "postgresql":
                whose = sa.func.hashtext(f"{said.pull} {said.fingerprint}")
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(whose)))
            same = sa.and_(_on_pull(said.pull), dismissals.c.fingerprint == said.fingerprint)
            first = connection.execute(
                sa.select(dismissals)
                .where(same, dismissals.c.revoked_at.is_(None), dismissals.c.id != new)
                .order_by(dismissals.c.id)
            ).first()
            if first is None:
                return Dismissal(int(new), said, "", now)
            connection.execute(dismissals.delete().where(dismissals.c.id == new))
            agreed_by = str(first.agreed_by or "")
            takes_two = first.needs_second or said.needs_second
            if takes_two and not agreed_by and not _same(first.person, said.person):
                agreed_by = said.person
                connection.execute(
                    dismissals.update()
                    .where(dismissals.c.id == first.id)
                    .values(agreed_by=agreed_by, needs_second=takes_two)
                )
        held = self._read(first)
        kept = replace(held.said, needs_second=takes_two)
        return Dismissal(held.id, kept, agreed_by, held.dismissed_at)

    def revoke(self, pull: PullRef, fingerprint: str) -> bool:
        """Take the dismissals of a finding back; False if there is none."""
        with transaction(self._engine) as connection:
            done = connection.execute(
                dismissals.update()
                .where(_on_pull(pull), dismissals.c.fingerprint == fingerprint)
                .where(dismissals.c.revoked_at.is_(None))
                .values(revoked_at=time.time())
            )
        return bool(done.rowcount)

    def of_pull(self, pull: PullRef) -> tuple[Dismissal, ...]:
        """Those on one pull request, also those that wait for a second person."""
        return self._select(_on_pull(pull))

    def of_items(self, repo: RepoName, scope_keys: Collection[str]) -> tuple[Dismissal, ...]:
        """Those in items of these names, on any pull request of the repository."""
        wanted = sorted(scope_keys)[:MOST_ITEMS]
        if not wanted:
            return ()
        return self._select(
            sa.and_(dismissals.c.repo == str(repo), dismissals.c.scope_key.in_(wanted))
        )

    def known_on(self, pull: PullRef) -> frozenset[str]:
        """Fingerprints that were ever let go on a pull request, also those taken back."""
        query = sa.select(dismissals.c.fingerprint).where(_on_pull(pull))
        with transaction(self._engine) as connection:
            return frozenset(connection.scalars(query))

    def _select(self, which: sa.ColumnElement[bool]) -> tuple[Dismissal, ...]:
        query = (
            sa.select(dismissals)
            .where(which, dismissals.c.revoked_at.is_(None))
            .order_by(dismissals.c.id)
        )
        with transaction(self._engine) as connection:
            rows = connection.execute(query).all()
        return tuple(self._read(row) for row in rows)

    def _read(self, row: Any) -> Dismissal:
        return dismissal_of(row, self._seal.deserialize(row.sealed))


def dismissal_of(row: Any, words: Mapping[str, Any]) -> Dismissal:
    """A row of the table with what was sealed in it."""
    said = LetGo(
        pull=PullRef(RepoName.parse(row.repo), row.number),
        fingerprint=row.fingerprint,
        path=row.path,
        scope_key=row.scope_key,
        category=Category(row.category),
        severity=Severity(row.severity),
        item_digest=row.item_digest,
        how=row.how,
        person=row.person,
        title=str(words["title"]),
        reason=str(words["reason"]),
        needs_second=bool(row.needs_second),
    )
    return Dismissal(row.id, said, str(row.agreed_by or ""), row.dismissed_at)


def _on_pull(pull: PullRef) -> sa.ColumnElement[bool]:
    return sa.and_(dismissals.c.repo == str(pull.repo), dismissals.c.number == pull.number)


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()
