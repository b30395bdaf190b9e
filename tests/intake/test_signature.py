"""The signature over the raw bytes."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.intake.signature import is_authentic, sign


@given(secret=st.binary(min_size=1), body=st.binary())
def test_what_github_signs_is_authentic(secret: bytes, body: bytes) -> None:
    by_github = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    assert is_authentic(secret, body, by_github)


@pytest.mark.parametrize(
    "header",
    [None, "", "sha256=", "sha1=abc", "sha256=" + "0" * 64, "sha256=é", sign(b"other", b"body")],
)
def test_anything_else_is_not(header: str | None) -> None:
    assert not is_authentic(b"secret", b"body", header)


def test_one_changed_byte_breaks_it() -> None:
    assert not is_authentic(b"secret", b'{"a": 1}', sign(b"secret", b'{"a":1}'))


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="empty"):
        sign(b"", b"body")
    with pytest.raises(ValueError, match="empty"):
        is_authentic(b"", b"body", "sha256=abc")
