"""Alembic's way into the ledger: the connection is handed over by `edges/ledger.py`."""

from __future__ import annotations

from alembic import context

from reviewer.edges.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="ledger_version",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
