"""What check runs say that stand for no review: of a stop, and of a merge queue's commit."""

from __future__ import annotations

from collections.abc import Collection

STOPPED = (
    "Not reviewed",
    "The pull request was closed, or made a draft, before its review was done. It is reviewed "
    "once it is open and ready.",
)
"""Title and summary."""

_NOT_READ = (
    "Pull requests are reviewed at their own heads. This commit, which the merge queue made of "
    "them, was not read by anybody, so this check says nothing for it and stands in nobody's way."
)


def group_title(failed: Collection[int]) -> str:
    """One line on a merge queue's commit."""
    if failed:
        return f"The review of {_named(failed)} failed"
    return "Reviewed at the pull requests' own heads"


def group_summary(failed: Collection[int], numbers: Collection[int]) -> str:
    """What this check can say of a merge queue's commit, and what it cannot."""
    if failed:
        one = len(failed) == 1
        its, it = ("its", "it") if one else ("their", "them")
        return (
            f"The {'review' if one else 'reviews'} of {_named(failed)} {'fails' if one else 'fail'}"
            f" this repository's gate. Settle {its} findings, then add {it} to the queue again."
        )
    looked_at = f" It holds {_named(numbers)}." if numbers else ""
    return _NOT_READ + looked_at


def _named(numbers: Collection[int]) -> str:
    return ", ".join(f"#{number}" for number in sorted(numbers))
