"""The order lifecycle: transitions that a change adds, takes away, or leaves to a catch-all arm."""

from __future__ import annotations

from reviewer.detect.hint import TEXT_LIMIT, Hint
from reviewer.facts.change import Change
from reviewer.facts.fact import Fact, Points, StateDiagram, Transition
from reviewer.facts.lifecycle_diff import EnumDiff, Swallowed, diff_lifecycles
from reviewer.facts.lifecycle_steps import ALL_BUT, ANY, Step
from reviewer.scope.words import split

NAME = "order lifecycle"
CATCH_ALL = "catch-all arm"
_TERMINAL = frozenset({"filled", "canceled", "cancelled", "rejected", "expired"})
_NOT_TERMINAL = frozenset({"partially", "partial", "pending"})
_SHOWN_ENUMS, _SHOWN_POINTS, _MOST_HINTS = 3, 12, 20


def look_at_lifecycle(change: Change) -> Fact | None:
    """The status enums whose transitions the change alters."""
    diffs, is_cut = diff_lifecycles(change)
    if not diffs:
        return None
    points = [line for diff in diffs for line in _points(diff)]
    shown = points[:_SHOWN_POINTS]
    if len(points) > len(shown):
        shown.append(f"and {len(points) - len(shown)} more")
    if is_cut:
        shown.append("more enums, or files that name them, than were read")
    hints = [hint for diff in diffs for hint in _hints(diff, change)]
    return Fact(
        name=NAME,
        headline=_headline(diffs),
        parts=(*(_diagram(diff) for diff in diffs[:_SHOWN_ENUMS]), Points(tuple(shown))),
        hints=tuple(hints[:_MOST_HINTS]),
    )


def is_terminal(state: str) -> bool:
    """Whether an order in this state is over."""
    words = split(state)
    return not _TERMINAL.isdisjoint(words) and _NOT_TERMINAL.isdisjoint(words)


def _headline(diffs: list[EnumDiff]) -> str:
    told = "; ".join(_counts(diff) for diff in diffs[:_SHOWN_ENUMS])
    left = len(diffs) - _SHOWN_ENUMS
    return f"{told}; and {left} more" if left > 0 else told


def _counts(diff: EnumDiff) -> str:
    swallowed = len({found.state for found in diff.swallowed})
    counts = (
        (len(diff.added), "added"),
        (len(diff.removed), "removed"),
        (swallowed, "now swallowed"),
    )
    told = [f"{count} {what}" for count, what in counts if count]
    count, _, what = told[0].partition(" ")
    noun = "state" if what == "now swallowed" else "transition"
    told[0] = f"{count} {noun}{'' if count == '1' else 's'} {what}"
    return f"{diff.enum.name}: {', '.join(told)}"


def _diagram(diff: EnumDiff) -> StateDiagram:
    ways = [
        *(Transition(step.before, step.after, "added") for step in diff.added),
        *(Transition(step.before, step.after, "removed") for step in diff.removed),
        *dict.fromkeys(Transition(found.state, CATCH_ALL, "swallowed") for found in diff.swallowed),
        *(Transition(step.before, step.after) for step in diff.kept),
    ]
    return StateDiagram(diff.enum.name, tuple(ways))


def _points(diff: EnumDiff) -> list[str]:
    name = diff.enum.name
    told = [f"{name}: added {_way(step)}, {_place(step)}" for step in diff.added]
    told += [
        f"{name}: removed {_way(step)}, before in {step.path} `{step.function}`"
        for step in diff.removed
    ]
    return told + [
        f"{name}: `{found.state}` {_was(found)} and falls into the catch-all arm at "
        f"{found.choice.path}:{found.choice.rest_line} in `{found.choice.function}`"
        for found in diff.swallowed
    ]


def _hints(diff: EnumDiff, change: Change) -> list[Hint]:
    name, source = diff.enum.name, f"fact:{NAME}"
    hints = []
    for step in sorted(diff.added, key=lambda step: not _revives(step)):
        text = f"{name} can now go {_way(step)}"
        if _revives(step):
            text += f": an order that is {step.before} comes to life again"
        hints.append(Hint(step.path, step.line, source, text[:TEXT_LIMIT]))
    for found in diff.swallowed:
        text = f"{name}::{found.state} {_was(found)} and falls into this catch-all arm"
        hints.append(Hint(found.choice.path, found.choice.rest_line, source, text[:TEXT_LIMIT]))
    for step in diff.removed:
        line = _head_line(step, change)
        if line:
            path = next((f.path for f in change.diff.files if f.old_path == step.path), step.path)
            text = f"{name} no longer goes {_way(step)} here"
            hints.append(Hint(path, line, source, text[:TEXT_LIMIT]))
    return hints


def _revives(step: Step) -> bool:
    return not _is_open(step.before) and is_terminal(step.before) and not is_terminal(step.after)


def _is_open(before: str) -> bool:
    return before == ANY or before.startswith(ALL_BUT)


def _head_line(step: Step, change: Change) -> int:
    """Where the function that took the step begins now; 0 if it is gone."""
    path = next((f.path for f in change.diff.files if f.old_path == step.path), step.path)
    index = change.head.index.file(path)
    found = (d for d in (index.definitions if index else ()) if d.name_path == step.function)
    return next((d.start for d in found), 0)


def _was(found: Swallowed) -> str:
    return "is new" if found.is_new else "had an arm of its own"


def _way(step: Step) -> str:
    before = "any state" if step.before == ANY else step.before
    return f"{before} -> {step.after}"


def _place(step: Step) -> str:
    return f"{step.path}:{step.line} in `{step.function}`"
