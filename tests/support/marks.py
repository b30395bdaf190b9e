"""What tests read in the marks of our reviews."""

from __future__ import annotations

from reviewer.publish.fingerprint import read_review_mark


def marked_review(body: str) -> str | None:
    """The head in a review's body."""
    mark = read_review_mark(body)
    return mark.head if mark is not None else None
