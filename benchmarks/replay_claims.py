"""Claims for the stand-in of the model: one a line, told in other words at each push."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

NOUNS = (
    "late fill", "crossed book", "partial cancel", "zero quantity", "stale quote",
    "missing packet", "second session", "rejected order", "price of another scale",
    "restart", "negative balance", "repeated trade",
)  # fmt: skip
TITLES = (
    "`{word}` is wrong after a {noun}",
    "After a {noun}, `{word}` has the wrong value",
    "`{word}` does not hold when there was a {noun}",
    "A {noun} leaves `{word}` in a state that nobody expects",
    "Nobody checks `{word}` against a {noun}",
    "The code forgets the {noun} where it uses `{word}`",
)
CATEGORIES = ("money_arithmetic", "concurrency", "order_logic", "book_integrity", "latency")
SEVERITIES = ("critical", "important", "important", "suggestion")
ONE_OF = 5
"""Every fifth line is claimed, chosen by its text."""
LIKE = 0.6
"""From this likeness on, a rewritten line is the same one edited."""

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{3,}")


def claimed_lines(versions: Sequence[Sequence[str]]) -> dict[str, str]:
    """Line texts without their blanks at the ends -> the name of the claim about them.

    A line that was edited from one version to the next keeps the claim of what it was.
    """
    claims: dict[str, str] = {}
    for text in {line.strip() for line in versions[0]} if versions else ():
        _choose(text, claims)
    for before, after in pairwise(versions):
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        for tag, i, i_end, j, j_end in matcher.get_opcodes():
            if tag == "replace" and i_end - i == j_end - j:
                for old, new in zip(before[i:i_end], after[j:j_end], strict=True):
                    _edited(old.strip(), new.strip(), claims)
        for text in {line.strip() for line in after}:
            _choose(text, claims)
    return {text: name for text, name in claims.items() if name}


def planted(path_regex: str, claims: dict[str, str], push: int) -> list[dict[str, Any]]:
    """The claims as the stand-in's script has them, in the words of this push."""
    rows = []
    for text, name in sorted(claims.items()):
        number = int(name, 16)
        words = _WORD.findall(text) or ["it"]
        title = TITLES[(number + push) % len(TITLES)].format(
            word=words[number % len(words)], noun=NOUNS[number // 7 % len(NOUNS)]
        )
        rows.append(
            {
                "path_regex": path_regex,
                "line_regex": rf"^\s*{re.escape(text)}\s*$",
                "most": 20,
                "finding": {
                    "category": CATEGORIES[number % len(CATEGORIES)],
                    "severity": SEVERITIES[number // 11 % len(SEVERITIES)],
                    "title": title,
                    "scenario": f"Case {name}: the wrong state is paid for with the next order.",
                    "confidence": "certain",
                },
            }
        )
    return rows


def _edited(old: str, new: str, claims: dict[str, str]) -> None:
    if not claims.get(old) or new in claims:
        return
    if difflib.SequenceMatcher(None, old, new, autojunk=False).ratio() >= LIKE:
        claims[new] = claims[old]


def _choose(text: str, claims: dict[str, str]) -> None:
    """An empty name stands for a line that is not claimed."""
    if text in claims:
        return
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10]
    telling = len(text) >= 14 and not text.startswith(("//", "#", "*")) and _WORD.search(text)
    claims[text] = digest if telling and int(digest, 16) % ONE_OF == 0 else ""
