"""Bringing the ledger's tables to the version this program needs."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

NEWEST = "0003"
_LOCK = 7_281_934_405_112_233
"""Arbitrary, but the same in every process: PostgreSQL's advisory lock for the migration."""


def migrate(engine: sa.Engine) -> None:
    """Make or upgrade the tables; safe when several processes start at once."""
    if is_newest(engine):
        return
    # Imported here because Alembic is needed once in a release, and costs memory always.
    from alembic import command
    from alembic.config import Config as AlembicConfig

    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        try:
            alembic = AlembicConfig()
            alembic.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            alembic.attributes["connection"] = connection
            command.upgrade(alembic, "head")
            connection.commit()
        finally:
            if engine.dialect.name == "postgresql":
                connection.rollback()
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
                connection.commit()


def is_newest(engine: sa.Engine) -> bool:
    """Whether the tables are those of this program."""
    return _version(engine) == NEWEST


def _version(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("ledger_version"):
            return None
        version = connection.scalar(sa.text("SELECT version_num FROM ledger_version"))
        return None if version is None else str(version)
