"""The ledger of rounds: what each finished review of a pull request looked at."""

from __future__ import annotations

import time

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql, sqlite

from reviewer.earlier import LastRound
from reviewer.edges.database import transaction
from reviewer.edges.sealing import SealedJson
from reviewer.edges.tables import pull_states, rounds
from reviewer.refs import PullRef

_KEPT = TypeAdapter(LastRound)


class Rounds:
    """Reads and writes rounds; every method is one transaction, or raises Transient."""

    def __init__(self, engine: sa.Engine, seal: SealedJson) -> None:
        self._engine = engine
        self._seal = seal

    def last(self, pull: PullRef) -> tuple[LastRound | None, int | None, bool]:
        """The newest round, the id of the summary, and whether the pull request is paused."""
        newest = (
            sa.select(rounds.c.sealed, rounds.c.summary_id)
            .where(rounds.c.repo == str(pull.repo), rounds.c.number == pull.number)
            .order_by(rounds.c.round.desc())
            .limit(1)
        )
        paused = sa.select(pull_states.c.paused).where(
            pull_states.c.repo == str(pull.repo), pull_states.c.number == pull.number
        )
        with transaction(self._engine) as connection:
            row = connection.execute(newest).first()
            is_paused = bool(connection.scalar(paused))
        if row is None:
            return None, None, is_paused
        kept = _KEPT.validate_python(self._seal.deserialize(row.sealed))
        return kept, row.summary_id, is_paused

    def keep(self, pull: PullRef, kept: LastRound, base_sha: str, summary_id: int | None) -> None:
        """Note a finished round; a round that is noted again replaces itself."""
        row = {
            "repo": str(pull.repo),
            "number": pull.number,
            "round": kept.number,
            "head_sha": kept.head_sha,
            "base_sha": base_sha,
            "patch_id": kept.patch_id,
            "summary_id": summary_id,
            "sealed": self._seal.serialize(_KEPT.dump_python(kept, mode="json")),
            "reviewed_at": time.time(),
        }
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        with transaction(self._engine) as connection:
            connection.execute(
                dialect.insert(rounds)
                .values(row)
                .on_conflict_do_update(index_elements=["repo", "number", "round"], set_=row)
            )
            # What a round starts from is the round before; what lies behind that is of no use.
            connection.execute(
                rounds.update()
                .where(rounds.c.repo == str(pull.repo), rounds.c.number == pull.number)
                .where(rounds.c.round < kept.number - 1)
                .values(sealed="")
            )
