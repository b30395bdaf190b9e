"""One webhook delivery: headers and body as checked values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_BODY_BYTES = 25 * 1024 * 1024
"""GitHub's own cap on a payload (webhook documentation: 25 MB)."""

_GUID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{7,63}\Z")


class Malformed(ValueError):
    """The delivery is signed but cannot be read; the message is safe to answer with."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A signed delivery. `payload` is hostile text all the same."""

    guid: str
    event: str
    action: str
    payload: Mapping[str, Any]


def read_delivery(headers: Mapping[str, str], body: bytes) -> Delivery:
    """Read a delivery whose signature was checked before. Raises Malformed."""
    named = {name.lower(): value for name, value in headers.items()}
    guid = named.get("x-github-delivery", "")
    event = named.get("x-github-event", "")
    if not _GUID.match(guid):
        raise Malformed("the header X-GitHub-Delivery holds no delivery id")
    if not event:
        raise Malformed("the header X-GitHub-Event is missing")
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON (set the webhook's content type to json)") from error
    if not isinstance(payload, dict):
        raise Malformed("the body is not a JSON object")
    action = payload.get("action", "")
    return Delivery(guid, event, action if isinstance(action, str) else "", payload)
