"""An answer that is not quite in its form, brought into it: what it says counts, not its spelling.

Values in, values out; whether what comes out is whole is for the form to say (envelope.py).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import from_json

from reviewer.finding import Category, Severity, VerdictKind
from reviewer.pull.diff import Side

MOST_STARTS = 40
"""Braces in prose that may be the beginning of the answer."""
_DIGITS = re.compile(r"\d{1,9}")
_APART = re.compile(r"[^a-z]+")

_CATEGORIES: Sequence[tuple[str, Category]] = (
    ("race", Category.CONCURRENCY),
    ("concurren", Category.CONCURRENCY),
    ("thread", Category.CONCURRENCY),
    ("lock", Category.CONCURRENCY),
    ("async", Category.CONCURRENCY),
    ("secur", Category.SECURITY),
    ("secret", Category.SECURITY),
    ("book", Category.BOOK_INTEGRITY),
    ("risk", Category.RISK_LIMITS),
    ("limit", Category.RISK_LIMITS),
    ("money", Category.MONEY_ARITHMETIC),
    ("arithmetic", Category.MONEY_ARITHMETIC),
    ("overflow", Category.MONEY_ARITHMETIC),
    ("round", Category.MONEY_ARITHMETIC),
    ("precision", Category.MONEY_ARITHMETIC),
    ("market", Category.MARKET_DATA),
    ("feed", Category.MARKET_DATA),
    ("error", Category.ERROR_HANDLING),
    ("panic", Category.ERROR_HANDLING),
    ("latency", Category.LATENCY),
    ("performance", Category.LATENCY),
    ("recover", Category.RECOVERY),
    ("connect", Category.RECOVERY),
    ("order", Category.ORDER_LOGIC),
    ("match", Category.ORDER_LOGIC),
    ("test", Category.TESTS),
)
_SEVERITIES: Mapping[Severity, str] = {
    Severity.CRITICAL: "critical blocker fatal severe",
    Severity.IMPORTANT: "important high major medium moderate error warning",
    Severity.SUGGESTION: "suggestion low minor info nit trivial",
}
_VERDICTS: Mapping[VerdictKind, str] = {
    VerdictKind.CONFIRMED: "confirmed confirm true valid correct",
    VerdictKind.PLAUSIBLE: "plausible possible likely unsure uncertain",
    VerdictKind.REFUTED: "refuted refute false invalid incorrect wrong rejected",
    VerdictKind.OUT_OF_SCOPE: "out_of_scope outofscope scope not_in_scope",
}


_OPENED = ("", "```", "```json")


def object_in(text: str, keys: frozenset[str]) -> tuple[dict[str, Any], bool] | None:
    """The first JSON object with one of these keys, and whether nothing stands beside it but the
    marks of a block of code."""
    at = text.find("{")
    for _ in range(MOST_STARTS):
        if at < 0:
            break
        try:
            found, end = json.JSONDecoder().raw_decode(text, at)
            if isinstance(found, dict) and keys & found.keys():
                alone = text[:at].strip() in _OPENED and text[end:].strip() in ("", "```")
                # The other reader refuses what no text can hold, such as half a character.
                return dict(from_json(text[at:end])), alone
        except (ValueError, RecursionError):
            pass
        at = text.find("{", at + 1)
    return None


def listed(value: object) -> list[object]:
    """A list, also where one thing or nothing stands in its place."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def texts(value: object) -> list[str]:
    """Those of a list that are texts."""
    return [item for item in listed(value) if isinstance(item, str)]


def claim_fields(raw: object) -> dict[str, Any] | None:
    """The fields of a claim; None where it names no place or nothing that is wrong there.

    How bad it is the second reader decides anew, so that a word nobody knows loses no claim.
    """
    if not isinstance(raw, dict):
        return None
    path, quote = _text(raw.get("path")), _text(raw.get("quote"))
    title, scenario = _text(raw.get("title")), _text(raw.get("scenario"))
    if not path.strip() or not quote.strip() or not (title.strip() or scenario.strip()):
        return None
    line, start = _number(raw.get("line")), _number(raw.get("start_line"))
    return {
        "path": path,
        "side": _side(raw),
        "line": line if line is not None else start or 0,
        "start_line": start,
        "quote": quote,
        "category": _category(raw.get("category")),
        "severity": _known(raw.get("severity"), _SEVERITIES) or Severity.IMPORTANT,
        "title": title if title.strip() else scenario.partition(". ")[0],
        "scenario": scenario,
        "evidence": _evidence(raw.get("evidence")),
        "assumption": _text(raw.get("assumption")),
        "confidence": _confidence(raw.get("confidence")),
    }


def verdict_fields(raw: object) -> dict[str, Any] | None:
    """The fields of a verdict; None where it says neither which nor how severe."""
    if not isinstance(raw, dict):
        return None
    verdict = _known(raw.get("verdict"), _VERDICTS)
    severity = _known(raw.get("severity"), _SEVERITIES)
    if verdict is None or severity is None:
        return None
    replacement = raw.get("replacement")
    return {
        "id": _text(raw.get("id")),
        "against": _text(raw.get("against")),
        "run": _text(raw.get("run")),
        "verdict": verdict,
        "severity": severity,
        "assumption": _text(raw.get("assumption")),
        "evidence": _evidence(raw.get("evidence")),
        "replacement": texts(replacement) if replacement else None,
        "references": texts(raw.get("references")),
    }


def _evidence(value: object) -> list[dict[str, Any]]:
    return [
        {
            "path": _text(item.get("path")),
            "line": _number(item.get("line")) or 0,
            "quote": _text(item.get("quote")),
        }
        for item in listed(value)
        if isinstance(item, dict)
    ]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(texts(value))
    return str(value) if isinstance(value, int) and abs(value) < 10**9 else ""


def _number(value: object) -> int | None:
    """A line number; of a range in words its end."""
    if isinstance(value, str):
        found = _DIGITS.findall(value[:40])
        return int(found[-1]) if found else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if math.isfinite(value) and abs(value) < 10**9 else None


def _side(raw: Mapping[str, Any]) -> Side:
    said, line = _word(raw.get("side")), _text(raw.get("line")).strip()
    old = said in ("left", "l", "old", "base", "removed") or (not said and line[:1] == "L")
    return Side.LEFT if old else Side.RIGHT


def _category(value: object) -> Category:
    said = _word(value)
    if said in set(Category):
        return Category(said)
    return next((category for word, category in _CATEGORIES if word in said), Category.OTHER)


def _confidence(value: object) -> str:
    said = _word(value)
    return {"certain": "certain", "high": "certain", "likely": "likely", "medium": "likely"}.get(
        said, "possible"
    )


def _known(value: object, words: Mapping[Any, str]) -> Any:
    said = _word(value)
    return next((kind for kind, names in words.items() if said in names.split()), None)


def _word(value: object) -> str:
    """As it would be written in the form: small, with `_` between its words."""
    return _APART.sub("_", _text(value)[:60].strip().casefold()).strip("_")
