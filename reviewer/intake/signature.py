"""GitHub's signature over the raw bytes of a delivery."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-Hub-Signature-256"
_PREFIX = "sha256="


def sign(secret: bytes, body: bytes) -> str:
    """The header value for this body, `sha256=<hex>`. Raises ValueError for an empty secret."""
    if not secret:
        raise ValueError("an empty webhook secret signs nothing")
    return _PREFIX + hmac.new(secret, body, hashlib.sha256).hexdigest()


def is_authentic(secret: bytes, body: bytes, header: str | None) -> bool:
    """Whether the header signs the body; takes the same time for every wrong one."""
    expected = sign(secret, body).encode()
    return hmac.compare_digest(expected, (header or "").encode("utf-8", "replace"))
