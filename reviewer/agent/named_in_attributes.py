"""Functions that an attribute calls by a text: `#[serde(deserialize_with = "parse::ticks")]`.

The index of calls does not hold them. They are looked for in the texts, once for a unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import inf

from reviewer.rust.repository import Repository
from reviewer.rust.search import LineHit

MOST_HITS = 20
_LONGEST_PATTERN = 450
_KEYS = r"\b(?:default|with|getter|custom|function|\w+_with|\w+_if)"
_MODULES_OF = frozenset({"serialize", "deserialize"})
"""Functions that `with` names by their module."""


def named_in_attributes(functions: Iterable[tuple[str, str]], head: Repository) -> list[LineHit]:
    """Lines that name one of the functions so, by path and line; a function is its file and path.

    The search is linear in the texts and is not timed, since what a model is shown must not
    depend on a clock.
    """
    words: dict[str, None] = {}
    for path, name_path in functions:
        *around, name = name_path.split("::")
        if name in _MODULES_OF:
            name = around[-1] if around else _module_of(path)
        if name.isidentifier() and len(name) <= 100:
            words[name] = None
    hits: dict[LineHit, None] = {}
    for some in _groups(words):
        pattern = rf'{_KEYS}\s*=\s*"(?:\w+::)*(?:{"|".join(some)})"'
        found = head.search(re.compile(pattern), limit=MOST_HITS, seconds=inf)
        hits.update(dict.fromkeys(found))
    return sorted(hits, key=lambda hit: (hit.path, hit.line))[:MOST_HITS]


def _module_of(path: str) -> str:
    *folders, file = path.split("/")
    stem = file.removesuffix(".rs")
    return folders[-1] if stem == "mod" and folders else stem


def _groups(words: Iterable[str]) -> Iterable[list[str]]:
    """As many together as a pattern may be long."""
    group: list[str] = []
    for word in words:
        if group and sum(len(w) + 1 for w in (*group, word)) > _LONGEST_PATTERN - 150:
            yield group
            group = []
        group.append(word)
    if group:
        yield group
