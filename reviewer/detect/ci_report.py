"""What a team's own CI found, out of SARIF, cargo's JSON or GitHub's alerts: hints on added lines.

A report comes out of a run of the pull request's own code, so all of it is hostile. Nothing in it
raises: what cannot be read is no result.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import unquote

from reviewer.agent.redact import redact
from reviewer.agent.untrusted import visible
from reviewer.detect.hint import TEXT_LIMIT, Hint
from reviewer.pull.diff import FileDiff

MAX_BYTES = 10_000_000
MAX_RESULTS = 200
_READ = 20_000
"""Results that are looked at; most lie on lines that the change did not add."""
_NAME = 60
_PATH = 1_000
_UNSAID = re.compile(r"[^\w.:/+-]+")
_SHOUTED = frozenset({"error", "warning", "error: internal compiler error"})
_QUIET_KINDS = frozenset({"pass", "notApplicable", "informational"})
_RANGE = 50


@dataclass(frozen=True, slots=True)
class CiResult:
    """One result of a tool. `path` is as the tool wrote it; lines are 1-based."""

    path: str
    line: int
    end_line: int
    tool: str
    rule: str
    message: str


def parse_report(data: bytes) -> tuple[CiResult, ...]:
    """The results of a SARIF 2.1.0 log or of cargo's JSON lines, whichever the content is."""
    if len(data) > MAX_BYTES:
        return ()
    text = data.decode("utf-8-sig", "replace")
    log = _loaded(text)
    if isinstance(log, dict) and isinstance(log.get("runs"), list):
        return tuple(islice(_of_sarif(log), _READ))
    return tuple(islice(_of_cargo(text), _READ))


def parse_alerts(alerts: object, commits: frozenset[str]) -> tuple[CiResult, ...]:
    """GitHub's code-scanning alerts that were seen on one of these commits."""
    return tuple(islice(_of_alerts(alerts, commits), _READ))


def ci_hints(results: Iterable[CiResult], files: Iterable[FileDiff]) -> tuple[Hint, ...]:
    """The results that lie on added lines, as claims for the agent: at most `MAX_RESULTS`."""
    added = {file.path: file.added_numbers() for file in files}
    found: dict[tuple[str, int, str, str], Hint] = {}
    for result in results:
        path = _changed_path(result.path, added)
        line = _added_line(result, added[path]) if path else 0
        if line:
            source = f"ci:{_name(result.tool)}/{_name(result.rule)}"
            hint = Hint(path, line, source, _one_line(result.message))
            found.setdefault((path, line, source, hint.text), hint)
        if len(found) >= MAX_RESULTS:
            break
    return tuple(found.values())


def _of_sarif(log: dict[str, Any]) -> Iterator[CiResult]:
    for run in _dicts(log.get("runs")):
        driver = _dict(_dict(run.get("tool")).get("driver"))
        for result in _dicts(run.get("results")):
            if (
                _text(result.get("kind")) in _QUIET_KINDS
                or result.get("level") == "none"
                or result.get("suppressions")
                or result.get("baselineState") == "absent"
            ):
                continue
            rule = result.get("ruleId") or _dict(result.get("rule")).get("id")
            for location in islice(_dicts(result.get("locations")), 5):
                physical = _dict(location.get("physicalLocation"))
                region = _dict(physical.get("region"))
                found = _result(
                    unquote(_text(_dict(physical.get("artifactLocation")).get("uri"))[:_PATH]),
                    region.get("startLine"),
                    region.get("endLine"),
                    (driver.get("name"), rule),
                    _dict(result.get("message")).get("text"),
                )
                if found is not None:
                    yield found


def _of_cargo(text: str) -> Iterator[CiResult]:
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line, at = text[at:end], end + 1
        if '"compiler-message"' not in line:
            continue
        message = _dict(_dict(_loaded(line)).get("message"))
        if _text(message.get("level")) not in _SHOUTED:
            continue
        code = _text(_dict(message.get("code")).get("code"))
        tool = "clippy" if code.startswith("clippy::") else "rustc"
        for span in _dicts(message.get("spans")):
            found = _result(
                _text(span.get("file_name"))[:_PATH],
                span.get("line_start"),
                span.get("line_end"),
                (tool, code.removeprefix("clippy::")),
                message.get("message"),
            )
            if span.get("is_primary") is True and found is not None:
                yield found


def _of_alerts(alerts: object, commits: frozenset[str]) -> Iterator[CiResult]:
    for alert in _dicts(alerts):
        instance = _dict(alert.get("most_recent_instance"))
        # On another commit the lines may be others.
        if instance.get("state") != "open" or _text(instance.get("commit_sha")) not in commits:
            continue
        location, rule = _dict(instance.get("location")), _dict(alert.get("rule"))
        found = _result(
            _text(location.get("path"))[:_PATH],
            location.get("start_line"),
            location.get("end_line"),
            (_dict(alert.get("tool")).get("name"), rule.get("id")),
            _dict(instance.get("message")).get("text") or rule.get("description"),
        )
        if found is not None:
            yield found


def _result(
    path: str, line: object, end: object, names: tuple[object, object], message: object
) -> CiResult | None:
    if not path or type(line) is not int or not 1 <= line < 10_000_000:
        return None
    last = end if type(end) is int and line <= end < 10_000_000 else line
    tool, rule = (_text(name)[: 4 * _NAME] for name in names)
    return CiResult(path, line, last, tool, rule, _text(message)[: 10 * TEXT_LIMIT])


def _changed_path(path: str, changed: dict[str, frozenset[int]]) -> str:
    """The changed file that is meant; a tool may have run in a folder, or write whole paths."""
    plain = path.removeprefix("file://").replace("\\", "/")
    while plain.startswith("./"):
        plain = plain[2:]
    if plain in changed:
        return plain
    whole = plain.startswith("/") or plain[1:2] == ":"
    near = [
        one
        for one in changed
        if (plain.endswith(f"/{one}") if whole else one.endswith(f"/{plain}"))
    ]
    return near[0] if len(near) == 1 else ""


def _added_line(result: CiResult, added: frozenset[int]) -> int:
    lines = range(result.line, min(result.end_line, result.line + _RANGE) + 1)
    return next((line for line in lines if line in added), 0)


def _name(text: str) -> str:
    return _UNSAID.sub("-", text).strip("-")[:_NAME] or "unnamed"


def _one_line(text: str) -> str:
    plain = redact(visible(" ".join(text.split())))
    return plain if len(plain) <= TEXT_LIMIT else plain[: TEXT_LIMIT - 1] + "…"


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
