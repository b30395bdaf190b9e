"""The log on standard error: text for people, JSON lines for machines. Secrets never reach it."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from reviewer.config import Config


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class _Masked(logging.Filter):
    """The last guard: a configured secret that got into a message is struck out."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = message
        for secret in self._secrets:
            masked = masked.replace(secret, "[secret]")
        if masked != message:
            record.msg, record.args = masked, ()
        return True


def start_logging(config: Config) -> None:
    """Log to standard error in the configured form."""
    handler = logging.StreamHandler(sys.stderr)
    if config.log == "json":
        handler.setFormatter(_Json())
    else:
        handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")
        )
    secrets = [
        config.webhook_secret.decode(),
        config.anthropic_api_key,
        config.model_header.partition(":")[2].strip(),
        config.private_key,
        config.database_url,
        *config.encryption_keys,
    ]
    handler.addFilter(_Masked([secret for secret in secrets if len(secret) >= 8]))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("urllib3", "github", "httpx2", "alembic", "anthropic", "dbos"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # PyGithub and DBOS bring handlers of their own; ours is enough, and it masks.
    logging.getLogger("dbos").propagate = True
