"""A little of what stands around a unit: what its changed lines use, and who calls it.

Little on purpose: every model that was measured reads worse with more around the change
(SWE-PRBench), and what is missing can be looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewer.agent.named_in_attributes import named_in_attributes
from reviewer.agent.pack import ReviewUnit
from reviewer.agent.request import CHARS_PER_TOKEN
from reviewer.agent.untrusted import shown, shown_lines, visible_name
from reviewer.rust.file_index import Call, Definition, FileIndex
from reviewer.rust.index import Index
from reviewer.rust.repository import Repository
from reviewer.rust.search import LineHit

CONTEXT_TOKENS = 4_000
MOST_DEFINITIONS = 12
MOST_CALLERS = 8
_LONGEST = 500
"""Characters of one line."""
_TYPE = re.compile(r"\b[A-Z][A-Za-z0-9]{2,80}\b")
_TYPES = ("struct", "enum", "union", "trait")
_EVERYWHERE = frozenset(
    [
        "new",
        "default",
        "clone",
        "into",
        "from",
        "len",
        "is_empty",
        "iter",
        "next",
        "get",
        "get_mut",
        "insert",
        "remove",
        "push",
        "pop",
        "send",
        "recv",
        "unwrap",
        "expect",
        "map",
        "and_then",
        "ok_or",
        "as_ref",
        "as_mut",
        "to_string",
        "lock",
        "read",
        "write",
        "await",
        "min",
        "max",
        "abs",
        "contains",
        "entry",
        "drain",
        "extend",
        "join",
        "spawn",
        "build",
        "start",
        "stop",
        "run",
    ]
)
"""Names that the standard library gives as well: one definition of them here proves nothing."""


def context_of(unit: ReviewUnit, head: Repository) -> str:
    """`DEFS` and `CALLERS?` of a unit, at most 4k tokens; empty where there is nothing to say."""
    parts = []
    definitions = [
        _defined(d, head.index)
        for d in dict.fromkeys((*_changed_types(unit, head.index), *_used(unit, head.index)))
        if not unit.holds(d.path, d.start)
    ]
    if definitions:
        title = (
            "DEFS (the types of changed methods; what the changed lines use and this repository "
            "defines once)"
        )
        parts.append("\n".join([title, *definitions[:MOST_DEFINITIONS]]))
    callers = [_called(c, head) for c in _callers(unit, head.index)]
    callers += [_named(hit) for hit in _in_attributes(unit, head)]
    if callers:
        title = "CALLERS? (places that call a changed function, by name)"
        parts.append("\n".join([title, *callers[:MOST_CALLERS]]))
    return _within("\n\n".join(parts))


def _changed_types(unit: ReviewUnit, index: Index) -> Iterable[Definition]:
    """The type of each changed method: of its own file, else the only one of that name."""
    for section in unit.sections:
        item = section.item
        if item is None or section.rank == 2:
            continue
        method = index.function_at(section.path, item.end) if item.kind == "fn" else None
        if method is None or not method.owner:
            continue
        named = tuple(d for d in index.named(method.owner) if d.kind in _TYPES)
        yield from _only(tuple(d for d in named if d.path == section.path)) or _only(named)


def _used(unit: ReviewUnit, index: Index) -> Iterable[Definition]:
    """Each thing that an added line uses and that can only be one definition, in their order."""
    found: dict[Definition, None] = {}
    for section in unit.sections:
        file = index.file(section.path)
        for call in file.calls if file else ():
            if call.line in section.added and call.name not in _EVERYWHERE:
                found.update(dict.fromkeys(_only(index.resolve(call))))
        for name in _types_on(section.text, section.added):
            named = [d for d in index.named(name) if d.kind in _TYPES and not d.test]
            found.update(dict.fromkeys(_only(tuple(named))))
    return found


def _types_on(text: str, numbers: frozenset[int]) -> Iterable[str]:
    """The names of types on these lines of a section."""
    added = [line for line in text.split("\n") if _number(line) in numbers]
    return dict.fromkeys(name for line in added for name in _TYPE.findall(line.partition("//")[0]))


def _number(line: str) -> int:
    """The number in the gutter of a head line; 0 where none stands."""
    gutter = line[:12].partition(" ")[0]
    return int(gutter[1:]) if gutter[:1] == "R" and gutter[1:].isdecimal() else 0


def _only(found: tuple[Definition, ...]) -> tuple[Definition, ...]:
    return found if len(found) == 1 else ()


def _defined(definition: Definition, index: Index) -> str:
    text = definition.signature
    file = index.file(definition.path)
    if definition.kind == "struct" and file is not None:
        fields = [
            f"{name}: {t}" for (owner, name), t in file.fields.items() if owner == definition.name
        ]
        text += f" {{ {', '.join(fields)} }}" if fields else ""
    elif definition.kind == "trait" and file is not None:
        text += _methods(definition, file)
    elif definition.kind == "enum":
        variants = index.variants(definition.name)
        text += f" {{ {', '.join(variants)} }}" if variants else ""
    where = f"{visible_name(definition.path)}:{definition.start}"
    owner = f" [{visible_name(definition.owner)}]" if definition.owner else ""
    return f"- {where}{owner} {_line(text)}"


def _methods(trait: Definition, file: FileIndex) -> str:
    """What the trait asks for, by signatures."""
    asked = [
        d.signature.removesuffix(";")
        for d in file.definitions
        if d.kind == "fn"
        and d.owner == d.trait == trait.name
        and trait.start <= d.start
        and d.end <= trait.end
    ]
    return f" {{ {'; '.join(asked)} }}" if asked else ""


def _callers(unit: ReviewUnit, index: Index) -> Iterable[Call]:
    """Calls of the changed functions, where the name has one definition and is not shown."""
    names = dict.fromkeys(name.rpartition("::")[2] for _, name in _changed_functions(unit))
    for name in names:
        if len(index.named(name, kind="fn")) != 1 or name in _EVERYWHERE:
            continue
        for call in index.calls_of(name):
            around = index.function_at(call.path, call.line)
            if not unit.holds(call.path, call.line) and not (around and around.test):
                yield call


def _changed_functions(unit: ReviewUnit) -> Iterable[tuple[str, str]]:
    """File and path of each changed function that is no test."""
    for section in unit.sections:
        item = section.item
        if item is not None and item.kind == "fn" and section.rank < 2:
            yield section.path, item.name_path


def _in_attributes(unit: ReviewUnit, head: Repository) -> Iterable[LineHit]:
    """Attributes that name a changed function that stands alone; methods cannot be named so."""
    alone = [one for one in _changed_functions(unit) if "impl " not in one[1]]
    if alone:
        hits = named_in_attributes(alone, head)
        yield from (hit for hit in hits if not unit.holds(hit.path, hit.line))


def _named(hit: LineHit) -> str:
    return f"- {visible_name(hit.path)}:{hit.line}: {_line(hit.text)}"


def _called(call: Call, head: Repository) -> str:
    lines = shown_lines(head.text(call.path) or "")
    text = lines[call.line - 1].strip() if call.line <= len(lines) else ""
    caller = f" in {visible_name(call.caller.removeprefix('impl '))}" if call.caller else ""
    return f"- {visible_name(call.path)}:{call.line}{caller}: {_line(text)}"


def _line(text: str) -> str:
    (clean,) = shown([" ".join(text.split())])
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "…"


def _within(text: str) -> str:
    most = int(CONTEXT_TOKENS * CHARS_PER_TOKEN) - 1
    return text if len(text) <= most else text[:most].rpartition("\n")[0]
