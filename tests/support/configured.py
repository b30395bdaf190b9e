"""A checked configuration for tests that need no process."""

from __future__ import annotations

from pathlib import Path

from reviewer.config import Config


def a_config(directory: Path, **more: str) -> Config:
    """A configuration with its data in this directory."""
    return Config.from_env(
        {
            "REVIEWER_APP_ID": "1",
            "REVIEWER_PRIVATE_KEY": "not used",
            "REVIEWER_WEBHOOK_SECRET": "not used",
            "REVIEWER_DATA_DIR": str(directory),
            **more,
        }
    )
