"""Rounds of a pull request, what people said to the App, and what they let go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables; what was said is read from GitHub now."""
    op.drop_table("spoken")
    op.create_table(
        "rounds",
        sa.Column("repo", sa.String(255), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("round", sa.Integer, primary_key=True),
        sa.Column("head_sha", sa.String(64), nullable=False),
        sa.Column("base_sha", sa.String(64), nullable=False),
        sa.Column("patch_id", sa.String(64), nullable=False),
        sa.Column("summary_id", sa.BigInteger),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("reviewed_at", sa.Float, nullable=False),
    )
    op.create_index("rounds_by_head", "rounds", ["repo", "head_sha"])
    op.create_table(
        "pull_states",
        sa.Column("repo", sa.String(255), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("changed_at", sa.Float, nullable=False),
    )
    op.create_table(
        "dismissals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("repo", sa.String(255), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.String(32), nullable=False),
        sa.Column("path", sa.String(1024), nullable=False),
        sa.Column("scope_key", sa.String(16), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("item_digest", sa.String(64), nullable=False),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("agreed_by", sa.String(64)),
        sa.Column("needs_second", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("dismissed_at", sa.Float, nullable=False),
        sa.Column("revoked_at", sa.Float),
        sqlite_autoincrement=True,
    )
    op.create_index("dismissals_of_pull", "dismissals", ["repo", "number"])
    op.create_index("dismissals_of_item", "dismissals", ["repo", "scope_key"])
    op.create_table(
        "command_uses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("repo", sa.String(255), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("guid", sa.String(80), nullable=False, unique=True),
        sa.Column("used_at", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("command_uses_of_person", "command_uses", ["repo", "person", "used_at"])
