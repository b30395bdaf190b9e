"""The name of a worker: the same after a restart, so that it resumes its own unfinished jobs."""

from __future__ import annotations

import fcntl
import re
import socket
from pathlib import Path
from typing import IO

from reviewer.config import Config
from reviewer.edges.database import prepare_directory
from reviewer.errors import Misconfigured

MAX_SLOTS = 256
ONLY = "serve"


class ExecutorId:
    """A name held by a lock that the kernel gives back when the process dies, however it dies."""

    def __init__(self, config: Config) -> None:
        prepare_directory(config.data_dir)
        if not config.database_url:
            # One process owns a SQLite store, whatever its host is called today.
            held = self._hold(config.data_dir, ONLY)
            if held is None:
                raise Misconfigured(
                    f"another `reviewer serve` runs on {config.data_dir}: end it, or give this "
                    "one another REVIEWER_DATA_DIR"
                )
            self.name, self._lock = ONLY, held
            return
        if config.executor_id:
            held = self._hold(config.data_dir, config.executor_id)
            if held is None:
                raise Misconfigured(
                    f"another process runs as {config.executor_id!r}: give this one another "
                    "REVIEWER_EXECUTOR_ID, or none"
                )
            self.name, self._lock = config.executor_id, held
            return
        host = socket.gethostname()
        for slot in range(MAX_SLOTS):
            held = self._hold(config.data_dir, f"{host}-{slot}")
            if held is not None:
                self.name, self._lock = f"{host}-{slot}", held
                return
        raise Misconfigured(f"{MAX_SLOTS} workers run on this data directory already")

    @staticmethod
    def _hold(directory: Path, name: str) -> IO[str] | None:
        file = (directory / f"executor-{re.sub(r'[^A-Za-z0-9._-]', '_', name)}.lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file
