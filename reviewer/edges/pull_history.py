"""What the ledger knows of the reviews of a pull request."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from reviewer.edges.database import transaction
from reviewer.edges.tables import publications, rounds
from reviewer.refs import PullRef


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The last finished review."""

    head: str = ""
    """Empty when there was none."""
    rounds: int = 0


class PullHistory:
    """Shared by all threads of a process; raises Transient when the store is away."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def last_review(self, pull: PullRef) -> Reviewed:
        """The newest head that was reviewed, and after how many rounds."""
        newest = (
            sa.select(rounds.c.head_sha, rounds.c.round)
            .where(rounds.c.repo == str(pull.repo), rounds.c.number == pull.number)
            .order_by(rounds.c.round.desc())
            .limit(1)
        )
        published = (
            sa.select(publications.c.head_sha)
            .where(publications.c.repo == str(pull.repo), publications.c.number == pull.number)
            .where(publications.c.state == "done")
            .order_by(publications.c.changed_at.desc())
            .limit(1)
        )
        with transaction(self._engine) as connection:
            row = connection.execute(newest).first()
            if row is not None:
                return Reviewed(str(row.head_sha), int(row.round))
            # Of before rounds were counted.
            return Reviewed(str(connection.scalar(published) or ""))
