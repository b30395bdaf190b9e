"""The identity of a finding, and the hidden markers that carry it on GitHub.

Scope path and normalised quote survive 96.5 % of commits that touch a file, a line number 55 %,
so a line number is no part of it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from reviewer.finding import Finding
from reviewer.refs import CommitSha

_BLANKS = re.compile(r"\s+")
_FINDING = re.compile(r"<!-- trading-reviewer finding=([0-9a-f]{16}) -->\s*\Z")
_REVIEW = re.compile(r"<!-- trading-reviewer review=([0-9a-f]{40}|[0-9a-f]{64}) -->\s*\Z")


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """One identity per finding, in order: 16 hex digits.

    Equal quotes in one scope are told apart by their order in the file.
    """
    ordered = list(findings)
    seen: Counter[tuple[str, ...]] = Counter()
    identities: dict[int, str] = {}
    for index in sorted(range(len(ordered)), key=lambda i: (ordered[i].path, ordered[i].line)):
        finding = ordered[index]
        key = (
            finding.path,
            finding.scope_path,
            _BLANKS.sub("", finding.quote),
            finding.category.value,
        )
        text = "\0".join((*key, str(seen[key])))
        seen[key] += 1
        identities[index] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return [identities[index] for index in range(len(ordered))]


QUESTIONS_ASKED = "questions-asked"
"""Stands among the fingerprints of a pull request once its author was asked something."""


def finding_marker(fingerprint: str) -> str:
    """The hidden mark of an inline comment."""
    return f"<!-- trading-reviewer finding={fingerprint} -->"


def review_marker(head: CommitSha) -> str:
    """The hidden mark of the review that was made for this head."""
    return f"<!-- trading-reviewer review={head} -->"


def check_marker(head: CommitSha, *, failed: bool = False) -> str:
    """The `external_id` of a check run; one that tells of a failure stands in no review's way."""
    return f"trading-reviewer:{head}:failed" if failed else f"trading-reviewer:{head}"


def marked_finding(body: str) -> str | None:
    """The fingerprint at the end of a body; further up anybody may have been quoted.

    Trust it only where this App wrote the comment.
    """
    match = _FINDING.search(body)
    return match[1] if match else None


def marked_review(body: str) -> str | None:
    """The head at the end of a body. Trust it only where this App wrote the review."""
    match = _REVIEW.search(body)
    return match[1] if match else None
