"""Stored answers of the model; reservations that expire; money by installation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table and the columns."""
    op.create_table(
        "model_answers",
        sa.Column("repo", sa.String(255), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("guid", sa.String(64), nullable=False),
        sa.Column("usd", sa.Float, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("answered_at", sa.Float, nullable=False),
    )
    op.create_index("model_answers_by_age", "model_answers", ["answered_at"])
    op.add_column(
        "model_calls",
        sa.Column("installation", sa.BigInteger, nullable=False, server_default="0"),
    )
    op.add_column("model_calls", sa.Column("expires_at", sa.Float))
    op.create_index("model_calls_of_installation", "model_calls", ["installation", "day"])
