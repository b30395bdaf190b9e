"""The ledger: what was said about which head, and what stands.

It can be lost: the markers in the App's own reviews say the same about what was posted.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from reviewer.edges.database import transaction
from reviewer.edges.tables import (
    command_uses,
    deliveries,
    model_answers,
    model_calls,
    publications,
    rounds,
)
from reviewer.refs import CommitSha, PullRef

ENDINGS = ("pull_request.closed", "pull_request.converted_to_draft")
"""Nobody waits any longer for a review that runs when one of these comes."""

SPEAKING = ("begun", "answered", "done")
"""States of a publication of which GitHub may show something."""


class Ledger:
    """Reads and writes the ledger's rows; every method is one transaction, or raises Transient."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def is_overtaken(self, guid: str, pull: PullRef, head: CommitSha) -> bool:
        """Whether a delivery that came after this one told of another head, or of an end; or
        whether the repository was taken from us, or has another name by now."""
        mine = sa.select(deliveries.c.seq, deliveries.c.repo).where(deliveries.c.guid == guid)
        with self._transaction() as connection:
            row = connection.execute(mine).first()
            if row is None or row.repo != str(pull.repo):
                return True
            newer = (
                sa.select(deliveries.c.seq)
                .where(_of(deliveries, pull))
                .where(deliveries.c.seq > row.seq)
                .where(
                    sa.or_(
                        sa.and_(
                            deliveries.c.head_sha != head,
                            deliveries.c.head_sha != "",
                            deliveries.c.event.like("pull_request.%"),
                        ),
                        deliveries.c.event.in_(ENDINGS),
                    )
                )
                .limit(1)
            )
            return connection.execute(newer).first() is not None

    def repo_of(self, guid: str) -> str | None:
        """The repository of a delivery as it is called now; None once it was forgotten."""
        with self._transaction() as connection:
            return connection.scalar(sa.select(deliveries.c.repo).where(deliveries.c.guid == guid))

    def pulls_with_head(self, repo: str, head: str) -> list[int]:
        """The numbers of the pull requests that were reviewed at this head."""
        with self._transaction() as connection:
            return sorted(
                {
                    int(number)
                    for table in (rounds, publications)
                    for number in connection.scalars(
                        sa.select(table.c.number).where(
                            table.c.repo == repo, table.c.head_sha == head
                        )
                    )
                }
            )

    def has_later(self, guid: str, pull: PullRef, event: str) -> bool:
        """Whether an event of this kind came to the pull request after this delivery."""
        mine = sa.select(deliveries.c.seq).where(deliveries.c.guid == guid).scalar_subquery()
        later = (
            sa.select(deliveries.c.seq)
            .where(_of(deliveries, pull), deliveries.c.seq > mine)
            .where(deliveries.c.event.startswith(f"{event}.", autoescape=True))
            .limit(1)
        )
        with self._transaction() as connection:
            return connection.execute(later).first() is not None

    def check_of(self, pull: PullRef, head: CommitSha) -> int | None:
        """The newest check run of a head, whatever it says."""
        query = sa.select(publications.c.check_run_id).where(
            _of(publications, pull), publications.c.head_sha == head
        )
        with self._transaction() as connection:
            found = connection.scalar(query)
        return None if found is None else int(found)

    def note_failure(self, guid: str) -> None:
        """Note that a delivery's review ended with an error, so that it may be asked for again."""
        with self._transaction() as connection:
            connection.execute(
                deliveries.update().where(deliveries.c.guid == guid).values(failed=True)
            )

    def publication_state(self, pull: PullRef, head: CommitSha) -> tuple[str, float] | None:
        """State and Unix time of its last change; None when nothing is known of this head.

        `announced`: its check run tells that the work goes on; `let go`: it ended so. `held`: its
        check run tells why it is not reviewed. `begun`: GitHub is being written to, and may still
        be at it. `answered`: it is done with what was asked. `done`: all is said.
        """
        query = sa.select(publications.c.state, publications.c.changed_at).where(
            _of(publications, pull), publications.c.head_sha == head
        )
        with self._transaction() as connection:
            row = connection.execute(query).first()
        return None if row is None else (str(row.state), float(row.changed_at))

    def is_last_word(self, pull: PullRef, head: CommitSha) -> bool:
        """Whether all is said of this head, and no word of another head came after it.

        A force-push may bring back a head that was reviewed before the one between.
        """
        said = sa.select(publications.c.head_sha, publications.c.state).where(
            _of(publications, pull), publications.c.state.in_(SPEAKING)
        )
        with self._transaction() as connection:
            newest = said.order_by(publications.c.changed_at.desc()).limit(1)
            row = connection.execute(newest).first()
        return row is not None and row.head_sha == head and row.state == "done"

    def announced(self, pull: PullRef, guid: str) -> list[tuple[CommitSha, int]]:
        """Heads and check runs that this job began and said nothing about since."""
        query = sa.select(publications.c.head_sha, publications.c.check_run_id).where(
            _of(publications, pull),
            publications.c.guid == guid,
            publications.c.state == "announced",
            publications.c.check_run_id.is_not(None),
        )
        with self._transaction() as connection:
            rows = connection.execute(query).all()
        return [(CommitSha(row.head_sha), int(row.check_run_id)) for row in rows]

    def check_begun(self, pull: PullRef, head: CommitSha) -> int | None:
        """The check run that tells that this head is being reviewed, where that is not over."""
        query = sa.select(publications.c.check_run_id).where(
            _of(publications, pull),
            publications.c.head_sha == head,
            publications.c.state.not_in(("done", "let go", "held")),
        )
        with self._transaction() as connection:
            found = connection.scalar(query)
        return None if found is None else int(found)

    def begin_publication(
        self, pull: PullRef, head: CommitSha, guid: str, *, state: str = "begun"
    ) -> None:
        """Note that GitHub is about to be written to; after a crash this says to look first."""
        row = {
            "repo": str(pull.repo),
            "number": pull.number,
            "head_sha": head,
            "guid": guid,
            "state": state,
            "changed_at": time.time(),
        }
        self._insert_or_ignore(publications, [row])
        self.note_publication(pull, head, state=state, guid=guid)

    def note_publication(self, pull: PullRef, head: CommitSha, **changes: Any) -> None:
        """Change the publication's row: `state`, `review_id`, `check_run_id`."""
        with self._transaction() as connection:
            connection.execute(
                publications.update()
                .where(_of(publications, pull), publications.c.head_sha == head)
                .values(changed_at=time.time(), **changes)
            )

    def forget_before(self, moment: float) -> int:
        """Delete the rows older than this Unix time; how many. What people decided is kept."""
        deleted = 0
        with self._transaction() as connection:
            for table, column in (
                (deliveries, deliveries.c.received_at),
                (publications, publications.c.changed_at),
                (model_calls, model_calls.c.called_at),
                (model_answers, model_answers.c.answered_at),
                (command_uses, command_uses.c.used_at),
                (rounds, rounds.c.reviewed_at),
            ):
                deleted += connection.execute(table.delete().where(column < moment)).rowcount
        return deleted

    def _transaction(self) -> AbstractContextManager[sa.Connection]:
        return transaction(self._engine)

    def _insert_or_ignore(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        with self._transaction() as connection:
            connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _of(table: sa.Table, pull: PullRef) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.repo == str(pull.repo), table.c.number == pull.number)
