"""What people told the App to do on a pull request."""

from __future__ import annotations

import time

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from reviewer.edges.database import transaction
from reviewer.edges.tables import pull_states
from reviewer.refs import PullRef


class PullStates:
    """Shared by all threads of a process; every method is one transaction, or raises Transient."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def paused(self, pull: PullRef) -> bool:
        """Whether pushes to it are not to be reviewed."""
        query = sa.select(pull_states.c.paused).where(
            pull_states.c.repo == str(pull.repo), pull_states.c.number == pull.number
        )
        with transaction(self._engine) as connection:
            return bool(connection.scalar(query))

    def set_paused(self, pull: PullRef, *, paused: bool) -> None:
        """Note that it was paused, or resumed."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        changes = {"paused": paused, "changed_at": time.time()}
        row = {"repo": str(pull.repo), "number": pull.number, **changes}
        keys = [pull_states.c.repo, pull_states.c.number]
        upsert = dialect.insert(pull_states).on_conflict_do_update(
            index_elements=keys, set_=changes
        )
        with transaction(self._engine) as connection:
            connection.execute(upsert, row)
