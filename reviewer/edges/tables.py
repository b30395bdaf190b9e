"""The ledger's tables. They hold ids, numbers and hashes; what could hold code is sealed."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("guid", sa.String(64), nullable=False, unique=True),
    sa.Column("event", sa.String(64), nullable=False),
    sa.Column("repo", sa.String(255), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("head_sha", sa.String(64), nullable=False),
    sa.Column("received_at", sa.Float, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("deliveries_of_pull", "repo", "number"),
    sqlite_autoincrement=True,
)
"""Every delivery that became a job, in the order of arrival."""

publications = sa.Table(
    "publications",
    metadata,
    sa.Column("repo", sa.String(255), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("head_sha", sa.String(64), primary_key=True),
    sa.Column("guid", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("review_id", sa.BigInteger),
    sa.Column("check_run_id", sa.BigInteger),
    sa.Column("changed_at", sa.Float, nullable=False),
)
"""What was said about a head; `begun` is written before the first write to GitHub."""

rounds = sa.Table(
    "rounds",
    metadata,
    sa.Column("repo", sa.String(255), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("head_sha", sa.String(64), nullable=False),
    sa.Column("base_sha", sa.String(64), nullable=False),
    sa.Column("patch_id", sa.String(64), nullable=False),
    sa.Column("summary_id", sa.BigInteger),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("reviewed_at", sa.Float, nullable=False),
    sa.Index("rounds_by_head", "repo", "head_sha"),
)
"""What each finished review of a pull request looked at; sealed: what it said of its coverage."""

pull_states = sa.Table(
    "pull_states",
    metadata,
    sa.Column("repo", sa.String(255), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("changed_at", sa.Float, nullable=False),
)
"""What people told the App to do on a pull request."""

dismissals = sa.Table(
    "dismissals",
    metadata,
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
    sa.Index("dismissals_of_pull", "repo", "number"),
    sa.Index("dismissals_of_item", "repo", "scope_key"),
    sqlite_autoincrement=True,
)
"""Findings that people let go; sealed: the title and the reason."""

command_uses = sa.Table(
    "command_uses",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("repo", sa.String(255), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("guid", sa.String(80), nullable=False, unique=True),
    sa.Column("used_at", sa.Float, nullable=False),
    sa.Index("command_uses_of_person", "repo", "person", "used_at"),
    sqlite_autoincrement=True,
)
"""Commands that were carried out, for the limit an hour; `guid` names the command of a delivery."""

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("executor_id", sa.String(255), primary_key=True),
    sa.Column("boot_id", sa.String(32), nullable=False),
    sa.Column("seen_at", sa.Float, nullable=False),
)
"""Heartbeats, by the database's clock where it has one."""

model_calls = sa.Table(
    "model_calls",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("guid", sa.String(64), nullable=False),
    sa.Column("repo", sa.String(255), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("model", sa.String(64), nullable=False),
    sa.Column("reserved_usd", sa.Float, nullable=False),
    sa.Column("settled_usd", sa.Float),
    sa.Column("called_at", sa.Float, nullable=False),
    sa.Column("installation", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("expires_at", sa.Float),
    sa.Index("model_calls_of_day", "repo", "day"),
    sa.Index("model_calls_of_pull", "repo", "number"),
    sa.Index("model_calls_of_installation", "installation", "day"),
    sqlite_autoincrement=True,
)
"""What the model cost: reserved before a call, settled after it.

A reservation that outlives its time belongs to a call that a crash ended, and binds nobody.
"""

model_answers = sa.Table(
    "model_answers",
    metadata,
    sa.Column("repo", sa.String(255), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("guid", sa.String(64), nullable=False),
    sa.Column("usd", sa.Float, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("answered_at", sa.Float, nullable=False),
    sa.Index("model_answers_by_age", "answered_at"),
)
"""What the model answered on a pull request, by the digest of what it was asked; sealed."""

canary = sa.Table(
    "canary",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
)
"""A sealed word: who cannot open it has another key than the one the store was written with."""
