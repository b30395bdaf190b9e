"""Code around trading: bindings, screens, command lines, what tools write."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewer.pull.diff import FileDiff
from reviewer.rust.file import RustFile
from reviewer.rust.items import Item

_FOREIGN: frozenset[str] = frozenset(
    {"python", "py", "pyo", "ffi", "binding", "generated", "codegen", "idl", "cli", "tui", "gui"}
    | {"widget"}
)
"""Words of a folder that make all below it support."""
_FOR_TESTS: frozenset[str] = frozenset({"test", "testing", "mock", "fixture", "stub"})
"""Words of a folder of helpers for tests, which may be production code all the same."""
_SCREEN: frozenset[str] = frozenset(
    {"chart", "pane", "tooltip", "button", "modal", "theme", "canvas", "dashboard", "screen"}
    | {"style", "render", "draw", "plot", "color", "ui"}
)
_SUPPORT: frozenset[str] = frozenset(
    {
        "config",
        "configuration",
        "setting",
        "factory",
        "factorie",
        "enum",
        "error",
        "serialization",
        "serde",
    }
    | {"macro", "derive", "logging", "display", "doc", "build", "migration", "telemetry", "auth"}
    | {"middleware"}
)
_NO_TRADING = _FOREIGN | _SCREEN | _SUPPORT
_SETTINGS: frozenset[str] = frozenset({"config", "configuration", "setting"})
_RUNS: frozenset[str] = (
    _SETTINGS
    | {"error", "auth", "factory", "factorie", "enum"}
    | {"serialization", "serde", "middleware"}
)
"""Support that trading stands on: limits are set there, and what may be sent again is told."""
_WEIGHT, _FOREIGN_WEIGHT = -1.5, -4.0
_BY_TOOL = re.compile(
    r"(?i)@generated\b|\bdo not (?:edit|modify)\b|\bmanual edits\b|//!?\s*auto-?generated\b"
    r"|\bthis (?:file|code|module) (?:is|was|has been) (?:auto\w*[- ])?generated\b"
)
_HEAD = 600
"""Characters at the start of a file in which a tool says that it wrote it."""
_BINDS = re.compile(r"\s*#\[(?:pyo3|py[a-z]+|napi|wasm_bindgen|uniffi|cxx)\b")
_ATTRIBUTES = 8
"""Lines above an item's own in which its attributes are looked for."""


def support_folder(words: Sequence[str]) -> bool:
    """Whether all below a folder with these words is support."""
    return not _FOREIGN.isdisjoint(words)


def for_tests(words: Sequence[str]) -> bool:
    """Whether what is below a folder with these words, by its name, helps tests."""
    return not _FOR_TESTS.isdisjoint(words)


def names_support(words: Sequence[str]) -> bool:
    """Whether one of the words of a name is one of support."""
    return not _NO_TRADING.isdisjoint(words)


def names_settings(words: Sequence[str]) -> bool:
    """Whether one of the words of a name is of settings, which limits are among."""
    return not _SETTINGS.isdisjoint(words)


def names_no_trading_code(words: Sequence[str]) -> bool:
    """Whether one of the words of a name is of code that no order and no limit runs through."""
    return not (_NO_TRADING - _RUNS).isdisjoint(words)


def weight(words: Sequence[str]) -> float:
    """What the words of a part of a path take from its weight; 0.0 or less."""
    foreign = len(_FOREIGN.intersection(words))
    return _FOREIGN_WEIGHT * foreign + _WEIGHT * len((_NO_TRADING - _FOREIGN).intersection(words))


def written_by_tool(diff: FileDiff, file: RustFile) -> bool:
    """Whether the head of the file says that a tool wrote it, and said so before the change.

    Anyone can write such a line; one that the change brings along proves nothing.
    """
    said = _BY_TOOL.search(file.text[:_HEAD])
    if said is None:
        return False
    return file.text.count("\n", 0, said.start()) + 1 not in diff.added_numbers()


def binds(file: RustFile, items: Sequence[Item]) -> bool:
    """Whether an item around a change is offered to another language by an attribute."""
    return any(
        _BINDS.match(file.line(number))
        for item in items
        for number in range(item.start, min(item.end, item.start + _ATTRIBUTES) + 1)
    )
