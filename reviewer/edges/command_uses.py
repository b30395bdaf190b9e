"""How often somebody has used commands: a limit an hour, so that one person cannot spend it all."""

from __future__ import annotations

import time

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from reviewer.edges.database import transaction
from reviewer.edges.tables import command_uses
from reviewer.refs import PullRef

HOUR_SECONDS = 3600.0


class CommandUses:
    """Shared by all threads of a process; every method is one transaction, or raises Transient."""

    def __init__(self, engine: sa.Engine, *, an_hour: int) -> None:
        """`an_hour`: uses that one person has in a repository in any sixty minutes."""
        self._engine = engine
        self.an_hour = an_hour

    def book(self, pull: PullRef, person: str, use: str) -> float | None:
        """Book a use: None when it is within the limit, else the Unix time when there is room.

        `use` names it (a delivery and the number of a command), so that a job which is begun again
        is counted once.
        """
        return self._book(pull, person, use)

    def book_refusal(self, pull: PullRef, person: str, use: str) -> float | None:
        """The same for words that were refused: they cost nothing, but they are answered."""
        return self._book(pull, f"!{person}", use)

    def _book(self, pull: PullRef, person: str, use: str) -> float | None:
        now = time.time()
        row = {
            "repo": str(pull.repo),
            "number": pull.number,
            "person": person.lower(),
            "guid": use,
            "used_at": now,
        }
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        insert = dialect.insert(command_uses).on_conflict_do_nothing().returning(command_uses.c.id)
        with transaction(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                whose = sa.func.hashtext(f"{row['repo']} {row['person']}")
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(whose)))
            # The insert first, for that is what takes SQLite's write lock.
            booked = connection.scalar(insert, row)
            if booked is None:
                return None
            earlier = connection.scalars(
                sa.select(command_uses.c.used_at)
                .where(command_uses.c.repo == row["repo"])
                .where(command_uses.c.person == row["person"])
                .where(command_uses.c.used_at > now - HOUR_SECONDS)
                .where(command_uses.c.id != booked)
                .order_by(command_uses.c.used_at.desc())
                .limit(self.an_hour)
            ).all()
            if len(earlier) < self.an_hour:
                return None
            connection.execute(command_uses.delete().where(command_uses.c.id == booked))
            return earlier[-1] + HOUR_SECONDS if earlier else now + HOUR_SECONDS
