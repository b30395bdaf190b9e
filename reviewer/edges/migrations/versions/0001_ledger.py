"""The first ledger: deliveries, publications, spoken findings, workers, model calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "deliveries",
        sa.Column("seq", _SEQUENCE, primary_key=True),
        sa.Column("guid", sa.String(64), nullable=False, unique=True),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("repo", sa.String(255), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("head_sha", sa.String(64), nullable=False),
        sa.Column("received_at", sa.Float, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failed", sa.Boolean, nullable=False, server_default=sa.false()),
        sqlite_autoincrement=True,
    )
    op.create_index("deliveries_of_pull", "deliveries", ["repo", "number"])
    op.create_table(
        "publications",
        sa.Column("repo", sa.String(255), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("head_sha", sa.String(64), primary_key=True),
        sa.Column("guid", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("review_id", sa.BigInteger),
        sa.Column("check_run_id", sa.BigInteger),
        sa.Column("changed_at", sa.Float, nullable=False),
    )
    op.create_table(
        "spoken",
        sa.Column("repo", sa.String(255), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("fingerprint", sa.String(32), primary_key=True),
        sa.Column("head_sha", sa.String(64), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("spoken_at", sa.Float, nullable=False),
    )
    op.create_table(
        "workers",
        sa.Column("executor_id", sa.String(255), primary_key=True),
        sa.Column("boot_id", sa.String(32), nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
    )
    op.create_table(
        "model_calls",
        sa.Column("id", _SEQUENCE, primary_key=True),
        sa.Column("guid", sa.String(64), nullable=False),
        sa.Column("repo", sa.String(255), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("reserved_usd", sa.Float, nullable=False),
        sa.Column("settled_usd", sa.Float),
        sa.Column("called_at", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("model_calls_of_day", "model_calls", ["repo", "day"])
    op.create_index("model_calls_of_pull", "model_calls", ["repo", "number"])
    op.create_table(
        "canary",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
    )
