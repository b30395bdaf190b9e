"""Asking the stand-in for GitHub from the command line, and saying in a sentence why it failed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from urllib.parse import urlsplit

from reviewer.sandbox.client import Sandbox, SandboxRefused


class NotDone(Exception):
    """Why a command could not do its work, and what to do."""


@contextmanager
def stand_in(url: str) -> Iterator[Sandbox]:
    """The stand-in at `url`. Raises NotDone for whatever goes wrong between here and it."""
    require_address("--url", url)
    try:
        yield Sandbox(url)
    except SandboxRefused as refused:
        raise NotDone(f"the stand-in for GitHub says: {refused.message}") from refused
    except OSError as error:
        raise NotDone(f"nothing answers at {url}: start it with `reviewer sandbox`") from error
    except (HTTPException, ValueError, KeyError, TypeError) as error:
        raise NotDone(f"what answers at {url} is not the stand-in for GitHub") from error


def require_address(option: str, url: str) -> None:
    """Raise NotDone unless this is the address of something that speaks HTTP."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
        # a port that is no number is noticed only when it is asked for
        _ = parts.port
    except ValueError:
        good = False
    if not good:
        raise NotDone(f"{option} {url}: not an address like http://127.0.0.1:3000")
