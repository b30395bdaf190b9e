"""A state diagram as Mermaid text, safe for names out of hostile code."""

from __future__ import annotations

import re

from reviewer.facts.fact import StateDiagram, Transition

_MOST_ARROWS = 40
_LONGEST_LABEL = 40
_UNSAFE = re.compile(r"[^A-Za-z0-9_ ]+")
_ANY = "*"
_STYLES = {
    "added": "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    "removed": "fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:4",
    "swallowed": "fill:#fff8c5,stroke:#9a6700,color:#1f2328,stroke-dasharray:4",
}


def state_diagram(diagram: StateDiagram) -> str:
    """The diagram as `stateDiagram-v2`. An arrow carries its change as a label.

    Mermaid cannot paint the arrows of a state diagram: a state is painted that only arrows of one
    change touch. Beyond 40 arrows the unchanged are left out first.
    """
    arrows = sorted(dict.fromkeys(diagram.transitions), key=lambda way: not way.change)
    left_out = len(arrows) - _MOST_ARROWS
    arrows = arrows[:_MOST_ARROWS]
    ids: dict[str, str] = {}
    for way in arrows:
        for state in (way.before, way.after):
            ids.setdefault(state, f"s{len(ids)}")
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_label(state)}" as {name}' for state, name in ids.items()]
    lines += [f"    {ids[way.before]} --> {ids[way.after]}{_mark(way)}" for way in arrows]
    if left_out > 0:
        lines.append(f'    state "{left_out} more arrows left out" as more')
    painted = _painted(arrows)
    used = [change for change in _STYLES if change in painted.values()]
    lines += [f"    classDef {change} {_STYLES[change]}" for change in used]
    lines += [
        f"    class {name} {painted[state]}" for state, name in ids.items() if state in painted
    ]
    return "\n".join(lines) + "\n"


def _painted(arrows: list[Transition]) -> dict[str, str]:
    """The states that only added, only removed or only swallowed arrows touch."""
    changes: dict[str, set[str]] = {}
    for way in arrows:
        for state in (way.before, way.after):
            changes.setdefault(state, set()).add(way.change)
    only = {state: next(iter(found)) for state, found in changes.items() if len(found) == 1}
    return {state: change for state, change in only.items() if change in _STYLES}


def _label(state: str) -> str:
    if state == _ANY:
        return "any state"
    text = " ".join(_UNSAFE.sub(" ", state).split())[:_LONGEST_LABEL]
    return text or "unnamed"


def _mark(way: Transition) -> str:
    return f" : {way.change}" if way.change in _STYLES else ""
